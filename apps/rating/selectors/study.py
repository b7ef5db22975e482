"""Shaped reads about rating: a rater's own progress, and a study's state."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.studies.models import Study, StudyState

from .models import Assignment, Draw, Enrolment, Judgment, Outcome, RaterKind, Source, Standing
from .services.serving import n_done
from .serving.draws import PARKED_AFTER_SKIPS

_DONE = Q(outcome__in=[Outcome.JUDGED, Outcome.LATE])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rater is in a study."""

    n_done: int
    target: int | None
    n_today: int
    last_saved_at: datetime | None

    @property
    def percent(self) -> int | None:
        """Share of the target that is done, 0 to 100; None without a target."""
        return None if not self.target else min(100, round(100 * self.n_done / self.target))


def progress_of(enrolment: Enrolment) -> Progress:
    """One query over her own rows; without a target of her own the study's open draws are the target."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = Assignment.objects.filter(
        _DONE, study=enrolment.study_id, rater=enrolment.rater_id, source=Source.SERVED
    ).aggregate(n=Count("pk"), today=Count("pk", filter=Q(ended_at__gte=midnight)), last=Max("ended_at"))
    return Progress(counts["n"], enrolment.target, counts["today"], counts["last"])


@dataclass(frozen=True, slots=True)
class NoTask:
    """Why there is no task now, and when to ask again (None: not by waiting)."""

    sentence: str
    come_back_at: datetime | None = None


def why_no_task(enrolment: Enrolment) -> NoTask:
    """The reason for an empty desk, in words."""
    states = {
        StudyState.DRAFT: "This study has not started yet. Its manager will open it.",
        StudyState.PAUSED: "This study is paused. What you have sent is stored; its manager will open it again.",
        StudyState.CLOSED: "This study is closed. Thank you: what you have sent is stored.",
    }
    standings = {
        Standing.TRAINING: "You are in training here; your next tasks come when the training is set up.",
        Standing.QUARANTINED: "Your work in this study is on hold. Its manager knows why: please ask.",
        Standing.LEFT: "You have left this study. Ask its manager if you want to come back.",
    }
    if enrolment.study.state in states:
        return NoTask(states[StudyState(enrolment.study.state)])
    if enrolment.standing in standings:
        return NoTask(standings[Standing(enrolment.standing)])
    if enrolment.target is not None and n_done(enrolment) >= enrolment.target:
        return NoTask("You have done your share of this study. Thank you.")
    n_held, back_at = _with_other_raters(enrolment)
    if n_held:
        tasks = "1 task is" if n_held == 1 else f"{n_held} tasks are"
        return NoTask(f"{tasks} with other raters and may come back.", back_at)
    return NoTask("You have rated every task that is open to you. Thank you.")


def _with_other_raters(enrolment: Enrolment) -> tuple[int, datetime | None]:
    held = (
        Assignment.objects.filter(study=enrolment.study_id, outcome__isnull=True, expires_at__gt=timezone.now())
        .exclude(rater=enrolment.rater_id)
        .exclude(task__assignments__in=_seen_by(enrolment))
        .values_list("expires_at", flat=True)
        .order_by("expires_at")
    )
    ends = list(held)
    return len(ends), (ends[0] if ends else None)


def _seen_by(enrolment: Enrolment) -> Any:
    return Assignment.objects.filter(rater=enrolment.rater_id, study=enrolment.study_id).filter(
        Q(shown_at__isnull=False) | Q(outcome__in=[Outcome.JUDGED, Outcome.LATE, Outcome.SKIPPED])
    )


def last_answered(enrolment: Enrolment) -> Assignment | None:
    """The showing she judged last: what "change my last answer" opens."""
    return (
        Assignment.objects.filter(_DONE, study=enrolment.study_id, rater=enrolment.rater_id, source=Source.SERVED)
        .order_by("-ended_at", "-pk")
        .first()
    )


def current_judgment(assignment: Assignment) -> Judgment | None:
    """The latest revision of what was said about a showing."""
    return Judgment.objects.filter(assignment=assignment).order_by("-revision").first()


def enrolments_of(user: User) -> list[Enrolment]:
    """The studies this person rates in, newest first."""
    return list(
        Enrolment.objects.filter(rater__user=user)
        .select_related("study__workspace", "rater")
        .order_by("-study__created_at", "-pk")
    )


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
                WHERE a.task_id = t.id AND a.draw_id IS NOT NULL AND a.outcome = 'judged'))::int,
           sum((SELECT count(*) FROM rating_draw d WHERE d.task_id = t.id))::int
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
    """How many showings are wanted in all rounds so far."""
    return Draw.objects.filter(study=study).count()
