"""Reading the files of a published data set as they are, with a sentence where they are not as described."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.rating.exchange.problems import ImportRefused, Problem, Report, shown
from apps.rating.exchange.sources import Source
from apps.rating.exchange.tables import Row, Stream, read_csv, read_jsonl

Fields = Mapping[str, type | tuple[type, ...]]


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of a data set, and the fields each of its rows must have."""

    stem: str
    fields: Fields
    is_csv: bool = False

    def rows(self, source: Source, report: Report) -> Stream:
        """Its good rows, by line; the others are reported."""
        ending = ".csv" if self.is_csv else ".jsonl"
        name = self.stem + ending
        entry = source.find(name, f"{name}.gz")
        if entry is None:
            raise ImportRefused([Problem(source.name, None, None, f"a file {name} or {name}.gz", "none")])
        rows = (read_csv if self.is_csv else read_jsonl)(entry, report)
        return Stream(entry.name, self._good(rows, entry.name, report), entry=entry)

    def _good(self, rows: Iterator[Row], file: str, report: Report) -> Iterator[Row]:
        for line, row in rows:
            wrong = [name for name, kind in self.fields.items() if not isinstance(row.get(name), kind)]
            for name in wrong:
                report(Problem(file, line, name, _described(self.fields[name]), shown(row.get(name))))
            if not wrong:
                yield line, row


def converted(stream: Stream, convert: Any, report: Report) -> Stream:
    """The rows of a raw file in the documented format. `convert` gives one, none or several for each."""

    def rows() -> Iterator[Row]:
        for line, row in stream.rows:
            try:
                yield from ((line, documented) for documented in convert(row))
            except UnexpectedValue as error:
                report(Problem(stream.file, line, error.column, error.expected, error.found))

    return Stream(stream.file, rows(), entry=stream.entry)


class UnexpectedValue(ValueError):
    """A field of a raw row holds what the data set is not described to hold."""

    def __init__(self, column: str, expected: str, found: Any) -> None:
        """Say which field, what it should hold, and what it holds."""
        super().__init__(column)
        self.column, self.expected, self.found = column, expected, shown(found)


def look_up(table: dict[Any, Any], column: str, key: Any) -> Any:
    """The entry of a table, or UnexpectedValue naming what it has."""
    if key not in table:
        known = ", ".join(str(one) for one in list(table)[:6])
        raise UnexpectedValue(column, f"one of {known}{', …' if len(table) > 6 else ''}", key)
    return table[key]


def _described(kind: type | tuple[type, ...]) -> str:
    kinds = kind if isinstance(kind, tuple) else (kind,)
    words = {str: "a text", int: "a whole number", float: "a number", list: "a list"}
    return " or ".join(words[one] for one in kinds)
