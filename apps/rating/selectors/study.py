"""Shaped reads about a study: what became of its showings, its raters, its systems, what was skipped by too many."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count

from apps.accounts.models import Membership, User
from apps.core.database.queries import rows
from apps.rating.models import Assignment, Enrolment, Outcome, RaterKind
from apps.rating.serving.draws import PARKED_AFTER_SKIPS
from apps.studies.models import Study

from .figures import Figures


@dataclass(frozen=True, slots=True)
class ShowingCounts:
    """Leased showings by what became of them; the parts add up to `leased`."""

    leased: int
    open: int
    judged: int
    late: int
    skipped: int
    expired: int
    released: int


_BY_OUTCOME = """
    SELECT coalesce(outcome, 'open'), count(*) FROM rating_assignment
    WHERE study_id = %(study)s AND source = 'served' GROUP BY 1
"""
# What ended without an answer, and what has not ended, each have an index of their own.
_UNANSWERED = """
    SELECT outcome, count(*) FROM rating_assignment
    WHERE study_id = %(study)s AND outcome IN ('skipped', 'expired', 'released') GROUP BY 1
    UNION ALL
    SELECT 'open', count(*) FROM rating_enrolment e
    JOIN rating_assignment a ON a.rater_id = e.rater_id AND a.study_id = e.study_id AND a.outcome IS NULL
    WHERE e.study_id = %(study)s
"""


def showing_counts(study: Study, figures: Figures | None = None) -> ShowingCounts:
    """leased = open + judged + late + skipped + expired + released, over served showings.

    With the study's figures no judged showing is read; without, all rows are, which is what a check wants.
    """
    parts = dict.fromkeys(("open", *Outcome.values), 0)
    if figures is None:
        parts |= dict(rows(_BY_OUTCOME, {"study": study.pk}))
    else:
        late = figures.total("late")
        parts |= {"late": late, "judged": figures.total("here") - late, **dict(rows(_UNANSWERED, {"study": study.pk}))}
    return ShowingCounts(leased=sum(parts.values()), **parts)


@dataclass(frozen=True, slots=True)
class RaterRow:
    """A rater on the study's page."""

    enrolment_id: int
    rater: UUID
    name: str
    kind: str
    group: str
    standing: str
    n_judgments: int
    target: int | None


def raters_of(study: Study, figures: Figures) -> list[RaterRow]:
    """Everyone enrolled, people first, the busiest first."""
    counts = figures.of("rater")
    found = [
        RaterRow(
            e.pk, e.rater.uuid, str(e.rater), e.rater.kind, e.group, e.standing,
            counts.get(str(e.rater_id), {}).get("judged", 0), e.target,
        )
        for e in Enrolment.objects.filter(study=study).select_related("rater")
    ]  # fmt: skip
    return sorted(found, key=lambda row: (row.kind != RaterKind.HUMAN, -row.n_judgments, row.name))


def candidates_for(study: Study) -> list[User]:
    """Members of the workspace who are not enrolled yet."""
    enrolled = Enrolment.objects.filter(study=study, rater__user__isnull=False).values("rater__user")
    members = Membership.objects.filter(workspace=study.workspace_id).exclude(user__in=enrolled)
    return [membership.user for membership in members.select_related("user").order_by("user__name")]


@dataclass(frozen=True, slots=True)
class ParkedTask:
    """A task that so many raters skipped that nobody gets it any more."""

    task_id: int
    item: str
    n_skips: int


def parked_tasks(study: Study) -> list[ParkedTask]:
    """Tasks for the manager to look at."""
    found = (
        Assignment.objects.filter(study=study, outcome=Outcome.SKIPPED)
        .values("task", "task__item__external_id")
        .annotate(n=Count("rater", distinct=True))
        .filter(n__gte=PARKED_AFTER_SKIPS)
        .order_by("-n", "task__item__external_id")
    )
    return [ParkedTask(row["task"], row["task__item__external_id"], row["n"]) for row in found]


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system of the study and how many outputs it has there."""

    system_id: int
    name: str
    family: str
    version: str
    n_outputs: int


_SYSTEMS = """
    SELECT s.id, s.name, s.family, s.version, o.n
    FROM (SELECT system_id, count(*) AS n FROM studies_studyoutput WHERE study_id = %(study)s GROUP BY 1) o
    JOIN studies_system s ON s.id = o.system_id ORDER BY s.name COLLATE "C"
"""


def systems_of(study: Study) -> list[SystemRow]:
    """Every system with an output in the study, by name."""
    return [SystemRow(*row) for row in rows(_SYSTEMS, {"study": study.pk})]


@dataclass(frozen=True, slots=True)
class GoldExposure:
    """How often a gold task was shown, and to how many."""

    gold_id: int
    task_id: int
    item: str
    n_shown: int
    n_raters: int


_EXPOSURES = """
    SELECT g.id, g.task_id, i.external_id, count(a.id), count(DISTINCT a.rater_id)
    FROM rating_gold g
    JOIN rating_task t ON t.id = g.task_id JOIN studies_item i ON i.id = t.item_id
    LEFT JOIN rating_assignment a ON a.task_id = g.task_id AND a.purpose = 'gold' AND a.shown_at IS NOT NULL
    WHERE g.study_id = %s AND g.use = 'hidden'
      AND NOT EXISTS (SELECT FROM rating_goldretirement r WHERE r.gold_id = g.id)
    GROUP BY g.id, i.external_id ORDER BY 4 DESC, i.external_id COLLATE "C", g.id
"""


def gold_exposures(study: Study) -> list[GoldExposure]:
    """Every active hidden gold, the most shown first: one that everybody has seen is worth little."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSURES, [study.pk])
        return [GoldExposure(*row) for row in cursor.fetchall()]
