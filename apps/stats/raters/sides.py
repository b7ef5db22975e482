"""Which side a rater chooses, and how often none."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray, totals
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.counts import Outcome
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.raters.leave_one_out import places_of, rater_codes
from apps.stats.raters.share_ends import difference_ends, share_ends

_NO_CHOICE = "This rater has decided for no side yet, so nothing can be said of sides."
_ALONE = (
    "Nobody else has judged anything, so there is nothing to compare this rater with; let others judge in the study."
)
# From the four outcomes to decided, tie, both-bad.
_KIND = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
_TIE = 1
# More than numpy draws from without replacement.
_TOO_MANY = 10**9


@dataclass(frozen=True, eq=False)
class LeftShares:
    """How often each rater chose what stood left, among comparisons that were decided. All [n_raters]

    `rater` holds the codes, ascending. `share` lies in 0..1, `low` and `high` are Wilson's ends, `n` counts the
    decided comparisons; where it is 0 the numbers are nan. `readings` says it in words.
    """

    rater: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    n: IntArray
    confidence_level: float
    readings: tuple[str, ...]


def left_share(rows: ComparisonRows, *, confidence_level: float = 0.95) -> LeftShares:
    """The share of decided comparisons in which each rater chose the answer on the left.

    `rows.first` must be what stood left. Where sides were drawn by lot, a rater who does not look at sides has one
    half, whatever the systems; an interval that leaves one half out shows a lean (Wilson 1927, Journal of the
    American Statistical Association 22). Raises InvalidInput where raters are unknown.
    """
    check_confidence_level(confidence_level)
    raters = rater_codes(rows)
    table = _outcomes(rows, raters)
    n = table[:, Outcome.FIRST_WINS] + table[:, Outcome.SECOND_WINS]
    share = share_ends(table[:, Outcome.FIRST_WINS], n, confidence_level)
    readings = tuple(_left_reading(*each) for each in zip(n.tolist(), share.rows, strict=True))
    return LeftShares(raters, share.middle, share.low, share.high, n, confidence_level, readings)


@dataclass(frozen=True, eq=False)
class TieShares:
    """How often each rater called a tie, and how far that is from what the others do. All [n_raters]

    `rater` holds the codes, ascending. `share` (0..1) is of all the rater's judgments, `n`, with Wilson's ends;
    `others` is the share among all other judgments; `difference` the rater's minus the others', with its ends.
    `distance` is the total variation distance (0..1) between the rater's and the others' shares of decided, tie
    and both-bad: the least share of the rater's judgments that would have to end otherwise to look like the
    others'. It is never below 0, so it is to be read against luck: `distance_by_luck` is what it would be on
    average had the rater's judgments been drawn by lot from everybody's, `distance_limit` what it would then
    exceed with probability 1 - confidence_level only, `p_value` how often it would be as large. Where there is
    nobody else these are nan. `readings` says it in words.
    """

    rater: IntArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    others: FloatArray
    difference: FloatArray
    difference_low: FloatArray
    difference_high: FloatArray
    distance: FloatArray
    distance_by_luck: FloatArray
    distance_limit: FloatArray
    p_value: FloatArray
    n: IntArray
    confidence_level: float
    readings: tuple[str, ...]


def tie_share(
    rows: ComparisonRows, *, rng: np.random.Generator, n_draws: int = 2000, confidence_level: float = 0.95
) -> TieShares:
    """Each rater's share of ties, and the distance of the answers from the others', against luck.

    Ends of shares are Wilson's, of differences Newcombe's (1998, Statistics in Medicine 17, method 10). The null
    of the distance is a permutation's: which of all judgments are the rater's is drawn anew `n_draws` times
    (Good 2005, Permutation, Parametric and Bootstrap Tests of Hypotheses); the p-value counts the data as one of
    the draws. It supposes that all raters were shown tasks alike. Raises InvalidInput where raters are unknown,
    n_draws is below 100, or there are a billion judgments.
    """
    check_confidence_level(confidence_level)
    if n_draws < 100:
        raise InvalidInput(f"n_draws is {n_draws}; give 100 or more, so that luck is known well enough.")
    raters = rater_codes(rows)
    kinds = _outcomes(rows, raters) @ _KIND
    n, everybody = kinds.sum(axis=1), kinds.sum(axis=0)
    if everybody.sum() >= _TOO_MANY:
        raise InvalidInput(
            f"There are {everybody.sum():,} judgments, too many to draw from by lot; give fewer than {_TOO_MANY:,}."
        )
    own = share_ends(kinds[:, _TIE], n, confidence_level)
    others = share_ends(everybody[_TIE] - kinds[:, _TIE], everybody.sum() - n, confidence_level)
    difference = difference_ends(own, others)
    distance = _distances(kinds, everybody)
    luck = np.array(
        [_by_luck(*each, everybody, n_draws, confidence_level, rng) for each in zip(n, distance, strict=True)]
    )
    expected, limit, p_value = luck.reshape(-1, 3).T
    told = zip(n.tolist(), own.rows, others.middle.tolist(), distance.tolist(), limit.tolist(), strict=True)
    return TieShares(
        rater=raters,
        share=own.middle,
        low=own.low,
        high=own.high,
        others=others.middle,
        difference=difference.middle,
        difference_low=difference.low,
        difference_high=difference.high,
        distance=distance,
        distance_by_luck=expected,
        distance_limit=limit,
        p_value=p_value,
        n=n,
        confidence_level=confidence_level,
        readings=tuple(_tie_reading(*each) for each in told),
    )


def _outcomes(rows: ComparisonRows, raters: IntArray) -> IntArray:
    """How often each rater gave each outcome. [n_raters, 4]"""
    n_outcomes = len(Outcome)
    cell = places_of(rows, raters) * n_outcomes + rows.outcome
    return totals(cell, rows.count, len(raters) * n_outcomes).astype(np.int64).reshape(-1, n_outcomes)


def _distances(kinds: IntArray, everybody: IntArray) -> FloatArray:
    """Total variation between shares of the parts and of what each part leaves; nan where one is empty. [n_parts]"""
    n, others = kinds.sum(axis=1), everybody.sum() - kinds.sum(axis=1)
    own_shares = kinds / np.maximum(n, 1)[:, None]
    other_shares = (everybody - kinds) / np.maximum(others, 1)[:, None]
    distance = np.abs(own_shares - other_shares).sum(axis=1) / 2
    return np.where((n > 0) & (others > 0), distance, np.nan)


def _by_luck(
    n: int, distance: float, everybody: IntArray, n_draws: int, confidence_level: float, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Mean, upper quantile and p-value of the distance when the n judgments are drawn by lot from everybody's."""
    if np.isnan(distance):
        return np.nan, np.nan, np.nan
    drawn = _distances(rng.multivariate_hypergeometric(everybody, n, size=n_draws), everybody)
    # A hair below, for draws that are the data again but were rounded otherwise.
    as_large = int(np.count_nonzero(drawn >= distance - 1e-12))
    return float(drawn.mean()), float(np.quantile(drawn, confidence_level)), (1 + as_large) / (1 + n_draws)


def _left_reading(n: int, share: Sequence[float]) -> str:
    if not n:
        return _NO_CHOICE
    middle, low, high = share
    lean = "no lean shows"
    if not low <= 0.5 <= high:
        lean = f"a lean to the {'left' if middle > 0.5 else 'right'}, provided that sides are drawn by lot"
    return f"Of {n} comparisons decided, {middle:.0%} went to the left ({low:.0%} to {high:.0%}): {lean}."


def _tie_reading(n: int, share: Sequence[float], others: float, distance: float, limit: float) -> str:
    if np.isnan(distance):
        return _ALONE
    middle, low, high = share
    found = "no more than luck explains" if distance <= limit else "more than luck explains"
    return (
        f"This rater called {middle:.0%} of {n} comparisons a tie ({low:.0%} to {high:.0%}), the others {others:.0%}. "
        f"To answer decided, tie and both-bad as often as they do, {distance:.0%} of the answers would have to change; "
        f"luck alone makes it up to {limit:.0%}, so this is {found}."
    )
