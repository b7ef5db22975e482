"""Storing the facts of an import: raters, tasks, gold, showings and judgments, by COPY."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from psycopg.types.json import Jsonb

from apps.core.database.copying import copy_rows
from apps.core.database.ids import take_ids
from apps.rating.models import (
    Assignment,
    Enrolment,
    Gold,
    Judgment,
    Rater,
    RaterKind,
    Source,
    StandingChange,
    Task,
)
from apps.studies.models import Study, StudyOutput
from apps.studies.services.protocol import current_protocol

from .problems import ImportRefused, Problem, shown
from .rows import GoldRow, JudgmentRow

SWAPPED = {"A": "B", "B": "A"}
# Dispositions that no stored fact of this study could tell again; the others follow from kind and purpose.
KEPT_DISPOSITIONS = ("after_close", "withdrawn", "quarantined", "rule:")


@dataclass(frozen=True, slots=True)
class _TaskRef:
    """The outputs of a task in its own order, and whether the file names them the other way round."""

    item: int
    output_a: int
    output_b: int | None
    system_a: int
    system_b: int | None
    is_swapped: bool

    @property
    def key(self) -> tuple[int, int | None]:
        return self.output_a, self.output_b


@dataclass(slots=True)
class FactStore:
    """Stores gold and judgments of one study, inside the caller's transaction."""

    study: Study
    by: UUID | None
    problems: list[Problem] = field(default_factory=list)
    _outputs: dict[tuple[str, str, int], tuple[int, int, int]] = field(default_factory=dict)
    _tasks: dict[tuple[int, int | None], int] = field(default_factory=dict)
    _raters: dict[UUID, int] = field(default_factory=dict)

    def store(self, golds: Sequence[GoldRow], judgments: Sequence[JudgmentRow]) -> tuple[int, int]:
        """How many golds and judgments were new; ImportRefused if any differs from what is stored."""
        if not golds and not judgments:
            return 0, 0
        self._outputs = {
            (o["item__external_id"], o["system__name"], o["sample"]): (o["item"], o["output"], o["system"])
            for o in StudyOutput.objects.filter(study=self.study).values(
                "item__external_id", "system__name", "sample", "item", "output", "system"
            )
        }
        self._store_tasks([*golds, *judgments])
        self._store_raters(judgments)
        n_golds = self._store_golds(golds)
        n_judgments = self._store_judgments(judgments)
        if self.problems:
            raise ImportRefused(self.problems)
        return n_golds, n_judgments

    # Tasks ------------------------------------------------------------------------------------------------

    def _ref(self, row: GoldRow | JudgmentRow) -> _TaskRef:
        if row.output is not None:
            item, output, system = self._outputs[row.item, row.output, row.sample]
            return _TaskRef(item, output, None, system, None, False)
        item, one, system_one = self._outputs[row.item, row.output_a or "", row.sample_a]
        _, two, system_two = self._outputs[row.item, row.output_b or "", row.sample_b]
        if one < two:
            return _TaskRef(item, one, two, system_one, system_two, False)
        return _TaskRef(item, two, one, system_two, system_one, True)

    def _store_tasks(self, rows: Sequence[GoldRow | JudgmentRow]) -> None:
        stored = Task.objects.filter(study=self.study).values_list("output_a", "output_b", "pk")
        self._tasks = {(a, b): pk for a, b, pk in stored}
        new = {ref.key: ref for ref in map(self._ref, rows) if ref.key not in self._tasks}
        ids = dict(zip(new, take_ids("rating_task", len(new)), strict=True))
        copy_rows(
            "rating_task",
            ("id", "study_id", "kind", "item_id", "output_a_id", "output_b_id", "system_a_id", "system_b_id"),
            (
                (
                    ids[key], self.study.pk, "rubric" if ref.output_b is None else "comparison", ref.item,
                    ref.output_a, ref.output_b, ref.system_a, ref.system_b,
                )
                for key, ref in new.items()
            ),
        )  # fmt: skip
        self._tasks |= ids

    # Raters -----------------------------------------------------------------------------------------------

    def _store_raters(self, rows: Sequence[JudgmentRow]) -> None:
        first: dict[UUID, JudgmentRow] = {}
        for row in rows:
            first.setdefault(row.rater_uuid, row)
        known = {r.uuid: r for r in Rater.objects.filter(workspace=self.study.workspace_id, uuid__in=first)}
        for uuid, row in first.items():
            if uuid in known and known[uuid].kind != row.kind:
                self._refuse(row, "kind", f"{known[uuid].kind}, as this rater is known", row.kind)
        Rater.objects.bulk_create(
            Rater(
                workspace_id=self.study.workspace_id,
                uuid=uuid,
                kind=row.kind,
                name="" if str(uuid) == row.rater else row.rater,
            )
            for uuid, row in first.items()
            if uuid not in known
        )
        raters = Rater.objects.filter(workspace=self.study.workspace_id, uuid__in=first)
        self._raters = dict(raters.values_list("uuid", "pk"))
        self._enrol(first)

    def _enrol(self, rows: dict[UUID, JudgmentRow]) -> None:
        enrolled = dict(Enrolment.objects.filter(study=self.study).values_list("rater", "group"))
        new = []
        for uuid, row in rows.items():
            group = enrolled.get(self._raters[uuid])
            if group is None:
                new.append((self._raters[uuid], row.rater_group or ""))
            elif row.rater_group is not None and row.rater_group != group:
                self._refuse(row, "rater_group", f"{shown(group)}, as this rater is enrolled", row.rater_group)
        Enrolment.objects.bulk_create(
            Enrolment(study=self.study, workspace_id=self.study.workspace_id, rater_id=rater, group=group)
            for rater, group in new
        )
        StandingChange.objects.bulk_create(
            StandingChange(study=self.study, rater_id=rater, standing="active", reason="imported", by=self.by)
            for rater, _ in new
        )

    # Gold -------------------------------------------------------------------------------------------------

    def _store_golds(self, rows: Sequence[GoldRow]) -> int:
        stored = Gold.objects.filter(study=self.study, retirement__isnull=True)
        known = {g.task_id: (g.verdict, g.answers, g.rationale, g.use) for g in stored}
        new = []
        for row in rows:
            ref = self._ref(row)
            task, answer = self._tasks[ref.key], self._gold_answer(row, ref)
            if task not in known:
                known[task] = answer
                new.append((task, answer))
            elif known[task] != answer:
                self._refuse(row, "verdict", "the gold that this task has already (retire that one first)", row.verdict)
        Gold.objects.bulk_create(
            Gold(
                study=self.study, task_id=task, verdict=verdict, answers=answers, rationale=rationale, use=use,
                set_by=self.by,
            )
            for task, (verdict, answers, rationale, use) in new
        )  # fmt: skip
        return len(new)

    @staticmethod
    def _gold_answer(row: GoldRow, ref: _TaskRef) -> tuple[str | None, Any, str, str]:
        return _oriented(row.verdict, ref), row.criteria, row.rationale or "", row.use

    # Judgments --------------------------------------------------------------------------------------------

    def _store_judgments(self, rows: Sequence[JudgmentRow]) -> int:
        known = self._known_judgments()
        new: list[tuple[JudgmentRow, _TaskRef]] = []
        for row in rows:
            ref = self._ref(row)
            if row.uuid in known:
                self._compare(row, ref, known[row.uuid])
            else:
                new.append((row, ref))
        if new and not self.problems:
            _NewJudgments(self, new).store()
        return len(new)

    def _known_judgments(self) -> dict[UUID, dict[str, Any]]:
        columns = (
            "submission", "assignment__task", "assignment__rater", "verdict", "answers", "assignment__a_on_left",
            "judged_at", "shown_ms", "confidence", "assignment__purpose", "assignment__showing", "revision",
            "flags", "metadata", "parse_status", "assignment__first_seen",
        )  # fmt: skip
        stored = Judgment.objects.filter(study=self.study).values(*columns)
        return {row["submission"]: row for row in stored.iterator()}

    def _compare(self, row: JudgmentRow, ref: _TaskRef, stored: dict[str, Any]) -> None:
        given = {
            "item": (self._tasks[ref.key], stored["assignment__task"]),
            "rater": (self._raters[row.rater_uuid], stored["assignment__rater"]),
            "verdict": (_oriented(row.verdict, ref), stored["verdict"]),
            "criteria": (_oriented_answers(row, ref), stored["answers"]),
            "left": (_a_on_left(row, ref), stored["assignment__a_on_left"]),
            # Files from before this column was written say nothing about it.
            "first_seen": (row.first_seen or stored["assignment__first_seen"], stored["assignment__first_seen"]),
            "judged_at": (row.judged_at, stored["judged_at"]),
            "shown_ms": (row.shown_ms, stored["shown_ms"]),
            "confidence": (row.confidence, stored["confidence"]),
            "purpose": (row.purpose, stored["assignment__purpose"]),
            "showing": (row.showing, stored["assignment__showing"]),
            "revision": (row.revision, stored["revision"]),
            "flags": (list(row.flags), stored["flags"]),
            "metadata": (row.metadata, stored["metadata"]),
            "unparsed": (row.unparsed, stored["parse_status"] == "unparsed"),
        }
        for column, (new, old) in given.items():
            if new != old:
                self._refuse(row, column, "what is stored for this judgment (judgments never change)", "something else")
                return

    def _refuse(self, row: GoldRow | JudgmentRow, column: str, expected: str, found: Any) -> None:
        self.problems.append(Problem(row.file, row.line or None, column, expected, shown(found)))


class _NewJudgments:
    """New judgments with their showings; revisions of one showing share it."""

    def __init__(self, store: FactStore, rows: Sequence[tuple[JudgmentRow, _TaskRef]]) -> None:
        self._store = store
        self._study = store.study
        self._protocol = current_protocol(store.study)
        self._now = timezone.now()
        self._rows = sorted(rows, key=lambda pair: pair[0].revision)
        self._showings: dict[tuple[int, int, int], int] = {}
        self._judgments: dict[tuple[int, int], int] = {}

    def store(self) -> None:
        """COPY the showings, then the judgments in the order of their revisions, then the comments."""
        self._find_showings()
        first = self._rows_of_new_showings()
        ids = take_ids("rating_assignment", len(first))
        self._showings |= dict(zip(first, ids, strict=True))
        copy_rows("rating_assignment", _ASSIGNMENT, self._assignments(first, ids))
        judgment_ids = take_ids("rating_judgment", len(self._rows))
        copy_rows("rating_judgment", _JUDGMENT, self._judgment_rows(judgment_ids))
        copy_rows(
            "rating_judgmentcomment",
            ("study_id", "judgment_id", "text", "created_at"),
            (
                (self._study.pk, pk, row.comment, self._now)
                for pk, (row, _) in zip(judgment_ids, self._rows, strict=True)
                if row.comment
            ),
        )

    def _key(self, row: JudgmentRow, ref: _TaskRef) -> tuple[int, int, int]:
        return self._store._tasks[ref.key], self._store._raters[row.rater_uuid], row.showing

    def _find_showings(self) -> None:
        """Showings stored before: a later revision joins them, another first answer is refused by name."""
        stored = Assignment.objects.filter(study=self._study).values_list("task", "rater", "showing", "pk", "source")
        self._showings = {(task, rater, showing): pk for task, rater, showing, pk, source in stored.iterator()}
        revisions = Judgment.objects.filter(study=self._study).values_list("assignment", "revision", "pk")
        self._judgments = {(assignment, revision): pk for assignment, revision, pk in revisions.iterator()}

    def _rows_of_new_showings(self) -> dict[tuple[int, int, int], tuple[JudgmentRow, _TaskRef]]:
        first: dict[tuple[int, int, int], tuple[JudgmentRow, _TaskRef]] = {}
        for row, ref in self._rows:
            key = self._key(row, ref)
            if key not in self._showings:
                first.setdefault(key, (row, ref))
            elif row.revision == 1:
                self._store._refuse(
                    row,
                    "showing",
                    "a showing that has no judgment yet in the study",
                    f"showing {row.showing}",
                )
        if self._store.problems:
            raise ImportRefused(self._store.problems)
        return first

    def _assignments(
        self, first: dict[tuple[int, int, int], tuple[JudgmentRow, _TaskRef]], ids: Sequence[int]
    ) -> Iterator[tuple[Any, ...]]:
        for pk, ((task, rater, showing), (row, ref)) in zip(ids, first.items(), strict=True):
            systems = [system for system in (ref.system_a, ref.system_b) if system is not None]
            is_judge = row.kind == RaterKind.JUDGE
            yield (
                pk, self._study.pk, uuid4(), task, min(systems), max(systems), rater, showing, row.purpose,
                Source.JUDGE if is_judge else Source.IMPORTED, self._protocol.pk, _a_on_left(row, ref),
                showing if is_judge else 0, row.judged_at, "late" if row.disposition == "surplus" else "judged",
                _kept(row.disposition), row.p_pair, row.p_item, row.first_seen,
            )  # fmt: skip

    def _judgment_rows(self, ids: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        for pk, (row, ref) in zip(ids, self._rows, strict=True):
            assignment = self._showings[self._key(row, ref)]
            before = self._judgments.get((assignment, row.revision - 1))
            self._judgments[assignment, row.revision] = pk
            yield (
                pk, self._study.pk, assignment, row.revision, row.uuid, before, _oriented(row.verdict, ref),
                None if row.criteria is None else Jsonb(_oriented_answers(row, ref)), list(row.flags), row.shown_ms,
                _parse_status(row), row.confidence, Jsonb(row.metadata), self._study.state, row.judged_at,
                self._now,
            )  # fmt: skip


_ASSIGNMENT = (
    "id", "study_id", "public_id", "task_id", "system_low", "system_high", "rater_id", "showing", "purpose",
    "source", "protocol_id", "a_on_left", "sample", "ended_at", "outcome", "imported_disposition",
    "imported_p_pair", "imported_p_item", "first_seen",
)  # fmt: skip
_JUDGMENT = (
    "id", "study_id", "assignment_id", "revision", "submission", "supersedes_id", "verdict", "answers", "flags",
    "shown_ms", "parse_status", "confidence", "metadata", "study_state", "judged_at", "created_at",
)  # fmt: skip


def _oriented(verdict: str | None, ref: _TaskRef) -> str | None:
    """The file's verdict in the order of the task."""
    return SWAPPED.get(verdict, verdict) if verdict is not None and ref.is_swapped else verdict


def _oriented_answers(row: JudgmentRow, ref: _TaskRef) -> dict[str, Any] | None:
    """The file's answers in the order of the task: where a criterion's answer is an output, it is A or B."""
    if row.criteria is None or not ref.is_swapped:
        return row.criteria
    return {key: SWAPPED.get(str(answer), answer) for key, answer in row.criteria.items()}


def _a_on_left(row: JudgmentRow, ref: _TaskRef) -> bool | None:
    return None if row.a_was_left is None else row.a_was_left != ref.is_swapped


def _kept(disposition: str | None) -> str | None:
    return disposition if disposition is not None and disposition.startswith(KEPT_DISPOSITIONS) else None


def _parse_status(row: JudgmentRow) -> str:
    if row.unparsed:
        return "unparsed"
    return "parsed" if row.kind == RaterKind.JUDGE else "given"
