"""Comparisons with who judged them and on what: what cluster-robust intervals need beyond the counts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from apps.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_counts,
    as_integers,
    dense_codes,
    same_length,
    totals,
)
from apps.stats.pairwise.counts import Outcome, PairwiseCounts, checked_comparisons

# What the competitor shown first earns, by outcome code; both-bad is half only where it counts as a tie.
_EARNED = np.array([1.0, 0.0, 0.5, 0.5])


@dataclass(frozen=True, eq=False)
class ComparisonRows:
    """A table of comparisons, equal ones aggregated into a count.

    Parallel arrays, one row for each group of equal judgments: `first`, `second` (competitors 0..n-1),
    `outcome` (`Outcome`), `count`, `rater`, `item` (any integer codes).
    """

    n_competitors: int
    first: IntArray
    second: IntArray
    outcome: IntArray
    count: IntArray
    rater: IntArray
    item: IntArray

    @classmethod
    def from_arrays(
        cls,
        *,
        n_competitors: int,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        outcome: npt.ArrayLike,
        rater: npt.ArrayLike,
        item: npt.ArrayLike,
        count: npt.ArrayLike | None = None,
    ) -> "ComparisonRows":
        """Check the columns and hold them. Rows that count nothing are dropped: they judged nothing."""
        one, two, ended = checked_comparisons(n_competitors, first, second, outcome)
        who, what = as_integers("rater", rater), as_integers("item", item)
        times = as_counts("count", count, len(one))
        same_length(first=one, count=times, rater=who, item=what)
        rows = cls(n_competitors, one, two, ended, times, who, what)
        return rows if times.all() else rows.where(times > 0)

    def where(self, keep: BoolArray) -> "ComparisonRows":
        """The rows that are kept."""
        columns = (self.first, self.second, self.outcome, self.count, self.rater, self.item)
        return ComparisonRows(self.n_competitors, *(column[keep] for column in columns))

    def scored(self, *, both_bad_as_tie: bool) -> "ComparisonRows":
        """The rows that enter a fit: all but both-bad, or all where both-bad counts as a tie."""
        bad = self.outcome == Outcome.BOTH_BAD
        return self if both_bad_as_tie or not bad.any() else self.where(~bad)

    def among(self, members: tuple[int, ...]) -> "ComparisonRows":
        """The rows inside a group of competitors, renumbered in the order given."""
        if members == tuple(range(self.n_competitors)):
            return self
        place = np.full(self.n_competitors, -1, dtype=np.int64)
        place[list(members)] = np.arange(len(members))
        kept = self.where((place[self.first] >= 0) & (place[self.second] >= 0))
        return ComparisonRows(
            len(members),
            place[kept.first],
            place[kept.second],
            kept.outcome,
            kept.count,
            kept.rater,
            kept.item,
        )

    def touching(self, members: tuple[int, ...]) -> "ComparisonRows":
        """The rows that show a competitor of a group, numbered as they are."""
        if len(members) == self.n_competitors:
            return self
        chosen = np.zeros(self.n_competitors, dtype=bool)
        chosen[list(members)] = True
        return self.where(chosen[self.first] | chosen[self.second])

    @cached_property
    def counts(self) -> PairwiseCounts:
        """The same comparisons without raters and items."""
        return PairwiseCounts.from_arrays(self.n_competitors, self.first, self.second, self.outcome, self.count)

    @cached_property
    def earned(self) -> FloatArray:
        """What the first competitor of each row earned: 1, 1/2 or 0. [n_rows]"""
        return _EARNED[self.outcome]

    @cached_property
    def raters(self) -> tuple[IntArray, int]:
        """Raters renumbered 0, 1, ..., and how many there are."""
        return dense_codes(self.rater)

    @cached_property
    def items(self) -> tuple[IntArray, int]:
        """Items renumbered 0, 1, ..., and how many there are."""
        return dense_codes(self.item)

    @cached_property
    def cells(self) -> tuple[IntArray, int]:
        """Pairs of rater and item that occur, renumbered, and how many there are."""
        (rater, _), (item, n_items) = self.raters, self.items
        return dense_codes(rater * n_items + item)

    @property
    def n_judgments(self) -> int:
        """How many judgments the rows stand for."""
        return int(self.count.sum())

    @property
    def n_both_bad(self) -> int:
        """How many of them ended both-bad."""
        return int(self.count[self.outcome == Outcome.BOTH_BAD].sum())


def cluster_totals(
    rows: ComparisonRows, first: FloatArray, second: FloatArray, cluster: IntArray, n_clusters: int
) -> "csr_array[np.float64]":
    """Per cluster and competitor, the sum of what rows give their first and their second competitor.

    Sparse [n_clusters, n_competitors]: a cluster meets few competitors, and building it takes linear time.
    """
    n = rows.n_competitors
    if n_clusters * n <= 2 * len(first):
        # Few enough to add up in place: quicker than sorting the rows into clusters.
        dense = totals(cluster * n + rows.first, first, n_clusters * n)
        dense += totals(cluster * n + rows.second, second, n_clusters * n)
        return csr_array(dense.reshape(n_clusters, n))
    values = np.concatenate([first, second])
    places = (np.concatenate([cluster, cluster]), np.concatenate([rows.first, rows.second]))
    return coo_array((values, places), shape=(n_clusters, n)).tocsr()
