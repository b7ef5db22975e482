"""Who earned how much from whom: the plain matrix of pairs, before any model."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.pair_shares import PairShares, pair_shares
from apps.stats.pairwise.rows import ComparisonRows

_Array = TypeVar("_Array", FloatArray, IntArray)


@dataclass(frozen=True, eq=False)
class WinMatrix:
    """Every ordered pair of competitors: what the row's earned from the column's. All [n, n]

    `n` counts the comparisons that were decided or tied, `wins` and `ties` how they ended (`losses` is the
    transpose of `wins`); `both_bad` counts those that ended both-bad, which are in `n` and `ties` too only
    where both-bad counts as a tie. `share` is (wins + ties / 2) / n with its interval `low`..`high`; the
    three are nan exactly where `n` is 0, as on the diagonal. `reading` says how to read it.
    """

    n: IntArray
    wins: IntArray
    ties: IntArray
    both_bad: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    confidence_level: float
    both_bad_as_tie: bool
    reading: str

    @property
    def losses(self) -> IntArray:
        """How often the row's competitor lost against the column's. [n, n]"""
        return self.wins.T

    def cycle(self) -> tuple[int, int, int] | None:
        """Three competitors of which each beats the next and the last the first; None where none is clear.

        Each of the three intervals lies above one half; of several such cycles the one whose weakest link is
        clearest. No ranking can be right about all three.
        """
        clear = np.where(self.low > 0.5, self.low, 0.0)
        best, found = 0.0, None
        for one in range(len(clear)):
            weakest = np.minimum(np.minimum(clear[one][:, None], clear), clear[:, one][None, :])
            second, third = np.unravel_index(int(np.argmax(weakest)), weakest.shape)
            if weakest[second, third] > best:
                best, found = float(weakest[second, third]), (one, int(second), int(third))
        return found


def win_matrix(
    comparisons: ComparisonRows | PairwiseCounts, *, confidence_level: float = 0.95, both_bad_as_tie: bool = False
) -> WinMatrix:
    """The share each competitor earned from each other one, a tie being half, with intervals.

    From rows that name raters or items the intervals are Wilson's at the effective number of comparisons,
    two-way by rater and item within the pair (Wilson 1927, Journal of the American Statistical Association
    22; Dean & Pagano 2015, Journal of Survey Statistics and Methodology 3; Cameron, Gelbach & Miller 2011,
    Journal of Business & Economic Statistics 29). From counts judgments are taken as independent: without
    ties that is Wilson's interval itself; ties vary less than wins and losses, and narrow it. Weights do not
    enter: the matrix shows what was judged. Read a cell as what happened between two competitors, and a board
    for what all comparisons together say.
    """
    check_confidence_level(confidence_level)
    rows = comparisons if isinstance(comparisons, ComparisonRows) else ComparisonRows.from_counts(comparisons)
    met = pair_shares(rows.scored(both_bad_as_tie=both_bad_as_tie), confidence_level)
    counts, n = rows.counts, rows.n_competitors
    return WinMatrix(
        n=_both_triangles(met, met.n, met.n, np.zeros((n, n), dtype=np.int64)),
        wins=counts.wins().astype(np.int64),
        ties=counts.ties(both_bad_as_tie=both_bad_as_tie).astype(np.int64),
        both_bad=_both_bad(counts),
        share=_both_triangles(met, met.share, 1 - met.share, np.full((n, n), np.nan)),
        low=_both_triangles(met, met.low, 1 - met.high, np.full((n, n), np.nan)),
        high=_both_triangles(met, met.high, 1 - met.low, np.full((n, n), np.nan)),
        confidence_level=confidence_level,
        both_bad_as_tie=both_bad_as_tie,
        reading=_reading(len(met.n), n, confidence_level),
    )


def _both_triangles(met: PairShares, above: _Array, below: _Array, table: _Array) -> _Array:
    table[met.one, met.other], table[met.other, met.one] = above, below
    return table


def _both_bad(counts: PairwiseCounts) -> IntArray:
    shown = counts.counts[:, :, Outcome.BOTH_BAD]
    return np.asarray(shown + shown.T)


def _reading(n_met: int, n_competitors: int, confidence_level: float) -> str:
    return (
        f"{n_met} of {n_competitors * (n_competitors - 1) // 2} pairs met. Cell [i, j] is the share that i earned of "
        "its comparisons with j, a tie being half; above one half i was the better of the two. Each interval holds "
        f"at {100 * confidence_level:g} % by itself, so among many cells expect a few to miss."
    )
