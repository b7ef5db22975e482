"""The guide is true: its tables are the columns of the program, and its samples can be read."""

import re
from pathlib import Path

import pytest

from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.columns import TABLES, Column, Table
from apps.rating.exchange.terms import STUDY

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "exchange-format.md"


def documented(table: Table) -> str:
    """The table of columns as the guide prints it."""
    return "\n".join(["| column | holds | meaning |", "|---|---|---|", *map(documented_column, table.columns)])


def documented_column(column: Column) -> str:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return f"| {name} | {column.kind.expected} | {column.meaning} |"


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


@pytest.mark.parametrize("table", [STUDY, *TABLES], ids=lambda table: table.name)
def test_the_guide_lists_the_columns_of_the_program(guide, table):
    assert documented(table) in guide


def test_the_samples_of_the_guide_make_a_study(guide, tmp_path):
    samples = re.findall(r"`([a-z]+\.jsonl?)`:\n\n```json\n(.*?)```", guide, re.DOTALL)
    assert [name for name, _ in samples] == [
        "study.json",
        "systems.jsonl",
        "items.jsonl",
        "outputs.jsonl",
        "gold.jsonl",
        "judgments.jsonl",
    ]
    for name, text in samples:
        (tmp_path / name).write_text(text, encoding="utf-8")
    bundle = read_bundle(tmp_path)
    assert (len(bundle.items), len(bundle.outputs), len(bundle.golds), len(bundle.judgments)) == (2, 4, 1, 5)
    assert bundle.judgments[1].revision == 2
