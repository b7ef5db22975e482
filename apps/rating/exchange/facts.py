"""Gold and judgments from their rows, checked one by one and against each other."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .answers import AnswerReader
from .identity import Identifier, Identity, TaskKey, rater_uuid
from .materials import Places
from .parsing import ParsedRow
from .problems import Report, shown
from .rows import GoldRow, JudgmentRow


def read_golds(rows: Iterable[ParsedRow], answers: AnswerReader, report: Report) -> Iterator[GoldRow]:
    """The known answers; problems are reported."""
    places = Places(report)
    for row in rows:
        task = answers.task(row, is_gold=True)
        good = answers.answer(row)
        if task is not None:
            places.enter(task, row, "item", "one known answer for each task")
        if task is not None and good and not row.bad:
            yield GoldRow(**row.values, file=row.file, line=row.line)


@dataclass(slots=True)
class JudgmentReader:
    """Reads the rows of judgments."""

    answers: AnswerReader
    report: Report
    identifier: Identifier = field(default_factory=Identifier)
    _ids: set[uuid.UUID] = field(default_factory=set)
    _kinds: dict[uuid.UUID, str] = field(default_factory=dict)
    _groups: dict[uuid.UUID, str] = field(default_factory=dict)

    def read(self, rows: Iterable[ParsedRow]) -> Iterator[JudgmentRow]:
        """The judgments, with their ids and showings settled; problems are reported."""
        later: list[tuple[ParsedRow, int, int]] = []
        all_good = True
        for row in rows:
            judgment, task = self._judgment(row)
            if judgment is None or task is None:
                all_good = False
                continue
            if judgment.revision > 1:
                later.append((row, self.answers.number_of(task), judgment.showing))
            yield judgment
        if all_good:  # the revision that seems to be missing may be a row that was refused
            self._check_revisions(later)

    def _judgment(self, row: ParsedRow) -> tuple[JudgmentRow | None, TaskKey | None]:
        task = self.answers.task(row)
        good = self.answers.answer(row) & self._same_rater(row)
        if task is None or not good or row.bad:
            return None, None
        values = row.values
        identity = self.identifier.identify(
            task=task,
            task_number=self.answers.number_of(task),
            rater=values["rater"],
            given=values.pop("judgment", None),
            showing=values.pop("showing", None),
            revision=values.get("revision", 1),
        )
        if not self._is_new(row, identity):
            return None, None
        return (
            JudgmentRow(**values, uuid=identity.uuid, showing=identity.showing, file=row.file, line=row.line),
            task,
        )

    def _same_rater(self, row: ParsedRow) -> bool:
        values = row.values
        name = values.get("rater")
        if name is None:
            return False
        person, kind, group = rater_uuid(name), values.get("kind", "human"), values.get("rater_group")
        known_kind = self._kinds.setdefault(person, kind)
        if known_kind != kind:
            expected = f"{known_kind} again, as in earlier rows of rater {shown(name)}"
            self.report(row.problem("kind", expected, shown(kind)))
            return False
        if group is None:
            return True
        known_group = self._groups.setdefault(person, group)
        if known_group != group:
            expected = f"{shown(known_group)} again: a rater belongs to one group in a study"
            self.report(row.problem("rater_group", expected, shown(group)))
        return bool(known_group == group)

    def _is_new(self, row: ParsedRow, identity: Identity) -> bool:
        if identity.uuid in self._ids:
            self.report(row.problem("judgment", "each judgment's id once", f"{identity.uuid} again"))
            return False
        self._ids.add(identity.uuid)
        if not identity.is_new_showing:
            expected = "one row for each task, rater, showing and revision"
            found = f"showing {identity.showing}, revision {row.values.get('revision', 1)} again"
            self.report(row.problem("showing", expected, found))
        return identity.is_new_showing

    def _check_revisions(self, later: list[tuple[ParsedRow, int, int]]) -> None:
        for row, task_number, showing in later:
            before = row.values["revision"] - 1
            if not self.identifier.has(
                task_number=task_number, rater=row.values["rater"], showing=showing, revision=before
            ):
                expected = f"revision {before} of the same task, rater and showing in the file too"
                self.report(row.problem("revision", expected, str(before + 1)))
