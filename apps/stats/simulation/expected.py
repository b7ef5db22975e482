"""The strengths that a board would show, had it endless raters, items and judgments."""

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray
from apps.stats.errors import InvalidInput
from apps.stats.models.likelihood import newton_ascent
from apps.stats.simulation.parameters import LARGEST_GAP, check_spreads, checked_strengths, per_rater

# Nodes of the averages over tastes and leanings, and over time: strengths to 1e-7 where their sd is 1, to 1e-5 at 3.
_NODES = 60
_MOMENTS = 5
# A smaller share than this is mostly rounding, for it is found by subtraction from 1.
_SMALLEST_SHARE = 1e-10


def expected_strengths(
    strengths: npt.ArrayLike,
    *,
    tie_width: float = 0.5,
    rater_taste_sd: float = 0.0,
    item_leaning_sd: float = 0.0,
    skill: npt.ArrayLike = 1.0,
    left_bias: npt.ArrayLike = 0.0,
    drift: npt.ArrayLike = 0.0,
    load: npt.ArrayLike = 1.0,
) -> FloatArray:
    """The Bradley-Terry strengths, ties as half a win, towards which a board of such a study tends. [n_competitors]

    What an interval of the board should hold is this, not the `strengths` that the study was drawn from: ties,
    tastes, leanings, poor skill and left bias all draw the board's strengths towards zero. Expected half-wins, averaged
    over tastes and leanings by Gauss-Hermite quadrature, over raters, over their time and over both sides, are fitted
    with every pair equally often. `strengths` in log-odds; `skill`, `left_bias`, `drift` and `load` are one number or
    one each of the raters, as in `simulate_study`, and there are endless raters like each. Both-bad judgments leave the
    board, and nothing changes if they do so equally for all pairs. The parameter of the working model in the sense
    of White (1982, Econometrica 50). Raises InvalidInput for parameters that no study can have, and for strengths so
    far apart that one side would always win.
    """
    truth = checked_strengths(strengths)
    check_spreads(rater_taste_sd=rater_taste_sd, item_leaning_sd=item_leaning_sd)
    if not 0 <= tie_width < np.inf:
        raise InvalidInput(f"`tie_width` is {tie_width:g}; give 0 for no ties or a positive number.")
    spread = float(np.sqrt(2 * (rater_taste_sd**2 + item_leaning_sd**2)))
    gaps = truth[:, None] - truth[None, :]
    earned = np.zeros_like(gaps)
    for skill_then, bias, share in _kinds_of_raters(skill, left_bias, drift, load):
        earned += share * _earned_by_first(gaps, spread, skill_then, bias, tie_width)
    # A pair stands either way round equally often.
    half_wins = (earned + 1 - earned.T) / 2
    if half_wins.min() < _SMALLEST_SHARE:
        raise InvalidInput(
            "These strengths are so far apart that one side would always win, and no board could say by how much; "
            "give strengths nearer to each other."
        )
    np.fill_diagonal(half_wins, 0.0)
    return newton_ascent(half_wins, np.zeros(len(truth))).strengths


def _kinds_of_raters(
    skill: npt.ArrayLike, left_bias: npt.ArrayLike, drift: npt.ArrayLike, load: npt.ArrayLike
) -> list[tuple[float, float, float]]:
    """Skill, left bias and share of the judgments of every kind of rater at every time."""
    given = {"skill": skill, "left_bias": left_bias, "drift": drift, "load": load}
    n_raters = max(np.size(each) for each in given.values())
    skills, biases, drifts, loads = (per_rater(name, each, n_raters) for name, each in given.items())
    if loads.min() < 0 or not loads.sum() > 0:
        raise InvalidInput("`load` must be 0 or more, and not all 0.")
    nodes, weights = np.polynomial.legendre.leggauss(_MOMENTS)
    moments, shares = ((nodes + 1) / 2, weights / 2) if drifts.any() else (np.zeros(1), np.ones(1))
    then = skills[:, None] + drifts[:, None] * moments
    rows = np.column_stack([then.ravel(), np.repeat(biases, len(moments))])
    kinds, which = np.unique(rows, axis=0, return_inverse=True)
    share = np.bincount(which.ravel(), weights=np.outer(loads / loads.sum(), shares).ravel())
    return [(float(a), float(b), float(c)) for (a, b), c in zip(kinds, share, strict=True)]


def _earned_by_first(gaps: FloatArray, spread: float, skill: float, bias: float, tie_width: float) -> FloatArray:
    """The half-wins that the first of each pair is expected to earn in a judgment. [n, n]"""
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES) if spread else (np.zeros(1), np.ones(1))
    seen = np.clip(skill * (gaps[..., None] + spread * nodes) + bias, -LARGEST_GAP, LARGEST_GAP)
    won, lost = np.exp(seen / 2), np.exp(-seen / 2)
    return np.asarray((won + tie_width / 2) / (won + lost + tie_width) @ (weights / weights.sum()))
