"""The Bradley-Terry likelihood on half-wins: value, gradient, information, and the steps towards its top.

Throughout, `half_wins` S has shape [n, n]; N = S + S'; p_ij = 1 / (1 + exp(theta_j - theta_i)); strengths
theta have mean zero. The information matrix is the Laplacian of w_ij = N_ij p_ij (1 - p_ij); its null space
is the vector of ones, taken out exactly by adding c 11'/n, never by a ridge (which would shrink the
intervals of competitors with few comparisons).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from apps.stats.arrays import FloatArray
from apps.stats.errors import StatisticsError

_LARGEST_STEP = 3.0
_SMALLEST_STEP = 1e-12
_NEAR_ENOUGH = 1e-9
_MOST_STEPS = 200
_SINGULAR = (
    "The comparisons say too little of some difference for double precision. Look for weights of very different, or "
    "very small, size, and for a pair with millions of wins on one side and almost none on the other."
)


@dataclass(frozen=True, eq=False)
class LikelihoodAt:
    """Everything about the likelihood at one vector of strengths."""

    half_wins: FloatArray
    strengths: FloatArray

    @cached_property
    def gaps(self) -> FloatArray:
        """theta_i - theta_j. [n, n]"""
        return self.strengths[:, None] - self.strengths[None, :]

    @cached_property
    def probabilities(self) -> FloatArray:
        """p_ij: the expected share of i against j. [n, n], one half on the diagonal"""
        return expit(self.gaps)

    @cached_property
    def weights(self) -> FloatArray:
        """w_ij = N_ij p_ij (1 - p_ij). [n, n]"""
        met = self.half_wins + self.half_wins.T
        return met * self.probabilities * self.probabilities.T

    @cached_property
    def gradient(self) -> FloatArray:
        """sum_j (S_ij - N_ij p_ij). [n], sums to zero"""
        # S_ij - N_ij p_ij = S_ij p_ji - S_ji p_ij, which cancels nothing where p is near one.
        surplus = self.half_wins * self.probabilities.T
        return np.asarray((surplus - surplus.T).sum(axis=1))

    @cached_property
    def value(self) -> float:
        """The log likelihood."""
        return -float((self.half_wins * np.logaddexp(0.0, -self.gaps)).sum())

    @cached_property
    def information(self) -> FloatArray:
        """The Laplacian of the weights. [n, n]"""
        return laplacian(self.weights)

    @cached_property
    def inverse_information(self) -> FloatArray:
        """The Moore-Penrose inverse of the information. [n, n], rows sum to zero"""
        n = len(self.strengths)
        if n == 1:
            # Its mean being zero, the strength of one alone is known.
            return np.zeros((1, 1))
        scale = float(np.trace(self.information)) / n
        return inverse(self.information + scale / n) - 1 / (scale * n)

    @cached_property
    def leverages(self) -> FloatArray:
        """h_ij = w_ij (V_ii + V_jj - 2 V_ij): over unordered pairs they sum to n - 1. [n, n]"""
        return self.weights * contrast_variances(self.inverse_information)


def laplacian(weights: FloatArray) -> FloatArray:
    """The Laplacian of symmetric weights: the sum over pairs of w_ij (e_i - e_j)(e_i - e_j)'. [n, n]"""
    return np.diag(weights.sum(axis=1)) - weights


def contrast_variances(covariance: FloatArray) -> FloatArray:
    """The variances of all differences: V_ii + V_jj - 2 V_ij. [n, n]"""
    diagonal = np.diag(covariance)
    return diagonal[:, None] + diagonal[None, :] - 2 * covariance


def newton_ascent(half_wins: FloatArray, start: FloatArray) -> LikelihoodAt:
    """The exact top of the likelihood, from a start anywhere; the half-wins must be strongly connected."""
    here = LikelihoodAt(half_wins, start - start.mean())
    last = np.inf
    for _ in range(_MOST_STEPS):
        scale = float(np.trace(here.information)) / len(start)
        step = capped(solution(here.information + scale / len(start), here.gradient))
        length = float(np.abs(step).max())
        there = climb(here, step)
        if length <= _SMALLEST_STEP or (length <= _NEAR_ENOUGH and (there is None or length > last / 2)):
            # Near the top steps square themselves; one that hardly shrinks any more is rounding.
            return there or here
        if there is None:
            break
        here, last = there, length
    raise StatisticsError(
        "The Bradley-Terry fit did not settle: the comparisons are too lopsided for double precision. Look "
        "for a pair with millions of wins on one side and almost none on the other."
    )


def solution(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """x of matrix x = right, or a sentence about why there is none."""
    try:
        return np.asarray(np.linalg.solve(matrix, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise StatisticsError(_SINGULAR) from None


def inverse(matrix: FloatArray) -> FloatArray:
    """The same for the inverse."""
    return solution(matrix, np.eye(len(matrix)))


def capped(step: FloatArray) -> FloatArray:
    """The step, shortened so that no strength moves by more than 3: far from the top Newton overshoots."""
    return step * min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))


def climb(here: LikelihoodAt, step: FloatArray) -> LikelihoodAt | None:
    """The end of the step, halved until it does not lead down; None where no part of it leads up."""
    slack = 1e-13 * abs(here.value)
    for halving in range(30):
        moved = here.strengths + step / 2**halving
        there = LikelihoodAt(here.half_wins, moved - moved.mean())
        if there.value >= here.value - slack:
            return there
    return None
