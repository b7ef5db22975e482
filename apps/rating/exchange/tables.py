"""Rows of tables, streamed with their lines, from JSONL, CSV and Parquet; what is wrong is reported."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO
from zipfile import BadZipFile

from .columns import Table
from .parsing import UNREADABLE
from .problems import Problem, Report, shown
from .reading import Entry
from .strict_json import BadJson, load_json, unstorable_in

MAX_LINE_BYTES = 64 * 1024**2
Row = tuple[int, dict[str, Any]]
DAMAGE = (gzip.BadGzipFile, EOFError, zlib.error, BadZipFile, OSError)

csv.field_size_limit(MAX_LINE_BYTES)


@dataclass(frozen=True, slots=True)
class Stream:
    """Rows from one file. `holds_cells`: values are CSV cells, not typed."""

    file: str
    rows: Iterator[Row]
    holds_cells: bool = False
    entry: Entry | None = None


def open_table(entry: Entry, table: Table, report: Report) -> Stream:
    """The rows of a table's file, by the ending of its name."""
    plain = entry.name.removesuffix(".gz")
    if plain.endswith(".jsonl"):
        return Stream(entry.name, read_jsonl(entry, report), entry=entry)
    if plain.endswith(".csv"):
        keeps = {c.name: c.keeps_empty_cell_without for c in table.columns if c.keeps_empty_cell_without}
        return Stream(entry.name, read_csv(entry, report, keeps=keeps), holds_cells=True, entry=entry)
    from .parquet import read_parquet

    return Stream(entry.name, read_parquet(entry, table, report), entry=entry)


def read_jsonl(entry: Entry, report: Report) -> Iterator[Row]:
    """The objects of a JSONL file; a line that is none is reported and passed over."""
    for line, data in _lines(entry, report):
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            report(Problem(entry.name, line, None, "UTF-8 text", _bad_byte(data, error)))
            continue
        if text.isspace():
            continue
        row = _object(text, entry.name, line, report)
        if row is not None:
            if "\\u" in text:  # the only way into JSON for what cannot be stored
                mark_unstorable(row, entry.name, line, report)
            yield line, row


def _object(text: str, file: str, line: int, report: Report) -> dict[str, Any] | None:
    try:
        row = load_json(text)
    except BadJson as error:
        report(Problem(file, line, None, "a JSON object", str(error)))
        return None
    if type(row) is dict:
        return row
    report(Problem(file, line, None, "a JSON object", shown(row)))
    return None


def mark_unstorable(row: dict[str, Any], file: str, line: int, report: Report) -> None:
    """Report the values PostgreSQL cannot hold, and put UNREADABLE in their place."""
    for column, value in row.items():
        unstorable = unstorable_in(value)
        if unstorable is not None:
            report(Problem(file, line, column, "text that can be stored", unstorable))
            row[column] = UNREADABLE


def read_csv(entry: Entry, report: Report, *, keeps: dict[str, str] | None = None) -> Iterator[Row]:
    """The rows of a CSV file with a header. An empty cell is absent; `keeps` names columns whose empty cell
    is the empty text, and the column that has to be empty for that."""
    text = _CsvText(entry, report)
    reader = csv.reader(text, strict=True)
    try:
        header = next(reader, None)
        if header is None or not _is_header(header, entry.name, report):
            return
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                row = _csv_row(header, cells, entry.name, line, report, keeps or {})
                if row is not None:
                    if text.is_suspect:
                        mark_unstorable(row, entry.name, line, report)
                    yield line, row
            line, text.is_suspect = reader.line_num + 1, False
    except csv.Error as error:
        report(Problem(entry.name, reader.line_num, None, "CSV with quotes closed and doubled", str(error)))


class _CsvText:
    """The lines of a CSV file. Bytes that are not UTF-8 survive as surrogates, to be found in their cell."""

    def __init__(self, entry: Entry, report: Report) -> None:
        self._lines = _lines(entry, report)
        self.is_suspect = False

    def __iter__(self) -> Iterator[str]:
        for _, data in self._lines:
            try:
                text = data.decode()
            except UnicodeDecodeError:
                text = data.decode(errors="surrogateescape")
                self.is_suspect = True
            if "\0" in text:
                self.is_suspect = True
            yield text


def _is_header(header: list[str], file: str, report: Report) -> bool:
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice is not None:
        report(Problem(file, 1, None, "a header that names each column once", f"{shown(twice)} twice"))
    unstorable = unstorable_in(header)
    if unstorable is not None:
        report(Problem(file, 1, None, "a header in UTF-8", unstorable))
    return twice is None and unstorable is None


def _csv_row(
    header: list[str], cells: list[str], file: str, line: int, report: Report, keeps: dict[str, str]
) -> dict[str, Any] | None:
    if len(cells) != len(header):
        expected = f"{len(header)} cells, as in the header"
        hint = ": put texts that hold commas between quotes" if len(cells) > len(header) else ""
        report(Problem(file, line, None, expected, f"{len(cells)} cells{hint}"))
        return None
    row = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    for name, other in keeps.items():
        if name in header and name not in row and other not in row:
            row[name] = ""
    return row


def _lines(entry: Entry, report: Report) -> Iterator[tuple[int, bytes]]:
    """The lines of a file as bytes, without a byte-order mark; damage is reported where it shows."""
    line = 0
    try:
        with entry.open() as stream:
            while data := stream.readline(MAX_LINE_BYTES + 1):
                line += 1
                if len(data) > MAX_LINE_BYTES:
                    limit = f"lines of at most {MAX_LINE_BYTES // 1024**2} MiB"
                    return report(Problem(entry.name, line, None, limit, "a longer one; the rest was not read"))
                yield line, data.removeprefix(b"\xef\xbb\xbf") if line == 1 else data
    except DAMAGE as error:
        report(Problem(entry.name, line + 1, None, "a file that can be read to its end", str(error)))


def read_whole(stream: BinaryIO) -> bytes:
    """All bytes of a stream, closed afterwards."""
    with stream:
        return stream.read()


def _bad_byte(data: bytes, error: UnicodeDecodeError) -> str:
    return f"the byte 0x{data[error.start]:02X} at position {error.start + 1}"
