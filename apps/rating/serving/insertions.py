"""Gold, retests and training: showings inserted among the ordinary ones, for one rater at a time.

Whether her k-th showing is inserted is fixed by the study's seed, her uuid and k: it cannot be foreseen, and it
is counted over what she saw and not over what was reserved for her, so going away and coming back changes nothing.
"""

import hashlib
import random
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core.database.ids import take_ids
from apps.core.database.queries import first_row
from apps.rating.models import INSERTED_PURPOSES, Assignment, Draw, Gold, GoldUse, ItemBar, Plan, Purpose, RoundMethod

from .claiming import claim_inserted, lease_again, unseen_showings
from .desk_state import DeskState

GOLD_RETURNS_AFTER = 200
RETEST_AFTER = 20
_USES = {Purpose.GOLD: GoldUse.HIDDEN, Purpose.TRAINING: GoldUse.TRAINING}


@dataclass(frozen=True, slots=True)
class _Insertion:
    """A task to be shown again or for once, on which side (None: by the ordinary rule)."""

    task_id: int
    showing: int
    a_on_left: bool | None


class _StandsInTheWay(Exception):
    """That showing of the task exists by now: one that was imported since, say."""


def claim_insertion(state: DeskState) -> int | None:
    """If her next showing is to be an inserted one: its assignment's id; None where ordinary work is due."""
    purpose = Purpose.TRAINING if state.is_training else purpose_at(state, _next_number(state))
    if purpose is None:
        return None
    unseen = _unseen(state, purpose)
    if unseen is not None and unseen.draw is not None:
        return lease_again(state, unseen, unseen.draw)
    found = _CHOOSE[purpose](state)
    if found is None:
        return None
    with suppress(_StandsInTheWay):
        return _insert(state, found, purpose)
    return None


@transaction.atomic
def _insert(state: DeskState, found: _Insertion, purpose: Purpose) -> int:
    """A draw and its lease: both or neither, for a draw without a showing would wait for ever."""
    draw = _new_draw(state, found.task_id, purpose)
    given = claim_inserted(state, draw_id=draw.pk, showing=found.showing, a_on_left=found.a_on_left)
    if given is None:
        raise _StandsInTheWay
    return given


def _unseen(state: DeskState, purpose: Purpose) -> Assignment | None:
    """What was inserted for her and not seen; what was barred or retired since then does not come back."""
    barred = ItemBar.objects.filter(study=state.study_id, rater=state.rater_id).values("item")
    found = unseen_showings(state).select_related("draw").filter(purpose=purpose).exclude(task__item__in=barred)
    if purpose in _USES:
        active = Gold.objects.filter(study=state.study_id, use=_USES[purpose], retirement__isnull=True)
        found = found.filter(task__in=active.values("task"))
    unseen: Assignment | None = found.first()
    return unseen


def _next_number(state: DeskState) -> int:
    return state.n_shown + sum(not lease.is_shown for lease in state.leases) + 1


def purpose_at(state: DeskState, number: int) -> Purpose | None:
    """What her showing `number` is inserted for; None: ordinary work."""
    at = fraction(state.seed, state.rater_uuid, number)
    if at < state.gold_share:
        return Purpose.GOLD
    if at < state.gold_share + state.retest_share:
        return Purpose.RETEST
    return None


def fraction(seed: int, rater_uuid: UUID, number: int) -> float:
    """A number in [0, 1), uniform and independent over raters and showings, the same whenever it is asked."""
    digest = hashlib.sha256(f"insert:{seed}:{rater_uuid}:{number}".encode()).digest()
    return int.from_bytes(digest[:7]) / 2**56


# A task with active gold that she met as ordinary work is no gold for her. Of a few at random the least shown is
# taken: exposures stay level without counting them all.
_GOLD = """
    SELECT c.task_id, c.showing, NOT c.last_side FROM (
        SELECT g.task_id, coalesce(max(a.showing) + 1, 0) AS showing,
               (array_agg(a.a_on_left ORDER BY a.shown_number DESC NULLS LAST))[1] AS last_side
        FROM (SELECT DISTINCT g.task_id FROM rating_gold g
              WHERE g.study_id = %(study)s AND g.use = 'hidden'
                AND NOT EXISTS (SELECT FROM rating_goldretirement r WHERE r.gold_id = g.id)) g
        JOIN rating_task t ON t.id = g.task_id
        LEFT JOIN rating_assignment a ON a.task_id = g.task_id AND a.rater_id = %(rater)s
        WHERE NOT EXISTS (SELECT FROM rating_itembar b
                          WHERE b.study_id = %(study)s AND b.rater_id = %(rater)s AND b.item_id = t.item_id)
        GROUP BY g.task_id
        HAVING coalesce(bool_and(a.purpose = 'gold' AND a.outcome IS NOT NULL
                                 AND coalesce(a.shown_number <= %(before)s, false))
                        FILTER (WHERE a.id IS NOT NULL), true)
        ORDER BY random() LIMIT 4) c
    ORDER BY (SELECT count(*) FROM rating_assignment e
              WHERE e.task_id = c.task_id AND e.purpose = 'gold' AND e.shown_at IS NOT NULL)
    LIMIT 1
"""

# From a random place among her earlier showings on, then from the first: no need to read them all.
_RETEST = """
    SELECT o.task_id, 1, NOT o.a_on_left FROM rating_assignment o
    WHERE o.study_id = %(study)s AND o.rater_id = %(rater)s
      AND o.shown_number BETWEEN %(start)s AND %(before)s
      AND o.outcome = 'judged' AND o.showing = 0 AND NOT o.purpose = ANY(%(inserted)s)
      AND NOT EXISTS (SELECT FROM rating_assignment n
                      WHERE n.task_id = o.task_id AND n.rater_id = o.rater_id AND n.showing > 0)
      AND NOT EXISTS (SELECT FROM rating_itembar b JOIN rating_task t ON t.item_id = b.item_id
                      WHERE b.study_id = o.study_id AND b.rater_id = o.rater_id AND t.id = o.task_id)
    ORDER BY o.shown_number LIMIT 1
"""

_TRAINING = """
    SELECT g.task_id, 0, NULL::bool FROM rating_gold g
    WHERE g.study_id = %(study)s AND g.use = 'training'
      AND NOT EXISTS (SELECT FROM rating_goldretirement r WHERE r.gold_id = g.id)
      AND NOT EXISTS (SELECT FROM rating_assignment a WHERE a.task_id = g.task_id AND a.rater_id = %(rater)s)
      AND NOT EXISTS (SELECT FROM rating_itembar b JOIN rating_task t ON t.item_id = b.item_id
                      WHERE b.study_id = g.study_id AND b.rater_id = %(rater)s AND t.id = g.task_id)
    ORDER BY md5(concat(%(rater_uuid)s::uuid, g.id)) LIMIT 1
"""


def _gold(state: DeskState) -> _Insertion | None:
    return _ask(_GOLD, state, before=state.n_shown - GOLD_RETURNS_AFTER)


def _retest(state: DeskState) -> _Insertion | None:
    before = state.n_shown - RETEST_AFTER
    if before < 1:
        return None
    start = random.randint(1, before)  # noqa: S311 - which one, not a secret
    return _ask(_RETEST, state, before=before, start=start) or _ask(_RETEST, state, before=before, start=1)


def _training(state: DeskState) -> _Insertion | None:
    return _ask(_TRAINING, state)


_CHOOSE = {Purpose.GOLD: _gold, Purpose.RETEST: _retest, Purpose.TRAINING: _training}


def _ask(query: str, state: DeskState, **more: int) -> _Insertion | None:
    parameters = {
        "study": state.study_id,
        "rater": state.rater_id,
        "rater_uuid": state.rater_uuid,
        "inserted": [str(purpose) for purpose in INSERTED_PURPOSES],
        **more,
    }
    row = first_row(query, parameters)
    return None if row is None else _Insertion(*row)


def _new_draw(state: DeskState, task_id: int, purpose: Purpose) -> Draw:
    """A draw of plan 0. Its chances are 1: nothing inserted is ever weighted or in a board."""
    plan = Plan.objects.filter(study=state.study_id, number=0).first() or _plan_zero(state)
    (number,) = take_ids("rating_draw", 1)
    return Draw.objects.create(
        id=number,
        study_id=state.study_id,
        plan=plan,
        task_id=task_id,
        ordinal=number,  # raters add to this plan side by side: the sequence keeps them apart
        purpose=purpose,
        p_pair=1.0,
        p_item=1.0,
        rater_id=state.rater_id,
    )


def _plan_zero(state: DeskState) -> Plan:
    plan, _ = Plan.objects.get_or_create(
        study_id=state.study_id,
        number=0,
        defaults={
            "method": RoundMethod.INSERTED,
            "uniform_floor": 1.0,
            "seed": state.seed,
            "n_candidates": 0,
            "candidates_sha256": hashlib.sha256(b"").hexdigest(),
        },
    )
    return plan
