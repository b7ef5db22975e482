"""A whole study read from a folder or an archive: all is checked, and all problems are told at once."""

import gc
from collections.abc import Collection, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.core.errors import Refused
from apps.studies.material import VERDICT_WORDS, ItemRow, OutputRow, StudyFile, SystemRow

from . import adapters
from .answers import AnswerReader
from .columns import GOLD, ITEMS, JUDGMENTS, OUTPUTS, SYSTEMS, TABLES, Table
from .contents import Contents, Progress, open_documented
from .facts import JudgmentReader, read_golds
from .findings import Findings
from .flat import open_flat
from .known import Known, OutputKey
from .materials import (
    ITEM_KEYS,
    OUTPUT_KEYS,
    SYSTEM_KEYS,
    ItemReader,
    OutputReader,
    Places,
    SystemReader,
    with_undeclared,
)
from .parsing import ParsedRow
from .problems import ImportRefused, Problem, shown
from .rows import GoldRow, JudgmentRow
from .sources import ENDINGS, open_source
from .terms import STUDY_FILE

FORMATS = {"touchstone": open_documented, "flat": open_flat, **adapters.READERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The rows of a study. `study` is None where no study.json came with them."""

    study: StudyFile | None = None
    items: tuple[ItemRow, ...] = ()
    outputs: tuple[OutputRow, ...] = ()
    systems: tuple[SystemRow, ...] = ()
    golds: tuple[GoldRow, ...] = ()
    judgments: tuple[JudgmentRow, ...] = ()


def read_bundle(
    path: Path | str,
    format: str = "touchstone",
    *,
    known: Known | None = None,
    on_progress: Progress | None = None,
) -> Bundle:
    """Read and check a study, or raise ImportRefused with all that is wrong.

    `format` is one of FORMATS. `known` is what the study holds already: the files may then refer to it, and
    items and outputs may be left out.
    """
    if format not in FORMATS:
        raise Refused(f"There is no format {format!r}. Formats: {', '.join(FORMATS)}.")
    findings = Findings()
    try:
        with open_source(Path(path)) as source, _collection_paused():
            contents = FORMATS[format](source, findings.report)
            bundle = _Reading(contents, findings, known or Known(), on_progress).bundle(source.name)
    except ImportRefused as refusal:
        for problem in refusal.problems:
            findings.report(problem)
    findings.refuse()
    return bundle


@contextmanager
def _collection_paused() -> Iterator[None]:
    # Rows are many and hold no cycles: looking through all of them for garbage took a quarter of the time.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Reading:
    """The tables of one import, read in the order in which they refer to each other."""

    contents: Contents
    findings: Findings
    known: Known
    on_progress: Progress | None

    def bundle(self, source: str) -> Bundle:
        files = [file for table in TABLES for file in self.contents.files_of(table)]
        self.findings.expect([source, STUDY_FILE, *files])
        self._require(source)
        systems, declared = self._systems()
        items, item_names = self._items()
        outputs, output_keys = self._outputs(item_names, declared)
        systems = with_undeclared(systems, outputs, self.known)
        if output_keys is not None:
            self._check_baseline(systems)
        return Bundle(
            study=self.contents.study,
            items=items,
            outputs=outputs,
            systems=systems,
            golds=tuple(read_golds(self._rows(GOLD), self._answers(output_keys), self.findings.report)),
            judgments=self._judgments(output_keys),
        )

    def _rows(self, table: Table) -> Iterator[ParsedRow]:
        return self.contents.rows_of(table, report=self.findings.report, on_progress=self.on_progress)

    def _require(self, source: str) -> None:
        for table, known in ((ITEMS, self.known.items), (OUTPUTS, self.known.outputs)):
            if not known and not self.contents.files_of(table):
                expected = f"a table {table.name} ({ENDINGS}), because the study holds no {table.name} yet"
                self.findings.report(Problem(source, None, None, expected, "none"))

    def _systems(self) -> tuple[tuple[SystemRow, ...], Container[str] | None]:
        reader = SystemReader(self.findings.report)
        systems = tuple(reader.read(self._rows(SYSTEMS)))
        if not self.contents.files_of(SYSTEMS):
            return systems, None
        return systems, self._referable(SYSTEMS, SYSTEM_KEYS, reader.places, self.known.systems)

    def _items(self) -> tuple[tuple[ItemRow, ...], Container[str] | None]:
        reader = ItemReader(self.findings.report)
        items = tuple(reader.read(self._rows(ITEMS)))
        return items, self._referable(ITEMS, ITEM_KEYS, reader.places, self.known.items)

    def _outputs(
        self, items: Container[str] | None, systems: Container[str] | None
    ) -> tuple[tuple[OutputRow, ...], Container[OutputKey] | None]:
        reader = OutputReader(self.findings.report, items, systems)
        outputs = tuple(reader.read(self._rows(OUTPUTS)))
        return outputs, self._referable(OUTPUTS, OUTPUT_KEYS, reader.places, self.known.outputs)

    def _referable(
        self, table: Table, keys: tuple[str, ...], places: Places, known: Collection[Any]
    ) -> Container[Any] | None:
        """What rows may refer to; None (anything) where the table, or a key in it, could not be read."""
        files = self.contents.files_of(table)
        if self.findings.hide_rows(files, keys) or not (files or known):
            return None
        return places.first.keys() | set(known)

    def _judgments(self, outputs: Container[OutputKey] | None) -> tuple[JudgmentRow, ...]:
        reader = JudgmentReader(self._answers(outputs), self.findings.report)
        return tuple(reader.read(self._rows(JUDGMENTS)))

    def _answers(self, outputs: Container[OutputKey] | None) -> AnswerReader:
        study, known = self.contents.study, self.known
        if study is not None:
            return AnswerReader(self.findings.report, outputs, study.verdicts, study.criteria)
        is_broken = self.findings.mention(STUDY_FILE)  # then any answer may be one of the study's
        criteria = None if is_broken else known.criteria or ()
        return AnswerReader(self.findings.report, outputs, known.verdicts or VERDICT_WORDS, criteria)

    def _check_baseline(self, systems: tuple[SystemRow, ...]) -> None:
        study = self.contents.study
        names = {system.name for system in systems} | set(self.known.systems)
        if study is None or study.baseline is None or study.baseline in names:
            return
        problem = Problem(STUDY_FILE, None, "baseline", "a system of this study", shown(study.baseline))
        self.findings.report(problem)
