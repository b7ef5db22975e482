"""Array types, and the one place where arrays from outside are checked."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from apps.stats.errors import InvalidInput

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_LARGEST_CODE = np.iinfo(np.int64).max
# Whole numbers up to it are added up exactly in double precision.
_LARGEST_TOTAL = 2**53


def as_integers(name: str, values: npt.ArrayLike) -> IntArray:
    """A one-dimensional array of whole numbers, or `InvalidInput`."""
    return whole_numbers(name, values).astype(np.int64, copy=False)


def whole_numbers(name: str, values: npt.ArrayLike) -> npt.NDArray[np.integer]:
    """The same in whatever width it came, for those who widen a part at a time."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise InvalidInput(f"`{name}` has {array.ndim} dimensions; give a one-dimensional array.")
    if array.size and array.dtype.kind not in "iu":
        raise InvalidInput(f"`{name}` holds {array.dtype}; give whole numbers (integer codes).")
    if array.dtype == np.uint64 and array.size and array.max() > _LARGEST_CODE:
        raise InvalidInput(f"`{name}` holds {array.max()}, beyond 64 bits with a sign; renumber it.")
    return array if array.size else array.astype(np.int64)


def as_counts(name: str, values: npt.ArrayLike | None, length: int) -> IntArray:
    """Non-negative whole numbers, one a row; `None` means one each."""
    if values is None:
        return np.ones(length, dtype=np.int64)
    counts = as_integers(name, values)
    if counts.size and counts.min() < 0:
        raise InvalidInput(f"`{name}` has a negative entry; a count is 0 or more.")
    if counts.sum(dtype=np.float64) > _LARGEST_TOTAL:
        raise InvalidInput(f"`{name}` adds up to more than 2**53, beyond what can be counted exactly.")
    return counts


def as_weights(name: str, values: npt.ArrayLike, length: int) -> FloatArray:
    """Positive, finite numbers, one a row."""
    weights = as_numbers(name, values)
    same_length(**{"rows": np.empty(length), name: weights})
    if weights.size and weights.min() <= 0:
        raise InvalidInput(f"`{name}` holds {weights.min():g}; a weight is above 0 (leave out rows without any).")
    return weights


def as_numbers(name: str, values: npt.ArrayLike) -> FloatArray:
    """A one-dimensional array of finite numbers, or `InvalidInput`."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise InvalidInput(f"`{name}` has {array.ndim} dimensions; give a one-dimensional array.")
    if array.size and array.dtype.kind not in "iufb":
        raise InvalidInput(f"`{name}` holds {array.dtype}; give numbers.")
    numbers = array.astype(np.float64, copy=False)
    if not np.isfinite(numbers).all():
        raise InvalidInput(f"`{name}` holds a missing or infinite number; leave such rows out.")
    return numbers


def same_length(**arrays: npt.NDArray[np.generic]) -> int:
    """The common length of parallel arrays, or `InvalidInput` naming each length."""
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InvalidInput(f"These arrays must be equally long, one entry a row: {told}.")
    return next(iter(lengths.values()))


def in_parts(n_rows: int, *, at_least: int) -> Iterator[slice]:
    """Slices of rows, short enough that a part is read once and worked on in the processor's cache.

    A part is no shorter than `at_least`: the table that each part is added to.
    """
    at_once = max(1 << 17, at_least)
    return (slice(begin, begin + at_once) for begin in range(0, n_rows, at_once))


def totals(codes: IntArray, amounts: FloatArray | IntArray, n_codes: int) -> FloatArray:
    """The sum of the amounts at each code 0..n_codes-1. [n_codes]"""
    # Whole amounts below 2**53 are summed exactly in double precision.
    return np.bincount(codes, weights=amounts, minlength=n_codes).astype(np.float64, copy=False)


def dense_codes(codes: IntArray) -> tuple[IntArray, int]:
    """Codes renumbered 0, 1, ... in ascending order, and how many there are.

    Codes that are small already (the usual case) are renumbered in linear time; others are sorted.
    """
    if not codes.size:
        return codes, 0
    if codes.min() >= 0 and codes.max() < 4 * codes.size + 1024:
        present = np.bincount(codes) > 0
        return (np.cumsum(present) - 1)[codes].astype(np.int64, copy=False), int(present.sum())
    values, inverse = np.unique(codes, return_inverse=True)
    return inverse.astype(np.int64, copy=False), len(values)
