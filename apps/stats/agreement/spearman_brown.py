"""What averaging several raters is worth, and how many it takes (Spearman 1910, Brown 1910)."""

import math
from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level

# A reliability below it is rounding: no better than chance.
_CHANCE = 1e-12
_NO_BETTER_THAN_CHANCE = (
    "One rater's reliability is {single:.3f}: raters agree no better than chance would, and the mean of more of "
    "them is no more reliable. Mend the instructions first."
)


@dataclass(frozen=True)
class MeanReliability:
    """The reliability of the mean of `n_raters` raters, between 0 and 1.

    `low` and `high` follow from the ends given for one rater, at their confidence level; None without them.
    `value` is None where one rater's reliability is not above 0, and `reading` says why.
    """

    value: float | None
    low: float | None
    high: float | None
    n_raters: float
    confidence_level: float
    reading: str


@dataclass(frozen=True)
class RatersNeeded:
    """How many raters for each unit make their mean as reliable as `target`.

    `exact` is the number before rounding up. `low` and `high` are the fewest and the most that the ends given
    for one rater allow; `high` is None where the lower end is not above 0 (no number is enough), both are
    None without ends. `n_raters` is None where one rater's reliability is not above 0.
    """

    n_raters: int | None
    low: int | None
    high: int | None
    exact: float | None
    target: float
    confidence_level: float
    reading: str


def reliability_of_mean(
    single: float,
    n_raters: float,
    *,
    low: float | None = None,
    high: float | None = None,
    confidence_level: float = 0.95,
) -> MeanReliability:
    """The Spearman-Brown formula, k r / (1 + (k - 1) r) (Brown 1910, British Journal of Psychology 3).

    `single` is the reliability r of one rater, at most 1: alpha at the interval level, or an intraclass
    correlation. `n_raters` is k, above 0; 1/k leads back from the mean of k raters to one. `low` and `high`
    are the ends of its interval at `confidence_level`. Read it as the correlation of this mean with the mean
    of as many other raters. Raises InvalidInput for numbers out of range.
    """
    _check("single", single)
    if not (n_raters > 0 and math.isfinite(n_raters)):
        raise InvalidInput(f"n_raters is {n_raters}; give a number above 0.")
    _check_ends(single, low, high, confidence_level)
    lowest, highest = (None if end is None else _lifted(max(end, 0.0), n_raters) for end in (low, high))
    if single <= _CHANCE:
        reading = _NO_BETTER_THAN_CHANCE.format(single=single)
        return MeanReliability(None, lowest, highest, n_raters, confidence_level, reading)
    value = _lifted(single, n_raters)
    reading = (
        f"The mean of {n_raters:g} raters has a reliability of {value:.3f}, where one rater has {single:.3f}: two "
        f"such means would correlate {value:.3f}.{_between(lowest, highest)}"
    )
    return MeanReliability(value, lowest, highest, n_raters, confidence_level, reading)


def raters_needed(
    single: float,
    target: float,
    *,
    low: float | None = None,
    high: float | None = None,
    confidence_level: float = 0.95,
) -> RatersNeeded:
    """Spearman-Brown solved for the number of raters, t (1 - r) / (r (1 - t)), rounded up.

    `single` is the reliability r of one rater, at most 1, `target` the reliability t wanted of the mean,
    between 0 and 1; `low` and `high` are the ends of the interval of `single` at `confidence_level`. Raises
    InvalidInput for numbers out of range.
    """
    _check("single", single)
    if not 0 < target < 1:
        raise InvalidInput(f"target is {target}; give a reliability between 0 and 1, as 0.8.")
    _check_ends(single, low, high, confidence_level)
    fewest = None if high is None or high <= _CHANCE else _rounded_up(_exact(high, target))
    most = None if low is None or low <= _CHANCE else _rounded_up(_exact(low, target))
    if single <= _CHANCE:
        reading = _NO_BETTER_THAN_CHANCE.format(single=single)
        return RatersNeeded(None, fewest, most, None, target, confidence_level, reading)
    exact = _exact(single, target)
    n_raters = _rounded_up(exact)
    reading = (
        f"The mean of {n_raters} raters for each unit reaches a reliability of {target:g}, where one rater has "
        f"{single:.3f}.{_range(fewest, most, has_ends=low is not None)}"
    )
    return RatersNeeded(n_raters, fewest, most, exact, target, confidence_level, reading)


def _lifted(single: float, n_raters: float) -> float:
    # Not as 1 + (k - 1) r below: where r is 1 that loses a small k.
    return n_raters * single / (1 - single + n_raters * single)


def _exact(single: float, target: float) -> float:
    return target / (1 - target) * ((1 - single) / single)


def _rounded_up(exact: float) -> int:
    # A whole number that rounding lifted by a hair stays itself.
    return max(1, math.ceil(exact - 1e-9 * max(exact, 1.0)))


def _between(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" Its interval reaches from {low:.3f} to {high:.3f}."


def _range(fewest: int | None, most: int | None, *, has_ends: bool) -> str:
    if not has_ends:
        return ""
    if most is None:
        return f" The interval of one rater's reliability allows {fewest} or more, without end: collect more overlap."
    return f" The interval of one rater's reliability allows {fewest} to {most}."


def _check(name: str, reliability: float) -> None:
    if not -1 <= reliability <= 1:
        raise InvalidInput(f"`{name}` is {reliability}; a reliability is at most 1 (and useful above 0).")


def _check_ends(single: float, low: float | None, high: float | None, confidence_level: float) -> None:
    check_confidence_level(confidence_level)
    if (low is None) != (high is None):
        raise InvalidInput("Give both `low` and `high`, the ends of the interval of `single`, or neither.")
    if low is not None and high is not None:
        _check("high", high)
        if not low <= single <= high:
            raise InvalidInput(f"`single` is {single} and lies outside its ends {low} to {high}.")
