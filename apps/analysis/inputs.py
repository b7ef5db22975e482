"""From database rows to the arrays that the statistics take, all through one definition of what counts."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut
from apps.stats.pairwise import Outcome

from .filters import Filters

# Pairs stand in system order (by name, bytewise), whatever the ids: the same study elsewhere gives the same rows.
_COMPARED = """
    compared AS (
        SELECT judged.*, i.id AS item_id, i.external_id, i.content_hash, i."group",
               least(sa.name COLLATE "C", sb.name COLLATE "C") AS first_system,
               greatest(sa.name COLLATE "C", sb.name COLLATE "C") AS second_system,
               CASE WHEN judged.verdict NOT IN ('A', 'B') THEN judged.verdict
                    WHEN (judged.verdict = 'A') = (sa.name COLLATE "C" < sb.name COLLATE "C") THEN 'A'
                    ELSE 'B' END AS oriented,
               judged.a_on_left = (sa.name COLLATE "C" < sb.name COLLATE "C") AS first_on_left,
               r.uuid AS rater_uuid, r.kind AS rater_kind, r.name AS rater_name
        FROM judged
        JOIN rating_task t ON t.id = judged.task_id AND t.kind = 'comparison'
        JOIN studies_system sa ON sa.id = t.system_a_id
        JOIN studies_system sb ON sb.id = t.system_b_id
        JOIN studies_item i ON i.id = t.item_id
        JOIN rating_rater r ON r.id = judged.rater_id
        JOIN rating_enrolment e ON e.study_id = t.study_id AND e.rater_id = r.id
        WHERE judged.protocol_major = %(protocol_major)s
          AND i.slices @> %(slices)s::jsonb
          AND (%(rater_group)s::text IS NULL OR r.kind = 'judge' OR e."group" = %(rater_group)s)
    )"""

OUTCOME_OF = {
    "A": Outcome.FIRST_WINS,
    "B": Outcome.SECOND_WINS,
    "TIE": Outcome.TIE,
    "BOTH_BAD": Outcome.BOTH_BAD,
}


@dataclass(frozen=True, slots=True)
class BoardInputs:
    """Aggregated comparisons of one kind of rater: parallel arrays, a row for each group of equal judgments."""

    systems: tuple[str, ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    outcome: NDArray[np.int64]
    count: NDArray[np.int64]
    rater: NDArray[np.int64]
    item: NDArray[np.int64]

    @property
    def n_judgments(self) -> int:
        """How many judgments the rows stand for."""
        return int(self.count.sum())


@dataclass(frozen=True, slots=True)
class Labels:
    """Verdicts per task, sides undone: parallel arrays."""

    unit: NDArray[np.int64]
    label: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Totals:
    """The n of a board, as facts."""

    n_judgments: int
    n_raters: int
    n_items: int
    n_unblinded: int


class StudyInputs:
    """What a study holds as of a cut, through a filter. Each method is one query."""

    def __init__(self, cut: Cut, filters: Filters, protocol_major: int) -> None:
        judged = judgments_at(cut, without=filters.without)
        self._with = f"WITH {judged.sql}, {_COMPARED}"
        self._parameters = {
            **judged.parameters,
            "protocol_major": protocol_major,
            "slices": json.dumps(dict(filters.slices)),
            "rater_group": filters.rater_group,
        }
        self._study_id = cut.study_id

    def systems(self) -> tuple[str, ...]:
        """The names of the study's systems, in system order."""
        query = """
            SELECT DISTINCT s.name COLLATE "C" FROM studies_studyoutput o
            JOIN studies_system s ON s.id = o.system_id WHERE o.study_id = %(study)s ORDER BY 1"""
        return tuple(name for (name,) in self._rows(query, bare=True))

    def totals(self) -> Totals:
        """How many judgments, people and items the board rests on."""
        query = """
            SELECT count(*), count(DISTINCT rater_id), count(DISTINCT item_id), count(*) FILTER (WHERE unblinded)
            FROM compared WHERE disposition = 'used'"""
        return Totals(*next(self._rows(query)))

    def dispositions(self) -> dict[str, int]:
        """Current comparisons by disposition: what was used, and what was left out and why."""
        query = "SELECT disposition, count(*) FROM compared GROUP BY 1 ORDER BY 1"
        return dict(self._rows(query))

    def judges(self) -> dict[int, str]:
        """The judges with a readable verdict: id and name."""
        query = """
            SELECT rater_id, coalesce(nullif(rater_name, ''), rater_uuid::text) FROM compared
            WHERE rater_kind = 'judge' AND verdict IS NOT NULL GROUP BY 1, 2 ORDER BY 2, 1"""
        return dict(self._rows(query))

    def human_comparisons(self, systems: tuple[str, ...]) -> BoardInputs:
        """The judgments a board of people counts."""
        query = """
            SELECT first_system, second_system, oriented, count(*), rater_id, "group" FROM compared
            WHERE disposition = 'used' GROUP BY 1, 2, 3, 5, 6 ORDER BY 1, 2, 3, 5, 6"""
        return _board_inputs(systems, list(self._rows(query)))

    def judge_comparisons(self, systems: tuple[str, ...], judge_id: int) -> BoardInputs:
        """One judge's verdicts; where it judged a task more than once (both orders) each counts its share.

        Shares are made whole by their least common multiple, which leaves every strength as it is.
        """
        query = """
            SELECT first_system, second_system, oriented,
                   count(*) OVER (PARTITION BY task_id), rater_id, "group" FROM compared
            WHERE disposition = 'judge' AND rater_id = %(judge)s AND verdict IS NOT NULL
            ORDER BY 1, 2, 3, 4, 6"""
        rows = list(self._rows(query, judge=judge_id))
        whole = math.lcm(*(n for _, _, _, n, _, _ in rows))
        shared = [(first, second, verdict, whole // n, *rest) for first, second, verdict, n, *rest in rows]
        return _board_inputs(systems, shared)

    def human_labels(self) -> Labels:
        """Every current verdict of people that agreement looks at: used, and surplus beside it."""
        query = """SELECT task_id, oriented FROM compared
                   WHERE disposition IN ('used', 'surplus') ORDER BY task_id, judgment_id"""
        return _labels(list(self._rows(query)))

    def judge_labels(self, judge_id: int) -> Labels:
        """Every readable verdict of one judge."""
        query = """SELECT task_id, oriented FROM compared WHERE disposition = 'judge'
                   AND rater_id = %(judge)s AND verdict IS NOT NULL ORDER BY task_id, judgment_id"""
        return _labels(list(self._rows(query, judge=judge_id)))

    def sha256(self) -> str:
        """The hash of the inputs: canonical lines on natural keys, sorted bytewise."""
        query = """
            SELECT external_id, content_hash, first_system, second_system, rater_uuid::text, first_on_left,
                   oriented, purpose, disposition FROM compared"""
        lines = sorted(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in self._rows(query))
        return hashlib.sha256(b"\n".join(lines)).hexdigest()

    def _rows(self, query: str, *, bare: bool = False, **more: Any) -> Iterator[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(
                query if bare else f"{self._with} {query}",
                {**self._parameters, **more, "study": self._study_id},
            )
            yield from cursor.fetchall()


def _board_inputs(systems: tuple[str, ...], rows: list[tuple[Any, ...]]) -> BoardInputs:
    place = {name: index for index, name in enumerate(systems)}
    groups: dict[str, int] = {}
    table = np.array(
        [
            (
                place[first],
                place[second],
                OUTCOME_OF[verdict],
                n,
                rater,
                groups.setdefault(group, len(groups)),
            )
            for first, second, verdict, n, rater, group in rows
        ],
        dtype=np.int64,
    ).reshape(-1, 6)
    return BoardInputs(systems, *table.T)


def _labels(rows: list[tuple[Any, ...]]) -> Labels:
    table = np.array([(task, OUTCOME_OF[verdict]) for task, verdict in rows], dtype=np.int64).reshape(-1, 2)
    return Labels(*table.T)
