"""Which ranks each competitor may hold, given how uncertain the differences are.

Mogstad, Romano, Shaikh & Wilhelm (2024, Review of Economic Studies 91): a rank is bounded by how many
differences are significant once all comparisons that involve the competitor are allowed for together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.uncertainty.covariance import Covariance
from apps.stats.uncertainty.drawing import (
    check_strengths,
    check_tail,
    covering,
    draw_errors,
    draws_for,
    inverse_spreads,
)

# So many draws at a time, for all competitors, stay in the processor's cache.
_DRAWS_AT_ONCE = 512
_SinglePrecision = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class RankSets:
    """For each competitor the best and the worst rank that the data leave open; 1 is best. [n], [n]"""

    low: IntArray
    high: IntArray


def marginal_rank_sets(
    strengths: npt.ArrayLike,
    covariance: Covariance,
    *,
    rng: np.random.Generator,
    confidence_level: float = 0.95,
    n_draws: int | None = None,
) -> RankSets:
    """Marginal rank sets: each competitor's holds its true rank with the confidence level, taken alone.

    For competitor i the critical value is the quantile of max_j |t_ij| over the differences that involve i,
    simulated from the covariance with its degrees of freedom; j counts as better where theta_j - theta_i
    exceeds that many standard errors (floored). `strengths` [n] in log-odds belong to the covariance. Where all sets
    have to hold at once, use `simultaneous_rank_sets`. `n_draws` None: 10,000, fewer (down to 2,000) for more than 40
    competitors. Equal bits for an equal `rng`. Raises InvalidInput or
    EmptyInput where shapes do not match or there is nothing to draw. Mogstad, Romano, Shaikh & Wilhelm (2024,
    Review of Economic Studies 91).
    """
    n_draws = draws_for(len(covariance.matrix), n_draws)
    lead = leads(check_strengths(strengths, covariance, n_draws))
    check_tail(confidence_level, n_draws)
    critical = _critical_values(covariance, rng, confidence_level, n_draws)
    needed = critical[:, None] * np.sqrt(covariance.difference_variances())
    return RankSets(1 + (-lead > needed).sum(axis=1), len(lead) - (lead > needed).sum(axis=1))


def leads(strengths: FloatArray) -> FloatArray:
    """By how much each competitor (down) is ahead of each (across); equals but for rounding are equals. [n, n]"""
    lead = strengths[:, None] - strengths[None, :]
    lead[np.abs(lead) <= 1e-12] = 0.0
    return lead


def _critical_values(
    covariance: Covariance, rng: np.random.Generator, confidence_level: float, n_draws: int
) -> FloatArray:
    """For each competitor the quantile of its largest standardised difference. [n]"""
    matrix = covering(covariance)
    draws = draw_errors(matrix, covariance.degrees_of_freedom, rng, n_draws).astype(np.float32)
    scales = inverse_spreads(matrix).astype(np.float32)
    largest = np.empty_like(draws)
    for begin in range(0, n_draws, _DRAWS_AT_ONCE):
        part = slice(begin, begin + _DRAWS_AT_ONCE)
        largest[part] = _largest_differences(np.ascontiguousarray(draws[part].T), scales).T
    return np.asarray(np.quantile(largest, confidence_level, axis=0, method="weibull"), dtype=np.float64)


def _largest_differences(draws: _SinglePrecision, scales: _SinglePrecision) -> _SinglePrecision:
    """For each competitor (down) and draw (across) the largest |draws_i - draws_j| * scales_ij. [n, n_draws]

    Each pair is worked out once, and in the processor's cache: competitors down, so that rows are contiguous.
    """
    n = len(draws)
    largest = np.zeros_like(draws)
    room = np.empty_like(draws)
    for competitor in range(n - 1):
        later = slice(competitor + 1, n)
        differences = np.subtract(draws[later], draws[competitor], out=room[later])
        differences *= scales[competitor, later, None]
        np.abs(differences, out=differences)
        np.maximum(largest[later], differences, out=largest[later])
        np.maximum(largest[competitor], differences.max(axis=0), out=largest[competitor])
    return largest
