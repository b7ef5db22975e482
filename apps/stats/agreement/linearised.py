"""Intervals from the influence of each unit on a figure (the delta method over clusters of units)."""

from collections.abc import Callable

import numpy as np

from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.intervals import two_sided_quantile

# A standard error below this is rounding: the units are all alike and show no spread.
NO_SPREAD = 1e-12

# A figure, its standard error and the clusters that speak for it.
Estimate = tuple[float, float, int]


def clustered_error(influence: FloatArray, cluster: IntArray, n_clusters: int, n_speaking: int | None = None) -> float:
    """The root of the sum of squared cluster totals of the centred influence, times G/(G-1).

    G is `n_speaking`, the clusters that show agreement, where the others only say how common a label is.
    """
    g = n_clusters if n_speaking is None else n_speaking
    by_cluster = totals(cluster, influence - influence.mean(), n_clusters)
    return float(np.sqrt(g / (g - 1) * (by_cluster @ by_cluster)))


def ends(
    units: UnitLabels,
    found: Estimate,
    again: Callable[[UnitLabels], Estimate],
    doubtful: tuple[int, int],
    confidence_level: float,
) -> tuple[float, float]:
    """The ends of the interval; where no spread is seen, as if one more unit had disagreed, or agreed.

    `again` estimates anew from units to which one was added, labelled with the two `doubtful` labels, the
    commonest ones, or twice with the first.
    """
    if found[1] > NO_SPREAD:
        return around(*found, confidence_level)
    one, other = doubtful
    low, _ = around(*again(units.with_one_more((one, other))), confidence_level)
    _, high = around(*again(units.with_one_more((one, one))), confidence_level)
    return min(found[0], low), max(found[0], high)


def around(value: float, standard_error: float, n_clusters: int, confidence_level: float) -> tuple[float, float]:
    """Student's t interval with n_clusters - 1 degrees of freedom, cut at 1, and at -1 unless the value is lower."""
    margin = two_sided_quantile(confidence_level, n_clusters - 1) * standard_error
    # Weighted figures can lie below -1, where a grave confusion is common; plain ones cannot.
    return max(value - margin, min(-1.0, value)), min(value + margin, 1.0)
