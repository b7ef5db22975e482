"""Does a system do better, or worse, in a slice of the study than in the rest of it?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.stats.boards import ComparedSlice, SliceRow, compare_slices
from apps.stats.pairwise import ComparisonRows, Outcome, win_matrix

from .comparisons import Comparisons, Items

# A slice, and what lies outside it, has enough to say from here on: one item alone says nothing about others of its
# kind, and a handful of judgments nothing about anybody. Each slice is fitted by itself, so the largest are looked at.
LEAST_ITEMS, LEAST_JUDGMENTS, MOST_SLICES = 2, 10, 40

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Slice:
    """One `key=value` of the items: which judgments are inside, and how many there are."""

    key: str
    value: str
    inside: Mask
    n_items: int

    @property
    def n(self) -> int:
        """How many judgments are inside."""
        return int(self.inside.sum())


def slices_of(comparisons: Comparisons, baseline: str | None, confidence_level: float) -> list[dict[str, Any]]:
    """Each slice with enough to say, against the rest and against the baseline; regressions first."""
    chosen = sayable_slices(comparisons)
    if not chosen:
        return []
    rows = comparisons.rows()
    compared = compare_slices(
        n_competitors=rows.n_competitors,
        first=rows.first,
        second=rows.second,
        outcome=rows.outcome,
        rater=rows.rater,
        item=rows.item,
        slices={str(place): each.inside for place, each in enumerate(chosen)},
        confidence_level=confidence_level,
    ).slices
    place = comparisons.systems.index(baseline) if baseline in comparisons.systems else None
    against = _Against(comparisons, rows, chosen, place, confidence_level)
    found = [_slice(comparisons, *each, against) for each in zip(chosen, compared, range(len(chosen)), strict=True)]
    return sorted(found, key=_urgency)


def sayable_slices(comparisons: Comparisons) -> list[Slice]:
    """The slices with enough judgments and items inside and outside, the largest first."""
    scored = comparisons.outcome != Outcome.BOTH_BAD
    judged = np.bincount(comparisons.item, minlength=len(comparisons.items.ids)) > 0
    found = []
    for key, value, members in _members(comparisons.items):
        inside = members[comparisons.item]
        items = (int((judged & members).sum()), int((judged & ~members).sum()))
        judgments = (int((scored & inside).sum()), int((scored & ~inside).sum()))
        if min(items) >= LEAST_ITEMS and min(judgments) >= LEAST_JUDGMENTS:
            found.append(Slice(key, value, inside, items[0]))
    return sorted(found, key=lambda each: (-each.n, each.key, each.value))[:MOST_SLICES]


def _members(items: Items) -> Iterator[tuple[str, str, Mask]]:
    """Every slice with the items in it. Slices that no two items share are passed over unseen: there may be many."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, slices in enumerate(items.slices):
        for pair in slices.items():
            places.setdefault(pair, []).append(place)
    for key, value in sorted(places):
        if len(places[key, value]) >= LEAST_ITEMS:
            members = np.zeros(len(items.ids), dtype=bool)
            members[places[key, value]] = True
            yield key, value, members


def _urgency(found: dict[str, Any]) -> tuple[Any, ...]:
    p_values = [row["p_adjusted"] for row in found["systems"] if row["p_adjusted"] is not None]
    return not found["regressions"], round(min(p_values, default=1.0), 9), found["key"], found["value"]


def _slice(
    comparisons: Comparisons, chosen: Slice, compared: ComparedSlice, number: int, against: "_Against"
) -> dict[str, Any]:
    systems = comparisons.systems
    inside = chosen.inside
    n = np.bincount(
        np.concatenate([comparisons.first[inside], comparisons.second[inside]]), minlength=len(systems)
    ).tolist()
    if against.baseline is None:
        lost = [row.competitor for row in compared.rows if _falls_behind(row, 1 - against.confidence_level)]
    else:
        lost = against.lost[number]
    return {
        "key": chosen.key,
        "value": chosen.value,
        "n": chosen.n,
        "n_items": chosen.n_items,
        "systems": [_system(systems[row.competitor], n[row.competitor], row) for row in compared.rows],
        "against_baseline": against.shares(number),
        "regressions": [systems[one] for one in lost],
    }


def _falls_behind(row: SliceRow, level: float) -> bool:
    return row.difference is not None and row.difference < 0 and row.p_holm is not None and row.p_holm <= level


def _system(name: str, n: int, row: SliceRow) -> dict[str, Any]:
    return {
        "system": name,
        "n": n,
        "strength": row.strength,
        "low": row.strength_low,
        "high": row.strength_high,
        "difference": row.difference,
        "difference_low": row.difference_low,
        "difference_high": row.difference_high,
        "p_adjusted": row.p_holm,
    }


@dataclass(eq=False)
class _Against:
    """What each system earned from the baseline in each slice, and who lost to it by more than chance explains."""

    comparisons: Comparisons
    rows: ComparisonRows
    chosen: list[Slice]
    baseline: int | None
    confidence_level: float
    _parts: list[ComparisonRows] = field(init=False)

    def __post_init__(self) -> None:
        meets = (self.rows.first == self.baseline) | (self.rows.second == self.baseline)
        self._parts = [self.rows.where(each.inside & meets) for each in self.chosen]
        self.lost = self._lost()

    def shares(self, number: int) -> list[dict[str, Any]]:
        """The systems that were decided or tied against the baseline in a slice, in system order."""
        return [
            {"system": self.comparisons.systems[one], "n": n, "share": share, "low": low, "high": high}
            for one, n, share, low, high in self._earned(number, self.confidence_level)
        ]

    def _earned(self, number: int, confidence_level: float) -> list[tuple[int, int, float, float, float]]:
        if self.baseline is None:
            return []
        matrix = win_matrix(self._parts[number], confidence_level=confidence_level)
        columns = [table[:, self.baseline].tolist() for table in (matrix.n, matrix.share, matrix.low, matrix.high)]
        rows = zip(range(self.rows.n_competitors), *columns, strict=True)
        return [row for row in rows if row[1]]

    def _lost(self) -> list[list[int]]:
        """Holm's procedure (1979, Scandinavian Journal of Statistics 6) by intervals: an adjusted p value is at most
        the level exactly where the interval at the level over the number of tests still open leaves one half out."""
        slices = range(len(self.chosen))
        n_tests = sum(len(self._earned(number, self.confidence_level)) for number in slices)
        rejected: dict[tuple[int, int], bool] = {}
        while len(rejected) < n_tests:
            level = 1 - (1 - self.confidence_level) / (n_tests - len(rejected))
            now = {
                (number, one): high < 0.5
                for number in slices
                for one, _, _, low, high in self._earned(number, level)
                if low > 0.5 or high < 0.5
            }
            if len(now) == len(rejected):
                break
            rejected = now
        return [[one for at, one in sorted(rejected) if at == number and rejected[at, one]] for number in slices]
