"""Numbers with their ends, as they are frozen."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from apps.stats.agreement import PercentAgreement
from apps.stats.raters import PlainShare

CONFIDENCE_LEVEL = 0.95


class WithEnds(Protocol):
    """A result of apps.stats that has a value and its ends."""

    @property
    def value(self) -> float | None: ...

    @property
    def low(self) -> float | None: ...

    @property
    def high(self) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % ends; None for what is not known."""

    value: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(cls, found: WithEnds) -> "Estimate":
        """Of one coefficient."""
        return cls(found.value, found.low, found.high)

    @classmethod
    def of_percent(cls, found: PercentAgreement) -> "Estimate":
        """A percentage as a share of 0..1."""
        if found.percent is None or found.low is None or found.high is None:
            return NOT_KNOWN
        return cls(found.percent / 100, found.low / 100, found.high / 100)

    @classmethod
    def at(cls, place: int, *columns: NDArray[np.float64]) -> "Estimate":
        """The value and the ends of one rater, from columns over raters."""
        value, low, high = (known(column[place]) for column in columns)
        return cls(value, low, high)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of 0..1 with its 95 % ends, all None of nothing, and its counts."""

    share: float | None
    low: float | None
    high: float | None
    n_yes: int
    n: int

    @classmethod
    def of(cls, yes: NDArray[np.bool_]) -> "Share":
        """How many of these are true, with Wilson's ends."""
        return cls.like(PlainShare.of(yes, CONFIDENCE_LEVEL))

    @classmethod
    def like(cls, found: PlainShare) -> "Share":
        """A share of apps.stats, ready to be frozen."""
        return cls(found.share, found.low, found.high, found.n_yes, found.n)


NOT_KNOWN = Estimate(None, None, None)
NOTHING = Share(None, None, None, 0, 0)


def known(value: float) -> float | None:
    """None for what the statistics leave open."""
    return None if np.isnan(value) else float(value)
