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
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.pairwise.counts import Outcome


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
    little nearer to zero.
    """
    truth = _checked_strengths(strengths)
    if min(n_raters, n_items) < 1 or n_judgments < 0:
        raise EmptyInput("A simulated study needs at least one rater and one item, and 0 or more judgments.")
    n = len(truth)
    skills, biases = _per_rater("skill", skill, n_raters), _per_rater("left_bias", left_bias, n_raters)
    tastes = rng.normal(0.0, rater_taste_sd, (n_raters, n))
    leanings = rng.normal(0.0, item_leaning_sd, (n_items, n))
    first, second = _random_pairs(n, n_judgments, rng)
    rater, item = rng.integers(0, n_raters, n_judgments), rng.integers(0, n_items, n_judgments)
    appeal = truth + tastes[rater] + leanings[item]
    rows = np.arange(n_judgments)
    outcome = draw_outcomes(
        gap=appeal[rows, first] - appeal[rows, second],
        skill=skills[rater],
        left_bias=biases[rater],
        tie_width=tie_width,
        both_bad_probability=_both_bad(both_bad_probability, (n_items, n), item, first, second),
        rng=rng,
    )
    return SimulatedComparisons(n, first, second, outcome, rater, item, truth, skills, biases)


def draw_outcomes(
    *,
    gap: npt.ArrayLike,
    rng: np.random.Generator,
    skill: npt.ArrayLike = 1.0,
    left_bias: npt.ArrayLike = 0.0,
    tie_width: npt.ArrayLike = 0.5,
    both_bad_probability: npt.ArrayLike = 0.0,
) -> IntArray:
    """How given comparisons end: codes of `Outcome`, one for each gap. [n_judgments]

    `gap` [n_judgments] is the strength of what stands left minus that of what stands right; the rest are one
    number or an array alike. Use it where somebody else decides who judges what.
    """
    gaps = np.atleast_1d(np.asarray(gap, dtype=np.float64))
    seen, width, bad = np.broadcast_arrays(
        np.asarray(skill) * gaps + np.asarray(left_bias),
        np.asarray(tie_width),
        np.asarray(both_bad_probability),
    )
    _check_model(width, bad)
    first, second, tie = np.exp(seen / 2), np.exp(-seen / 2), width
    total = first + second + tie
    verdict, hopeless = rng.random(gaps.shape), rng.random(gaps.shape)
    outcome = np.full(gaps.shape, int(Outcome.SECOND_WINS), dtype=np.int64)
    outcome[verdict < (first + tie) / total] = Outcome.TIE
    outcome[verdict < first / total] = Outcome.FIRST_WINS
    outcome[hopeless < bad] = Outcome.BOTH_BAD
    return outcome


def _checked_strengths(strengths: npt.ArrayLike) -> FloatArray:
    truth = np.asarray(strengths, dtype=np.float64)
    if truth.ndim != 1 or len(truth) < 2 or not np.isfinite(truth).all():
        raise InvalidInput("`strengths` must be a list of two or more finite numbers, one a competitor.")
    centred: FloatArray = truth - truth.mean()
    return centred


def _check_model(tie_width: FloatArray, both_bad_probability: FloatArray) -> None:
    if (tie_width < 0).any():
        raise InvalidInput("`tie_width` is negative; give 0 for no ties or a positive number.")
    if ((both_bad_probability < 0) | (both_bad_probability > 1)).any():
        raise InvalidInput("`both_bad_probability` holds a number outside 0..1; give probabilities.")


def _per_rater(name: str, value: npt.ArrayLike, n_raters: int) -> FloatArray:
    given = np.asarray(value, dtype=np.float64)
    if given.shape not in ((), (n_raters,)):
        raise InvalidInput(f"`{name}` has shape {given.shape}; give one number or {n_raters}, one a rater.")
    return np.full(n_raters, given)


def _random_pairs(n: int, n_judgments: int, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
    """Ordered pairs of different competitors, all equally likely: sides are thereby random too."""
    first = rng.integers(0, n, n_judgments)
    return first, (first + rng.integers(1, n, n_judgments)) % n


def _both_bad(
    probability: npt.ArrayLike, shape: tuple[int, int], item: IntArray, first: IntArray, second: IntArray
) -> FloatArray:
    """The probability for each row."""
    given = np.asarray(probability, dtype=np.float64)
    n_items, n = shape
    if given.shape == (n_items, n, n):
        return np.asarray(given[item, first, second])
    if given.shape == (n_items,):
        return np.asarray(given[item])
    if given.shape == ():
        return np.broadcast_to(given, item.shape)
    raise InvalidInput(
        f"`both_bad_probability` has shape {given.shape}; give one number, [n_items], or "
        "[n_items, n_competitors, n_competitors]."
    )
