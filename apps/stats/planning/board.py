"""How many comparisons a board of several competitors needs."""

import math
from dataclasses import dataclass, replace

from apps.stats.intervals import two_sided_quantile
from apps.stats.planning.checks import as_count, check_positive, check_tie_share, still_needed, whole
from apps.stats.planning.words import count, more, times

# One Elo point in log-odds: 20 Elo are 20 * ELO. 400 points are odds of ten to one.
ELO = math.log(10) / 400


@dataclass(frozen=True)
class BoardPlan:
    """Comparisons over all pairs of a board, and how closely they pin down the gap of any two competitors.

    `half_width` is in log-odds, `half_width_elo` the same in Elo points. `n_each` is in how many judgments every
    competitor takes part. `n_more` is what is still needed, 0 where the number of judgments was given.
    """

    n_judgments: int
    n_more: int
    n_each: int
    n_competitors: int
    half_width: float
    half_width_elo: float
    tie_share: float
    design_effect: float
    confidence_level: float
    reading: str


def judgments_for_board(
    n_competitors: int,
    half_width: float,
    *,
    tie_share: float = 0.0,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
    n_already: int = 0,
) -> BoardPlan:
    """How many comparisons put the gap of any two competitors within +- half_width.

    N = 4 (n - 1) (1 - t) z^2 deff / h^2: the sandwich variance of a difference of Bradley-Terry strengths with
    ties as half a win is 4 (n - 1) (1 - t) / N when all pairs are shown equally often and the competitors are close
    (Bradley 1984, Handbook of Statistics 4). `half_width` is in log-odds; for 20 Elo points give 20 * ELO.
    `tie_share` is the share t of ties, `design_effect` how many times larger the variance is because judgments of
    one rater or item hang together. In a wide field lopsided pairs say less, and more is needed. Raises
    InvalidInput for fewer than two competitors, a width of 0 or less, and shares outside 0..1.
    """
    check_positive("half_width", half_width)
    variance = _variance_of_one(n_competitors, tie_share, design_effect)
    n = whole(variance * two_sided_quantile(confidence_level) ** 2 / half_width**2)
    n_more = still_needed(n, n_already)
    plan = _plan(n, n_competitors, half_width, tie_share, design_effect, confidence_level)
    return _with_more(plan, n_more, n_already)


def half_width_of_board(
    n_judgments: int,
    n_competitors: int,
    *,
    tie_share: float = 0.0,
    design_effect: float = 1.0,
    confidence_level: float = 0.95,
) -> BoardPlan:
    """How closely so many comparisons pin down a gap: the inverse of `judgments_for_board`.

    Arguments, source and errors as there.
    """
    n_judgments = as_count("n_judgments", n_judgments, at_least=1)
    variance = _variance_of_one(n_competitors, tie_share, design_effect)
    half_width = two_sided_quantile(confidence_level) * math.sqrt(variance / n_judgments)
    return _plan(n_judgments, n_competitors, half_width, tie_share, design_effect, confidence_level)


def _variance_of_one(n_competitors: int, tie_share: float, design_effect: float) -> float:
    """The variance of a difference of two strengths, times the number of judgments."""
    n_gaps = as_count("n_competitors", n_competitors, at_least=2) - 1
    check_tie_share(tie_share)
    check_positive("design_effect", design_effect)
    return 4 * n_gaps * (1 - tie_share) * design_effect


def _plan(
    n: int, n_competitors: int, half_width: float, tie_share: float, design_effect: float, confidence_level: float
) -> BoardPlan:
    elo, each = half_width / ELO, whole(2 * n / n_competitors)
    reading = (
        f"About {count(n)} comparisons, {count(each)} with each of the {n_competitors} systems, put the gap of any two "
        f"close systems within {elo:.3g} Elo points ({half_width:.2g} log-odds), {times(confidence_level)}."
    )
    return BoardPlan(n, 0, each, n_competitors, half_width, elo, tie_share, design_effect, confidence_level, reading)


def _with_more(plan: BoardPlan, n_more: int, n_already: int) -> BoardPlan:
    return replace(plan, n_more=n_more, reading=plan.reading + more(n_more, n_already))
