"""Whether an adaptive study needs its next round: before a desk runs dry, and not long before.

Rounds are planned by a job, at most a sweep (a minute) and a fit after they are needed; until then raters take what
is left of the round before. A quick rater takes about ten comparisons a minute. So the next round is due

- when fewer draws than `low_water` are left for everybody: 30, a quarter of a round, or 15 for each rater at work,
  whichever is most;
- when a rater has fewer than 30 left for herself (the rest being tasks she knows, which wait for others), while
  there are comparisons she has not met.

It is never due while more draws wait than were judged so far and a round beside: tasks that nobody can take any
more do not make round after round. Nor is it due where there is nothing to compare.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from apps.core.database.queries import rows
from apps.rating.models import Draw, Plan, Standing, TaskKind
from apps.rating.services.candidates import has_comparisons
from apps.rating.serving.draws import PARKED_AFTER_SKIPS
from apps.studies.models import PlanMethod, ProtocolVersion, Study
from apps.studies.services.protocol import current_protocol

LEAST_LEFT = 30
LEFT_FOR_EACH_AT_WORK = 15
AT_WORK = timedelta(minutes=10)


def low_water(protocol: ProtocolVersion, *, n_at_work: int) -> int:
    """Below so many draws that anybody could take, the next round is due."""
    return max(LEAST_LEFT, protocol.round_size // 4, LEFT_FOR_EACH_AT_WORK * n_at_work)


def next_number_due(study: Study) -> int | None:
    """The number of the round that is due now; None while there is enough, or where all is planned at once."""
    protocol = current_protocol(study)
    if protocol.plan_method != PlanMethod.ADAPTIVE or not has_comparisons(study.pk):
        return None
    last = Plan.objects.filter(study=study, number__gt=0).order_by("-number").first()
    if last is None:
        return 1
    supply = _Supply.of(study, timezone.now())
    return last.number + 1 if supply.is_low(protocol) else None


# Comparisons that still want a judgment; `is_held` in somebody's hands.
_WAITING = """
    SELECT d.id, d.task_id, EXISTS (SELECT FROM rating_assignment h
                                    WHERE h.draw_id = d.id AND h.outcome IS NULL AND h.expires_at > %(now)s)
    FROM rating_draw d
    JOIN rating_band b ON b.study_id = d.study_id AND b.number = d.band AND b.drained_at IS NULL
    JOIN rating_task t ON t.id = d.task_id AND t.kind = 'comparison'
    WHERE d.study_id = %(study)s AND NOT EXISTS (
        SELECT FROM rating_assignment a WHERE a.draw_id = d.id AND a.outcome = 'judged')
"""
_PARKED = f"""
    SELECT task_id FROM rating_assignment WHERE task_id = ANY(%(tasks)s) AND outcome = 'skipped'
    GROUP BY 1 HAVING count(DISTINCT rater_id) >= {PARKED_AFTER_SKIPS}
"""  # noqa: S608 - constant text
# Who may get work, and whether she is at it. Raters known from imports alone have no user and no desk.
_RATERS = """
    SELECT e.rater_id, EXISTS (
        SELECT FROM rating_assignment a WHERE a.study_id = e.study_id AND a.rater_id = e.rater_id
               AND (a.ended_at >= %(since)s OR a.outcome IS NULL AND a.expires_at > %(now)s))
    FROM rating_enrolment e JOIN rating_rater r ON r.id = e.rater_id AND r.user_id IS NOT NULL
    WHERE e.study_id = %(study)s AND e.standing = %(active)s AND (e.target IS NULL OR e.target > (
        SELECT coalesce(max(a.done_number), 0) FROM rating_assignment a
        WHERE a.study_id = e.study_id AND a.rater_id = e.rater_id))
"""
# Tasks that a rater knows or may not see.
_CLOSED_TO = """
    SELECT a.rater_id, a.task_id FROM rating_assignment a
    WHERE a.task_id = ANY(%(tasks)s) AND a.rater_id = ANY(%(raters)s)
      AND (a.shown_at IS NOT NULL OR a.outcome IN ('judged', 'late', 'skipped'))
    UNION
    SELECT b.rater_id, t.id FROM rating_itembar b
    JOIN rating_task t ON t.study_id = b.study_id AND t.item_id = b.item_id
    WHERE b.study_id = %(study)s AND t.id = ANY(%(tasks)s)
"""
_KNOWS_NOT_ALL = """
    SELECT EXISTS (
        SELECT FROM rating_task t WHERE t.study_id = %(study)s AND t.kind = 'comparison'
          AND NOT EXISTS (SELECT FROM rating_assignment a WHERE a.task_id = t.id AND a.rater_id = %(rater)s)
          AND NOT EXISTS (SELECT FROM rating_itembar b
                          WHERE b.study_id = t.study_id AND b.rater_id = %(rater)s AND b.item_id = t.item_id)
          AND NOT EXISTS (SELECT FROM rating_draw d WHERE d.task_id = t.id AND d.id = ANY(%(draws)s))
          AND NOT EXISTS (SELECT FROM rating_gold g LEFT JOIN rating_goldretirement r ON r.gold_id = g.id
                          WHERE g.task_id = t.id AND r.id IS NULL))
"""


@dataclass(frozen=True, slots=True)
class _Supply:
    """What waits in a study, and for whom. `free` are the tasks of draws that nobody holds and that are not parked;
    `raters` says of everybody who may get work whether she is at it.
    """

    study: Study
    waiting: Collection[int]
    free: list[int]
    raters: dict[int, bool]

    @classmethod
    def of(cls, study: Study, now: datetime) -> "_Supply":
        waiting = rows(_WAITING, {"study": study.pk, "now": now})
        parked = _first(rows(_PARKED, {"tasks": [task for _, task, _ in waiting]}))
        free = [task for _, task, is_held in waiting if not is_held and task not in parked]
        working = {"study": study.pk, "now": now, "since": now - AT_WORK, "active": Standing.ACTIVE}
        return cls(study, [draw for draw, _, _ in waiting], free, dict(sorted(rows(_RATERS, working))))

    def is_low(self, protocol: ProtocolVersion) -> bool:
        """Whether anybody would soon have nothing to compare."""
        low = low_water(protocol, n_at_work=sum(self.raters.values()))
        drawn = Draw.objects.filter(study=self.study, band__isnull=False, task__kind=TaskKind.COMPARISON)
        n_judged = drawn.count() - len(self.waiting)
        if len(self.waiting) > n_judged + protocol.round_size + low:
            return False
        return len(self.free) < low or any(map(self._has_little, self._left_for_each()))

    def _left_for_each(self) -> list[tuple[int, int]]:
        """How many different tasks are left for each rater."""
        parameters = {"study": self.study.pk, "tasks": self.free, "raters": list(self.raters)}
        free = set(self.free)
        closed = Counter(rater for rater, task in rows(_CLOSED_TO, parameters) if task in free)
        return [(rater, len(free) - closed[rater]) for rater in self.raters]

    def _has_little(self, left: tuple[int, int]) -> bool:
        rater, n = left
        if n >= LEAST_LEFT:
            return False
        parameters = {"study": self.study.pk, "rater": rater, "draws": list(self.waiting)}
        return bool(rows(_KNOWS_NOT_ALL, parameters)[0][0])


def _first(found: Iterable[tuple[int, ...]]) -> set[int]:
    return {row[0] for row in found}
