"""What one press of a key does: store the answer and bring the task after the next, in one transaction."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.rating.answers import Answer
from apps.rating.models import Enrolment, Purpose, Standing
from apps.rating.serving.desk_state import DeskState, Lease, desk_state, lock_desk
from apps.rating.serving.painting import show

from .qualifying import Qualification, settle_qualification
from .recording import AnsweredDifferently, Receipt, record
from .serving import current_lease, next_lease, skip


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a request: the receipt of what was stored, and the assignment to bring (its id).

    `conflict`: another answer stands, and nothing was stored. `qualification`: she answered a training task; its
    explanation comes before the next one.
    """

    given: int | None
    n_done: int
    receipt: Receipt | None = None
    conflict: AnsweredDifferently | None = None
    qualification: Qualification | None = None


@transaction.atomic
def open_desk(*, enrolment: Enrolment) -> Exchange:
    """The task she works on now, which is being painted."""
    lock_desk(enrolment)
    state = _settled(enrolment, desk_state(enrolment))
    given = current_lease(state)
    if given is not None:
        _show_by_id(enrolment, given)
    return Exchange(given, state.n_done)


def _show_by_id(enrolment: Enrolment, given: int) -> None:
    state = desk_state(enrolment)
    show(state, next(lease.public_id for lease in state.leases if lease.id == given))


def _settled(enrolment: Enrolment, state: DeskState) -> DeskState:
    """The state once her training is judged: a skip, or a training task retired or barred since, may have ended it.

    Only where she is at work: while a study is paused its manager may be exchanging the training tasks.
    """
    if not (state.is_training and state.is_at_work):
        return state
    _qualification(enrolment)
    return state if enrolment.standing == Standing.TRAINING else desk_state(enrolment)


def _qualification(enrolment: Enrolment) -> Qualification:
    """Settle it by the standing she has now: she may have been set aside since this request began."""
    enrolments = Enrolment.objects.select_related("study", "rater").select_for_update(of=("self",), no_key=True)
    locked = enrolments.get(pk=enrolment.pk)
    settled = settle_qualification(enrolment=locked)
    enrolment.standing = locked.standing
    return settled


@transaction.atomic
def fetch_next(*, enrolment: Enrolment, painted: UUID | None) -> Exchange:
    """The task to hold ready behind the one just painted."""
    lock_desk(enrolment)
    state = _settled(enrolment, desk_state(enrolment))
    return Exchange(next_lease(state, painted), state.n_done)


@transaction.atomic
def answer_and_go_on(*, enrolment: Enrolment, answer: Answer, painted: UUID | None, wants_next: bool) -> Exchange:
    """Store the answer; then give the task behind `painted`, if the page `wants_next`."""
    lock_desk(enrolment)
    state = desk_state(enrolment)
    paints = _paints_as_well(state, answer, painted)
    try:
        receipt, conflict = record(state, answer, paints), None
    except AnsweredDifferently as differently:
        receipt, conflict = None, differently
    if receipt is not None and receipt.purpose == Purpose.TRAINING:
        return Exchange(None, state.n_done, receipt, qualification=_qualification(enrolment))
    state = _after(enrolment, state, answer, receipt, paints)
    given = next_lease(state, painted) if wants_next else None
    return Exchange(given, state.n_done, receipt, conflict)


@transaction.atomic
def skip_and_go_on(
    *, enrolment: Enrolment, skipped: UUID, reason: str, painted: UUID | None, wants_next: bool
) -> Exchange:
    """Pass the task on; then give the task behind `painted`, if the page `wants_next`."""
    lock_desk(enrolment)
    skip(desk_state(enrolment), skipped, reason)
    state = _settled(enrolment, desk_state(enrolment))
    return Exchange(next_lease(state, painted) if wants_next else None, state.n_done)


def _is_ordinary(state: DeskState, answer: Answer) -> bool:
    """Whether this is an answer to what she holds and has been shown."""
    held = state.lease(answer.assignment)
    return held is not None and held.is_shown


def _paints_as_well(state: DeskState, answer: Answer, painted: UUID | None) -> Lease | None:
    """The lease that came to her screen when she answered: stored with the answer, in the same statement."""
    lease = state.lease(painted)
    return lease if lease is not None and not lease.is_shown and _is_ordinary(state, answer) else None


def _after(
    enrolment: Enrolment, state: DeskState, answer: Answer, receipt: Receipt | None, painted: Lease | None
) -> DeskState:
    """The state once the answer is stored; asked anew but for the ordinary case."""
    if receipt is None or receipt.repeated or not _is_ordinary(state, answer):
        return desk_state(enrolment)
    state = state.having_answered(answer.assignment)
    return state.having_shown(state.n_shown + 1, painted.public_id) if painted else state
