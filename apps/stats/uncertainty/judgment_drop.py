"""How many judgments does an order hang on? The fewest whose removal would turn it round.

Broderick, Giordano & Meager (2020, arXiv:2011.14999) for estimates in general; Huang, Shen, Wei & Broderick
(2025, arXiv:2508.11847) for Bradley-Terry leaderboards.
"""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import DisconnectedComparisons, InvalidInput
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.models.same_judgments import require_same_judgments
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.rows import ComparisonRows

# A gap this small is rounding: the two are equal.
_NO_GAP = 1e-9


@dataclass(frozen=True, eq=False)
class DroppedJudgments:
    """A set of judgments, as small as could be found, without which the leader no longer leads.

    `leader` is ahead of `follower` by `gap_before` (log-odds); without `n_judgments` of the `n_scored` (a `share`
    of them) the gap is `gap_after`, zero or less, by a new fit: then `confirmed` is true. `rows` names them in the
    rows given and `n_dropped` how many judgments of each. `n_predicted` is the number that the influences foretold
    before any new fit (None where they saw no way). Where fewer than half of the judgments do not suffice,
    `confirmed` is false, the numbers are None, the arrays empty, and `reading` says so.
    """

    leader: int
    follower: int
    n_judgments: int | None
    n_predicted: int | None
    n_scored: int
    share: float | None
    confirmed: bool
    gap_before: float
    gap_after: float | None
    rows: IntArray
    n_dropped: IntArray
    reading: str


def fewest_judgments_to_flip(
    fit: BradleyTerryFit, rows: ComparisonRows, *, first: int | None = None, second: int | None = None
) -> DroppedJudgments:
    """The fewest judgments found whose removal would put the one behind level or ahead.

    `fit` is the fit to `rows`; `first` and `second` are two competitors, by default the two strongest (with one
    given, the other is the strongest of the rest). To first order, dropping a judgment of a against b that the
    first side earned y of takes (H+_leader - H+_follower)(e_a - e_b)(y - p) off the gap. Judgments are dropped in
    the order of that influence, and the strengths are fitted anew; with the number told the new fit confirms the
    change, with one fewer in this order it does not. Another choice might do with fewer still. A small share warns
    that the order rests on few judgments; it is not an interval, and a wide interval does not imply it. Raises
    InvalidInput where the fit is not that of the rows or there are not two different competitors. Broderick,
    Giordano & Meager (2020, arXiv:2011.14999); Huang et al. (2025, arXiv:2508.11847).
    """
    leader, follower = _pair(fit, first, second)
    require_same_judgments(fit, rows)
    gap = float(fit.strengths[leader] - fit.strengths[follower])
    order = _Order(fit, rows, leader, follower)
    if gap <= _NO_GAP:
        return order.level(gap)
    predicted = order.predicted(gap)
    smallest = order.smallest(predicted)
    return order.none(gap) if smallest is None else order.dropping(smallest, predicted, gap)


def _pair(fit: BradleyTerryFit, first: int | None, second: int | None) -> tuple[int, int]:
    """Two different competitors, the stronger first."""
    n = fit.n_competitors
    given = [competitor for competitor in (first, second) if competitor is not None]
    if n < 2 or len(set(given)) < len(given) or any(not 0 <= competitor < n for competitor in given):
        raise InvalidInput(
            f"`first` and `second` are {first} and {second}; give two different competitors of 0..{n - 1}, of which "
            "there must be two or more."
        )
    strongest = [int(each) for each in np.argsort(-fit.strengths, kind="stable") if each not in given]
    one, other = (given + strongest)[:2]
    return (one, other) if fit.strengths[one] >= fit.strengths[other] else (other, one)


class _Order:
    """The scored judgments in the order in which they are to be dropped: most influential first."""

    def __init__(self, fit: BradleyTerryFit, rows: ComparisonRows, leader: int, follower: int) -> None:
        self.fit, self.leader, self.follower = fit, leader, follower
        self.kept = np.flatnonzero(fit.both_bad_as_tie | (rows.outcome != Outcome.BOTH_BAD))
        self.scored = rows.scored(both_bad_as_tie=fit.both_bad_as_tie)
        influence = self._influence()
        self.order = np.argsort(-influence, kind="stable")
        self.influence = influence[self.order]
        # How many judgments are gone once each row of the order is dropped as a whole.
        self.gone = np.cumsum(self.scored.count[self.order])
        self.most = (self.scored.n_judgments - 1) // 2

    def _influence(self) -> FloatArray:
        """What each judgment of a row adds to the gap, to first order. [n_rows]"""
        scored, inverse = self.scored, self.fit.likelihood.inverse_information
        towards = inverse[self.leader] - inverse[self.follower]
        surprise = scored.earned - self.fit.probabilities[scored.first, scored.second]
        return np.asarray((towards[scored.first] - towards[scored.second]) * surprise)

    def predicted(self, gap: float) -> int | None:
        """How many the influences say would do; None where all that help do not."""
        helpful = np.clip(self.influence, 0.0, None)
        taken = np.cumsum(helpful * self.scored.count[self.order])
        row = int(np.searchsorted(taken, gap))
        if row == len(taken):
            return None
        missing = gap - (taken[row - 1] if row else 0.0)
        before = int(self.gone[row - 1]) if row else 0
        return before + int(np.ceil(missing / helpful[row]))

    def smallest(self, start: int | None) -> int | None:
        """The smallest number that a new fit confirms, between steps doubled from the predicted one."""
        fails, works = 0, min(start or self.most, self.most)
        step = 1
        while works > fails and not self.turned(works):
            fails, works, step = works, min(works + step, self.most), 2 * step
        if works <= fails:
            return None
        while works - fails > 1:
            middle = (fails + works) // 2
            if self.turned(middle):
                works = middle
            else:
                fails = middle
        return works

    def turned(self, n_judgments: int) -> bool:
        gap = self.gap_without(n_judgments)
        return gap is not None and gap <= _NO_GAP

    def gap_without(self, n_judgments: int) -> float | None:
        """The gap fitted without the first so many judgments; None where not everyone can be ranked then."""
        counts = self._counts_without(n_judgments)
        try:
            strengths = fit_bradley_terry(counts, both_bad_as_tie=self.fit.both_bad_as_tie).strengths
        except DisconnectedComparisons:
            return None
        return float(strengths[self.leader] - strengths[self.follower])

    def _counts_without(self, n_judgments: int) -> PairwiseCounts:
        left = self.scored.count.copy()
        left[self.order] -= self.dropped(n_judgments)
        scored = self.scored
        return PairwiseCounts.from_arrays(scored.n_competitors, scored.first, scored.second, scored.outcome, left)

    def dropped(self, n_judgments: int) -> IntArray:
        """How many judgments of each row go, in the order of influence. [n_rows]"""
        count = self.scored.count[self.order]
        return np.asarray(np.clip(n_judgments - (self.gone - count), 0, count), dtype=np.int64)

    def dropping(self, n_judgments: int, predicted: int | None, gap: float) -> DroppedJudgments:
        dropped = self.dropped(n_judgments)
        touched = dropped > 0
        share = n_judgments / self.scored.n_judgments
        reading = (
            f"{n_judgments:,} of {self.scored.n_judgments:,} judgments ({100 * share:.2g} %) decide that competitor "
            f"{self.leader} stands above competitor {self.follower}: without them it would not."
        )
        return DroppedJudgments(
            leader=self.leader,
            follower=self.follower,
            n_judgments=n_judgments,
            n_predicted=predicted,
            n_scored=self.scored.n_judgments,
            share=share,
            confirmed=True,
            gap_before=gap,
            gap_after=self.gap_without(n_judgments),
            rows=self.kept[self.order[touched]],
            n_dropped=dropped[touched],
            reading=reading,
        )

    def level(self, gap: float) -> DroppedJudgments:
        reading = f"Competitors {self.leader} and {self.follower} are level: no judgment need be dropped."
        return self._nothing_dropped(0, gap, reading)

    def none(self, gap: float) -> DroppedJudgments:
        reading = (
            f"Leaving out less than half of the judgments ({self.scored.n_judgments:,}), chosen by influence, does not "
            f"put competitor {self.follower} level with competitor {self.leader}: the order does not hang on a small "
            "part of them."
        )
        return self._nothing_dropped(None, gap, reading)

    def _nothing_dropped(self, n_judgments: int | None, gap: float, reading: str) -> DroppedJudgments:
        level = n_judgments == 0
        return DroppedJudgments(
            leader=self.leader,
            follower=self.follower,
            n_judgments=n_judgments,
            n_predicted=n_judgments,
            n_scored=self.scored.n_judgments,
            share=0.0 if level else None,
            confirmed=level,
            gap_before=gap,
            gap_after=gap if level else None,
            rows=np.zeros(0, dtype=np.int64),
            n_dropped=np.zeros(0, dtype=np.int64),
            reading=reading,
        )
