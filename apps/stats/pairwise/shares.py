"""Plain shares per competitor, both-bad and win share, with intervals as honest as the strengths'."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.intervals import effective_trials, two_sided_quantile, wilson_of_share
from apps.stats.pairwise.counts import Outcome
from apps.stats.pairwise.rows import ComparisonRows, cluster_totals


@dataclass(frozen=True, eq=False)
class CompetitorShares:
    """A share for each competitor with its interval; nan throughout for one with no showing. All [n]"""

    share: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray


def both_bad_shares(rows: ComparisonRows, confidence_level: float) -> CompetitorShares:
    """The share of each competitor's showings that ended both-bad."""
    bad = (rows.outcome == Outcome.BOTH_BAD).astype(np.float64)
    return _competitor_shares(rows, bad, bad, confidence_level)


def win_shares(scored: ComparisonRows, confidence_level: float) -> CompetitorShares:
    """The share each competitor earned of its comparisons decided or tied (`scored`), a tie being half.

    It depends on whom a competitor met; the strength does not.
    """
    return _competitor_shares(scored, scored.earned, 1 - scored.earned, confidence_level)


def _competitor_shares(
    rows: ComparisonRows, earned_first: FloatArray, earned_second: FloatArray, confidence_level: float
) -> CompetitorShares:
    """Shares with Wilson's interval at the effective number of showings.

    The variance of a share is that of a ratio of cluster totals, two-way by rater and item as for strengths,
    floored at its parts and at the independent one. Where all showings agree no variance can be seen, and the
    showings count in full. The t quantile has the degrees of freedom of the fewer clusters.
    """
    n = _per_competitor(rows, rows.count, rows.count)
    shown = np.maximum(n, 1.0)
    share = _per_competitor(rows, earned_first * rows.count, earned_second * rows.count) / shown
    off_first, off_second = earned_first - share[rows.first], earned_second - share[rows.second]
    independent = _per_competitor(rows, off_first**2 * rows.count, off_second**2 * rows.count)
    variance = _floored_two_way(rows, off_first * rows.count, off_second * rows.count, independent) / shown**2
    n_effective = effective_trials(share, variance, shown)
    low, high = wilson_of_share(share, n_effective, two_sided_quantile(confidence_level, _freedom(rows)))
    unseen = n == 0
    share, low, high = (np.where(unseen, np.nan, each) for each in (share, low, high))
    return CompetitorShares(share, low, high, n.astype(np.int64))


def _floored_two_way(
    rows: ComparisonRows, off_first: FloatArray, off_second: FloatArray, independent: FloatArray
) -> FloatArray:
    """The two-way variance of each competitor's total, no smaller than any of its parts. [n]"""
    by_rater, by_item, by_both = (
        _squared_totals(rows, off_first, off_second, *groups) for groups in (rows.raters, rows.items, rows.cells)
    )
    parts = [by_rater, by_item, independent]
    if rows.raters[1] > 1 and rows.items[1] > 1:
        parts.append(by_rater + by_item - by_both)
    return np.asarray(np.maximum.reduce(parts))


def _squared_totals(
    rows: ComparisonRows, off_first: FloatArray, off_second: FloatArray, cluster: IntArray, n_clusters: int
) -> FloatArray:
    """The sum over clusters of squared totals, times G/(G-1); zeros for a single cluster. [n]"""
    n = rows.n_competitors
    if n_clusters < 2:
        return np.zeros(n)
    found = cluster_totals(rows, off_first, off_second, cluster, n_clusters)
    squares = totals(found.indices.astype(np.int64), found.data**2, n)
    return squares * (n_clusters / (n_clusters - 1))


def _per_competitor(rows: ComparisonRows, first: FloatArray | IntArray, second: FloatArray | IntArray) -> FloatArray:
    n = rows.n_competitors
    return totals(rows.first, first, n) + totals(rows.second, second, n)


def _freedom(rows: ComparisonRows) -> int:
    several = [n_clusters for _, n_clusters in (rows.raters, rows.items) if n_clusters > 1]
    return max(min(several, default=rows.n_judgments) - 1, 1)
