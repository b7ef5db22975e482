"""Shaped reads about a study: its totals, raters, pairs and what was skipped by too many."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from apps.accounts.models import Membership, User
from apps.rating.models import Assignment, Draw, Enrolment, Outcome, RaterKind, Source
from apps.rating.serving.draws import PARKED_AFTER_SKIPS
from apps.studies.models import Study

_DONE = Q(outcome__in=[Outcome.JUDGED, Outcome.LATE])


@dataclass(frozen=True, slots=True)
class StudyTotals:
    """The n of a study's home page."""

    n_items: int
    n_systems: int
    n_judgments: int
    n_raters: int


_TOTALS = """
    SELECT (SELECT count(*) FROM studies_studyitem WHERE study_id = %(study)s),
           (SELECT count(DISTINCT system_id) FROM studies_studyoutput WHERE study_id = %(study)s),
           (SELECT count(*) FROM rating_judgment WHERE study_id = %(study)s AND revision = 1),
           (SELECT count(DISTINCT a.rater_id) FROM rating_assignment a
            WHERE a.study_id = %(study)s AND a.outcome IN ('judged', 'late'))
"""


def totals_of(study: Study) -> StudyTotals:
    """What the study holds: items, systems, showings judged (people and judges), raters with a judgment."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, {"study": study.pk})
        return StudyTotals(*cursor.fetchone())


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


def showing_counts(study: Study) -> ShowingCounts:
    """leased = open + judged + late + skipped + expired + released, over served showings."""
    rows = (
        Assignment.objects.filter(study=study, source=Source.SERVED)
        .values("outcome")
        .annotate(n=Count("pk"))
        .values_list("outcome", "n")
    )
    found = {outcome or "open": n for outcome, n in rows}
    parts = {name: found.get(name, 0) for name in ("open", *Outcome.values)}
    return ShowingCounts(leased=sum(parts.values()), **parts)


@dataclass(frozen=True, slots=True)
class RaterRow:
    """A rater on the study's page."""

    enrolment_id: int
    name: str
    kind: str
    group: str
    standing: str
    n_judgments: int
    target: int | None


def raters_of(study: Study) -> list[RaterRow]:
    """Everyone enrolled, people first, the busiest first."""
    counts = dict(
        Assignment.objects.filter(_DONE, study=study).values("rater").annotate(n=Count("pk")).values_list("rater", "n")
    )
    enrolments = Enrolment.objects.filter(study=study).select_related("rater")
    rows = [
        RaterRow(e.pk, str(e.rater), e.rater.kind, e.group, e.standing, counts.get(e.rater_id, 0), e.target)
        for e in enrolments
    ]
    return sorted(rows, key=lambda row: (row.kind != RaterKind.HUMAN, -row.n_judgments, row.name))


def candidates_for(study: Study) -> list[User]:
    """Members of the workspace who are not enrolled yet."""
    enrolled = Enrolment.objects.filter(study=study, rater__user__isnull=False).values("rater__user")
    members = Membership.objects.filter(workspace=study.workspace_id).exclude(user__in=enrolled)
    return [membership.user for membership in members.select_related("user").order_by("user__name")]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Progress of one pair of systems."""

    system_a: str
    system_b: str
    n_imported: int
    n_judged: int
    n_planned: int


_PAIRS = """
    SELECT least(sa.name COLLATE "C", sb.name COLLATE "C"), greatest(sa.name COLLATE "C", sb.name COLLATE "C"),
           sum((SELECT count(*) FROM rating_assignment a WHERE a.task_id = t.id AND a.source = 'imported'))::int,
           sum((SELECT count(*) FROM rating_assignment a
                WHERE a.task_id = t.id AND a.source = 'served' AND a.outcome = 'judged'
                  AND a.purpose NOT IN ('gold', 'retest', 'training')))::int,
           sum((SELECT count(*) FROM rating_draw d WHERE d.task_id = t.id AND d.band IS NOT NULL))::int
    FROM rating_task t JOIN studies_system sa ON sa.id = t.system_a_id JOIN studies_system sb ON sb.id = t.system_b_id
    WHERE t.study_id = %(study)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def pairs_of(study: Study) -> list[PairRow]:
    """Per pair of systems: judgments of people that were imported; draws that are judged; draws planned."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, {"study": study.pk})
        return [PairRow(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class ParkedTask:
    """A task that so many raters skipped that nobody gets it any more."""

    item: str
    n_skips: int


def parked_tasks(study: Study) -> list[ParkedTask]:
    """Tasks for the manager to look at."""
    rows = (
        Assignment.objects.filter(study=study, outcome=Outcome.SKIPPED)
        .values("task", "task__item__external_id")
        .annotate(n=Count("rater", distinct=True))
        .filter(n__gte=PARKED_AFTER_SKIPS)
        .order_by("-n", "task__item__external_id")
    )
    return [ParkedTask(row["task__item__external_id"], row["n"]) for row in rows]


def n_draws(study: Study) -> int:
    """How many showings are wanted in all rounds so far; gold, retests and training come on top."""
    return Draw.objects.filter(study=study, band__isnull=False).count()


@dataclass(frozen=True, slots=True)
class GoldExposure:
    """How often a gold task was shown, and to how many."""

    gold_id: int
    item: str
    n_shown: int
    n_raters: int


_EXPOSURES = """
    SELECT g.id, i.external_id, count(a.id), count(DISTINCT a.rater_id)
    FROM rating_gold g
    JOIN rating_task t ON t.id = g.task_id JOIN studies_item i ON i.id = t.item_id
    LEFT JOIN rating_assignment a ON a.task_id = g.task_id AND a.purpose = 'gold' AND a.shown_at IS NOT NULL
    WHERE g.study_id = %s AND g.use = 'hidden'
      AND NOT EXISTS (SELECT FROM rating_goldretirement r WHERE r.gold_id = g.id)
    GROUP BY g.id, i.external_id ORDER BY 3 DESC, i.external_id COLLATE "C", g.id
"""


def gold_exposures(study: Study) -> list[GoldExposure]:
    """Every active hidden gold, the most shown first: one that everybody has seen is worth little."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPOSURES, [study.pk])
        return [GoldExposure(*row) for row in cursor.fetchall()]
