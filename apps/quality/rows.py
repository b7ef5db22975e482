"""From database rows to the arrays behind the figures of raters: what each of them said, as of a cut.

What a judgment counts as comes from apps.rating.dispositions and from nowhere else. Agreement, sides, ties and times
look at one major version of the protocol, as a leaderboard does; counts look at all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNKNOWN = -1
CHUNK = 50_000


class Counted(IntEnum):
    """What a judgment is to these figures."""

    USED = 0
    SURPLUS = 1
    SET_ASIDE = 2  # after the close, quarantined, or by a rule: hers all the same, though no board counts it
    JUDGE = 3
    ELSEWHERE = 4  # gold, retest, training, taken back: scored elsewhere or not at all


# Her ordinary work, and that of it which others are compared with: what the agreement of a leaderboard looks at.
WORK = (Counted.USED, Counted.SURPLUS, Counted.SET_ASIDE, Counted.JUDGE)
STANDARD = (Counted.USED, Counted.SURPLUS)

# Gold and retests are scored by the first answer to a showing: a revision may have come after she thought twice.
_GIVEN = """
    given AS (
        SELECT judged.judgment_id, judged.task_id, judged.rater_id, judged.disposition, judged.purpose,
               judged.verdict, judged.answers, judged.a_on_left, a.showing, t.kind, t.item_id, i.external_id,
               i.content_hash, i.slices, hashtextextended(i."group", 0) AS cluster,
               least(sa.name COLLATE "C", sb.name COLLATE "C") AS first_system,
               greatest(sa.name COLLATE "C", sb.name COLLATE "C") AS second_system,
               sa.name COLLATE "C" < sb.name COLLATE "C" AS in_order,
               f.verdict AS first_verdict, f.answers AS first_answers, f.shown_ms,
               CASE WHEN a.source = 'served' THEN f.created_at ELSE f.judged_at END AS at,
               w.id IS NOT NULL AS withdrawn, r.uuid AS rater_uuid, r.kind AS rater_kind
        FROM judged
        JOIN rating_assignment a ON a.id = judged.assignment_id
        JOIN rating_judgment f ON f.study_id = %(study)s AND f.assignment_id = judged.assignment_id AND f.revision = 1
        JOIN rating_rater r ON r.id = judged.rater_id
        JOIN rating_task t ON t.id = judged.task_id
        JOIN studies_item i ON i.id = t.item_id
        JOIN studies_system sa ON sa.id = t.system_a_id
        LEFT JOIN studies_system sb ON sb.id = t.system_b_id
        LEFT JOIN rating_withdrawal w ON w.judgment_id = judged.judgment_id AND w.id <= %(last_withdrawal)s
        WHERE judged.protocol_major = %(protocol_major)s
    )"""

_VERDICTS = ("A", "B", "TIE", "BOTH_BAD")
# By code: the first system in system order wins, the second, tie, both bad; and on the screen left, right, tie, bad.
VERDICT = """CASE {verdict} WHEN 'TIE' THEN 2 WHEN 'BOTH_BAD' THEN 3
    ELSE coalesce((({verdict} = 'A') <> in_order)::int, -1) END"""
_SCREEN = """CASE {verdict} WHEN 'TIE' THEN 2 WHEN 'BOTH_BAD' THEN 3
    ELSE coalesce((({verdict} = 'A') <> a_on_left)::int, -1) END"""
_COUNTED = """CASE WHEN withdrawn THEN 4 WHEN disposition = 'used' THEN 0 WHEN disposition = 'surplus' THEN 1
    WHEN disposition = 'judge' THEN 3 WHEN disposition IN ('gold', 'retest', 'training', 'withdrawn') THEN 4
    ELSE 2 END"""


@dataclass(frozen=True, slots=True)
class Work:
    """Judgments as parallel arrays. Unknown verdicts, sides, times and moments are -1; `at` is in milliseconds."""

    rater: Ints
    judgment: Ints
    task: Ints
    item: Ints
    cluster: Ints
    verdict: Ints
    screen: Ints
    counted: Ints
    shown_ms: Ints
    at: Ints

    def where(self, keep: Bools) -> "Work":
        """These judgments alone."""
        return Work(*(getattr(self, name)[keep] for name in self.__slots__))

    def counted_as(self, kinds: tuple[Counted, ...]) -> Bools:
        """Which judgments are one of these."""
        return np.isin(self.counted, kinds)

    def __len__(self) -> int:
        return len(self.rater)


@dataclass(frozen=True, slots=True)
class GoldAnswers:
    """The first answer of each rater to each gold task that is still known, in order of time."""

    rater: Ints
    right: Bools
    is_comparison: Bools


@dataclass(frozen=True, slots=True)
class Retests:
    """The first answer to a task, and the first answer when it came back. Screen codes; -1 where unknown."""

    rater: Ints
    first: Ints
    second: Ints
    mirrored: Bools
    same: Bools


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to one criterion: the place of the anchor, from 0. Parallel arrays."""

    rater: Ints
    task: Ints
    item: Ints
    cluster: Ints
    counted: Ints
    anchor: Ints


def codes_of(verdicts: Sequence[str]) -> list[int]:
    """The codes of the verdicts that a protocol allows."""
    return [_VERDICTS.index(verdict) for verdict in verdicts]


class StudyRows:
    """What a study holds as of a cut. Each method is one query."""

    def __init__(self, cut: Cut, protocol_major: int) -> None:
        judged = judgments_at(cut)
        self.cut = cut
        self._judged = f"WITH {judged.sql}"
        self.given = f"WITH {judged.sql}, {_GIVEN}"
        self._parameters = {
            **judged.parameters,
            "protocol_major": protocol_major,
            "last_gold": cut.last_gold,
            "last_gold_retirement": cut.last_gold_retirement,
        }

    def dispositions(self) -> dict[int, dict[str, int]]:
        """Of each rater: how many current judgments have each disposition, under every version of the protocol."""
        found: dict[int, dict[str, int]] = {}
        query = f"{self._judged} SELECT rater_id, disposition, count(*) FROM judged GROUP BY 1, 2 ORDER BY 1, 2"  # noqa: S608
        for rater, disposition, n in self.read(query):
            found.setdefault(rater, {})[disposition] = n
        return found

    def raters(self) -> dict[int, tuple[str, str]]:
        """Everybody with a judgment: uuid and kind. No name is ever frozen into a result."""
        query = f"""{self._judged} SELECT DISTINCT r.id, r.uuid::text, r.kind FROM judged
                    JOIN rating_rater r ON r.id = judged.rater_id ORDER BY 1"""  # noqa: S608
        return {rater: (uuid, kind) for rater, uuid, kind in self.read(query)}

    def work(self) -> Work:
        """Every judgment that is ordinary work: of people, also what is set aside, and of judges."""
        query = f"""{self.given}
            SELECT rater_id, judgment_id, task_id, item_id, cluster, {VERDICT.format(verdict="verdict")},
                   {_SCREEN.format(verdict="verdict")}, {_COUNTED}, coalesce(shown_ms, -1),
                   coalesce((extract(epoch FROM at) * 1000)::bigint, -1)
            FROM given WHERE {_COUNTED} < {Counted.ELSEWHERE.value} ORDER BY judgment_id"""  # noqa: S608
        return Work(*self._columns(query, 10))

    def gold(self) -> GoldAnswers:
        """Each rater's first showing of each gold task, scored with the answer that was known at the cut."""
        query = f"""{self.given},
            met AS (SELECT DISTINCT ON (rater_id, task_id) * FROM given WHERE purpose = 'gold' AND NOT withdrawn
                    ORDER BY rater_id, task_id, showing, judgment_id),
            known AS (SELECT DISTINCT ON (g.task_id) g.task_id, g.verdict, g.answers FROM rating_gold g
                      WHERE g.study_id = %(study)s AND g.use = 'hidden' AND g.id <= %(last_gold)s
                        AND NOT EXISTS (SELECT FROM rating_goldretirement o
                                        WHERE o.gold_id = g.id AND o.id <= %(last_gold_retirement)s)
                      ORDER BY g.task_id, g.id DESC)
            SELECT met.rater_id,
                   coalesce(CASE met.kind WHEN 'comparison' THEN met.first_verdict = known.verdict
                                 ELSE met.first_answers @> known.answers END, false)::int,
                   (met.kind = 'comparison')::int
            FROM met JOIN known ON known.task_id = met.task_id ORDER BY met.at NULLS LAST, met.judgment_id"""  # noqa: S608
        rater, right, is_comparison = self._columns(query, 3)
        return GoldAnswers(rater, right == 1, is_comparison == 1)

    def retests(self) -> Retests:
        """Each retest beside the showing that it repeats: one pass over the sorted rows, whatever their number."""
        query = f"""{self.given},
            sided AS (SELECT given.*, {_SCREEN.format(verdict="first_verdict")} AS screen FROM given
                      WHERE purpose <> 'training' AND NOT withdrawn),
            paired AS (SELECT sided.*, first_value(purpose) OVER mine AS before_purpose,
                              first_value(screen) OVER mine AS before_screen,
                              first_value(a_on_left) OVER mine AS before_a_on_left,
                              first_value(first_verdict) OVER mine AS before_verdict,
                              first_value(first_answers) OVER mine AS before_answers
                       FROM sided
                       WINDOW mine AS (PARTITION BY rater_id, task_id
                                       ORDER BY purpose = 'retest', showing, judgment_id))
            SELECT rater_id, before_screen, screen, coalesce(a_on_left <> before_a_on_left, false)::int,
                   coalesce(CASE kind WHEN 'comparison' THEN first_verdict = before_verdict
                                 ELSE first_answers = before_answers END, false)::int
            FROM paired WHERE purpose = 'retest' AND before_purpose <> 'retest'
            ORDER BY judgment_id"""  # noqa: S608
        rater, first, second, mirrored, same = self._columns(query, 5)
        return Retests(rater, first, second, mirrored == 1, same == 1)

    def answers(self, key: str, values: list[str]) -> Answers:
        """What was answered to one criterion of ordinary work. A and B of a task are put into system order first."""
        query = f"""{self.given},
            said AS (SELECT given.*, answers ->> %(key)s AS value FROM given WHERE answers ? %(key)s)
            SELECT rater_id, task_id, item_id, cluster, {_COUNTED},
                   coalesce(array_position(%(values)s::text[],
                       CASE WHEN in_order IS FALSE AND value = 'A' THEN 'B'
                            WHEN in_order IS FALSE AND value = 'B' THEN 'A' ELSE value END), 0) - 1
            FROM said WHERE {_COUNTED} < {Counted.ELSEWHERE.value} ORDER BY judgment_id"""  # noqa: S608
        return Answers(*self._columns(query, 6, key=key, values=values))

    def slices(self) -> dict[tuple[str, str], list[int]]:
        """The items of each slice: (key, value) to ids."""
        query = """
            SELECT s.key, s.value, array_agg(i.id ORDER BY i.id) FROM studies_studyitem si
            JOIN studies_item i ON i.id = si.item_id CROSS JOIN LATERAL jsonb_each_text(i.slices) s
            WHERE si.study_id = %(study)s GROUP BY 1, 2 ORDER BY 1, 2"""
        return {(key, value): items for key, value, items in self.read(query)}

    def judges(self) -> dict[int, str]:
        """The judges with a judgment, and their names: a judge is no person."""
        query = f"""{self._judged} SELECT r.id, coalesce(nullif(r.name, ''), r.uuid::text) FROM rating_rater r
                    WHERE r.id IN (SELECT rater_id FROM judged WHERE disposition = 'judge') ORDER BY 2, 1"""  # noqa: S608
        return dict(self.read(query))

    def _columns(self, query: str, n_columns: int, **more: Any) -> NDArray[np.int64]:
        """The columns of the answer, all whole numbers, read in pieces: a million rows of Python are too many."""
        pieces = [np.empty((0, n_columns), dtype=np.int64)]
        with connection.cursor() as cursor:
            cursor.execute(query, {**self._parameters, **more})
            while rows := cursor.fetchmany(CHUNK):
                pieces.append(np.array(rows, dtype=np.int64))
        return np.concatenate(pieces).T

    def read(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query that begins with `given`, or needs no more than the marks of the cut."""
        with connection.cursor() as cursor:
            cursor.execute(query, self._parameters)
            return cursor.fetchall()
