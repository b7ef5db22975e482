"""Which ranks each competitor may hold, given how uncertain the differences are.

Mogstad, Romano, Shaikh & Wilhelm (2024, Review of Economic Studies 91): a rank is bounded by how many
differences are significant once all comparisons that involve the competitor are allowed for together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.intervals import check_confidence_level
from apps.stats.models.likelihood import contrast_variances
from apps.stats.uncertainty.covariance import Covariance

DEFAULT_DRAWS = 10_000
_DRAWS_AT_ONCE = 512
_SinglePrecision = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class RankSets:
    """For each competitor the best and the worst rank that the data leave open; 1 is best. [n], [n]"""

    low: IntArray
    high: IntArray


def marginal_rank_sets(
    strengths: FloatArray,
    covariance: Covariance,
    *,
    rng: np.random.Generator,
    confidence_level: float = 0.95,
    n_draws: int = DEFAULT_DRAWS,
) -> RankSets:
    """Marginal rank sets: each competitor's holds its true rank with the confidence level, taken alone.

    For competitor i the critical value is the quantile of max_j |t_ij| over the differences that involve i,
    simulated from the covariance with its degrees of freedom; j counts as better where theta_j - theta_i
    exceeds that many standard errors. Equal bits for an equal `rng`.
    """
    check_confidence_level(confidence_level)
    n = len(strengths)
    if n == 1:
        return RankSets(np.ones(1, dtype=np.int64), np.ones(1, dtype=np.int64))
    critical = _critical_values(covariance, rng, confidence_level, n_draws)
    needed = critical[:, None] * np.sqrt(covariance.difference_variances())
    lead = strengths[:, None] - strengths[None, :]
    better = (-lead > needed).sum(axis=1)
    worse = (lead > needed).sum(axis=1)
    return RankSets(1 + better, n - worse)


def _critical_values(
    covariance: Covariance, rng: np.random.Generator, confidence_level: float, n_draws: int
) -> FloatArray:
    """For each competitor the quantile of its largest standardised difference. [n]"""
    root, scales = _root(covariance.matrix)
    draws = (rng.standard_normal((n_draws, len(root))) @ root.T).astype(np.float32)
    few_clusters = np.sqrt(covariance.degrees_of_freedom / rng.chisquare(covariance.degrees_of_freedom, n_draws))
    largest = np.empty((n_draws, len(root)), dtype=np.float32)
    for begin in range(0, n_draws, _DRAWS_AT_ONCE):
        part = slice(begin, begin + _DRAWS_AT_ONCE)
        largest[part] = _largest_differences(np.ascontiguousarray(draws[part].T), scales).T
    return np.asarray(np.quantile(largest * few_clusters[:, None], confidence_level, axis=0), dtype=np.float64)


def _largest_differences(draws: _SinglePrecision, scales: _SinglePrecision) -> _SinglePrecision:
    """Per competitor and draw the largest |draws_i - draws_j| * scales_ij. [n, n_draws]

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


def _root(matrix: FloatArray) -> tuple[FloatArray, _SinglePrecision]:
    """A square root of the covariance for drawing, and one over the standard deviations of its differences.

    A two-way covariance may have negative eigenvalues: they are set to zero (Cameron, Gelbach & Miller).
    Cholesky, not the eigenvectors, gives the root: it moves with the covariance smoothly, so that the last
    bits of another processor do not turn into other draws. The constant direction is filled, for it cancels.
    """
    n = len(matrix)
    values, vectors = np.linalg.eigh(matrix)
    positive = (vectors * np.clip(values, 0.0, None)) @ vectors.T
    scale = max(float(np.trace(positive)) / n, 1e-300)
    root = np.linalg.cholesky(positive / scale + np.ones((n, n)) / n + 1e-9 * np.eye(n))
    spread = np.sqrt(np.clip(contrast_variances(root @ root.T), 0.0, None))
    inverse = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    return root, inverse.astype(np.float32)
