"""A small good study, written to files in any of the documented ways."""

import copy
import csv
import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from apps.rating.exchange.bundle import Bundle, read_bundle
from apps.rating.exchange.problems import ImportRefused, Problem

STUDY = {
    "name": "Support answers",
    "question": "Which answer would you rather get?",
    "guideline": "Read both.",
    "verdicts": ["A", "B", "TIE", "BOTH_BAD"],
    "criteria": [
        {
            "key": "tone",
            "question": "Is it polite?",
            "anchors": [{"value": 1, "label": "rude"}, {"value": 3, "label": "kind", "example": "Dear Ada"}],
        },
    ],
    "baseline": "plain",
}
TABLES: dict[str, list[dict[str, Any]]] = {
    "systems": [
        {"system": "plain", "family": "Acme", "version": "1", "settings": {"temperature": 0.5}},
        {"system": "chatty"},
        {"system": "curt"},
    ],
    "items": [
        {"item": "q1", "prompt": "Refund, please", "slices": {"intent": "refund"}, "metadata": {"n": 1}},
        {
            "item": "q2",
            "group": "g",
            "messages": [
                {"role": "system", "content": "Be kind"},
                {"role": "user", "content": "Hi,\n\"you\""},
            ],
            "context": "A shop",
            "reference": "Hello",
        },
    ],
    "outputs": [
        {
            "item": "q1",
            "system": "plain",
            "text": "Sure",
            "latency_ms": 12.5,
            "cost_usd": 0.0001,
            "tokens": 2,
        },
        {"item": "q1", "system": "chatty", "text": ""},
        {"item": "q1", "system": "chatty", "text": "Of course, über gern 🙂", "sample": 1},
        {"item": "q1", "system": "curt", "text": "No"},
        {"item": "q2", "system": "plain", "messages": [{"role": "assistant", "content": "Hello"}]},
        {"item": "q2", "system": "curt", "text": "Hi"},
    ],
    "gold": [
        {"item": "q1", "output_a": "plain", "output_b": "curt", "verdict": "A", "rationale": "It answers"},
        {"item": "q2", "output": "curt", "criteria": {"tone": 1}, "use": "training"},
    ],
    "judgments": [
        {
            "item": "q1",
            "rater": "ada",
            "rater_group": "crowd",
            "output_a": "plain",
            "output_b": "chatty",
            "verdict": "A",
            "left": "chatty",
            "judged_at": "2025-03-01T10:30:00+01:00",
            "shown_ms": 4200,
            "confidence": 0.75,
            "comment": "The left one says nothing",
            "flags": ["identified"],
            "p_pair": 0.5,
            "p_item": 1.0,
            "metadata": {"browser": "x"},
        },
        {
            "item": "q1",
            "rater": "ada",
            "output_a": "chatty",
            "output_b": "plain",
            "sample_a": 1,
            "verdict": "TIE",
        },
        {"item": "q1", "rater": "ada", "output_a": "chatty", "output_b": "plain", "verdict": "BOTH_BAD"},
        {"item": "q2", "rater": "bob", "output": "curt", "criteria": {"tone": 3}},
        {
            "item": "q2",
            "rater": "robot",
            "kind": "judge",
            "output_a": "plain",
            "output_b": "curt",
            "unparsed": True,
        },
    ],
}  # fmt: skip


def as_cell(value: Any) -> str:
    """A value as a CSV cell holds it."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value if isinstance(value, str) else repr(value)


def to_jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def to_csv(rows: list[dict[str, Any]]) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([as_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def to_parquet(rows: list[dict[str, Any]]) -> bytes:
    """Objects and lists as JSON text, the rest as Parquet's own types."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    plain = {
        name: [as_cell(v) if isinstance(v := row.get(name), dict | list) else v for row in rows] for name in columns
    }
    out = io.BytesIO()
    pq.write_table(pa.table(plain), out)
    return out.getvalue()


WRITERS = {
    "jsonl": to_jsonl,
    "csv": to_csv,
    "parquet": to_parquet,
    "jsonl.gz": lambda rows: gzip.compress(to_jsonl(rows)),
    "csv.gz": lambda rows: gzip.compress(to_csv(rows)),
}


class StudyFiles:
    """The files of a study, to be changed by a test and then read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.study: Any = copy.deepcopy(STUDY)
        self.tables = copy.deepcopy(TABLES)

    def files(self, ending: str = "jsonl") -> dict[str, bytes]:
        files = {f"{table}.{ending}": WRITERS[ending](rows) for table, rows in self.tables.items()}
        return files if self.study is None else files | {"study.json": json.dumps(self.study).encode()}

    def write(self, ending: str = "jsonl") -> Path:
        self.folder.mkdir(exist_ok=True)
        for name, data in self.files(ending).items():
            (self.folder / name).write_bytes(data)
        return self.folder

    def read(self, ending: str = "jsonl", **options: Any) -> Bundle:
        return read_bundle(self.write(ending), **options)

    def problems(self, ending: str = "jsonl", **options: Any) -> tuple[Problem, ...]:
        """The problems the files are refused for."""
        with pytest.raises(ImportRefused) as refusal:
            self.read(ending, **options)
        return refusal.value.problems

    def only_problem(self, ending: str = "jsonl", **options: Any) -> Problem:
        problems = self.problems(ending, **options)
        assert len(problems) == 1, [problem.sentence() for problem in problems]
        return problems[0]


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes], mode: str) -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.fixture
def files(tmp_path: Path) -> StudyFiles:
    """A good study, not yet written."""
    return StudyFiles(tmp_path / "study")


@pytest.fixture
def make_zip():
    """Write a zip archive of files by name."""
    return zipped


@pytest.fixture
def make_tar():
    """Write a tar archive of files by name."""
    return tarred


@pytest.fixture
def cell_writers():
    """How a table of rows is written in each file format."""
    return WRITERS
