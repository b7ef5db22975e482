"""Shaped reads for whoever reads outputs with the systems known: tasks, and everything that was said of one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from apps.core.database.queries import rows
from apps.core.errors import NotFound
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Judgment, RaterKind, Source, Task
from apps.studies.models import Study

EXCERPT = 240


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A task in a list. A and B are the task's."""

    task_id: int
    kind: str
    item: str
    excerpt: str
    slices: dict[str, Any]
    system_a: str
    system_b: str | None


_FACTS = """
    SELECT t.id, t.kind, i.external_id, left(i.messages -> -1 ->> 'content', %(length)s), i.slices, sa.name, sb.name
    FROM rating_task t
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_system sa ON sa.id = t.system_a_id
    LEFT JOIN studies_system sb ON sb.id = t.system_b_id
    WHERE t.study_id = %(study)s AND t.id = ANY(%(tasks)s)
"""


def task_facts(study: Study, tasks: Sequence[int]) -> dict[int, TaskFacts]:
    """By id, in one query; a task of another study is not found."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"study": study.pk, "tasks": list(tasks), "length": EXCERPT})
        return {task: TaskFacts(task, *rest) for task, *rest in map(_with_slices, cursor.fetchall())}


def _with_slices(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """jsonb comes out of Django's cursor as text."""
    return (*row[:4], json.loads(row[4]), *row[5:])


@dataclass(frozen=True, slots=True)
class JudgeVerdict:
    """What one judge says of a task; where its verdicts differ (both orders), a tie that says so."""

    judge: str
    verdict: str
    is_consistent: bool


_JUDGES = """
    SELECT a.task_id, coalesce(nullif(r.name, ''), 'rater ' || left(r.uuid::text, 8)) AS name,
           CASE WHEN min(j.verdict) = max(j.verdict) THEN min(j.verdict) ELSE 'TIE' END,
           min(j.verdict) = max(j.verdict)
    FROM rating_assignment a
    JOIN rating_rater r ON r.id = a.rater_id AND r.kind = 'judge'
    JOIN rating_judgment j ON j.study_id = a.study_id AND j.assignment_id = a.id AND j.verdict IS NOT NULL
    WHERE a.task_id = ANY(%(tasks)s) AND a.study_id = %(study)s
      AND NOT EXISTS (SELECT FROM rating_judgment newer WHERE newer.supersedes_id = j.id)
    GROUP BY a.task_id, r.id, 2 ORDER BY 2, r.id
"""


def judge_verdicts(study: Study, tasks: Sequence[int]) -> dict[int, list[JudgeVerdict]]:
    """The judges' current verdicts of some tasks, in one query."""
    found: dict[int, list[JudgeVerdict]] = {}
    for task, *said in rows(_JUDGES, {"study": study.pk, "tasks": list(tasks)}):
        found.setdefault(task, []).append(JudgeVerdict(*said))
    return found


def task_to_read(study: Study, task_id: int) -> Task:
    """A task of this study with its item, outputs and systems."""
    with_all = Task.objects.select_related("item", "output_a", "output_b", "system_a", "system_b")
    found = with_all.filter(study=study, pk=task_id).first()
    if found is None:
        raise NotFound("There is no such task in this study. Go back to the list and choose another one.")
    return found


@dataclass(frozen=True, slots=True)
class Said:
    """One judgment of a task, in the words of the task; `a_on_left` says how it was shown, None if nobody knows."""

    judgment_id: int
    rater: str
    rater_uuid: UUID
    is_judge: bool
    protocol_id: int
    purpose: str
    a_on_left: bool | None
    revision: int
    verdict: str | None
    answers: dict[str, Any]
    flags: list[str]
    comment: str
    shown_ms: int | None
    is_inconsistent: bool
    judged_at: datetime | None
    disposition: str | None
    unblinded: bool


@dataclass(frozen=True, slots=True)
class Showing:
    """What was said of one showing: the judgment that stands, and those it superseded, the latest first."""

    current: Said
    earlier: list[Said]


def showings_of(study: Study, task_id: int, cut: Cut) -> list[Showing]:
    """Everything said of a task up to the cut: people first, each in the order of time. Two queries."""
    became = _became(task_id, cut)
    judgments = (
        Judgment.objects.filter(study=study, assignment__task=task_id, pk__lte=cut.last_judgment)
        .select_related("assignment__rater", "comment")
        .order_by("assignment", "-revision")
    )
    by_showing: dict[int, list[Said]] = {}
    for judgment in judgments:
        by_showing.setdefault(judgment.assignment_id, []).append(
            _said(judgment, *became.get(judgment.pk, (None, False)))
        )
    showings = [Showing(current, earlier) for current, *earlier in by_showing.values()]
    return sorted(showings, key=lambda one: (one.current.is_judge, one.current.judgment_id))


def _became(task_id: int, cut: Cut) -> dict[int, tuple[str, bool]]:
    """The disposition of each current judgment, and whether its rater had seen results."""
    judged = judgments_at(cut)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {judged.sql} SELECT judgment_id, disposition, unblinded FROM judged WHERE task_id = %(task)s",  # noqa: S608
            {**judged.parameters, "task": task_id},
        )
        return {judgment: (disposition, unblinded) for judgment, disposition, unblinded in cursor.fetchall()}


def _said(judgment: Judgment, disposition: str | None, unblinded: bool) -> Said:
    showing, comment = judgment.assignment, getattr(judgment, "comment", None)
    return Said(
        judgment_id=judgment.pk,
        rater=str(showing.rater),
        rater_uuid=showing.rater.uuid,
        is_judge=showing.rater.kind == RaterKind.JUDGE,
        protocol_id=showing.protocol_id,
        purpose=showing.purpose,
        a_on_left=showing.a_on_left,
        revision=judgment.revision,
        verdict=judgment.verdict,
        answers=judgment.answers or {},
        flags=judgment.flags,
        comment=comment.text if comment else "",
        shown_ms=judgment.shown_ms,
        is_inconsistent=bool(judgment.metadata.get("inconsistent")),
        judged_at=judgment.created_at if showing.source == Source.SERVED else judgment.judged_at,
        disposition=disposition,
        unblinded=unblinded,
    )
