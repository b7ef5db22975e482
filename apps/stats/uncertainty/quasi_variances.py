"""Bars that need no reference: one variance a competitor, from which every difference is nearly right.

Firth & de Menezes (2004, Biometrika 91).
"""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.errors import InvalidInput
from apps.stats.models.likelihood import contrast_variances
from apps.stats.uncertainty.covariance import Covariance

_SMALLEST_STEP = 1e-13
_MOST_STEPS = 200
_MOST_HALVINGS = 40
# The curvature of a pair whose quasi-variances are e times too large would vanish; it is kept positive.
_LEAST_CURVATURE = 0.1

_ALONE = "There is one competitor, hence no difference whose error could be shown."
_TWO = (
    "Two competitors have one difference, and only the sum of their quasi-variances is determined: each is given "
    "half of the variance of the difference."
)


@dataclass(frozen=True, eq=False)
class QuasiVariances:
    """One variance for each competitor, such that the variance of a difference is nearly the sum of two.

    `variances` and `standard_errors` [n] are in the unit of the strengths, squared and plain.
    `lowest_relative_error` and `highest_relative_error` say by what share the standard error of a difference,
    so approximated, is too small (negative) or too large at worst; None where there is no difference.
    `held_at_zero` [n] names competitors whose quasi-variance would be negative. `reading` says how to read it.
    """

    variances: FloatArray
    standard_errors: FloatArray
    lowest_relative_error: float | None
    highest_relative_error: float | None
    held_at_zero: BoolArray
    reading: str


def quasi_variances(covariance: Covariance | FloatArray) -> QuasiVariances:
    """Quasi-variances q: the minimum of the sum over pairs of log((q_i + q_j) / v_ij) squared, q_i >= 0.

    `covariance` is a `Covariance` (its floored difference variances are used) or any covariance matrix [n, n]
    of strengths; v_ij is the variance of the difference of i and j, so the constraint or reference behind the
    matrix does not matter. Read a bar of one quasi standard error as one side of a right angle: the standard
    error of a difference is the root of the sum of the two squares. A quasi-variance is not the variance of a
    strength. Where the minimum would lie at a negative q (a hub that all others were compared with, or errors
    shared within a group), q is held at zero and the competitor named. Firth & de Menezes (2004, Biometrika 91).
    Raises InvalidInput where the matrix is not square, or a difference has no variance.
    """
    exact = _difference_variances(covariance)
    n = len(exact)
    if n == 1:
        return QuasiVariances(np.zeros(1), np.zeros(1), None, None, np.zeros(1, dtype=bool), _ALONE)
    _check_positive(exact)
    if n == 2:
        halves = np.full(2, exact[0, 1] / 2)
        return QuasiVariances(halves, np.sqrt(halves), 0.0, 0.0, np.zeros(2, dtype=bool), _TWO)
    scale = float(np.median(exact[~np.eye(n, dtype=bool)]))
    found = _minimum(exact / scale) * scale
    return _result(found, exact)


def _difference_variances(covariance: Covariance | FloatArray) -> FloatArray:
    if isinstance(covariance, Covariance):
        return covariance.difference_variances()
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise InvalidInput(f"`covariance` has shape {matrix.shape}; give a square matrix, one row a competitor.")
    if not np.isfinite(matrix).all() or not np.allclose(matrix, matrix.T):
        raise InvalidInput("`covariance` must be finite and symmetric; give the covariance matrix of the strengths.")
    return contrast_variances(matrix)


def _check_positive(exact: FloatArray) -> None:
    # What rounding leaves of zero in a difference of variances is no variance.
    smallest = 1e-13 * float(np.abs(exact).max())
    without = np.argwhere(np.triu(exact <= smallest, k=1))
    if len(without):
        one, other = without[0]
        raise InvalidInput(
            f"The difference of competitors {one} and {other} has no positive variance ({exact[one, other]:.3g}), so "
            "no bars can stand for it; use a covariance with floors, as robust_covariance gives."
        )


def _minimum(exact: FloatArray) -> FloatArray:
    """Newton's method along the bound at zero; `exact` [n, n] is of order one."""
    here = _PairSums(_start(exact), exact)
    for _ in range(_MOST_STEPS):
        step = here.step()
        there = _descend(here, step)
        if there is None or np.abs(there.values - here.values).max() <= _SMALLEST_STEP:
            return (there or here).values
        here = there
    raise InvalidInput(
        "The quasi-variances did not settle: the variances of the differences contradict each other too much. "
        "Check that the matrix is a covariance."
    )


def _start(exact: FloatArray) -> FloatArray:
    """The least-squares solution of q_i + q_j = v_ij, lifted above zero."""
    n = len(exact)
    sums = (exact - np.diag(np.diag(exact))).sum(axis=1)
    solution = (sums - sums.sum() / (2 * (n - 1))) / (n - 2)
    return np.asarray(np.maximum(solution, sums / (10 * (n - 1))))


class _PairSums:
    """The sums q_i + q_j at one vector of quasi-variances, and how far their logarithms are off."""

    def __init__(self, values: FloatArray, exact: FloatArray) -> None:
        self.values, self.exact = values, exact
        off_diagonal = ~np.eye(len(values), dtype=bool)
        self.sums = np.where(off_diagonal, values[:, None] + values[None, :], 1.0)
        self.usable = bool((self.sums > 0).all())
        ratios = np.divide(self.sums, exact, out=np.ones_like(exact), where=off_diagonal)
        self.errors = np.log(np.where(ratios > 0, ratios, 1.0))
        self.inverse = np.where(off_diagonal, 1 / np.where(self.sums > 0, self.sums, 1.0), 0.0)
        self.objective = float((self.errors**2).sum()) / 4

    def step(self) -> FloatArray:
        """Newton's step among the values that are not held at zero."""
        gradient = (self.errors * self.inverse).sum(axis=1)
        free = (self.values > 0) | (gradient < 0)
        curvature = self.inverse**2 * np.maximum(1 - self.errors, _LEAST_CURVATURE)
        hessian = curvature + np.diag(curvature.sum(axis=1))
        step = np.zeros_like(self.values)
        step[free] = -np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        return step


def _descend(here: _PairSums, step: FloatArray) -> _PairSums | None:
    """The end of the step, cut off at zero, and halved until it does not lead up; None where none does."""
    slack = 1e-14 * max(here.objective, 1e-10)
    for halving in range(_MOST_HALVINGS):
        there = _PairSums(np.maximum(here.values + step / 2**halving, 0.0), here.exact)
        if there.usable and there.objective <= here.objective + slack:
            return there
    return None


def _result(values: FloatArray, exact: FloatArray) -> QuasiVariances:
    pairs = np.triu_indices(len(values), k=1)
    ratios = np.sqrt((values[:, None] + values[None, :])[pairs] / exact[pairs])
    lowest, highest = float(ratios.min()) - 1, float(ratios.max()) - 1
    held = values <= 0
    return QuasiVariances(values, np.sqrt(values), lowest, highest, held, _reading(lowest, highest, held))


def _reading(lowest: float, highest: float, held: BoolArray) -> str:
    text = (
        "The standard error of any difference is the root of the sum of two squared quasi standard errors, off by "
        f"{100 * lowest:+.1f} % to {100 * highest:+.1f} % at worst."
    )
    if held.any():
        named = ", ".join(str(competitor) for competitor in np.flatnonzero(held))
        text += (
            f" Held at zero: {named}. No error belongs to it alone; that does not make its strength certain, for "
            "every difference still carries the other's error."
        )
    return text
