"""How much each rater's choices follow the strengths that everybody else found, and which side the rater leans to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.raters.leave_one_out import NOTHING_SHARED, choices_beside_others, rater_codes
from apps.stats.raters.logistic import Ends, check_prior_sd, fit_each, prior_for_all

# Below about so many comparisons a coin is seldom flagged, though slopes put raters in the right order early.
_ENOUGH_TO_FLAG = 120
_TOO_FEW = (
    "So few comparisons put raters in order but seldom prove one unreliable: look at gold tasks and at tasks judged "
    "by several raters too."
)


@dataclass(frozen=True, eq=False)
class RaterSlopes:
    """Reliability and left bias of each rater, from comparisons that nobody else need have judged. All [n_raters]

    `rater` holds the codes, ascending. `slope` is 1 where a rater sees the gaps between systems as the others
    do, 0 where choices have nothing to do with them (a coin), below 0 where they are reversed. `left_bias` is
    in log-odds: ln 2 = .69 doubles the odds of what stood left. `probability_unreliable` is the posterior
    probability of a slope below `threshold`; `flagged` where it exceeds the level asked for. Ends are those of
    posterior intervals. `n` counts the judgments used; where it is 0 the numbers are nan. `readings` says how to
    read each rater's numbers.
    """

    rater: IntArray
    slope: FloatArray
    slope_low: FloatArray
    slope_high: FloatArray
    left_bias: FloatArray
    left_bias_low: FloatArray
    left_bias_high: FloatArray
    probability_unreliable: FloatArray
    flagged: BoolArray
    n: IntArray
    threshold: float
    confidence_level: float
    readings: tuple[str, ...]


def rater_slopes(
    rows: ComparisonRows,
    *,
    both_bad_as_tie: bool = False,
    prior_sd: float = 0.5,
    bias_prior_sd: float = 1.0,
    threshold: float = 0.5,
    flag_above: float = 0.95,
    confidence_level: float = 0.95,
) -> RaterSlopes:
    """Each rater's slope a and left bias b in logit P(left wins) = b + a (gap between the two systems).

    A logistic regression for each rater on the gaps of the Bradley-Terry board without the rater (one Newton
    step from the full board), a tie being half a win: two-parameter discrimination as in Birnbaum (1968, in Lord &
    Novick, Statistical Theories of Mental Test Scores), turned on raters. Priors a ~ N(1, prior_sd squared),
    b ~ N(0, bias_prior_sd squared); the posterior is taken as normal around its top. `rows.first` must be what
    stood left. Comparisons of systems that only this rater joined are left out. Raises InvalidInput where
    raters are unknown or a setting is out of range, DisconnectedComparisons where no common board exists.
    """
    _check(prior_sd, bias_prior_sd, threshold, flag_above, confidence_level)
    raters = rater_codes(rows)
    table = choices_beside_others(rows, raters, both_bad_as_tie=both_bad_as_tie)
    found = fit_each(table, prior_for_all(len(raters), (1.0, 0.0), (prior_sd, bias_prior_sd)))
    n = table.n
    unreliable = ndtr((threshold - found.estimates[:, 0]) / found.deviations[:, 0])
    slope, bias = (
        Ends.around(found.estimates[:, place], found.deviations[:, place], n, confidence_level) for place in (0, 1)
    )
    return RaterSlopes(
        rater=raters,
        slope=slope.middle,
        slope_low=slope.low,
        slope_high=slope.high,
        left_bias=bias.middle,
        left_bias_low=bias.low,
        left_bias_high=bias.high,
        probability_unreliable=np.where(n > 0, unreliable, np.nan),
        flagged=(n > 0) & (unreliable > flag_above),
        n=n,
        threshold=threshold,
        confidence_level=confidence_level,
        readings=tuple(
            _reading(*each, threshold)
            for each in zip(n.tolist(), slope.rows, bias.rows, unreliable.tolist(), strict=True)
        ),
    )


def _check(prior_sd: float, bias_prior_sd: float, threshold: float, flag_above: float, confidence_level: float) -> None:
    check_confidence_level(confidence_level)
    check_prior_sd("prior_sd", prior_sd)
    check_prior_sd("bias_prior_sd", bias_prior_sd)
    if not np.isfinite(threshold):
        raise InvalidInput(f"threshold is {threshold}; give the slope below which a rater is unreliable, as 0.5.")
    if not 0 < flag_above < 1:
        raise InvalidInput(f"flag_above is {flag_above}; give a probability between 0 and 1, as 0.95.")


def _reading(n: int, slope: Sequence[float], bias: Sequence[float], unreliable: float, threshold: float) -> str:
    if not n:
        return NOTHING_SHARED
    follows, low, high = slope
    reading = (
        f"Over {n} comparisons this rater follows the strengths that the others found with slope {follows:.2f} "
        f"({low:.2f} to {high:.2f}; 1 as the others do, 0 as a coin would); the probability that the slope is below "
        f"{threshold:g} is {_never_certain(unreliable)}. {_leaning(*bias)}"
    )
    return reading if n >= _ENOUGH_TO_FLAG else f"{reading} {_TOO_FEW}"


def _never_certain(probability: float) -> str:
    if probability > 0.99:
        return "above 0.99"
    return f"{probability:.2f}" if probability >= 0.01 else "below 0.01"


def _leaning(bias: float, low: float, high: float) -> str:
    if low <= 0 <= high:
        return "No lean to either side shows."
    side, times = ("left", np.exp(bias)) if bias > 0 else ("right", np.exp(-bias))
    return f"Whatever stands on the {side} has its odds multiplied by {times:.1f}."
