"""One file of rows becomes the same bundle as a documented folder, and its problems name its own columns."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from apps.rating.exchange.bundle import Bundle, read_bundle
from apps.rating.exchange.flat import FLAT, OF_ITEMS, OF_OUTPUTS
from apps.rating.exchange.problems import ImportRefused
from apps.studies.templates import TEMPLATES

SAMPLES: Path = settings.BASE_DIR / "fixtures" / "samples"
ROWS: list[dict[str, Any]] = [
    {"item": "q1", "system": "a", "output": "Yes", "prompt": "Is it?", "slices": {"locale": "en"}, "cost_usd": 0.0004},
    {"item": "q1", "system": "b", "output": "", "latency_ms": 12.5, "tokens": 3},
    {"item": "q1", "system": "b", "output": "Or no", "sample": 1},
    {"item": "What now?", "system": "a", "output": "Wait", "context": "At noon", "group": "g"},
]


def write(folder: Path, rows: list[dict[str, Any]], name: str = "rows.jsonl") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return folder


def read(folder: Path) -> Bundle:
    return read_bundle(folder, "flat")


def problems(folder: Path) -> list[str]:
    with pytest.raises(ImportRefused) as refused:
        read(folder)
    return [problem.sentence() for problem in refused.value.problems]


def test_rows_become_items_systems_and_outputs(tmp_path: Path) -> None:
    bundle = read(write(tmp_path, ROWS))
    first, second = bundle.items
    assert (first.external_id, first.messages[0]["content"], first.slices) == ("q1", "Is it?", {"locale": "en"})
    assert second.messages == ({"role": "user", "content": "What now?"},), "an item without a prompt is the input"
    assert (second.context, second.group) == ("At noon", "g")
    assert [system.name for system in bundle.systems] == ["a", "b"]
    assert [output.key for output in bundle.outputs] == [
        ("q1", "a", 0),
        ("q1", "b", 0),
        ("q1", "b", 1),
        ("What now?", "a", 0),
    ]
    assert (bundle.outputs[0].cost_usd, bundle.outputs[1].latency_ms) == (Decimal("0.0004"), 12.5)
    assert (bundle.outputs[1].text, bundle.outputs[1].line) == ("", 2)


def test_the_same_as_a_documented_folder(tmp_path: Path) -> None:
    flat = read(write(tmp_path / "flat", ROWS))
    folder = write(
        tmp_path / "tables",
        [
            {"item": "q1", "prompt": "Is it?", "slices": {"locale": "en"}},
            {"item": "What now?", "prompt": "What now?", "context": "At noon", "group": "g"},
        ],
        "items.jsonl",
    )
    of_outputs = ("item", "system", *OF_OUTPUTS)
    outputs = [{name: row[name] for name in of_outputs if name in row} | {"text": row["output"]} for row in ROWS]
    tables = read_bundle(write(folder, outputs, "outputs.jsonl"))
    assert (flat.items, flat.outputs, flat.systems) == (tables.items, tables.outputs, tables.systems)


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    from_json = read(write(tmp_path / "json", ROWS))
    names = [column.name for column in FLAT.columns]
    lines = [",".join(["slice.locale", *(name for name in names if name != "slices")])]
    for row in ROWS:
        cells = [row.get("slices", {}).get("locale", ""), *(str(row.get(n, "")) for n in names if n != "slices")]
        lines.append(",".join(cells))
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "rows.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "parquet").mkdir()
    pq.write_table(
        pa.Table.from_pylist([{**dict.fromkeys(names), **row} for row in ROWS]), tmp_path / "parquet/r.parquet"
    )
    for other in ("csv", "parquet"):
        bundle = read(tmp_path / other)
        assert (bundle.items, bundle.outputs) == (from_json.items, from_json.outputs)


def test_every_column_goes_somewhere() -> None:
    assert {column.name for column in FLAT.columns} == {"item", "system", "output", *OF_ITEMS, *OF_OUTPUTS}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"system": 1.5}, "column system: expected a text (or a whole number)"),
        ({"output": 7}, "column output: expected a text, which may be empty; found 7."),
        ({"slices": {"a=b": "c"}}, "column slices"),
        ({"slice.": "c"}, "column slices"),
        ({"prompt": "Else?"}, 'the same prompt for every row of item "q1", as in line 1; found "Else?".'),
        ({"slices": {"locale": "de"}}, "the same slices"),
        ({"cost_usd": -1}, "column cost_usd"),
        ({"messages": [{"role": "user", "content": "x"}]}, "either prompt or messages"),
    ],
)
def test_a_wrong_value_is_told_once_by_its_own_column(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    found = problems(write(tmp_path, [ROWS[0], {"item": "q1", "system": "c", "output": "x", **row}]))
    assert len(found) == 1
    assert said in found[0]


def test_a_bad_item_name_hides_no_other_problem(tmp_path: Path) -> None:
    found = problems(write(tmp_path, [ROWS[0], {"item": " q", "system": "c", "output": 3}]))
    assert [sentence.split(":")[0] for sentence in found] == [
        "rows.jsonl, line 2, column item",
        "rows.jsonl, line 2, column output",
    ]


def test_gold_lies_beside_it_and_must_know_the_outputs(tmp_path: Path) -> None:
    write(tmp_path, [*ROWS[:2]])
    gold = {"item": "q1", "output_a": "a", "output_b": "b", "verdict": "A"}
    write(tmp_path, [gold], "gold.jsonl")
    assert [row.verdict for row in read(tmp_path).golds] == ["A"]
    write(tmp_path, [{**gold, "output_b": "nobody"}], "gold.jsonl")
    assert problems(tmp_path) == [
        'gold.jsonl, line 1, column output_b: expected a system with an output for item "q1"; found "nobody", '
        "which has none."
    ]


def test_one_file_of_rows_and_no_more(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    write(tmp_path, ROWS, "more.jsonl")
    assert "one file of rows" in problems(tmp_path)[0]
    (tmp_path / "empty").mkdir()
    assert "found none" in problems(tmp_path / "empty")[0]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_samples_are_good_files_of_their_template(tmp_path: Path, template: Any) -> None:
    (tmp_path / template.sample).write_bytes((SAMPLES / template.sample).read_bytes())
    bundle = read(tmp_path)
    n_systems = len(bundle.systems)
    assert len(bundle.outputs) == n_systems * len(bundle.items) >= 16
    assert n_systems == 2 or template.key == "rank"


@given(st.binary(max_size=300), st.sampled_from(["rows.jsonl", "rows.csv", "rows.parquet", "rows.csv.gz"]))
def test_any_bytes_end_in_a_bundle_or_in_sentences(tmp_path_factory: Any, data: bytes, name: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(data)
    with pytest.raises(ImportRefused):
        read(folder)


def test_the_guide_names_every_column(tmp_path: Path) -> None:
    guide = (settings.BASE_DIR / "docs/guides/new-study.md").read_text()
    for column in FLAT.columns:
        name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
        assert f"| {name} | {column.meaning} |" in guide
    for fence, name in (("```json\n", "rows.jsonl"), ("```\nitem", "rows.csv")):
        text = guide.split(fence, 1)[1].split("```", 1)[0]
        folder = tmp_path / name.split(".")[1]
        folder.mkdir()
        (folder / name).write_text(("item" if name.endswith("csv") else "") + text)
        assert read(folder).items[0].slices == {"locale": "en"}
