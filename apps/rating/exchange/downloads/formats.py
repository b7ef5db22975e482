"""Rows as bytes: CSV, JSONL, Parquet. Each writer holds one batch of rows, never the table."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any, Protocol

from .shape import Field, Kind, Row

Manifest = dict[str, Any]
# What a spreadsheet takes for the beginning of a formula, also in the wide forms of East Asian keyboards.
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_LED_BY = " \t\r\n\v\f\u00a0\u3000"


class TableWriter(Protocol):
    """Turns a table into bytes, in pieces. The manifest is told at the end if it is wanted."""

    def begin(self) -> bytes:
        """What stands before the rows."""

    def rows(self, batch: Sequence[Row]) -> bytes:
        """These rows, or nothing yet."""

    def rest(self) -> bytes:
        """The rows that were held back."""

    def end(self, manifest: Manifest | None) -> bytes:
        """What stands after them."""


def defused(text: str) -> str:
    """The text as a spreadsheet shows it: what would be a formula there gets an apostrophe before it."""
    return f"'{text}" if text.lstrip(_LED_BY).startswith(_FORMULA) or text[:1] in ("\t", "\r", "\n") else text


def time_text(value: datetime) -> str:
    """A time in UTC, to the microsecond where it has any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_CELL: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: defused,
    Kind.JSON: defused,
    Kind.WHOLE: str,
    Kind.NUMBER: repr,
    Kind.YES_NO: lambda value: "true" if value else "false",
    Kind.TIME: time_text,
}
_JSON: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: encode_basestring,
    Kind.JSON: str,  # PostgreSQL gives jsonb as its text
    Kind.WHOLE: str,
    Kind.NUMBER: repr,
    Kind.YES_NO: lambda value: "true" if value else "false",
    Kind.TIME: lambda value: f'"{time_text(value)}"',
}


class CsvWriter:
    """CSV in UTF-8, formulas defused; with a byte-order mark only where it was asked for."""

    def __init__(self, fields: Sequence[Field], *, marked: bool = False) -> None:
        self._names = [one.name for one in fields]
        self._cells = [_CELL[one.kind] for one in fields]
        self._marked = marked

    def begin(self) -> bytes:
        """The header."""
        return (b"\xef\xbb\xbf" if self._marked else b"") + _csv_lines([self._names])

    def rows(self, batch: Sequence[Row]) -> bytes:
        """A line a row; what is absent is an empty cell."""
        cells = self._cells
        return _csv_lines(
            ["" if value is None else cell(value) for cell, value in zip(cells, row, strict=True)] for row in batch
        )

    def rest(self) -> bytes:
        """Nothing is held back."""
        return b""

    def end(self, manifest: Manifest | None) -> bytes:
        """The manifest in the first cell of a line that begins with #."""
        return b"" if manifest is None else _csv_lines([[f"# {json.dumps(manifest, ensure_ascii=False)}"]])


def _csv_lines(rows: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


class JsonlWriter:
    """JSONL: an object a line, every column in every line."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._parts = [(f"{encode_basestring(one.name)}: ", _JSON[one.kind]) for one in fields]

    def begin(self) -> bytes:
        """Nothing stands before the rows."""
        return b""

    def rows(self, batch: Sequence[Row]) -> bytes:
        """A line a row; what is absent is null."""
        return "".join(map(self._line, batch)).encode()

    def _line(self, row: Row) -> str:
        members = [
            f"{name}null" if value is None else name + write(value)
            for (name, write), value in zip(self._parts, row, strict=True)
        ]
        return f"{{{', '.join(members)}}}\n"

    def rest(self) -> bytes:
        """Nothing is held back."""
        return b""

    def end(self, manifest: Manifest | None) -> bytes:
        """The manifest as a line of its own."""
        return b"" if manifest is None else f"{json.dumps({'manifest': manifest}, ensure_ascii=False)}\n".encode()
