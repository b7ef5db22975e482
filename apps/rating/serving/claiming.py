"""Taking a draw: one statement finds it, fixes the side and stores the lease.

Two raters may want one draw at once: the partial unique index lets one in, the other asks again. Whoever claims
waits for nobody: a draw that another transaction has in hand is passed over. So no two who claim while they hold
what the other wants (an answer not committed yet) can wait for each other.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from apps.core.database.locks import lock
from apps.core.database.queries import first_row
from apps.rating.models import Assignment, Draw, Outcome, Source

from . import shortlists
from .desk_state import DeskState
from .draws import FIRST_OPEN, ONE_DRAW, short_list
from .sides import A_ON_LEFT

N_TRIES = 20

# Takes the draw in hand; false if another transaction has it. The same name as in `lock_draw`.
_FREE = "pg_try_advisory_xact_lock(hashtextextended(concat('touchstone:draw:', {draw}::bigint), 0))"

# `found` without `given`: somebody was faster, or an earlier lease of the draw or the task stands in the way.
_CLAIM = """
    WITH found AS ({found}),
    given AS (
        INSERT INTO rating_assignment (study_id, public_id, draw_id, task_id, system_low, system_high, rater_id,
            showing, purpose, source, protocol_id, a_on_left, sample, leased_at, expires_at)
        SELECT t.study_id, %(public_id)s, found.id, t.id, t.system_low, t.system_high, %(rater)s,
            %(showing)s, found.purpose, 'served', %(protocol)s, coalesce(%(a_on_left)s::bool, {a_on_left}), 0,
            %(now)s, %(expires_at)s
        FROM found JOIN rating_task t ON t.id = found.task_id
        WHERE {free} AND NOT EXISTS (SELECT FROM rating_assignment h WHERE h.draw_id = found.id
                                        AND h.outcome IS NULL)
        ON CONFLICT DO NOTHING RETURNING id, draw_id)
    SELECT found.id, given.id FROM found LEFT JOIN given ON given.draw_id = found.id
"""


def _claiming(found: str) -> str:
    return _CLAIM.format(found=found, free=_FREE.format(draw="found.id"), a_on_left=A_ON_LEFT)


_CLAIM_FIRST_OPEN = _claiming(FIRST_OPEN)
_CLAIM_ONE = _claiming(ONE_DRAW)
_CLAIM_INSERTED = _claiming("SELECT id, task_id, purpose FROM rating_draw WHERE id = %(draw)s")

# End the lease on a draw if it ran out. True if nobody holds the draw any more and nobody else has it in hand:
# a lease whose row is locked is being answered, painted or renewed at this moment.
_CLEAR = f"""
    WITH held AS (SELECT id FROM rating_assignment WHERE draw_id = %(draw)s AND outcome IS NULL),
    over AS MATERIALIZED (
        SELECT id FROM rating_assignment
        WHERE draw_id = %(draw)s AND outcome IS NULL AND expires_at <= %(now)s FOR UPDATE SKIP LOCKED),
    ended AS (
        UPDATE rating_assignment SET outcome = 'expired', ended_at = %(now)s
        WHERE id IN (SELECT id FROM over) RETURNING id)
    SELECT (SELECT count(*) FROM held) = (SELECT count(*) FROM ended) AND {_FREE.format(draw="%(draw)s")}
"""  # noqa: S608 - constant text


def claim_from_bands(state: DeskState) -> int | None:
    """Lease a draw that is open to her; the assignment's id, None if there is none."""
    for _ in range(N_TRIES):
        found = _claim(_CLAIM_FIRST_OPEN, state)
        if found is None:
            break
        given = found[1] or _clear_and_claim(state, found[0])
        if given is not None:
            return given
    return _claim_from_short_list(state)


def claim_inserted(state: DeskState, *, draw_id: int, showing: int, a_on_left: bool | None) -> int | None:
    """Lease a draw made for her; with `a_on_left` None the side follows the ordinary rule."""
    found = _claim(_CLAIM_INSERTED, state, draw=draw_id, showing=showing, a_on_left=a_on_left)
    return found[1] if found else None


def lease_again(state: DeskState, unseen: Assignment, draw: Draw) -> int | None:
    """A showing she was given but never saw comes back to her as it was: same row, same side."""
    unseen.draw, unseen.purpose, unseen.protocol_id = draw, draw.purpose, state.protocol_id
    unseen.leased_at, unseen.expires_at = state.now, state.expires_at
    unseen.outcome, unseen.ended_at = None, None
    with suppress(IntegrityError), transaction.atomic():
        unseen.save()
        return unseen.pk
    return None


def lock_draw(draw_id: int) -> None:
    """Wait until nobody is about to lease this draw, and let nobody: for who fills it without holding a lease."""
    lock(f"draw:{draw_id}")


def unseen_showings(state: DeskState) -> Any:
    """Showings that ended before she saw them."""
    return Assignment.objects.filter(
        study=state.study_id,
        rater=state.rater_id,
        source=Source.SERVED,
        shown_at__isnull=True,
        outcome__in=[Outcome.EXPIRED, Outcome.RELEASED],
    )


def _claim(statement: str, state: DeskState, **more: Any) -> tuple[Any, ...] | None:
    """(draw, assignment): the draw that was found, and the lease on it, None if something stood in the way."""
    parameters = {
        "study": state.study_id,
        "rater": state.rater_id,
        "rater_uuid": state.rater_uuid,
        "seed": state.seed,
        "protocol": state.protocol_id,
        "now": state.now,
        "expires_at": state.expires_at,
        "public_id": uuid4(),
        "showing": 0,
        "a_on_left": None,
    }
    return first_row(statement, parameters | more)


def _clear_and_claim(state: DeskState, draw_id: int) -> int | None:
    """The draw is open but something stood in the way: end what ran out, take up what she never saw, try once more."""
    cleared = first_row(_CLEAR, {"draw": draw_id, "now": state.now})
    if cleared != (True,):
        return None
    draw = Draw.objects.get(pk=draw_id)
    unseen = unseen_showings(state).filter(task=draw.task_id).first()
    if unseen is not None:
        return lease_again(state, unseen, draw)
    found = _claim(_CLAIM_ONE, state, draw=draw_id)
    return found[1] if found else None


def _claim_from_short_list(state: DeskState) -> int | None:
    for draw_id in _short_listed(state):
        found = _claim(_CLAIM_ONE, state, draw=draw_id)
        given = found and (found[1] or _clear_and_claim(state, draw_id))
        if given:
            return given
    return None


def _short_listed(state: DeskState) -> Iterator[int]:
    """What was left of her last short list, then a new one; each draw is checked again when it is claimed."""
    yield from shortlists.take(state.study_id, state.rater_id)
    shortlists.put(
        state.study_id,
        state.rater_id,
        short_list(study_id=state.study_id, rater_id=state.rater_id, now=state.now),
    )
    yield from shortlists.take(state.study_id, state.rater_id)
