"""From a row as its file says it to the documented values, with a problem for each that is not."""

from difflib import get_close_matches
from typing import Any

from .columns import Column, Table
from .kinds import Unfit
from .problems import Problem, Report, shown

UNREADABLE: Any = (
    object()
)  # stands where the reader already reported a value, so that it is not called missing


class RowParser:
    """Reads the rows of one file of a table. Unknown columns are reported once a file."""

    def __init__(self, table: Table, *, file: str, report: Report, holds_cells: bool = False) -> None:
        """`holds_cells`: the values are CSV cells, texts that still have to become typed values."""
        self._table = table
        self._file = file
        self._report = report
        self._holds_cells = holds_cells
        self._unknown: set[str] = set()

    def parse(self, line: int | None, raw: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """The values that could be read, and whether the row is good so far."""
        values: dict[str, Any] = {}
        bad: set[str] = set()
        by_name = self._table.by_name
        for name, value in raw.items():
            if value is None:
                continue
            column = by_name.get(name)
            if column is None:
                self._refuse_unknown(line, name)
                continue
            if value is UNREADABLE:
                bad.add(name)
                continue
            try:
                parsed = column.kind.parse(column.kind.from_cell(value) if self._holds_cells else value)
            except Unfit as unfit:
                bad.add(name)
                self._report(Problem(self._file, line, name, column.kind.expected, str(unfit)))
            else:
                if parsed is not None:
                    values[name] = parsed
        for column in self._table.required:
            if column.name not in values and column.name not in bad:
                bad.add(column.name)
                self._report(Problem(self._file, line, column.name, _wanted(column), "nothing"))
        return values, not bad

    def _refuse_unknown(self, line: int | None, name: str) -> None:
        if name in self._unknown:
            return
        self._unknown.add(name)
        near = get_close_matches(name, self._table.by_name, 1, 0.5)
        expected = f"a documented column of {self._table.name} ({', '.join(self._table.by_name)})"
        hint = f"; did you mean {shown(near[0])}?" if near else ""
        self._report(Problem(self._file, line, name, expected, f"{shown(name)}{hint}"))


def _wanted(column: Column) -> str:
    return f"{column.kind.expected}: {column.meaning}"
