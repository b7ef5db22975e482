"""Shaped reads about a rater's own work: how far she is, what she said last, why there is nothing to do."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

from django.utils import timezone

from apps.accounts.models import User
from apps.core.database.queries import rows
from apps.rating.models import Enrolment, Judgment, Purpose, Standing
from apps.rating.services.qualifying import Qualification, qualification_of
from apps.rating.services.recording import AFTER_CLOSE_DAYS, UNDO_DEPTH
from apps.rating.serving.desk_state import DeskState, desk_state
from apps.studies.models import StudyState, StudyTransition

PACE_OVER = 20
MAX_COUNTED_MS = 10 * 60 * 1000  # a task left open over lunch says nothing about pace


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rater is in a study. `seconds_per_task` is the median over her last answers."""

    n_done: int
    target: int | None
    n_today: int
    last_saved_at: datetime | None
    seconds_per_task: float | None = None

    @property
    def percent(self) -> int | None:
        """Share of the target that is done, 0 to 100; None without a target."""
        return None if not self.target else min(100, round(100 * self.n_done / self.target))

    @property
    def minutes_left(self) -> int | None:
        """To the target at her pace; None without a target or a pace, or when it is reached."""
        if not self.target or self.seconds_per_task is None or self.n_done >= self.target:
            return None
        return max(1, round((self.target - self.n_done) * self.seconds_per_task / 60))


# Answers are numbered without gaps: today's are those after the last one before midnight.
_PROGRESS = """
    SELECT coalesce(last.done_number, 0), coalesce(last.done_number, 0) - coalesce((
               SELECT e.done_number FROM rating_assignment e
               WHERE e.study_id = %(study)s AND e.rater_id = %(rater)s AND e.source = 'served'
                 AND e.done_number IS NOT NULL AND e.ended_at < %(midnight)s
               ORDER BY e.ended_at DESC LIMIT 1), 0),
           last.ended_at
    FROM (SELECT 1) one
    LEFT JOIN LATERAL (SELECT d.done_number, d.ended_at FROM rating_assignment d
                       WHERE d.study_id = %(study)s AND d.rater_id = %(rater)s AND d.done_number IS NOT NULL
                       ORDER BY d.done_number DESC LIMIT 1) last ON true
"""
_PACE = """
    SELECT j.shown_ms FROM rating_assignment a
    JOIN rating_judgment j ON j.study_id = a.study_id AND j.assignment_id = a.id AND j.revision = 1
    WHERE a.study_id = %(study)s AND a.rater_id = %(rater)s AND a.done_number > %(after)s
"""


def progress_of(enrolment: Enrolment, *, midnight: datetime | None = None, with_pace: bool = False) -> Progress:
    """A few index probes, however much she has done. `midnight` began her day (default: the day in UTC)."""
    midnight = midnight or timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    parameters: dict[str, Any] = {"study": enrolment.study_id, "rater": enrolment.rater_id, "midnight": midnight}
    ((n_done, n_today, last),) = rows(_PROGRESS, parameters)
    pace = _pace(parameters | {"after": n_done - PACE_OVER}) if with_pace else None
    return Progress(n_done, enrolment.target, n_today, last, pace)


def _pace(parameters: dict[str, Any]) -> float | None:
    times = [ms for (ms,) in rows(_PACE, parameters) if ms is not None and ms <= MAX_COUNTED_MS]
    return median(times) / 1000 if times else None


def may_be_served(enrolment: Enrolment) -> bool:
    """Whether there is work for her now: new work, or what she holds of her share."""
    return replace(desk_state(enrolment), leases=()).may_be_served


@dataclass(frozen=True, slots=True)
class NoTask:
    """Why there is no task now, and when to ask again (None: not by waiting)."""

    sentence: str
    come_back_at: datetime | None = None
    qualification: Qualification | None = None


_STATES = {
    StudyState.DRAFT: "This study has not started yet. Its manager will open it.",
    StudyState.PAUSED: "This study is paused. What you have sent is stored; its manager will open it again.",
    StudyState.CLOSED: "This study is closed. Thank you: what you have sent is stored.",
}
_STANDINGS = {
    Standing.QUARANTINED: "Your work in this study is on hold. Its manager knows why: please ask.",
    Standing.LEFT: "You have left this study. Ask its manager if you want to come back.",
}


def why_no_task(enrolment: Enrolment) -> NoTask:
    """The reason for an empty desk, in words."""
    if enrolment.study.state in _STATES:
        return NoTask(_STATES[StudyState(enrolment.study.state)])
    if enrolment.standing in _STANDINGS:
        return NoTask(_STANDINGS[Standing(enrolment.standing)])
    if enrolment.standing == Standing.TRAINING:
        return _why_no_training(enrolment)
    if enrolment.target is not None and _covers_target(desk_state(enrolment)):
        return NoTask("You have done your share of this study. Thank you.")
    n_held, back_at = _with_other_raters(enrolment)
    if n_held:
        tasks = "1 task is" if n_held == 1 else f"{n_held} tasks are"
        return NoTask(f"{tasks} with other raters and may come back.", back_at)
    return NoTask("You have rated every task that is open to you. Thank you.")


def _covers_target(state: DeskState) -> bool:
    """With what she still holds: the desk is empty once that is answered."""
    return state.target is not None and state.n_done + len(state.leases) >= state.target


def _why_no_training(enrolment: Enrolment) -> NoTask:
    found = qualification_of(enrolment)
    # Either came about since she was last at her desk: coming to it makes her active.
    if found.nothing_left:
        return NoTask("You were in training, and no training task is left for you. Look again, and your work begins.")
    if found.passed:
        return NoTask("You have passed the training. Look again, and your work begins.")
    if found.is_over:
        return NoTask(
            f"The training is over: {found.n_right} of {found.n_all} were right, and {found.needed} are needed to go "
            "on. The manager of this study will talk with you about it.",
            qualification=found,
        )
    if desk_state(enrolment).leases:
        return NoTask("In training one task comes at a time: the next one once you have answered the one you have.")
    return NoTask("Your next training task could not be brought at this moment. Please look again.")


_HELD_BY_OTHERS = """
    SELECT count(*), min(h.expires_at) FROM rating_assignment h
    WHERE h.study_id = %(study)s AND h.rater_id <> %(rater)s AND h.outcome IS NULL AND h.expires_at > %(now)s
      AND h.purpose NOT IN ('gold', 'retest', 'training')
      AND NOT EXISTS (SELECT FROM rating_assignment m WHERE m.task_id = h.task_id AND m.rater_id = %(rater)s
                      AND (m.shown_at IS NOT NULL OR m.outcome IN ('judged', 'late', 'skipped')))
"""


def _with_other_raters(enrolment: Enrolment) -> tuple[int, datetime | None]:
    parameters = {"study": enrolment.study_id, "rater": enrolment.rater_id, "now": timezone.now()}
    ((n_held, back_at),) = rows(_HELD_BY_OTHERS, parameters)
    return n_held, back_at


def current_judgment(assignment_id: int) -> Judgment | None:
    """The latest revision of what was said about a showing."""
    found = Judgment.objects.filter(assignment=assignment_id).select_related("comment").order_by("-revision")
    return found.first()


def enrolments_of(user: User) -> list[Enrolment]:
    """The studies this person rates in, newest first."""
    return list(
        Enrolment.objects.filter(rater__user=user)
        .select_related("study__workspace", "rater")
        .order_by("-study__created_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class UndoWindow:
    """Which of her answers she may change now. Storing a change asks once more."""

    n_done: int
    is_closed: bool
    takes_none: bool

    def why_not(self, *, purpose: str, done_number: int | None, study_state: str) -> str:
        """Why the answer, given while the study was in that state, stands for good; empty where it does not."""
        if purpose == Purpose.TRAINING:
            return "An answer cannot be changed once its explanation was shown."
        if done_number is None or done_number <= self.n_done - UNDO_DEPTH:
            return f"Only your last {UNDO_DEPTH} answers can be changed."
        if self.is_closed and study_state != StudyState.CLOSED:
            return "The study is closed: the answer you gave before stands."
        if self.takes_none:
            return f"The study was closed more than {AFTER_CLOSE_DAYS} days ago and takes no more answers."
        return ""


def undo_window(enrolment: Enrolment, n_done: int) -> UndoWindow:
    """After so many answers of hers. When a study was closed is asked only where it is."""
    is_closed = enrolment.study.state == StudyState.CLOSED
    return UndoWindow(n_done, is_closed, is_closed and _takes_no_more(enrolment.study_id))


def _takes_no_more(study_id: int) -> bool:
    closed = StudyTransition.objects.filter(study=study_id, to_state=StudyState.CLOSED).latest("at")
    return timezone.now() > closed.at + timedelta(days=AFTER_CLOSE_DAYS)


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """One of her last answers, as it stood on her screen. `may_change`: see UndoWindow."""

    public_id: UUID
    kind: str
    item_excerpt: str
    verdict: str | None
    a_on_left: bool | None
    flags: list[str]
    has_comment: bool
    revision: int
    answered_at: datetime
    may_change: bool


_RECENT = """
    SELECT a.public_id, t.kind, left(i.messages -> -1 ->> 'content', 160), j.verdict, a.a_on_left, j.flags,
           EXISTS (SELECT FROM rating_judgmentcomment c WHERE c.judgment_id = j.id),
           j.revision, a.ended_at, a.purpose, a.done_number, j.study_state
    FROM rating_assignment a
    JOIN rating_task t ON t.id = a.task_id
    JOIN studies_item i ON i.id = t.item_id
    JOIN LATERAL (SELECT * FROM rating_judgment x WHERE x.study_id = a.study_id AND x.assignment_id = a.id
                  ORDER BY x.revision DESC LIMIT 1) j ON true
    WHERE a.study_id = %(study)s AND a.rater_id = %(rater)s AND a.done_number IS NOT NULL
    ORDER BY a.done_number DESC LIMIT %(limit)s
"""


def recent_answers(enrolment: Enrolment, limit: int = UNDO_DEPTH) -> list[RecentAnswer]:
    """Her last answers, newest first."""
    parameters = {"study": enrolment.study_id, "rater": enrolment.rater_id, "limit": limit}
    found = rows(_RECENT, parameters)
    if not found:
        return []
    # Her answers are numbered without gaps: the newest says how many there are.
    window = undo_window(enrolment, n_done=found[0][-2])
    return [_recent(window, *row) for row in found]


def _recent(window: UndoWindow, *row: Any) -> RecentAnswer:
    *said, purpose, done_number, study_state = row
    why_not = window.why_not(purpose=purpose, done_number=done_number, study_state=study_state)
    return RecentAnswer(*(*said, not why_not))
