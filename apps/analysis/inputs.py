"""From database rows to the arrays that the statistics take, all through one definition of what counts."""

import hashlib
import json
import math
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut
from apps.stats.pairwise import Outcome

from .comparisons import BoardInputs, ClusteredLabels, Comparisons, Items, Labels, comparisons_from
from .filters import Filters
from .style_counts import FEATURES, SEARCHED, style_counts

# Pairs stand in system order (by name, bytewise), whatever the ids: the same study elsewhere gives the same rows.
_COMPARED = """
    compared AS (
        SELECT judged.*, i.id AS item_id, i.external_id, i.content_hash, i."group",
               t.system_a_id, t.system_b_id, t.output_a_id, t.output_b_id,
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

# An output's facts beside what raters saw: spending is computed from them, so they are inputs too.
_OUTPUTS = """
    FROM studies_studyoutput so
    JOIN studies_output o ON o.id = so.output_id
    JOIN studies_system s ON s.id = so.system_id
    JOIN studies_item i ON i.id = so.item_id
    WHERE so.study_id = %(study)s AND i.slices @> %(slices)s::jsonb"""

# Rows fetched and turned into arrays at a time: a million judgments as Python objects would be half a gigabyte.
_ROWS_AT_ONCE = 50_000
_TEXTS_AT_ONCE = 500

OUTCOME_OF = {
    "A": Outcome.FIRST_WINS,
    "B": Outcome.SECOND_WINS,
    "TIE": Outcome.TIE,
    "BOTH_BAD": Outcome.BOTH_BAD,
}


class StudyInputs:
    """What a study holds as of a cut, through a filter. A method is a query or two."""

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

    def people(self, systems: tuple[str, ...]) -> tuple[Comparisons, ClusteredLabels]:
        """The judgments a board of people counts, and every current verdict that agreement looks at, surplus beside it.

        One by one in the order of storing, and by one query for both: at a million judgments reading them is what
        costs.
        """
        query = """
            SELECT system_a_id, system_b_id, output_a_id, output_b_id, array_position(%(verdicts)s, oriented::text) - 1,
                   rater_id, item_id, unblinded::int, task_id, (disposition = 'used')::int
            FROM compared WHERE disposition IN ('used', 'surplus') ORDER BY judgment_id"""
        table, items = self._numbers(query, 10, verdicts=list(OUTCOME_OF)), self._items()
        *columns, task, used = table
        counted = np.array(columns)[:, used > 0]
        return (
            comparisons_from(counted, systems, self._system_ids(systems), items),
            ClusteredLabels(unit=task, label=columns[4], cluster=items.group_of(columns[6])),
        )

    def _system_ids(self, systems: tuple[str, ...]) -> NDArray[np.int64]:
        query = """
            SELECT name, id FROM studies_system
            WHERE id IN (SELECT system_id FROM studies_studyoutput WHERE study_id = %(study)s)"""
        ids = dict(self._rows(query, bare=True))
        return np.array([ids[name] for name in systems], dtype=np.int64)

    def _items(self) -> Items:
        """The items that comparisons may be on, with their groups and slices."""
        query = """
            SELECT i.id, i."group", i.slices::text FROM studies_studyitem si JOIN studies_item i ON i.id = si.item_id
            WHERE si.study_id = %(study)s AND i.slices @> %(slices)s::jsonb ORDER BY i.id"""
        rows = list(self._rows(query, bare=True))
        groups = {group: code for code, group in enumerate(dict.fromkeys(group for _, group, _ in rows))}
        return Items(
            ids=np.array([row[0] for row in rows], dtype=np.int64),
            group=np.array([groups[row[1]] for row in rows], dtype=np.int64),
            slices=tuple({key: str(value) for key, value in json.loads(row[2]).items()} for row in rows),
        )

    def output_costs(self) -> list[tuple[str, str, float | None, float | None]]:
        """Of every output: its system, its item's group, its cost in dollars and its latency in milliseconds."""
        query = (
            f'SELECT s.name, i."group", o.cost_usd::float8, o.latency_ms {_OUTPUTS} ORDER BY s.name COLLATE "C", so.id'
        )
        return list(self._rows(query, bare=True))

    def style_counts(self, outputs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Length and Markdown of some outputs, in their order; a few texts at a time, each cut. [n_outputs, 4]"""
        query = """
            SELECT o.id, char_length(spoken.text), left(spoken.text, %(searched)s)
            FROM studies_output o
            CROSS JOIN LATERAL (SELECT coalesce(o.text, (
                SELECT string_agg(turn->>'content', E'\n\n' ORDER BY place)
                FROM jsonb_array_elements(o.messages) WITH ORDINALITY AS turns(turn, place)
                WHERE turn->>'role' = 'assistant'), '') AS text) spoken
            WHERE o.id = ANY(%(outputs)s)"""
        found: dict[int, tuple[int, int, int, int]] = {}
        for begin in range(0, len(outputs), _TEXTS_AT_ONCE):
            ids = outputs[begin : begin + _TEXTS_AT_ONCE].tolist()
            for output, length, text in self._rows(query, bare=True, outputs=ids, searched=SEARCHED):
                found[output] = style_counts(length, text)
        return np.array([found[output] for output in outputs.tolist()], dtype=np.int64).reshape(-1, len(FEATURES))

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
        outputs = f"""
            SELECT i.external_id, i.content_hash, s.name, so.sample, o.content_hash, o.cost_usd::text, o.latency_ms
            {_OUTPUTS}"""
        rows = chain(self._rows(query), self._rows(outputs, bare=True))
        lines = sorted(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in rows)
        return hashlib.sha256(b"\n".join(lines)).hexdigest()

    def _numbers(self, query: str, n_columns: int, **more: Any) -> NDArray[np.int64]:
        """The whole numbers a query gives, as columns. [n_columns, n_rows]"""
        parts = [np.empty((0, n_columns), dtype=np.int64)]
        with connection.cursor() as cursor:
            cursor.execute(f"{self._with} {query}", {**self._parameters, **more, "study": self._study_id})
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                parts.append(np.array(rows, dtype=np.int64))
        return np.concatenate(parts).T

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
