"""Draws of how far the strengths may be off: multivariate t, from a covariance and its floors."""

import math

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, as_numbers
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.models.likelihood import contrast_variances
from apps.stats.uncertainty.covariance import Covariance

_MOST_DRAWS, _FEWEST_DRAWS, _ENOUGH_NUMBERS = 10_000, 2_000, 400_000


def draws_for(n_competitors: int, n_draws: int | None) -> int:
    """As many draws as were asked for; else 10,000, and fewer for more than 40 competitors, down to 2,000.

    A draw costs the square of the competitors. What fewer draws lose is not validity, only agreement between one
    seed and another: the level is met within .2 points with 10,000 draws, within .5 with 2,000.
    """
    if n_draws is not None:
        return n_draws
    return min(_MOST_DRAWS, max(_FEWEST_DRAWS, _ENOUGH_NUMBERS // max(n_competitors, 1)))


def check_strengths(strengths: npt.ArrayLike, covariance: Covariance, n_draws: int) -> FloatArray:
    """The strengths; refused are shapes that do not belong together, and a simulation without a draw. [n]"""
    checked = as_numbers("strengths", strengths)
    if not checked.size:
        raise EmptyInput("There is no strength; give one number a competitor.")
    if covariance.matrix.shape != (len(checked), len(checked)):
        raise InvalidInput(
            f"{len(checked)} strengths and a covariance of shape {covariance.matrix.shape} do not belong together; "
            "give the covariance of these strengths."
        )
    if n_draws < 1:
        raise InvalidInput(f"n_draws is {n_draws}; give the number of simulated draws, as 10_000.")
    return checked


def check_tail(confidence_level: float, n_draws: int) -> None:
    """Refuse a confidence level whose quantile lies beyond the largest draw."""
    check_confidence_level(confidence_level)
    if n_draws * (1 - confidence_level) < 1:
        raise InvalidInput(
            f"{n_draws} draws cannot tell what a confidence level of {confidence_level:g} asks for; give n_draws of at "
            f"least {math.ceil(1 / (1 - confidence_level))}, or a lower level."
        )


def square_root(matrix: FloatArray) -> FloatArray:
    """The symmetric square root of a covariance, negative eigenvalues taken as zero. [n, n]

    A two-way covariance may have some (Cameron, Gelbach & Miller 2011). The symmetric root does not depend on
    the order or the signs of the eigenvectors, so that equal generators give equal draws on any processor.
    """
    values, vectors = np.linalg.eigh(matrix)
    root: FloatArray = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T
    return root


def covering(covariance: Covariance) -> FloatArray:
    """A matrix in which no difference of strengths varies less than in the covariance or its floors. [n, n]

    Where a floor exceeds what was gathered so far, the excess (the positive part of their difference) is added.
    """
    root = square_root(covariance.matrix)
    gathered: FloatArray = root @ root
    for floor in covariance.floors:
        if not np.array_equal(floor, covariance.matrix):
            excess = square_root(floor - gathered)
            gathered = gathered + excess @ excess
    return gathered


def draw_errors(matrix: FloatArray, degrees_of_freedom: int, rng: np.random.Generator, n_draws: int) -> FloatArray:
    """Errors around zero, multivariate t with this scale matrix. [n_draws, n]"""
    normal = rng.standard_normal((n_draws, len(matrix))) @ square_root(matrix)
    few_clusters = np.sqrt(degrees_of_freedom / rng.chisquare(degrees_of_freedom, n_draws))
    errors: FloatArray = normal * few_clusters[:, None]
    return errors


def inverse_spreads(matrix: FloatArray) -> FloatArray:
    """One over the standard deviation of each difference of errors; zero where rounding is all it has. [n, n]"""
    spread = np.sqrt(np.clip(contrast_variances(matrix), 0.0, None))
    known = spread > 1e-7 * float(spread.max())
    return np.divide(1.0, spread, out=np.zeros_like(spread), where=known)
