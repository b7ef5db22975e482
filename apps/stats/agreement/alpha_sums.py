"""The sums that Krippendorff's alpha and its influence function are made of.

With n_uc the labels c of unit u, m_u its labels, n_c and n the labels c and all labels, and d(c, k) the
squared distance of two labels:

    alpha = 1 - (n - 1) seen / possible
    seen = sum over u, c, k of n_uc n_uk d(c, k) / (m_u - 1),    possible = sum over c, k of n_c n_k d(c, k)

Labels that stand at positions x on a line have d(c, k) = (x_c - x_k)^2, so both sums are variances. That
holds for interval labels, and for ordinal ones: their distance, the labels between the two with half of
either end, is the gap of their middle ranks.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from apps.stats.agreement.label_pairs import spread
from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.arrays import FloatArray, IntArray, totals

# So many distances are held at a time (8 MB).
_BLOCK = 1_000_000


class Level(StrEnum):
    """What the distance of two labels means."""

    NOMINAL = "nominal"  # different or not
    ORDINAL = "ordinal"  # how many labels lie between them
    INTERVAL = "interval"  # their difference
    RATIO = "ratio"  # their difference for their size: 1 and 2 as far apart as 10 and 20


@dataclass(frozen=True, eq=False)
class AlphaSums:
    """The sums over units, each counted with its weight; every unit holds two labels or more.

    `disagreement` [n_units] is each unit's part of `seen`; `per_label` [n_labels] are n_c; `distance`
    [n_labels] is that of each label to all labels; `positions` [n_labels], on a line, None without one.
    """

    disagreement: FloatArray
    per_label: FloatArray
    distance: FloatArray
    positions: FloatArray | None
    seen: float

    @classmethod
    def of(cls, units: UnitLabels, level: Level, per_label: FloatArray | None = None) -> "AlphaSums":
        """With `per_label` given, distances are those among these labels instead of the units' own."""
        amounts = units.per_label if per_label is None else per_label
        positions = positions_of(level, units.values, amounts)
        within = _within(units, level, positions)
        disagreement = within / (units.per_unit - 1)
        distance = _to_all(units.values, amounts, level, positions)
        return cls(disagreement, amounts, distance, positions, float(disagreement.sum()))

    def weighted(self, units: UnitLabels, level: Level, weight: FloatArray) -> "AlphaSums":
        """The same with units counted by weight, as a resample counts them. [n_units]"""
        per_label = totals(units.label, units.count * weight[units.unit], len(units.values))
        if level is Level.ORDINAL:
            moved = AlphaSums.of(units, level, per_label)
        else:
            distance = _to_all(units.values, per_label, level, self.positions)
            moved = AlphaSums(self.disagreement, per_label, distance, self.positions, 0.0)
        seen = float(moved.disagreement @ weight)
        return AlphaSums(moved.disagreement, per_label, moved.distance, moved.positions, seen)

    @property
    def n(self) -> float:
        """How many labels there are."""
        return float(self.per_label.sum())

    @property
    def possible(self) -> float:
        """The disagreement among all labels, whatever their unit."""
        return float(self.per_label @ self.distance)

    @property
    def value(self) -> float:
        """Alpha; undefined (a division by zero) where `possible` is 0."""
        return 1 - (self.n - 1) * self.seen / self.possible

    def influence(self, units: UnitLabels, level: Level) -> FloatArray:
        """The derivative of alpha with respect to the weight of each unit. [n_units]"""
        on_seen = self.disagreement
        on_possible = 2 * totals(units.unit, units.count * self.distance[units.label], units.n_units)
        if level is Level.ORDINAL and self.positions is not None:
            moved_seen, moved_possible = self._by_moving(units, self.positions)
            on_seen, on_possible = on_seen + moved_seen, on_possible + moved_possible
        ratio = self.seen / self.possible
        parts = on_seen * (self.n - 1) + self.seen * units.per_unit - ratio * (self.n - 1) * on_possible
        return np.asarray(-parts / self.possible)

    def _by_moving(self, units: UnitLabels, positions: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What a unit adds to both sums by moving the middle ranks: one more label lifts all above it. [n_units]"""
        per_unit = units.per_unit
        sums = totals(units.unit, units.count * positions[units.label], units.n_units)
        pull = units.count * (per_unit[units.unit] * positions[units.label] - sums[units.unit])
        on_seen = 4 * totals(units.label, pull / (per_unit[units.unit] - 1), len(positions))
        on_possible = 4 * self.per_label * (self.n * positions - self.per_label @ positions)
        seen, possible = (
            totals(units.unit, units.count * _lifted_by(slope)[units.label], units.n_units)
            for slope in (on_seen, on_possible)
        )
        return seen, possible


def _lifted_by(slope: FloatArray) -> FloatArray:
    """The slopes of all labels above each label, and half its own. [n_labels]"""
    return np.asarray(np.cumsum(slope[::-1])[::-1] - slope / 2)


def positions_of(level: Level, values: FloatArray, per_label: FloatArray) -> FloatArray | None:
    """Where the labels stand on a line, if their distance is one on a line. [n_labels]"""
    if level is Level.INTERVAL:
        # From the middle, so that far-off values (years, say) lose no digits.
        return np.asarray(values - per_label @ values / per_label.sum())
    if level is Level.ORDINAL:
        return np.asarray(np.cumsum(per_label) - per_label / 2)
    return None


def _within(units: UnitLabels, level: Level, positions: FloatArray | None) -> FloatArray:
    """The squared distances of all ordered pairs of labels of each unit, added up. [n_units]"""
    if positions is not None:
        here = positions[units.label]
        mean = totals(units.unit, units.count * here, units.n_units) / units.per_unit
        return 2 * units.per_unit * totals(units.unit, units.count * (here - mean[units.unit]) ** 2, units.n_units)
    if level is Level.NOMINAL:
        return units.per_unit**2 - totals(units.unit, units.count**2, units.n_units)
    one, other = _different_labels(units)
    apart = _ratio_distance(units.values[units.label[one]], units.values[units.label[other]])
    return 2 * totals(units.unit[one], units.count[one] * units.count[other] * apart, units.n_units)


def _different_labels(units: UnitLabels) -> tuple[IntArray, IntArray]:
    """Rows paired with the later rows of their unit."""
    rows = np.arange(len(units.unit))
    end = np.searchsorted(units.unit, units.unit, side="right")
    return spread(rows + 1, end - rows - 1)


def _to_all(values: FloatArray, per_label: FloatArray, level: Level, positions: FloatArray | None) -> FloatArray:
    """The squared distance of each label to all labels, added up. [n_labels]"""
    n = per_label.sum()
    if positions is not None:
        mean = per_label @ positions / n
        spread_out = per_label @ (positions - mean) ** 2
        return np.asarray(n * (positions - mean) ** 2 + spread_out)
    if level is Level.NOMINAL:
        return np.asarray(n - per_label)
    step = max(1, _BLOCK // max(len(values), 1))
    starts = range(0, len(values), step)
    blocks = [_ratio_distance(values[start : start + step, None], values) @ per_label for start in starts]
    return np.concatenate(blocks)


def _ratio_distance(one: FloatArray, other: FloatArray) -> FloatArray:
    """The squared share that the difference has in the sum: 0 of two zeros, 1 of zero and anything else."""
    sums = one + other
    return np.asarray(np.divide(one - other, sums, out=np.zeros(sums.shape), where=sums != 0) ** 2)
