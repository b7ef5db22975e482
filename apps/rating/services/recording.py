"""Storing what a rater says. A choice is acknowledged only when its transaction is committed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.core.database.locks import writing_facts
from apps.core.errors import Conflict, NotFound, Refused
from apps.rating.choices import verdict_of
from apps.rating.models import Assignment, Enrolment, Judgment, JudgmentComment, Outcome, Purpose, Source
from apps.studies.models import Study, StudyState, StudyTransition

from .serving import lock_rater

AFTER_CLOSE_DAYS = 7
UNDO_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's word: this judgment is stored. `repeated`: it was stored before, by the same submission."""

    judgment: Judgment
    assignment: Assignment
    repeated: bool


class AnsweredDifferently(Conflict):
    """The assignment has another answer already; that one stands."""

    def __init__(self, stored: Judgment, assignment: Assignment) -> None:
        super().__init__("You have answered this task already, and that answer stands. To change it, open it again.")
        self.stored = stored
        self.assignment = assignment


@transaction.atomic
def record_judgment(
    *,
    enrolment: Enrolment,
    assignment_id: UUID,
    submission: UUID,
    choice: str,
    shown_ms: int | None = None,
    comment: str = "",
    supersedes: UUID | None = None,
) -> Receipt:
    """Store a rater's choice on a showing she was given; the same submission again gets the same receipt.

    `supersedes` is the submission of her earlier judgment when she changes her mind: the new one is the next
    revision, both stay. Raises NotFound for an assignment that is not hers, AnsweredDifferently where another
    answer stands, Refused where the study no longer takes any.
    """
    lock_rater(enrolment)
    writing_facts(enrolment.study_id)
    assignment = _own(enrolment, assignment_id)
    verdict = verdict_of(choice, a_on_left=bool(assignment.a_on_left))
    if verdict not in assignment.protocol.verdicts:
        raise Refused(f"This study does not offer {choice!r}. Answer with one of the buttons shown.")
    current = Judgment.objects.filter(assignment=assignment).order_by("-revision").first()
    known = _known(enrolment, assignment, submission, verdict, current, supersedes)
    if known is not None:
        return Receipt(known, assignment, repeated=True)
    study = Study.objects.get(pk=enrolment.study_id)
    _check_window(study)
    if current is None:
        _end(assignment)
    else:
        _check_undo(enrolment, assignment)
    judgment = Judgment.objects.create(
        study=study,
        assignment=assignment,
        revision=1 if current is None else current.revision + 1,
        supersedes=current,
        submission=submission,
        verdict=verdict,
        shown_ms=shown_ms,
        study_state=study.state,
        judged_at=timezone.now(),
    )
    if comment.strip():
        JudgmentComment.objects.create(study=study, judgment=judgment, text=comment.strip())
    return Receipt(judgment, assignment, repeated=False)


def _own(enrolment: Enrolment, public_id: UUID) -> Assignment:
    found = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("protocol")
        .filter(study=enrolment.study_id, rater=enrolment.rater_id, public_id=public_id, source=Source.SERVED)
        .first()
    )
    if found is None:
        raise NotFound("This task was not given to you. Open the study again for your next one.")
    return found


def _known(
    enrolment: Enrolment,
    assignment: Assignment,
    submission: UUID,
    verdict: str,
    current: Judgment | None,
    supersedes: UUID | None,
) -> Judgment | None:
    """The judgment this submission repeats; None if it is a new one; a conflict if something else stands."""
    same = Judgment.objects.filter(study=enrolment.study_id, submission=submission).first()
    if same is not None:
        if same.assignment_id != assignment.pk or same.verdict != verdict:
            raise AnsweredDifferently(current or same, assignment)
        return same
    if current is None:
        if supersedes is not None:
            raise Conflict("There is no earlier answer to change. Open the study again for your next task.")
        return None
    if current.submission == supersedes:
        return None
    if supersedes is None and current.verdict == verdict:
        return current
    raise AnsweredDifferently(current, assignment)


def _check_window(study: Study) -> None:
    """A closed study takes what was given out before, for a week."""
    if study.state != StudyState.CLOSED:
        return
    closed = StudyTransition.objects.filter(study=study, to_state=StudyState.CLOSED).latest("at")
    if timezone.now() > closed.at + timedelta(days=AFTER_CLOSE_DAYS):
        raise Refused(f"The study was closed more than {AFTER_CLOSE_DAYS} days ago and takes no more answers.")


def _check_undo(enrolment: Enrolment, assignment: Assignment) -> None:
    """She may change her last ten answers; never one whose right answer she was shown."""
    if assignment.purpose == Purpose.TRAINING:
        raise Refused("An answer cannot be changed once its explanation was shown.")
    recent = (
        Assignment.objects.filter(study=enrolment.study_id, rater=enrolment.rater_id, source=Source.SERVED)
        .filter(outcome__in=[Outcome.JUDGED, Outcome.LATE])
        .order_by("-ended_at", "-pk")
        .values_list("pk", flat=True)[:UNDO_DEPTH]
    )
    if assignment.pk not in set(recent):
        raise Refused(f"Only your last {UNDO_DEPTH} answers can be changed.")


def _end(assignment: Assignment) -> None:
    """Fill the draw; where the lease ran out and someone else holds it, the judgment is kept as late."""
    now = timezone.now()
    assignment.ended_at = now
    assignment.shown_at = assignment.shown_at or now
    assignment.skip_reason = None
    assignment.outcome = Outcome.JUDGED
    try:
        with transaction.atomic():
            assignment.save()
    except IntegrityError:
        assignment.outcome = Outcome.LATE
        assignment.save()
