"""Giving out work: a lease on a draw, with its sides; shown, renewed, skipped or released.

Each is one short transaction under an advisory lock on (study, rater): two tabs of one rater take turns.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.core.database.queries import n_changed, rows
from apps.core.errors import Refused
from apps.rating.models import Assignment, Enrolment, Outcome, SkipReason
from apps.rating.serving.claiming import claim_from_bands
from apps.rating.serving.desk_state import MAX_LEASES, DeskState, desk_state, lock_desk
from apps.rating.serving.insertions import claim_insertion
from apps.rating.serving.painting import show


@transaction.atomic
def give_assignment(*, enrolment: Enrolment) -> Assignment | None:
    """The assignment the rater works on now: the one she holds, else a new one; None if there is none.

    Why there is none is asked of `selectors.why_no_task`.
    """
    lock_desk(enrolment)
    given = current_lease(desk_state(enrolment))
    return None if given is None else Assignment.objects.get(pk=given)


@transaction.atomic
def prefetch_assignment(*, enrolment: Enrolment, painted: UUID | None) -> Assignment | None:
    """The assignment to hold ready behind `painted`, the one on her screen, which counts as shown from now.

    With nothing on her screen this is the next one to paint.
    """
    lock_desk(enrolment)
    given = next_lease(desk_state(enrolment), painted)
    return None if given is None else Assignment.objects.get(pk=given)


def current_lease(state: DeskState) -> int | None:
    """Her oldest lease, renewed, or a new one. A lease that ran out is hers until someone takes it over.

    Where no work is given any more she keeps what she holds until its lease ends. The desk must be locked.
    """
    state = state.holding(_renewed(state, [lease.public_id for lease in state.leases]))
    return state.leases[0].id if state.leases else _new_lease(state)


def next_lease(state: DeskState, painted: UUID | None) -> int | None:
    """Paint `painted`, then the lease behind it: held, or new. While she is trained there is only one at a time."""
    number = show(state, painted) if painted else state.n_shown
    behind = [lease for lease in state.leases if lease.public_id != painted]
    held = _renewed(state, [lease.public_id for lease in behind])
    if held:
        return min(state.holding(held).leases, key=lambda lease: lease.is_shown).id
    state = state.holding([painted] if painted else [])
    on_screen = state.lease(painted) is not None
    if (on_screen and state.is_training) or len(state.leases) >= MAX_LEASES:
        return None
    return _new_lease(state.having_shown(number, painted))


def _new_lease(state: DeskState) -> int | None:
    if not state.may_be_served:
        return None
    given = claim_insertion(state)
    if given is None and not state.is_training:
        given = claim_from_bands(state)
    if given is None:
        _mark_drained_bands(state.study_id, state.now)
    return given


@transaction.atomic
def mark_shown(*, assignment: Assignment) -> None:
    """The page with this assignment was painted; doing it twice changes nothing."""
    enrolment = Enrolment.objects.get(study=assignment.study_id, rater=assignment.rater_id)
    lock_desk(enrolment)
    show(desk_state(enrolment), assignment.public_id)


@transaction.atomic
def renew_leases(*, enrolment: Enrolment, holds: Sequence[UUID]) -> tuple[DeskState, dict[UUID, datetime | None]]:
    """The heartbeat: the leases she still holds live on. Until when each does; None for one that is gone."""
    lock_desk(enrolment)
    state = desk_state(enrolment)
    live = _renewed(state, holds)
    return state, {public_id: live.get(public_id) for public_id in holds}


_RENEW = """
    UPDATE rating_assignment SET expires_at = %(expires_at)s
    WHERE study_id = %(study)s AND rater_id = %(rater)s AND public_id = ANY(%(renewed)s) AND outcome IS NULL
    RETURNING public_id
"""


def _renewed(state: DeskState, public_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """The leases that live on from now, and until when: where no work is given any more, no longer than before.

    One that ran out may be another's by now: only its row can tell.
    """
    if not state.is_at_work:
        live = (held for held in state.leases if held.public_id in public_ids and held.expires_at > state.now)
        return {held.public_id: held.expires_at for held in live}
    if not public_ids:
        return {}
    parameters = {
        "expires_at": state.expires_at,
        "study": state.study_id,
        "rater": state.rater_id,
        "renewed": list(public_ids),
    }
    return {public_id: state.expires_at for (public_id,) in rows(_RENEW, parameters)}


@transaction.atomic
def skip_assignment(*, enrolment: Enrolment, assignment: Assignment, reason: str) -> None:
    """She does not want to judge this one: the draw is free for others. Skipping twice changes nothing."""
    lock_desk(enrolment)
    skip(desk_state(enrolment), assignment.public_id, reason)


_SKIP = """
    UPDATE rating_assignment
    SET outcome = 'skipped', skip_reason = %(reason)s, ended_at = %(now)s,
        shown_at = coalesce(shown_at, %(now)s), shown_number = coalesce(shown_number, %(number)s)
    WHERE id = %(lease)s AND outcome IS NULL
"""


def skip(state: DeskState, skipped: UUID, reason: str) -> None:
    """End a lease as skipped. The desk must be locked, and its state is stale afterwards."""
    if reason not in SkipReason.values:
        raise Refused(f"{reason!r} is not a reason. Choose one of: {', '.join(SkipReason.values)}.")
    lease = state.lease(skipped)
    if lease is not None:
        n_changed(_SKIP, {"reason": reason, "now": state.now, "number": state.n_shown + 1, "lease": lease.id})


@transaction.atomic
def release_assignment(*, enrolment: Enrolment, assignment: Assignment, until: datetime | None = None) -> None:
    """She leaves: a lease she holds is free at once. Doing it twice changes nothing.

    `until` is when the leaving page thought the lease of a task it never painted ends: one that was renewed or
    painted since is in another page's hands.
    """
    lock_desk(enrolment)
    held = Assignment.objects.filter(pk=assignment.pk, rater=enrolment.rater_id, outcome__isnull=True)
    if until is not None:
        held = held.filter(expires_at__lte=until, shown_at__isnull=True)
    held.update(outcome=Outcome.RELEASED, ended_at=timezone.now())


_DRAIN = """
    UPDATE rating_band SET drained_at = %(now)s WHERE id IN (
        SELECT b.id FROM rating_band b
        WHERE b.study_id = %(study)s AND b.drained_at IS NULL AND NOT EXISTS (
            SELECT FROM rating_draw d WHERE d.study_id = b.study_id AND d.band = b.number AND NOT EXISTS (
                SELECT FROM rating_assignment x WHERE x.draw_id = d.id AND x.outcome = 'judged'))
        ORDER BY b.number FOR UPDATE OF b SKIP LOCKED)
"""


def _mark_drained_bands(study_id: int, now: datetime) -> None:
    n_changed(_DRAIN, {"study": study_id, "now": now})
