"""Intervals that may be looked at as often as one likes: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024, Annals of Statistics 52), after Robbins (1970, Annals of
Mathematical Statistics 41).
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import lambertw

from apps.stats.arrays import BoolArray, FloatArray, as_numbers, same_length
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile


@dataclass(frozen=True, eq=False)
class ConfidenceSequence:
    """One interval a look; with the confidence level all of them hold the truth, however many looks there are.

    All arrays [n_looks], in the order given: `estimate`, its `low` and `high`, and `n`, the judgments so far.
    `price` [n_looks] says how many times wider than an ordinary interval, good for a single look, each one is;
    it is smallest near `most_useful_n`. `reading` speaks of the last look.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    n: FloatArray
    price: FloatArray
    most_useful_n: float
    confidence_level: float
    reading: str

    def excludes(self, value: float) -> BoolArray:
        """Whether each interval rules the value out; one that does is reason enough to stop. [n_looks]"""
        return (self.low > value) | (self.high < value)


def confidence_sequence(
    estimate: npt.ArrayLike,
    standard_error: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    most_useful_n: float,
    confidence_level: float = 0.95,
) -> ConfidenceSequence:
    """Two-sided intervals that hold jointly over all looks, so that one may stop when they satisfy.

    `estimate`, `standard_error` and `n` are numbers, for one look, or arrays [n_looks]: an estimate (a gap of two
    strengths, say), its standard error and the judgments it rests on, at the same look. The half width is
    se sqrt(2 (x + 1)/x log(sqrt(x + 1)/a)), x = n rho^2 and a = 1 - confidence_level: the bound of Robbins' normal
    mixture, which is two-sided as it stands (a is not halved). rho is chosen such that the interval is narrowest,
    for its standard error, when n = most_useful_n; choose that number before looking. Each interval stands as it is,
    not cut down to what earlier ones left: their intersection would hold as well, but hides an estimate that drifts
    and may come out empty. Asymptotic: do not look before a normal interval would be trusted, about 100 judgments or
    30 clusters. Waudby-Smith et al. (2024, Annals of Statistics 52). Raises InvalidInput where a standard error or n
    is not positive, EmptyInput without a look.
    """
    check_confidence_level(confidence_level)
    looks = [np.atleast_1d(np.asarray(values)) for values in (estimate, standard_error, n)]
    centre, error, so_far = (
        as_numbers(name, look) for name, look in zip(("estimate", "standard_error", "n"), looks, strict=True)
    )
    same_length(estimate=centre, standard_error=error, n=so_far)
    _check(error, so_far, most_useful_n)
    factor = _half_width_factor(so_far / most_useful_n * _best_product(confidence_level), confidence_level)
    price = factor / two_sided_quantile(confidence_level)
    low, high = centre - factor * error, centre + factor * error
    reading = _reading(float(low[-1]), float(high[-1]), float(price[-1]), confidence_level)
    return ConfidenceSequence(centre, low, high, so_far, price, float(most_useful_n), confidence_level, reading)


def _check(error: FloatArray, so_far: FloatArray, most_useful_n: float) -> None:
    if not error.size:
        raise EmptyInput("There is no look; give at least one estimate with its standard error and n.")
    if error.min() <= 0:
        raise InvalidInput(
            f"`standard_error` holds {error.min():g}; an estimate without error cannot be watched. Give positive "
            "numbers, and begin once the judgments differ."
        )
    if so_far.min() <= 0 or not most_useful_n > 0 or math.isinf(most_useful_n):
        raise InvalidInput("`n` and `most_useful_n` count judgments; give positive, finite numbers.")


def _best_product(confidence_level: float) -> float:
    """n rho^2 where the half width per standard error is smallest.

    The derivative of (x + 1)/x log((x + 1)/a^2) vanishes where u - log u = 1 - log a^2 with u = x + 1: the lower
    branch of Lambert's function solves that.
    """
    a = 1 - confidence_level
    return -float(lambertw(-(a**2) / math.e, k=-1).real) - 1


def _half_width_factor(x: FloatArray, confidence_level: float) -> FloatArray:
    """The half width in standard errors. [n_looks]"""
    return np.asarray(np.sqrt((x + 1) / x * (np.log1p(x) - 2 * math.log(1 - confidence_level))))


def _reading(low: float, high: float, price: float, confidence_level: float) -> str:
    return (
        f"At the last look the interval is {low:.3g} to {high:.3g}. With {100 * confidence_level:g} % confidence all "
        f"intervals of this sequence hold the truth, whenever you stop; the price is that this one is {price:.2f} "
        "times as wide as an interval for a single look."
    )
