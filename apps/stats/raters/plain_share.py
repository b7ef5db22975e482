"""A share of one rater's judgments, and the columns of yes and no that it is counted from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, as_numbers
from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson


@dataclass(frozen=True)
class PlainShare:
    """`n_yes` of `n` as a share of 0..1 with Wilson's interval; the three numbers are None where n is 0."""

    share: float | None
    low: float | None
    high: float | None
    n_yes: int
    n: int

    @classmethod
    def of(cls, yes: BoolArray, confidence_level: float) -> "PlainShare":
        """How many of these, taken as independent, are true."""
        n_yes, n = int(yes.sum()), len(yes)
        if not n:
            return cls(None, None, None, 0, 0)
        ends = wilson(n_yes, n, confidence_level)
        return cls(n_yes / n, ends.low, ends.high, n_yes, n)

    def __str__(self) -> str:
        """As in a sentence: "80 % (55 to 93 %)"."""
        if self.share is None or self.low is None or self.high is None:
            return "unknown"
        return f"{100 * self.share:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f} %)"


def as_indicators(name: str, values: npt.ArrayLike) -> BoolArray:
    """A one-dimensional array of yes (True, 1) and no (False, 0), or `InvalidInput`."""
    numbers = as_numbers(name, values)
    if not np.isin(numbers, (0.0, 1.0)).all():
        raise InvalidInput(f"`{name}` holds something other than 0 and 1; give 1 (or True) for yes, 0 for no.")
    return np.asarray(numbers == 1)
