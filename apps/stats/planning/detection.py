"""How many comparisons show that one competitor is better than the other."""

import math
from dataclasses import dataclass

from apps.stats.errors import InvalidInput
from apps.stats.intervals import one_sided_quantile, two_sided_quantile
from apps.stats.planning.checks import (
    as_count,
    check_between,
    check_positive,
    check_tie_share,
    still_needed,
    whole,
)
from apps.stats.planning.words import count, more


@dataclass(frozen=True)
class DetectionPlan:
    """Comparisons of two competitors, and how likely they are to show who is better.

    `win_share` is the share of decided judgments that A wins; None where no share could be shown. `power` is the
    probability that a two-sided test at the confidence level finds the difference, if it is that large.
    `n_decided` of the `n_judgments` are expected not to be ties. `n_more` is what is still needed, 0 where the
    number of judgments was given.
    """

    n_judgments: int
    n_decided: int
    n_more: int
    win_share: float | None
    power: float
    tie_share: float
    design_effect: float
    confidence_level: float
    reading: str


def judgments_to_detect(
    win_share: float,
    *,
    power: float = 0.8,
    tie_share: float = 0.0,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> DetectionPlan:
    """How many comparisons show, with the given power, that A is better or worse than B.

    Decided ones: n = (z/2 + z_power sqrt(p (1 - p)))^2 / (p - 1/2)^2, the sign test against 1/2 (Fleiss, Levin &
    Paik 2003, Statistical Methods for Rates and Proportions, chapter 2), p being `win_share`, A's share of the
    decided judgments. Divided by 1 - `tie_share`, since ties say nothing about who is better, and multiplied by
    `design_effect`, how many times larger the variance is because judgments of one rater or item hang together.
    At least so many that a clean sweep would be significant (6 at 95 %). Raises InvalidInput for p = 1/2, which
    no number of judgments can show, and for shares outside 0..1.
    """
    check_between("power", power, 0.0, 1.0)
    lead = _checked_lead(win_share)
    check_tie_share(tie_share)
    check_positive("design_effect", design_effect)
    z, z_power = two_sided_quantile(confidence_level), one_sided_quantile(power)
    root = z / 2 + z_power * math.sqrt(win_share * (1 - win_share))
    decided = max(max(root, 0.0) ** 2 / lead**2, _clean_sweep(confidence_level)) * design_effect
    n = whole(decided / (1 - tie_share))
    n_more = still_needed(n, n_already)
    reading = _reading(n, tie_share, win_share, power) + more(n_more, n_already)
    return DetectionPlan(
        n, whole(decided), n_more, win_share, power, tie_share, design_effect, confidence_level, reading
    )


def detectable_share(
    n_judgments: int,
    *,
    power: float = 0.8,
    tie_share: float = 0.0,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
) -> DetectionPlan:
    """The smallest share of decided judgments above 1/2 that so many comparisons show with the given power.

    The equation of `judgments_to_detect` solved for p, a quadratic; source and errors as there. `power` is .5 or
    more. Where even a clean sweep would show nothing, `win_share` is None and `reading` says so.
    """
    if not 0.5 <= power < 1:
        raise InvalidInput(f"`power` is {power:g}; give a share from .5 to below 1, as 0.8.")
    z, z_power = two_sided_quantile(confidence_level), one_sided_quantile(power)
    n_judgments = as_count("n_judgments", n_judgments, at_least=1)
    check_tie_share(tie_share)
    check_positive("design_effect", design_effect)
    decided = n_judgments * (1 - tie_share)
    enough = decided / design_effect >= _clean_sweep(confidence_level)
    share = 0.5 + _smallest_lead(decided / design_effect, z, z_power) if enough else None
    reading = _nothing(n_judgments) if share is None else _reading(n_judgments, tie_share, share, power)
    return DetectionPlan(
        n_judgments, round(decided), 0, share, power, tie_share, design_effect, confidence_level, reading
    )


def _smallest_lead(decided: float, z: float, z_power: float) -> float:
    """x with x sqrt(n) = z/2 + z_power sqrt(1/4 - x^2)."""
    scale = decided + z_power**2
    inside = z**2 * decided - scale * (z**2 - z_power**2)
    return min((z * math.sqrt(decided) + math.sqrt(max(inside, 0.0))) / (2 * scale), 0.5)


def _clean_sweep(confidence_level: float) -> int:
    """So many decided judgments in a row for one side are significant by the exact sign test."""
    return whole(1 - math.log2(1 - confidence_level))


def _checked_lead(win_share: float) -> float:
    check_between("win_share", win_share, 0.0, 1.0)
    if win_share == 0.5:
        raise InvalidInput(
            "`win_share` is 0.5, and no number of judgments shows a difference that is not there; give the smallest "
            "share that would matter to you, as 0.55."
        )
    return abs(win_share - 0.5)


def _reading(n: int, tie_share: float, win_share: float, power: float) -> str:
    ties = f", {100 * tie_share:.3g} % of them ties," if tie_share else ""
    if win_share > 0.5:
        claim = f"A is better if A wins {100 * win_share:.3g} % of the decided ones"
    else:
        claim = f"A is worse if A wins only {100 * win_share:.3g} % of the decided ones"
    return f"About {count(n)} comparisons{ties} show with {_percent(power)} probability that {claim}."


def _percent(power: float) -> str:
    if power > 0.995:
        return "more than 99 %"
    return "less than 1 %" if power < 0.005 else f"{100 * power:.0f} %"


def _nothing(n: int) -> str:
    return f"{count(n)} comparisons are too few: even if A won every decided one, the test would show nothing."
