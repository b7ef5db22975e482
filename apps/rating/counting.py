"""What a study's pages count: judgments by pair, slice, day, rater, protocol and disposition; wanted draws by pair and
slice.

All of it adds up: what is counted up to one cut, and what came after it, give what is counted at once. So a page adds
what is newer to figures that were stored (StudyFigures), and a study without stored figures is the same with nothing
stored. Only dispositions may change behind a cut (a rater is quarantined, a judgment withdrawn): `same_rules` says
whether they did, and then they are counted anew.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from .dispositions import counts_at, judgments_at
from .models import Cut

# margin -> key -> column -> how many
Counts = dict[str, dict[str, dict[str, int]]]

MARGINS = ("pair", "slice", "day", "rater", "protocol", "disposition")
QUICK_MS = 3_000  # nobody reads two outputs in less
# What moves a disposition without a new judgment.
_RULE_MARKS = ("last_standing_change", "last_withdrawal", "last_results_opening", "last_finding", "rule_version")

_COLUMNS = ("judged", "imported", "filled", "here", "late", "sided", "left", "timed", "quick")
_JUDGED = """
    WITH counted AS (
        SELECT t.system_low, t.system_high, i.slices, a.rater_id, a.protocol_id, j.shown_ms,
               (coalesce(a.ended_at, j.judged_at) AT TIME ZONE 'UTC')::date AS day,
               a.source = 'imported' AS imported, a.source = 'served' AS here,
               a.source = 'served' AND a.outcome = 'late' AS late,
               a.source = 'served' AND a.outcome = 'judged'
                   AND a.purpose NOT IN ('gold', 'retest', 'training') AS filled,
               j.verdict IN ('A', 'B') AND a.a_on_left IS NOT NULL AS sided,
               a.a_on_left = (j.verdict = 'A') AS on_left
        FROM rating_judgment j
        JOIN rating_assignment a ON a.id = j.assignment_id
        JOIN rating_task t ON t.id = a.task_id
        JOIN studies_item i ON i.id = t.item_id
        WHERE j.study_id = %(study)s AND j.revision = 1 AND j.id > %(after)s AND j.id <= %(until)s)
    SELECT grouping(system_low, slices, day, rater_id, protocol_id), system_low, system_high, slices::text, day::text,
           rater_id, protocol_id, count(*), count(*) FILTER (WHERE imported), count(*) FILTER (WHERE filled),
           count(*) FILTER (WHERE here), count(*) FILTER (WHERE late),
           count(*) FILTER (WHERE sided), count(*) FILTER (WHERE sided AND on_left),
           count(shown_ms), count(*) FILTER (WHERE shown_ms < %(quick)s)
    FROM counted GROUP BY GROUPING SETS ((system_low, system_high), (slices), (day), (rater_id), (protocol_id))
"""
# PostgreSQL sets a bit for each column that is not grouped by.
_MARGIN_OF = {0b01111: "pair", 0b10111: "slice", 0b11011: "day", 0b11101: "rater", 0b11110: "protocol"}

_WANTED = """
    SELECT grouping(t.system_low, i.slices), t.system_low, t.system_high, i.slices::text, count(*)
    FROM rating_plan p
    JOIN rating_draw d ON d.plan_id = p.id AND d.band IS NOT NULL
    JOIN rating_task t ON t.id = d.task_id
    JOIN studies_item i ON i.id = t.item_id
    WHERE p.study_id = %(study)s AND p.number > %(after)s AND p.number <= %(until)s
    GROUP BY GROUPING SETS ((t.system_low, t.system_high), (i.slices))
"""


def pair_key(low: int, high: int) -> str:
    """The key of a pair of systems; a rubric's one system stands twice."""
    return f"{low}:{high}"


def slice_key(key: str, value: Any) -> str:
    """The key of a slice: as JSON, since either word may hold any character."""
    return json.dumps([key, str(value)], ensure_ascii=False)


def judged_between(study_id: int, after: int, until: int) -> Counts:
    """First judgments with an id above `after`, at most `until`: by pair, slice, day, rater and protocol."""
    counts = _empty()
    parameters = {"study": study_id, "after": after, "until": until, "quick": QUICK_MS}
    for grouping, low, high, slices, day, rater, protocol, *numbers in _rows(_JUDGED, parameters):
        margin = _MARGIN_OF[grouping]
        keys = _keys_of(margin, low, high, slices, {"day": day, "rater": rater, "protocol": protocol})
        _put(counts[margin], keys, dict(zip(_COLUMNS, numbers, strict=True)))
    return counts


def _keys_of(margin: str, low: int, high: int, slices: str, alone: Mapping[str, Any]) -> list[str]:
    """Days are unknown where nobody noted the time; several combinations of slices share a slice."""
    if margin == "pair":
        return [pair_key(low, high)]
    if margin == "slice":
        return _slice_keys(slices)
    return [] if alone[margin] is None else [str(alone[margin])]


def wanted_between(study_id: int, after: int, until: int) -> Counts:
    """Draws of the rounds above number `after`, at most `until`: by pair and slice; gold and retests come on top."""
    counts = _empty()
    for grouping, low, high, slices, n in _rows(_WANTED, {"study": study_id, "after": after, "until": until}):
        if grouping == 0b01:
            _put(counts["pair"], [pair_key(low, high)], {"wanted": n})
        else:
            _put(counts["slice"], _slice_keys(slices), {"wanted": n})
    return counts


def same_rules(one: Cut, other: Cut) -> bool:
    """Whether judgments that both cuts hold have the same dispositions at both, where they are not superseded."""
    return all(getattr(one, mark) == getattr(other, mark) for mark in _RULE_MARKS)


def dispositions_at(cut: Cut) -> Counts:
    """Every current judgment at a cut by its disposition: all of them are read."""
    return _as_margin(counts_at(cut))


_NEWER = "SELECT disposition, count(*) FROM judged WHERE judgment_id > %(after)s GROUP BY 1"
_SUPERSEDED = """
    SELECT disposition, count(*) FROM judged WHERE judgment_id IN (
        SELECT supersedes_id FROM rating_judgment
        WHERE study_id = %(study)s AND id > %(after)s AND id <= %(until)s AND supersedes_id <= %(after)s)
    GROUP BY 1
"""


def dispositions_between(old: Cut, new: Cut) -> Counts:
    """What `new` holds more than `old`, where both have the same rules; less where a judgment was superseded."""
    moved: Counter[str] = Counter()
    ends = {"after": old.last_judgment, "until": new.last_judgment}
    for sign, cut, query in ((1, new, _NEWER), (-1, old, _SUPERSEDED)):
        judged = judgments_at(cut)
        for name, n in _rows(f"WITH {judged.sql} {query}", {**judged.parameters, **ends}):
            moved[name] += sign * n
    return _as_margin(moved)


def added(counts: Mapping[str, Any], *more: Counts) -> Counts:
    """The sum, without zeros; nothing that is given is changed. `counts` is such a sum, and may be far larger."""
    total: Counts = {margin: dict(counts.get(margin, {})) for margin in MARGINS}
    for one in more:
        for margin, cells in one.items():
            for key, numbers in cells.items():
                total[margin][key] = _sum(total[margin].get(key, {}), numbers)
    return {margin: {key: numbers for key, numbers in cells.items() if numbers} for margin, cells in total.items()}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    names = dict.fromkeys([*one, *other])
    return {name: n for name in names if (n := one.get(name, 0) + other.get(name, 0))}


def _empty() -> Counts:
    return {margin: {} for margin in MARGINS}


def _as_margin(counts: Mapping[str, int]) -> Counts:
    return {"disposition": {name: {"n": n} for name, n in counts.items()}}


def _put(cells: dict[str, dict[str, int]], keys: Iterable[str], numbers: Mapping[str, int]) -> None:
    for key in keys:
        cells[key] = _sum(cells.get(key, {}), numbers)


def _slice_keys(slices: str) -> list[str]:
    return [slice_key(key, value) for key, value in json.loads(slices).items()]


def _rows(query: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
