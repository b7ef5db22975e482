"""Comparisons from a study whose truth is known: for demonstrations, and to test what an interval promises.

A rater compares two competitors on one item. The gap she perceives, in log-odds, is

    skill * (strength gap + her own taste + the item's leaning) + left_bias

and the comparison ends as in Davidson's model (1970, Journal of the American Statistical Association 65):
with gap d the odds of first : tie : second are exp(d/2) : tie_width : exp(-d/2). Before that, with the
both-bad probability, neither is any good. With skill 1, no bias, no taste and no leaning the strengths are
Davidson's.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import EmptyInput
from apps.stats.simulation.outcomes import draw_outcomes
from apps.stats.simulation.parameters import (
    both_bad_of_rows,
    check_spreads,
    checked_strengths,
    gaps_of_rows,
    per_rater,
    random_pairs,
)


@dataclass(frozen=True, eq=False)
class SimulatedComparisons:
    """Parallel arrays, one row a judgment, as `fit_board` takes them; `first` was shown left. [n_judgments]

    The truth beside them: `strengths` [n_competitors] with mean zero, `skill` and `left_bias` [n_raters].
    """

    n_competitors: int
    first: IntArray
    second: IntArray
    outcome: IntArray
    rater: IntArray
    item: IntArray
    strengths: FloatArray
    skill: FloatArray
    left_bias: FloatArray


def simulate_comparisons(
    *,
    strengths: npt.ArrayLike,
    n_raters: int,
    n_items: int,
    n_judgments: int,
    rng: np.random.Generator,
    skill: npt.ArrayLike = 1.0,
    left_bias: npt.ArrayLike = 0.0,
    tie_width: float = 0.5,
    both_bad_probability: npt.ArrayLike = 0.0,
    rater_taste_sd: float = 0.0,
    item_leaning_sd: float = 0.0,
) -> SimulatedComparisons:
    """Judgments of random pairs on random items by random raters, all uniform and independent.

    `strengths` [n_competitors] in log-odds; their mean is taken out. `skill` and `left_bias` are one number
    or [n_raters]: skill 0 flips coins, 1 sees the gaps as they are; a left bias of ln 2 doubles the odds of
    whatever stands left. `tie_width` 0 forbids ties, 1 makes a third of the judgments of equals ties.
    `both_bad_probability` is one number, [n_items], or [n_items, n_competitors, n_competitors] by item and
    pair. The two sd's spread raters' tastes and items' leanings for single competitors: with them judgments
    of one rater or item depend on each other, and a board's strengths are the truth seen through them, a
    little nearer to zero: `expected_strengths` says where. Raises InvalidInput and EmptyInput for what no study
    can have.
    """
    truth = checked_strengths(strengths)
    check_spreads(rater_taste_sd=rater_taste_sd, item_leaning_sd=item_leaning_sd)
    if min(n_raters, n_items) < 1 or n_judgments < 0:
        raise EmptyInput("A simulated study needs at least one rater and one item, and 0 or more judgments.")
    n = len(truth)
    skills, biases = per_rater("skill", skill, n_raters), per_rater("left_bias", left_bias, n_raters)
    tastes = rng.normal(0.0, rater_taste_sd, (n_raters, n))
    leanings = rng.normal(0.0, item_leaning_sd, (n_items, n))
    first, second = random_pairs(n, n_judgments, rng)
    rater, item = rng.integers(0, n_raters, n_judgments), rng.integers(0, n_items, n_judgments)
    outcome = draw_outcomes(
        gap=gaps_of_rows(truth, tastes, leanings, rater=rater, item=item, first=first, second=second),
        skill=skills[rater],
        left_bias=biases[rater],
        tie_width=tie_width,
        both_bad_probability=both_bad_of_rows(both_bad_probability, (n_items, n), item, first, second),
        rng=rng,
    )
    return SimulatedComparisons(n, first, second, outcome, rater, item, truth, skills, biases)
