"""The parameters of a simulated study, checked and given to each row."""

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput

# Beyond it the outcome is certain, and exponentials would overflow.
LARGEST_GAP = 1000.0
# Squares and products of numbers up to it are finite in double precision.
LARGEST_NUMBER = 1e100


def checked_strengths(strengths: npt.ArrayLike) -> FloatArray:
    """Two or more finite numbers, their mean taken out. [n_competitors]"""
    truth = np.asarray(strengths, dtype=np.float64)
    if truth.ndim != 1 or len(truth) < 2 or not (np.abs(truth) <= LARGEST_NUMBER).all():
        raise InvalidInput(
            "`strengths` must be a list of two or more finite numbers (1e100 at most), one a competitor."
        )
    centred: FloatArray = truth - truth.mean()
    return centred


def check_spreads(**spreads: float) -> None:
    """Refuse standard deviations below 0."""
    for name, spread in spreads.items():
        if not 0 <= spread <= LARGEST_NUMBER:
            raise InvalidInput(f"`{name}` is {spread:g}; give a standard deviation, 0 or more (1e100 at most).")


def per_rater(name: str, value: npt.ArrayLike, n_raters: int) -> FloatArray:
    """One number for all, or one each. [n_raters]"""
    given = np.asarray(value, dtype=np.float64)
    if given.shape not in ((), (n_raters,)):
        raise InvalidInput(f"`{name}` has shape {given.shape}; give one number or {n_raters}, one a rater.")
    if not (np.abs(given) <= LARGEST_NUMBER).all():
        raise InvalidInput(f"`{name}` holds a missing or infinite number; give finite ones (1e100 at most).")
    return np.full(n_raters, given)


def random_pairs(n: int, n_judgments: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Ordered pairs of different competitors, all equally likely: sides are thereby random too."""
    first = rng.integers(0, n, n_judgments)
    return first, (first + rng.integers(1, n, n_judgments)) % n


def both_bad_of_rows(
    probability: npt.ArrayLike, shape: tuple[int, int], item: IntArray, first: IntArray, second: IntArray
) -> FloatArray:
    """The probability for each row."""
    given = np.asarray(probability, dtype=np.float64)
    n_items, n = shape
    if given.shape == (n_items, n, n):
        return np.asarray(given[item, first, second])
    if given.shape == (n_items,):
        return np.asarray(given[item])
    if given.shape == ():
        return np.broadcast_to(given, item.shape)
    raise InvalidInput(
        f"`both_bad_probability` has shape {given.shape}; give one number, [n_items], or "
        "[n_items, n_competitors, n_competitors]."
    )


def gaps_of_rows(
    strengths: FloatArray,
    tastes: FloatArray,
    leanings: FloatArray,
    *,
    rater: IntArray,
    item: IntArray,
    first: IntArray,
    second: IntArray,
) -> FloatArray:
    """How much more the first appeals to this rater on this item than the second. [n_judgments]"""

    def appeal(competitor: IntArray) -> FloatArray:
        return np.asarray(strengths[competitor] + tastes[rater, competitor] + leanings[item, competitor])

    return appeal(first) - appeal(second)
