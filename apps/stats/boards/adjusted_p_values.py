"""P values, and what becomes of them when many are looked at together."""

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr

from apps.stats.arrays import FloatArray


def two_sided(statistics: FloatArray, degrees_of_freedom: int) -> FloatArray:
    """How probable a Student's t at least as far from zero is. [n]"""
    return np.asarray(2 * stdtr(degrees_of_freedom, -np.abs(statistics)))


def holm(p_values: FloatArray) -> FloatArray:
    """Holm's adjusted p values (1979, Scandinavian Journal of Statistics 6). [n]

    Calling those below a level real makes even one false call no more often than that level, however the tests
    depend on each other.
    """
    n, order = len(p_values), np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(p_values[order] * (n - np.arange(n)))
    return _in_place(np.minimum(stepped, 1.0), order)


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Benjamini and Hochberg's adjusted p values (1995, Journal of the Royal Statistical Society B 57). [n]

    Of those below a level, that share at most is expected to be false, if tests are independent or rise and
    fall together.
    """
    n, order = len(p_values), np.argsort(p_values, kind="stable")
    scaled = p_values[order] * (n / np.arange(1, n + 1))
    stepped = np.minimum.accumulate(scaled[::-1])[::-1]
    return _in_place(np.minimum(stepped, 1.0), order)


def _in_place(in_order: FloatArray, order: npt.NDArray[np.intp]) -> FloatArray:
    found = np.empty_like(in_order)
    found[order] = in_order
    return found
