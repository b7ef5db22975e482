"""Systems, items and outputs from their rows: each once, each whole, each referring to what is there."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from apps.studies.material import ItemRow, OutputRow, SystemRow

from .known import Known, OutputKey
from .parsing import ParsedRow
from .problems import Report, shown

ITEM_KEYS = ("item",)
OUTPUT_KEYS = ("item", "system", "sample")
SYSTEM_KEYS = ("system",)


@dataclass(slots=True)
class Places:
    """Which keys were met, and where first; the second time is a problem."""

    report: Report
    first: dict[Any, str] = field(default_factory=dict)

    def enter(self, key: Any, row: ParsedRow, column: str, expected: str) -> None:
        """Note a key, or report that it is there already."""
        earlier = self.first.get(key)
        if earlier is None:
            self.first[key] = row.place
        else:
            self.report(row.problem(column, expected, f"{shown(key)}, which stands in {earlier} already"))


@dataclass(slots=True)
class SystemReader:
    """Reads the rows of systems."""

    report: Report
    places: Places = field(init=False)

    def __post_init__(self) -> None:
        """Start with no system."""
        self.places = Places(self.report)

    def read(self, rows: Iterable[ParsedRow]) -> Iterator[SystemRow]:
        """The systems; problems are reported."""
        for row in rows:
            name = row.values.get("system")
            if name is not None:
                self.places.enter(name, row, "system", "each system once")
            if not row.bad:
                values = _renamed(row.values, system="name")
                yield SystemRow(**values, file=row.file, line=row.line)


@dataclass(slots=True)
class ItemReader:
    """Reads the rows of items."""

    report: Report
    places: Places = field(init=False)

    def __post_init__(self) -> None:
        """Start with no item."""
        self.places = Places(self.report)

    def read(self, rows: Iterable[ParsedRow]) -> Iterator[ItemRow]:
        """The items; problems are reported."""
        for row in rows:
            name = row.values.get("item")
            if name is not None:
                self.places.enter(name, row, "item", "each item once")
            if _says_one_thing(row, "prompt", "messages", self.report) and not row.bad:
                yield self._item(row)

    def _item(self, row: ParsedRow) -> ItemRow:
        values = _renamed(row.values, item="external_id")
        prompt = values.pop("prompt", None)
        if prompt is not None:
            values["messages"] = ({"role": "user", "content": prompt},)
        return ItemRow(**values, file=row.file, line=row.line)


@dataclass(slots=True)
class OutputReader:
    """Reads the rows of outputs. `items` and `systems` are what they may refer to; None is anything."""

    report: Report
    items: Container[str] | None
    systems: Container[str] | None
    places: Places = field(init=False)

    def __post_init__(self) -> None:
        """Start with no output."""
        self.places = Places(self.report)

    def read(self, rows: Iterable[ParsedRow]) -> Iterator[OutputRow]:
        """The outputs; problems are reported."""
        for row in rows:
            self._check_references(row)
            if not row.bad.intersection(OUTPUT_KEYS):
                once = "each output (item, system, sample) once"
                self.places.enter(output_key(row.values), row, "system", once)
            if _says_one_thing(row, "text", "messages", self.report) and not row.bad:
                yield OutputRow(**row.values, file=row.file, line=row.line)

    def _check_references(self, row: ParsedRow) -> None:
        item, system = row.values.get("item"), row.values.get("system")
        if self.items is not None and item is not None and item not in self.items:
            self.report(row.problem("item", "an item of the items table", shown(item)))
        if self.systems is not None and system is not None and system not in self.systems:
            expected = "a system of the systems table (without that table, outputs name the systems)"
            self.report(row.problem("system", expected, shown(system)))


def output_key(values: dict[str, Any]) -> OutputKey:
    """What names an output in a study."""
    return values["item"], values["system"], values.get("sample", 0)


def with_undeclared(
    declared: tuple[SystemRow, ...], outputs: tuple[OutputRow, ...], known: Known
) -> tuple[SystemRow, ...]:
    """The declared systems, then those that only outputs name, in the order of the outputs."""
    names = {system.name for system in declared} | set(known.systems)
    others = dict.fromkeys(output.system for output in outputs if output.system not in names)
    return declared + tuple(SystemRow(name=name, declared=False) for name in others)


def _renamed(values: dict[str, Any], **names: str) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in values.items()}


def _says_one_thing(row: ParsedRow, short: str, long: str, report: Report) -> bool:
    lacks = row.lacks(short) and row.lacks(long)
    if lacks or (short in row.values and long in row.values):
        expected = f"either {short} or {long}"
        report(row.problem(short, expected, "neither" if lacks else "both"))
        return False
    return True
