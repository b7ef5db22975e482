"""The share earned inside each pair that met, with an interval that allows for raters and items."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray, dense_codes, totals
from apps.stats.intervals import effective_trials, two_sided_quantile, wilson_of_share
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.rows import ComparisonRows


@dataclass(frozen=True, eq=False)
class PairShares:
    """Unordered pairs that met, and what the first of each earned. All [n_pairs]

    `n_effective` independent comparisons would leave the same variance; `degrees_of_freedom` are infinite where the
    variance is not estimated.
    """

    one: IntArray
    other: IntArray
    n: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    n_effective: FloatArray
    degrees_of_freedom: FloatArray


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows by their pair 0..n_pairs-1, and how far each lies from its pair's share, over all its judgments."""

    pair: IntArray
    n_pairs: int
    deviation: FloatArray


def pair_shares(scored: ComparisonRows, confidence_level: float) -> PairShares:
    """One entry for each pair with a row, ascending.

    The variance is that of a sum over clusters inside the pair, two-way by rater and item, floored at its
    parts and at the independent one, as for shares of competitors. Where all comparisons of a pair agree no
    variance can be seen, and they count in full. The t quantile has the degrees of freedom of the fewer
    clusters; of the judgments where all are independent, and there without ties the normal one: then the
    variance is not estimated, it follows from the share.
    """
    ahead, behind = np.minimum(scored.first, scored.second), np.maximum(scored.first, scored.second)
    pair, n_pairs = dense_codes(ahead * scored.n_competitors + behind)
    earned = np.where(scored.first == ahead, scored.earned, 1 - scored.earned)
    n = totals(pair, scored.count, n_pairs)
    share = totals(pair, earned * scored.count, n_pairs) / n
    rows = _Rows(pair, n_pairs, (earned - share[pair]) * scored.count)
    independent = totals(pair, rows.deviation**2 / scored.count, n_pairs)
    tied = totals(pair, (earned == 0.5) * scored.count, n_pairs) > 0
    variance, freedom = _two_way(rows, scored, independent, np.where(tied, n - 1, np.inf))
    n_effective = effective_trials(share, variance / n**2, n)
    low, high = _wilson(share, n_effective, freedom, confidence_level)
    one, other = np.empty((2, n_pairs), dtype=np.int64)
    one[pair], other[pair] = ahead, behind
    return PairShares(one, other, n.astype(np.int64), share, low, high, n_effective, freedom)


def _two_way(
    rows: _Rows, scored: ComparisonRows, independent: FloatArray, freedom: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The variance of each pair's total, no smaller than any of its parts, and its degrees of freedom."""
    raters, several_raters, by_rater = _one_way(rows, scored.raters)
    items, several_items, by_item = _one_way(rows, scored.items)
    _, _, by_both = _one_way(rows, scored.cells)
    both_ways = np.where(several_raters & several_items, by_rater + by_item - by_both, 0.0)
    fewest = np.minimum(np.where(several_raters, raters, np.inf), np.where(several_items, items, np.inf))
    variance = np.maximum.reduce([by_rater, by_item, both_ways, independent])
    return variance, np.where(np.isfinite(fewest), fewest - 1, freedom)


def _one_way(rows: _Rows, clusters: Clusters) -> tuple[FloatArray, BoolArray, FloatArray]:
    """Per pair: its clusters, whether there are several, and the sum of their squared totals times G/(G-1)."""
    cells = Clusters.of(rows.pair * clusters.n_codes + clusters.code)
    pair_of_cell = np.empty(cells.n, dtype=np.int64)
    pair_of_cell[cells.dense] = rows.pair
    squares = totals(pair_of_cell, totals(cells.dense, rows.deviation, cells.n) ** 2, rows.n_pairs)
    n_clusters = np.bincount(pair_of_cell, minlength=rows.n_pairs)
    several = n_clusters > 1
    return (
        n_clusters.astype(np.float64),
        several,
        squares * np.where(several, n_clusters, 0) / np.maximum(n_clusters - 1, 1),
    )


def _wilson(
    share: FloatArray, n_effective: FloatArray, freedom: FloatArray, confidence_level: float
) -> tuple[FloatArray, FloatArray]:
    """Wilson's interval, each share with the quantile of its own degrees of freedom (infinite: the normal)."""
    low, high = np.empty_like(share), np.empty_like(share)
    for each in np.unique(freedom):
        quantile = two_sided_quantile(confidence_level, max(int(each), 1) if np.isfinite(each) else None)
        these = freedom == each
        low[these], high[these] = wilson_of_share(share[these], n_effective[these], quantile)
    return low, high
