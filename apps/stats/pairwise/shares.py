"""Plain shares per competitor, both-bad and win share, with intervals as honest as the strengths'."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.intervals import effective_trials, two_sided_quantile, wilson_of_share
from apps.stats.pairwise.cluster_products import cluster_squares
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.rows import EARNED, ComparisonRows


@dataclass(frozen=True, eq=False)
class CompetitorShares:
    """A share for each competitor with its interval; nan throughout for one with no showing. All [n]"""

    share: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray


@dataclass(frozen=True, eq=False)
class _Earnings:
    """What the competitor shown first, and the other, earn by `Outcome`. [4], [4]"""

    first: FloatArray
    second: FloatArray


_BOTH_BAD = _Earnings(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 0.0, 0.0, 1.0]))
_WON = _Earnings(EARNED, 1 - EARNED)


def both_bad_shares(rows: ComparisonRows, confidence_level: float) -> CompetitorShares:
    """The share of each competitor's showings that ended both-bad."""
    return _competitor_shares(rows, _BOTH_BAD, confidence_level)


def win_shares(scored: ComparisonRows, confidence_level: float) -> CompetitorShares:
    """The share each competitor earned of its comparisons decided or tied (`scored`), a tie being half.

    It depends on whom a competitor met; the strength does not.
    """
    return _competitor_shares(scored, _WON, confidence_level)


def _competitor_shares(rows: ComparisonRows, earns: _Earnings, confidence_level: float) -> CompetitorShares:
    """Shares with Wilson's interval at the effective number of showings.

    The variance of a share is that of a ratio of cluster totals, two-way by rater and item as for strengths,
    floored at its parts and at the independent one. Where all showings agree no variance can be seen, and the
    showings count in full. The t quantile has the degrees of freedom of the fewer clusters.
    """
    shown_first, shown_second = (rows.counts.counts.sum(axis=axis) for axis in (1, 0))
    n = (shown_first + shown_second).sum(axis=1)
    shown = np.maximum(n, 1).astype(np.float64)
    share = (shown_first @ earns.first + shown_second @ earns.second) / shown
    squares_first, squares_second = ((each - share[:, None]) ** 2 for each in (earns.first, earns.second))
    independent = (shown_first * squares_first + shown_second * squares_second).sum(axis=1)
    variance = _floored_two_way(rows, earns, share, independent) / shown**2
    n_effective = effective_trials(share, variance, shown)
    low, high = wilson_of_share(share, n_effective, two_sided_quantile(confidence_level, _freedom(rows)))
    share, low, high = (np.where(n == 0, np.nan, each) for each in (share, low, high))
    return CompetitorShares(share, low, high, n)


def _floored_two_way(rows: ComparisonRows, earns: _Earnings, share: FloatArray, independent: FloatArray) -> FloatArray:
    """The two-way variance of each competitor's total, no smaller than any of its parts. [n]"""
    if not independent.any() or max(rows.raters.n, rows.items.n) < 2:
        return independent
    off_first = (earns.first[rows.outcome] - share[rows.first]) * rows.count
    off_second = (earns.second[rows.outcome] - share[rows.second]) * rows.count
    by_rater, by_item, by_both = (
        _squared_totals(rows, off_first, off_second, clusters) for clusters in (rows.raters, rows.items, rows.cells)
    )
    parts = [by_rater, by_item, independent]
    if rows.raters.n > 1 and rows.items.n > 1:
        parts.append(by_rater + by_item - by_both)
    return np.asarray(np.maximum.reduce(parts))


def _squared_totals(
    rows: ComparisonRows, off_first: FloatArray, off_second: FloatArray, clusters: Clusters
) -> FloatArray:
    """The sum over clusters of squared totals, times G/(G-1); zeros for a single cluster. [n]"""
    if clusters.n < 2:
        return np.zeros(rows.n_competitors)
    return cluster_squares(rows, off_first, off_second, clusters) * (clusters.n / (clusters.n - 1))


def _freedom(rows: ComparisonRows) -> int:
    several = [clusters.n for clusters in (rows.raters, rows.items) if clusters.n > 1]
    return max(min(several, default=rows.n_judgments) - 1, 1)
