"""Krippendorff's alpha with an interval from resampled units."""

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.alpha_sums import AlphaSums, Level
from apps.stats.agreement.krippendorff_alpha import Alpha, alpha_of, checked_units, reading_of, value_of, why_undefined
from apps.stats.agreement.linearised import Estimate, ends
from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level

_FEWEST_REPLICATES = 50
# Resamples without two categories have no alpha; with more of them than this share the rest would mislead.
_MOST_UNDEFINED = 0.05
_OFTEN_UNDEFINED = (
    "Alpha is {value:.3f} over {n_units} units, but so few of them hold a second category that resamples often "
    "have none: no interval can be resampled. Label more units, or use krippendorff_alpha."
)


def bootstrap_alpha(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    rng: np.random.Generator,
    level: Level | str = Level.NOMINAL,
    cluster: npt.ArrayLike | None = None,
    n_replicates: int = 1000,
    confidence_level: float = 0.95,
) -> Alpha:
    """Alpha as `krippendorff_alpha` gives it, its interval from whole units drawn anew, with replacement.

    Columns as there; whole clusters of units are drawn where `cluster` is given. (Drawing single pairs of
    labels, as the widespread macro of Hayes & Krippendorff 2007 does, treats labels of one unit as
    independent and is far too narrow with many raters.) `standard_error` is the standard deviation of the
    resampled alphas, each with its own distances; the ends are that many t quantiles of n_clusters - 1
    degrees of freedom away, which covers better with few units than percentiles of the resamples. With one
    cluster, or where more than 5 % of the resamples hold a single category, the ends are None and `reading`
    says why. The same generator state gives the same interval. Raises InvalidInput below 50 replicates.
    """
    check_confidence_level(confidence_level)
    if n_replicates < _FEWEST_REPLICATES:
        raise InvalidInput(f"n_replicates is {n_replicates}; give at least {_FEWEST_REPLICATES}, as 1000.")
    known, units = checked_units(unit, label, count, level, cluster)
    undefined = why_undefined(units)
    if undefined:
        return alpha_of(units, known, confidence_level, undefined)
    seed = int(rng.integers(2**63))
    found = _estimate(units, known, n_replicates, seed)
    if not np.isfinite(found[1]):
        reading = _without_interval(units, known, found[0])
        return alpha_of(units, known, confidence_level, reading, found[0], n_replicates=n_replicates)
    low, high = ends(
        units, found, lambda more: _estimate(more, known, n_replicates, seed), units.two_commonest(), confidence_level
    )
    reading = reading_of(found[0], low, units, known)
    return alpha_of(units, known, confidence_level, reading, found[0], low, high, found[1], n_replicates)


def _without_interval(units: UnitLabels, level: Level, value: float) -> str:
    if units.n_clusters < 2:
        return reading_of(value, None, units, level)
    return _OFTEN_UNDEFINED.format(value=value, n_units=units.n_units)


def _estimate(units: UnitLabels, level: Level, n_replicates: int, seed: int) -> Estimate:
    """Alpha and the standard deviation of its resamples; infinite where there are too few to see one."""
    sums = AlphaSums.of(units, level)
    value = value_of(units, level, sums)
    if units.n_clusters < 2:
        return value, np.inf, units.n_clusters
    rng = np.random.default_rng(seed)
    drawn = [_resampled_alpha(units, level, sums, _drawn(units, rng)) for _ in range(n_replicates)]
    defined = np.array([one for one in drawn if one is not None])
    if len(defined) < (1 - _MOST_UNDEFINED) * n_replicates:
        return value, np.inf, units.n_clusters
    return value, float(defined.std(ddof=1)), units.n_clusters


def _drawn(units: UnitLabels, rng: np.random.Generator) -> IntArray:
    """How often each cluster was drawn. [n_clusters]"""
    return np.bincount(rng.integers(0, units.n_clusters, units.n_clusters), minlength=units.n_clusters)


def _resampled_alpha(units: UnitLabels, level: Level, sums: AlphaSums, drawn: IntArray) -> float | None:
    """Alpha with each cluster counted as often as it was drawn; None where one category is left."""
    weight: FloatArray = drawn[units.cluster].astype(np.float64)
    resampled = sums.weighted(units, level, weight)
    return resampled.value if resampled.possible > 0 else None
