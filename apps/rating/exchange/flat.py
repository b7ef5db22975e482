"""One file of rows instead of a folder of tables: item, system, output, and what belongs to them, in every row.

The rows become those of items and outputs, and go through the same readers as a documented folder; problems name the
columns of this file. Gold may lie beside it, in a file `gold` as documented, and the study's terms in study.json.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from . import kinds
from .columns import GOLD, SAMPLE, Column, Table
from .contents import Contents
from .flat_signs import missing_columns, told_by_its_bytes
from .kinds import Unfit, whole
from .parsing import UNREADABLE, ParsedRow, RowParser
from .problems import ImportRefused, Problem, Report, shown
from .reading import Entry
from .sources import ENDINGS, Source
from .tables import Row, Stream, open_table, read_whole
from .terms import STUDY_FILE, parse_study

FLAT_ENDINGS = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".parquet")
SLICE_COLUMN = "slice."
OF_ITEMS = ("group", "prompt", "messages", "context", "reference", "slices")
OF_OUTPUTS = ("sample", "latency_ms", "cost_usd", "tokens")
FLAT = Table(
    "rows",
    (
        Column("item", kinds.IDENTIFIER, "the item's own name; without a prompt it is the input itself", required=True),
        Column("system", kinds.IDENTIFIER, "the system that produced the output", required=True),
        Column(
            "output",
            kinds.ANSWER_TEXT,
            "what the system produced (the empty text is valid)",
            required=True,
            keeps_empty_cell_without="output",
        ),
        Column("prompt", kinds.TEXT, "the input, as one user message"),
        Column("messages", kinds.MESSAGES, "the input, as a conversation; instead of a prompt"),
        Column("context", kinds.TEXT, "what raters may read beside the input"),
        Column("reference", kinds.TEXT, "a good answer, where one is known"),
        Column("slices", kinds.SLICES, "names and values to filter by; or a column slice.NAME for each name"),
        Column("group", kinds.IDENTIFIER, "items of one group belong together, as turns of one conversation do"),
        Column("sample", SAMPLE, "which of several outputs of this system for this item; default 0"),
        Column("latency_ms", kinds.DURATION, "how long the output took, in milliseconds"),
        Column("cost_usd", kinds.COST, "what the output cost, in US dollars"),
        Column("tokens", whole(0), "how many tokens the output has"),
    ),
)


def open_flat(source: Source, report: Report) -> Contents:
    """The contents of a folder that holds one file of rows."""
    entry = _rows_file(source)
    told_by_its_bytes(entry)
    rows = FlatRows(entry, report)
    streams = {
        "items": [Stream(entry.name, rows.items(), entry=entry)],
        "outputs": [Stream(entry.name, rows.outputs(), entry=entry)],
    }
    gold = next((found for name, found in source.entries.items() if _is_gold(name)), None)
    if gold is not None:
        told_by_its_bytes(gold)
        streams["gold"] = [open_table(gold, GOLD, report)]
    terms = source.find(STUDY_FILE)
    study = parse_study(read_whole(terms.open()), file=STUDY_FILE, report=report) if terms else None
    return Contents(study, streams)


def _is_gold(name: str) -> bool:
    return name.endswith(FLAT_ENDINGS) and name.split(".", 1)[0] == "gold"


def _rows_file(source: Source) -> Entry:
    files = [entry for name, entry in source.entries.items() if name.endswith(FLAT_ENDINGS) and not _is_gold(name)]
    if len(files) != 1:
        found = " and ".join(entry.name for entry in files) or "none"
        raise ImportRefused([Problem(source.name, None, None, f"one file of rows ({ENDINGS})", found)])
    return files[0]


@dataclass(slots=True)
class FlatRows:
    """Reads the file once, when its items are asked for; the outputs are kept until they are."""

    entry: Entry
    report_to: Report
    _is_told: bool = False
    _items: dict[str, dict[str, Any]] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)
    _outputs: list[Row] = field(default_factory=list)

    def items(self) -> Iterator[Row]:
        """Each item once, with what its rows say of it; rows that contradict each other are reported."""
        for row in self._parsed():
            self._take_item(row)
            self._outputs.append((row.line, _output_of(row)))
        if not self._outputs and not self._is_told:  # else that is why there are none
            self.report(Problem(self.entry.name, None, None, "a row for each output", "no rows"))
        for name, said in self._items.items():
            yield self._lines[name], _with_input(said)

    def outputs(self) -> Iterator[Row]:
        """Each row's output."""
        yield from self._outputs

    def report(self, problem: Problem) -> None:
        """Pass a problem on, and remember that there was one."""
        self._is_told = True
        self.report_to(problem)

    def _parsed(self) -> Iterator[ParsedRow]:
        stream = open_table(self.entry, FLAT, self.report)
        parser = RowParser(FLAT, file=stream.file, report=self.report, holds_cells=stream.holds_cells)
        first = next(stream.rows, None)
        if first is None:
            return
        if problem := missing_columns(self.entry.name, first, FLAT, is_header=stream.holds_cells):
            raise ImportRefused([problem])
        for line, raw in chain([first], stream.rows):
            plain, slices = _without_slices(raw)
            yield self._with_slices(parser.parse(line, plain), slices)

    def _with_slices(self, row: ParsedRow, slices: dict[str, Any]) -> ParsedRow:
        """The columns slice.NAME beside what the column slices says."""
        if not slices or "slices" in row.bad:
            return row
        try:
            row.values["slices"] = {**row.values.get("slices", {}), **kinds.SLICES.parse(slices)}
        except Unfit as unfit:
            self.report(row.problem("slices", kinds.SLICES.expected, str(unfit)))
            return row._replace(bad=row.bad | {"slices"})
        return row

    def _take_item(self, row: ParsedRow) -> None:
        name = row.values.get("item")
        if name is None:
            return
        first = self._lines.setdefault(name, row.line)
        said = self._items.setdefault(name, {"item": name})
        for column in OF_ITEMS:
            if column in row.bad:
                said.setdefault(column, UNREADABLE)
            elif column in row.values:
                self._take(said, column, row, first)

    def _take(self, said: dict[str, Any], column: str, row: ParsedRow, first: int) -> None:
        value = row.values[column]
        known = said.setdefault(column, value)
        if known is not UNREADABLE and known != value:
            counted = "row" if row.file.endswith(".parquet") else "line"
            expected = f"the same {column} for every row of item {shown(row.values['item'])}, as in {counted} {first}"
            self.report(row.problem(column, expected, shown(value)))


def _without_slices(raw: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    slices = {
        name.removeprefix(SLICE_COLUMN): value
        for name, value in raw.items()
        if name.startswith(SLICE_COLUMN) and value not in (None, "")
    }
    if not slices:
        return raw, slices
    return {name: value for name, value in raw.items() if not name.startswith(SLICE_COLUMN)}, slices


def _output_of(row: ParsedRow) -> dict[str, Any]:
    """The row's output; what was reported already is marked, so that nobody reports it again."""
    renamed = {"item": "item", "system": "system", "output": "text", **{name: name for name in OF_OUTPUTS}}
    return {
        theirs: UNREADABLE if ours in row.bad else row.values[ours]
        for ours, theirs in renamed.items()
        if ours in row.bad or ours in row.values
    }


def _with_input(said: dict[str, Any]) -> dict[str, Any]:
    """An item that gives no input is one: what it is called by is what was asked."""
    if "messages" in said and said["messages"] is not UNREADABLE:
        return {**said, "messages": list(said["messages"])}
    return said if "prompt" in said or "messages" in said else {**said, "prompt": said["item"]}
