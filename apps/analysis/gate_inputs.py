"""What a gate looks at: every judgment that counts and shows its candidate, as of a cut."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Flag
from apps.stats.gates import Evidence

from .gate_rules import GateRule, RuleKind
from .models import Gate

Integers = NDArray[np.int64]

# The candidate won, lost, tied, or both were bad; null for a rubric.
_SHOWN = """
    shown AS (
        SELECT judged.judgment_id, judged.rater_id, judged.task_id, judged.answers, j.flags,
               t.system_a_id = %(candidate)s AS is_a, t.item_id,
               coalesce(%(baseline)s IN (t.system_a_id, t.system_b_id), false) AS meets_baseline,
               array_position(
                   CASE WHEN t.system_a_id = %(candidate)s THEN ARRAY['A', 'B', 'TIE', 'BOTH_BAD']
                        ELSE ARRAY['B', 'A', 'TIE', 'BOTH_BAD'] END, judged.verdict::text) - 1 AS outcome
        FROM judged
        JOIN rating_task t ON t.id = judged.task_id AND %(candidate)s IN (t.system_a_id, t.system_b_id)
        JOIN rating_judgment j ON j.id = judged.judgment_id
        WHERE judged.disposition = 'used' AND judged.protocol_major = %(protocol_major)s
    )"""
_ROWS_AT_ONCE = 50_000
_WON, _LOST, _TIED, _BOTH_BAD = range(4)
_EARNED = np.array([1.0, 0.0, 0.5])


@dataclass(frozen=True, eq=False)
class GateRows:
    """Judgments that show the candidate, oldest first; parallel arrays.

    `outcome` is the candidate's, -1 for a rubric; `group` is what the item clusters by; `flags` are bits in the order
    of `Flag`; `failed` has a column for each rule about a criterion: 1 failed, 0 did not, -1 was not asked. `inside`
    holds the items of each slice that a rule is about.
    """

    outcome: Integers
    meets_baseline: NDArray[np.bool_]
    rater: Integers
    item: Integers
    group: Integers
    flags: Integers
    failed: dict[str, Integers]
    inside: dict[tuple[str, str], Integers]

    def evidence(self, rule: GateRule) -> Evidence:
        """What is known about a rule: the share that is earned, or that does not fail."""
        kept, earned = self._asked(rule)
        return Evidence.of(earned[kept], rater=self.rater[kept], item=self.group[kept])

    def _asked(self, rule: GateRule) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which judgments the rule is about, and what each earned."""
        if rule.kind == RuleKind.MARGIN:
            decided = self.meets_baseline & (self.outcome >= _WON) & (self.outcome != _BOTH_BAD)
            # Rows outside have no earnings; any place in the table will do for them.
            return decided & self._inside(rule.slice), _EARNED[np.clip(self.outcome, _WON, _TIED)]
        if rule.kind == RuleKind.BOTH_BAD:
            return self.outcome >= _WON, (self.outcome != _BOTH_BAD).astype(float)
        if rule.kind == RuleKind.FLAG:
            bit = 1 << Flag.values.index(rule.name)
            return np.ones(len(self.flags), dtype=bool), (self.flags & bit == 0).astype(float)
        failed = self.failed[rule.name]
        return failed >= 0, (failed == 0).astype(float)

    def _inside(self, wanted: tuple[str, str] | None) -> NDArray[np.bool_]:
        if wanted is None:
            return np.ones(len(self.item), dtype=bool)
        return np.isin(self.item, self.inside[wanted])


class GateInputs:
    """The facts of one gate as of a cut. A method is a query or two."""

    def __init__(self, gate: Gate, rules: list[GateRule], cut: Cut, protocol_major: int) -> None:
        judged = judgments_at(cut)
        self._with = f"WITH {judged.sql}, {_SHOWN}"
        self._criteria = [rule for rule in rules if rule.kind == RuleKind.CRITERION]
        self._slices = [rule.slice for rule in rules if rule.slice]
        self._parameters = {
            **judged.parameters,
            "protocol_major": protocol_major,
            "candidate": gate.candidate_id,
            "baseline": gate.baseline_id,
        }

    def rows(self) -> GateRows:
        """Everything, as arrays."""
        names = [rule.name for rule in self._criteria]
        outcome, meets, rater, item, flags, *failed = self._numbers()
        return GateRows(
            outcome=outcome,
            meets_baseline=meets.astype(bool),
            rater=rater,
            item=item,
            group=self._groups(item),
            flags=flags,
            failed=dict(zip(names, failed, strict=True)),
            inside=self._inside(),
        )

    def sha256(self) -> str:
        """The hash of the inputs: canonical lines on natural keys, sorted bytewise, each ended by a newline."""
        query = """
            SELECT i.external_id, i.content_hash, r.uuid::text, other.name, shown.outcome, shown.meets_baseline,
                   shown.answers::text, shown.flags::text[]
            FROM shown
            JOIN studies_item i ON i.id = shown.item_id
            JOIN rating_rater r ON r.id = shown.rater_id
            JOIN rating_task t ON t.id = shown.task_id
            LEFT JOIN studies_system other
                 ON other.id = CASE WHEN shown.is_a THEN t.system_b_id ELSE t.system_a_id END"""
        lines = (json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() for row in self._rows(query))
        digest = hashlib.sha256()
        for line in sorted(lines):
            digest.update(line + b"\n")
        return digest.hexdigest()

    def _numbers(self) -> Integers:
        columns, parameters = self._failed_columns()
        query = f"""
            SELECT coalesce(outcome, -1), meets_baseline::int, rater_id, item_id, {_FLAG_BITS}{columns}
            FROM shown ORDER BY judgment_id"""  # noqa: S608 - constant text
        return self._columns(5 + len(self._criteria), self._batches(query, parameters))

    def _groups(self, item: Integers) -> Integers:
        """The group of each item, as a code."""
        query = """
            SELECT i.id, dense_rank() OVER (ORDER BY i."group") FROM studies_studyitem si
            JOIN studies_item i ON i.id = si.item_id WHERE si.study_id = %(study)s ORDER BY i.id"""
        ids, code = self._columns(2, self._batches(query, {}, bare=True))
        return code[np.searchsorted(ids, item)]

    @staticmethod
    def _columns(n_columns: int, batches: Iterable[list[tuple[Any, ...]]]) -> Integers:
        """Rows of whole numbers as columns. [n_columns, n_rows]"""
        parts = [np.empty((0, n_columns), dtype=np.int64)]
        return np.concatenate([*parts, *(np.array(rows, dtype=np.int64) for rows in batches)]).T

    def _failed_columns(self) -> tuple[str, dict[str, str]]:
        """A column for each criterion that is asked for; its name and its answers travel as parameters."""
        columns, parameters = "", {}
        for number, rule in enumerate(self._criteria):
            columns += f""", CASE WHEN answers -> %(criterion_{number})s IS NULL THEN -1
                ELSE (%(failing_{number})s::jsonb @> jsonb_build_array(answers -> %(criterion_{number})s))::int END"""
            parameters[f"criterion_{number}"] = rule.name
            parameters[f"failing_{number}"] = json.dumps(rule.failing)
        return columns, parameters

    def left_out(self) -> dict[str, int]:
        """Every other current judgment, by what keeps it out: with those that are looked at they are all there are."""
        query = """
            SELECT CASE WHEN disposition <> 'used' THEN disposition
                        WHEN protocol_major <> %(protocol_major)s THEN 'other_version'
                        ELSE 'other_systems' END, count(*)
            FROM judged JOIN rating_task t ON t.id = judged.task_id
            WHERE disposition <> 'used' OR protocol_major <> %(protocol_major)s
                  OR (%(candidate)s IN (t.system_a_id, t.system_b_id)) IS NOT TRUE
            GROUP BY 1 ORDER BY 1"""
        return dict(self._rows(query))

    def _inside(self) -> dict[tuple[str, str], Integers]:
        """The items of each slice that is asked for, by one query: there may be many of both."""
        query = """
            SELECT wanted.place - 1, i.id FROM studies_studyitem si
            JOIN studies_item i ON i.id = si.item_id
            CROSS JOIN LATERAL jsonb_each_text(i.slices) pair
            JOIN unnest(%(keys)s::text[], %(values)s::text[]) WITH ORDINALITY wanted (key, value, place)
                 ON wanted.key = pair.key AND wanted.value = pair.value
            WHERE si.study_id = %(study)s"""
        keys, values = [key for key, _ in self._slices], [value for _, value in self._slices]
        place, item = self._columns(2, self._batches(query, {"keys": keys, "values": values}, bare=True))
        return {pair: item[place == number] for number, pair in enumerate(self._slices)}

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        for batch in self._batches(query, {}):
            yield from batch

    def _batches(
        self, query: str, parameters: dict[str, Any], *, bare: bool = False
    ) -> Iterator[list[tuple[Any, ...]]]:
        with connection.cursor() as cursor:
            cursor.execute(query if bare else f"{self._with} {query}", {**self._parameters, **parameters})
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield rows


_FLAG_BITS = " + ".join(
    f"(flags @> ARRAY['{flag}']::varchar[])::int * {1 << place}" for place, flag in enumerate(Flag.values)
)
