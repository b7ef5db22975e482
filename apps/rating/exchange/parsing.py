"""From a row as its file says it to the documented values, with a problem for each that is not."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, NamedTuple

from .columns import Column, Table
from .kinds import Kind, Unfit
from .problems import Problem, Report, shown

UNREADABLE: Any = object()  # stands where the reader already reported a value, so that it is not called missing
_NONE_BAD: frozenset[str] = frozenset()


class ParsedRow(NamedTuple):
    """The values of a row that could be read, and the columns that could not."""

    file: str
    line: int
    values: dict[str, Any]
    bad: frozenset[str]

    def lacks(self, column: str) -> bool:
        """Whether the row says nothing there (rather than something that was reported already)."""
        return column not in self.values and column not in self.bad

    @property
    def place(self) -> str:
        """File and line, as a person would say it."""
        return self.problem(None, "", "").place

    def problem(self, column: str | None, expected: str, found: str) -> Problem:
        """A problem of this row."""
        return Problem(self.file, self.line, column, expected, found)


class RowParser:
    """Reads the rows of one file of a table. Unknown columns are reported once a file."""

    def __init__(self, table: Table, *, file: str, report: Report, holds_cells: bool = False) -> None:
        """`holds_cells`: the values are CSV cells, texts that still have to become typed values."""
        self._table = table
        self._file = file
        self._report = report
        self._unknown: set[str] = set()
        # looked up once here, not once a value: a file has millions of values
        self._parsers = {column.name: _parser_of(column.kind, holds_cells) for column in table.columns}

    def parse(self, line: int, raw: dict[str, Any]) -> ParsedRow:
        """The row's values; whatever is wrong with one of them is reported."""
        values: dict[str, Any] = {}
        bad = _NONE_BAD
        parsers = self._parsers
        for name, value in raw.items():
            if value is None:
                continue
            parse = parsers.get(name)
            if parse is None:
                self._refuse_unknown(line, name)
                continue
            try:
                parsed = parse(value)
            except Unfit as unfit:
                bad |= {name}
                self._refuse_value(line, self._table.by_name[name], value, unfit)
            else:
                if parsed is not None:
                    values[name] = parsed
        for column in self._table.required:
            if column.name not in values and column.name not in bad:
                bad |= {column.name}
                self._report(Problem(self._file, line or None, column.name, _wanted(column), "nothing"))
        return ParsedRow(self._file, line, values, bad)

    def _refuse_value(self, line: int, column: Column, value: Any, unfit: Unfit) -> None:
        if value is not UNREADABLE:
            self._report(Problem(self._file, line or None, column.name, column.kind.expected, str(unfit)))

    def _refuse_unknown(self, line: int, name: str) -> None:
        if name in self._unknown:
            return
        self._unknown.add(name)
        near = get_close_matches(name, self._table.by_name, 1, 0.5)
        expected = f"a documented column of {self._table.name} ({', '.join(self._table.by_name)})"
        hint = f"; did you mean {shown(near[0])}?" if near else ""
        self._report(Problem(self._file, line or None, name, expected, f"{shown(name)}{hint}"))


def _parser_of(kind: Kind, holds_cells: bool) -> Callable[[Any], Any]:
    return (lambda cell: kind.parse(kind.from_cell(cell))) if holds_cells else kind.parse


def _wanted(column: Column) -> str:
    return f"{column.kind.expected}: {column.meaning}"
