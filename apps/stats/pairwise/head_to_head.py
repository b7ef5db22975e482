"""Two competitors and nobody else: who earned more, exactly."""

from dataclasses import dataclass

import numpy as np

from apps.stats.errors import InvalidInput
from apps.stats.intervals import Interval, check_confidence_level
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.exact import clopper_pearson, score_interval, sign_test
from apps.stats.pairwise.pair_shares import pair_shares
from apps.stats.pairwise.rows import ComparisonRows


@dataclass(frozen=True)
class HeadToHead:
    """What the first of two competitors earned from the second. Shares are 0..1.

    `n` comparisons were decided or tied: `wins` and `losses` of the first, `ties`. `both_bad` counts those
    that ended both-bad; they are among the ties, and in `n`, only where both-bad counts as a tie.

    - `score` is (wins + ties / 2) / n, with an interval that holds at least as often as it promises.
    - `decided_share` is wins / (wins + losses), with its exact interval.
    - `sign_test_p` is the exact two-sided p value that win and loss are equally likely, `sign_test_mid_p`
      the less cautious mid-p value.
    - `clustered_low`, `clustered_high` bound the score where judgments by one rater or on one item may depend
      on each other; None where neither raters nor items were given. All else takes judgments as independent.

    Numbers are None where there was nothing to compute them from. `reading` says what it comes to.
    """

    first: int
    second: int
    n: int
    wins: int
    ties: int
    losses: int
    both_bad: int
    score: float | None
    score_low: float | None
    score_high: float | None
    clustered_low: float | None
    clustered_high: float | None
    decided_share: float | None
    decided_low: float | None
    decided_high: float | None
    sign_test_p: float | None
    sign_test_mid_p: float | None
    confidence_level: float
    both_bad_as_tie: bool
    reading: str

    @property
    def difference(self) -> float | None:
        """The share of wins minus the share of losses, -1..1: twice the score less one."""
        return _twice_less_one(self.score)

    @property
    def difference_low(self) -> float | None:
        """The lower end of its interval."""
        return _twice_less_one(self.score_low)

    @property
    def difference_high(self) -> float | None:
        """The upper end of its interval."""
        return _twice_less_one(self.score_high)


def head_to_head(
    comparisons: ComparisonRows | PairwiseCounts,
    first: int,
    second: int,
    *,
    confidence_level: float = 0.95,
    both_bad_as_tie: bool = False,
) -> HeadToHead:
    """The record of competitor `first` against `second`, whoever was shown on which side.

    Clopper & Pearson's interval (1934, Biometrika 26) for the decided comparisons; for the score, ties being
    half, an exact test turned into an interval, the tie probability being whatever the ties allow (Berger &
    Boos 1994, Journal of the American Statistical Association 89); the exact sign test. Weights do not enter.
    Raises InvalidInput where the two are not two different competitors of these comparisons.
    """
    check_confidence_level(confidence_level)
    _check_pair(comparisons.n_competitors, first, second)
    rows = comparisons if isinstance(comparisons, ComparisonRows) else ComparisonRows.from_counts(comparisons)
    pair = rows.among((first, second))
    wins, losses, ties, both_bad = _record(pair.counts, both_bad_as_tie)
    n = wins + ties + losses
    score = score_interval(wins, ties, losses, confidence_level) if n else None
    decided = clopper_pearson(wins, wins + losses, confidence_level) if wins + losses else None
    clustered = _clustered(pair.scored(both_bad_as_tie=both_bad_as_tie), confidence_level)
    p_value, mid_p = sign_test(wins, losses) if n else (None, None)
    share = (wins + ties / 2) / n if n else None
    return HeadToHead(
        first=first,
        second=second,
        n=n,
        wins=wins,
        ties=ties,
        losses=losses,
        both_bad=both_bad,
        score=share,
        score_low=_low(score),
        score_high=_high(score),
        clustered_low=_low(clustered),
        clustered_high=_high(clustered),
        decided_share=wins / (wins + losses) if decided else None,
        decided_low=_low(decided),
        decided_high=_high(decided),
        sign_test_p=p_value,
        sign_test_mid_p=mid_p,
        confidence_level=confidence_level,
        both_bad_as_tie=both_bad_as_tie,
        reading=_reading((first, second), n, share, score, clustered) + _beside(both_bad, both_bad_as_tie),
    )


def _check_pair(n_competitors: int, first: int, second: int) -> None:
    for name, code in (("first", first), ("second", second)):
        if not 0 <= code < n_competitors:
            raise InvalidInput(f"`{name}` is competitor {code}; codes run from 0 to {n_competitors - 1}.")
    if first == second:
        raise InvalidInput(f"Competitor {first} cannot meet itself; give two different competitors.")


def _record(pair: PairwiseCounts, both_bad_as_tie: bool) -> tuple[int, int, int, int]:
    """Wins, losses and ties of the first of two, and how often both were bad."""
    shown_first, shown_second = pair.counts[0, 1], pair.counts[1, 0]
    swapped = shown_second[[Outcome.SECOND_WINS, Outcome.FIRST_WINS, Outcome.TIE, Outcome.BOTH_BAD]]
    wins, losses, ties, both_bad = np.asarray(shown_first + swapped).tolist()
    return wins, losses, ties + both_bad * both_bad_as_tie, both_bad


def _clustered(scored: ComparisonRows, confidence_level: float) -> Interval | None:
    """The interval of the matrix of pairs; None where it could allow for nothing, or there was no comparison."""
    if not scored.n_judgments or (scored.rater is None and scored.item is None):
        return None
    shares = pair_shares(scored, confidence_level)
    return Interval(float(shares.low[0]), float(shares.high[0]))


def _low(interval: Interval | None) -> float | None:
    return interval.low if interval else None


def _high(interval: Interval | None) -> float | None:
    return interval.high if interval else None


def _twice_less_one(share: float | None) -> float | None:
    return None if share is None else 2 * share - 1


def _reading(
    pair: tuple[int, int], n: int, share: float | None, score: Interval | None, clustered: Interval | None
) -> str:
    first, second = pair
    if share is None or score is None:
        return f"Competitors {first} and {second} were never decided or tied against each other."
    # Of the two intervals neither is always the wider one; a reader is told what both leave open.
    low = min(score.low, clustered.low) if clustered else score.low
    high = max(score.high, clustered.high) if clustered else score.high
    earned = f"Competitor {first} earns {_percent(share)} % ({_percent(low)} to {_percent(high)})"
    told = f"{earned} of {n} comparisons with competitor {second}, a tie being half"
    if low > 0.5:
        return f"{told}: it is the better of the two."
    if high < 0.5:
        return f"{told}: competitor {second} is the better of the two."
    return f"{told}: either may be the better one."


def _beside(both_bad: int, both_bad_as_tie: bool) -> str:
    if not both_bad:
        return ""
    if both_bad_as_tie:
        return f" Of these, {both_bad} ended both-bad and count as ties."
    return f" In {both_bad} more both were bad, which count for neither."


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
