"""How many more judgments would tell two competitors apart."""

import math
from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import one_sided_quantile, two_sided_quantile
from apps.stats.planning.checks import as_count, check_positive, whole
from apps.stats.planning.words import count


@dataclass(frozen=True)
class SeparationPlan:
    """Judgments until the gap of two competitors is `critical` standard errors wide, if it stays as it is.

    `n_needed` counts all judgments of the study, `n_more` those still to come. The gap is an estimate: `n_low` would
    do if it is one standard error larger, `n_high` is needed if it is one smaller, and is None where there might
    be no gap at all.
    """

    n_needed: int
    n_more: int
    n_low: int
    n_high: int | None
    n_judgments: int
    gap: float
    standard_error: float
    critical: float
    power: float
    reading: str


def judgments_to_separate(
    gap: float,
    standard_error: float,
    n_judgments: int,
    *,
    critical: float | None = None,
    power: float = 0.5,
    confidence_level: float = 0.95,
) -> SeparationPlan:
    """How many judgments a study needs until an observed gap is shown, given what it has now.

    N' = N ((c + z_power) se / gap)^2, for a standard error falls with the root of the judgments, if they are
    spread as before. `gap` and its `standard_error` share a unit and rest on `n_judgments`. `critical` is the number of
    standard errors asked for: the largest-t quantile of rank sets, where many are compared at once (Mogstad, Romano,
    Shaikh & Wilhelm 2024, Review of Economic Studies 91); None takes the normal one of the confidence level, for a
    single pair chosen beforehand. `power` .5, the formula without z_power, is an even chance; a gap that is shown
    already needs none. Raises InvalidInput for a gap of 0.
    """
    asked, extra = _standard_errors(critical, power, confidence_level)
    n_judgments = as_count("n_judgments", n_judgments, at_least=1)
    _check(gap, standard_error)
    size = abs(gap)
    # What is shown already needs no chance of being shown.
    needed = asked if size >= asked * standard_error else asked + extra
    n_needed, n_low = (_judgments(n_judgments, needed, standard_error, each) for each in (size, size + standard_error))
    smaller = size - standard_error
    n_high = _judgments(n_judgments, needed, standard_error, smaller) if smaller > 0 else None
    n_more = max(0, n_needed - n_judgments)
    return SeparationPlan(
        n_needed=n_needed,
        n_more=n_more,
        n_low=n_low,
        n_high=n_high,
        n_judgments=n_judgments,
        gap=gap,
        standard_error=standard_error,
        critical=asked,
        power=power,
        reading=_reading(n_more, n_low, n_high, n_judgments, power),
    )


def _standard_errors(critical: float | None, power: float, confidence_level: float) -> tuple[float, float]:
    """How many standard errors are asked for, and how many more give the power."""
    if not 0.5 <= power < 1:
        raise InvalidInput(f"`power` is {power:g}; give a share from .5 to below 1, as 0.8.")
    asked = two_sided_quantile(confidence_level) if critical is None else critical
    check_positive("critical", asked)
    return asked, one_sided_quantile(power)


def _check(gap: float, standard_error: float) -> None:
    check_positive("standard_error", standard_error)
    if gap == 0 or not math.isfinite(gap):
        raise InvalidInput(
            "`gap` is 0 or missing, and no number of judgments separates equals; give the smallest gap that would "
            "matter to you."
        )
    check_positive("gap", abs(gap))


def _judgments(n_judgments: int, needed: float, standard_error: float, gap: float) -> int:
    return whole(n_judgments * (needed * standard_error / gap) ** 2)


def _reading(n_more: int, n_low: int, n_high: int | None, n_judgments: int, power: float) -> str:
    if not n_more:
        return f"The {count(n_judgments)} judgments there are tell the two apart already."
    chance = "an even chance" if power == 0.5 else f"a chance of {100 * power:.3g} %"
    least = count(max(0, n_low - n_judgments))
    span = f"{least} to {count(n_high - n_judgments)} may be needed" if n_high else f"{least} may do, or no number"
    return (
        f"About {count(n_more)} more judgments give {chance} to tell the two apart, if the gap is what it seems. It is "
        f"an estimate: {span}."
    )
