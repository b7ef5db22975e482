"""When a study will be done, from what was done on its last days.

The daily rate is taken to be Gamma with what the last whole days showed (Jeffreys' prior, 1/2), and the work of a day
to be Poisson at that rate. The time that `n_left` more take is then beta prime: its quantiles are the range. Days
differ more than Poisson numbers do (weekends, a rater who is away), which would make the range far too narrow: counts
and what is left are both divided by the dispersion of the days, Pearson's chi-squared over its degrees of freedom, at
least 1 (quasi-Poisson; Wedderburn 1974, Biometrika 61).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scipy.stats import betaprime

CONFIDENCE_LEVEL = 0.95
MOST_DAYS = 7  # a whole week, so that each weekday counts once
OPEN_AFTER_DAYS = 730  # a later end is no forecast: the range stays open


@dataclass(frozen=True, slots=True)
class Finish:
    """The day on which the work is done at the rate of the last `n_days` days, and the range it may fall into.

    `expected` and `high` are None where they lie beyond two years: nothing can be said. `low` is then two years away at
    most, and no earlier day is likely.
    """

    low: date
    expected: date | None
    high: date | None
    per_day: float
    n_days: int
    dispersion: float


def finish_of(n_left: int, daily: Sequence[int], today: date) -> Finish | None:
    """`daily` are the last whole days, today not among them, the oldest first; only the last seven are looked at.

    None where nothing is left, where there is no whole day yet, or where nothing was done on any of them.
    """
    days = list(daily)[-MOST_DAYS:]
    done = sum(days)
    if n_left <= 0 or not done:
        return None
    dispersion = dispersion_of(days)
    needed = betaprime(n_left / dispersion, done / dispersion + 0.5, scale=len(days))
    tail = (1 - CONFIDENCE_LEVEL) / 2
    return Finish(
        low=today + timedelta(days=min(math.ceil(float(needed.ppf(tail))), OPEN_AFTER_DAYS)),
        expected=_day(today, n_left * len(days) / done),
        high=_day(today, float(needed.ppf(1 - tail))),
        per_day=done / len(days),
        n_days=len(days),
        dispersion=dispersion,
    )


def dispersion_of(days: Sequence[int]) -> float:
    """How much more days differ than Poisson numbers: 1 where they do not, or where one day cannot tell."""
    mean = sum(days) / len(days)
    if len(days) < 2 or not mean:
        return 1.0
    return max(1.0, sum((n - mean) ** 2 for n in days) / mean / (len(days) - 1))


def _day(today: date, days: float) -> date | None:
    return today + timedelta(days=math.ceil(days)) if days <= OPEN_AFTER_DAYS else None
