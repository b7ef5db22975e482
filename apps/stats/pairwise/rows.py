"""Comparisons with who judged them and on what: what cluster-robust intervals need beyond the counts."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_counts,
    as_integers,
    same_length,
)
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.counts import Outcome, PairwiseCounts, checked_comparisons, checked_members

# What the competitor shown first earns, by outcome code; both-bad is half only where it counts as a tie.
EARNED = np.array([1.0, 0.0, 0.5, 0.5])


@dataclass(frozen=True, eq=False)
class ComparisonRows:
    """A table of comparisons; equal ones may be one row with a count.

    Parallel arrays, one row for each group of equal judgments: `first`, `second` (competitors 0..n-1),
    `outcome` (`Outcome`), `count`, `rater`, `item` (any integer codes; None where nobody knows).
    """

    n_competitors: int
    first: IntArray
    second: IntArray
    outcome: IntArray
    count: IntArray
    rater: IntArray | None
    item: IntArray | None

    @classmethod
    def from_arrays(
        cls,
        *,
        n_competitors: int,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        outcome: npt.ArrayLike,
        rater: npt.ArrayLike | None = None,
        item: npt.ArrayLike | None = None,
        count: npt.ArrayLike | None = None,
    ) -> "ComparisonRows":
        """Check the columns and hold them. Rows that count nothing are dropped: they judged nothing."""
        one, two, ended = checked_comparisons(n_competitors, first, second, outcome)
        who, what = (
            None if codes is None else as_integers(name, codes) for name, codes in (("rater", rater), ("item", item))
        )
        times = as_counts("count", count, len(one))
        known = {name: codes for name, codes in (("rater", who), ("item", what)) if codes is not None}
        same_length(first=one, count=times, **known)
        rows = cls(n_competitors, one, two, ended, times, who, what)
        return rows if times.all() else rows.where(times > 0)

    @classmethod
    def from_counts(cls, counts: PairwiseCounts) -> "ComparisonRows":
        """A row for each cell of a count table, by nobody knows whom and on what."""
        first, second, outcome = np.nonzero(counts.counts)
        return cls(counts.n_competitors, first, second, outcome, counts.counts[first, second, outcome], None, None)

    def where(self, keep: BoolArray) -> "ComparisonRows":
        """The rows that are kept."""
        return ComparisonRows(
            self.n_competitors,
            self.first[keep],
            self.second[keep],
            self.outcome[keep],
            self.count[keep],
            None if self.rater is None else self.rater[keep],
            None if self.item is None else self.item[keep],
        )

    def scored(self, *, both_bad_as_tie: bool) -> "ComparisonRows":
        """The rows that enter a fit: all but both-bad, or all where both-bad counts as a tie."""
        bad = self.outcome == Outcome.BOTH_BAD
        return self if both_bad_as_tie or not bad.any() else self.where(~bad)

    def among(self, members: tuple[int, ...]) -> "ComparisonRows":
        """The rows inside a group of competitors, renumbered in the order given."""
        if members == tuple(range(self.n_competitors)):
            return self
        place = np.full(self.n_competitors, -1, dtype=np.int64)
        place[checked_members(members, self.n_competitors)] = np.arange(len(members))
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
        chosen[checked_members(members, self.n_competitors)] = True
        return self.where(chosen[self.first] | chosen[self.second])

    @cached_property
    def counts(self) -> PairwiseCounts:
        """The same comparisons without raters and items."""
        return PairwiseCounts.from_arrays(self.n_competitors, self.first, self.second, self.outcome, self.count)

    @cached_property
    def earned(self) -> FloatArray:
        """What the first competitor of each row earned: 1, 1/2 or 0. [n_rows]"""
        return EARNED[self.outcome]

    @cached_property
    def raters(self) -> Clusters:
        """The rows by who judged them; one cluster of all where nobody knows."""
        return self._clusters(self.rater)

    @cached_property
    def items(self) -> Clusters:
        """The rows by what was judged; one cluster of all where nobody knows."""
        return self._clusters(self.item)

    @cached_property
    def cells(self) -> Clusters:
        """The rows by rater and item together."""
        return self.raters.across(self.items)

    def _clusters(self, codes: IntArray | None) -> Clusters:
        return Clusters(np.zeros(len(self.first), dtype=np.int64), 1) if codes is None else Clusters.of(codes)

    @property
    def n_judgments(self) -> int:
        """How many judgments the rows stand for."""
        return int(self.count.sum())

    @property
    def n_both_bad(self) -> int:
        """How many of them ended both-bad."""
        return int(self.count[self.outcome == Outcome.BOTH_BAD].sum())
