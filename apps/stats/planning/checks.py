"""What every plan asks of its numbers, and how it rounds."""

import math

import numpy as np

from apps.stats.errors import InvalidInput

# A judgment more or less is never decided by the last bits of a quotient.
_ROUNDING = 1e-9
# No plan needs a number outside these, and squares and products of those inside stay finite.
_SMALLEST, _LARGEST = 1e-30, 1e30


def whole(number: float) -> int:
    """The smallest whole number of 1 or more that is not below it, apart from rounding."""
    if not math.isfinite(number):
        raise InvalidInput("So many would be needed that they cannot be counted; ask for something less exact.")
    return max(1, math.ceil(number * (1 - _ROUNDING)))


def still_needed(n: int, n_already: int) -> int:
    """How many more, when there are some already."""
    return max(0, n - as_count("n_already", n_already, at_least=0))


def check_positive(name: str, value: float) -> None:
    """Refuse a number that is not above 0, or so small or large that it stands for none."""
    if not _SMALLEST <= value <= _LARGEST:
        raise InvalidInput(f"`{name}` is {value:g}; give a number above 0 ({_SMALLEST:g} to {_LARGEST:g}).")


def check_not_negative(name: str, value: float) -> None:
    """Refuse a number below 0, or one so large that it stands for an endless one."""
    if not 0 <= value <= _LARGEST:
        raise InvalidInput(f"`{name}` is {value:g}; give 0 or more (at most {_LARGEST:g}).")


def as_count(name: str, value: int, *, at_least: int) -> int:
    """A whole number, of any width when it came out of an array; refused is what is none, or too small."""
    if not isinstance(value, int | np.integer) or value < at_least:
        raise InvalidInput(f"`{name}` is {value}; give a whole number, {at_least} or more.")
    return int(value)


def check_between(name: str, value: float, low: float, high: float) -> None:
    """Refuse what is not strictly between two ends: 80 where .8 is meant."""
    if not low < value < high:
        raise InvalidInput(f"`{name}` is {value:g}; give a number between {low:g} and {high:g}, ends left out.")


def check_tie_share(tie_share: float) -> None:
    """A share of 0 or more and below 1: somebody has to win now and then."""
    if not 0 <= tie_share < 1:
        raise InvalidInput(f"`tie_share` is {tie_share:g}; give a share from 0 to below 1, as 0.3.")
