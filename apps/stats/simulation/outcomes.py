"""How a comparison ends, given the gap that the rater perceives.

As in Davidson's model (1970, Journal of the American Statistical Association 65): with gap d the odds of
first : tie : second are exp(d/2) : tie_width : exp(-d/2). Before that, with the both-bad probability, neither is any
good.
"""

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.pairwise.counts import Outcome
from apps.stats.simulation.parameters import LARGEST_GAP


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
    number or an array alike. The rater perceives skill * gap + left_bias. Use it where somebody else decides who
    judges what. Davidson (1970, Journal of the American Statistical Association 65). Raises InvalidInput for gaps that
    are not finite, arrays of other lengths, negative tie widths and probabilities outside 0..1.
    """
    gaps = np.atleast_1d(np.asarray(gap, dtype=np.float64))
    seen, width, bad = _given(gaps, skill, left_bias, tie_width, both_bad_probability)
    first, second, tie = np.exp(seen / 2), np.exp(-seen / 2), width
    total = first + second + tie
    verdict, hopeless = rng.random(gaps.shape), rng.random(gaps.shape)
    outcome = np.full(gaps.shape, int(Outcome.SECOND_WINS), dtype=np.int64)
    outcome[verdict < (first + tie) / total] = Outcome.TIE
    outcome[verdict < first / total] = Outcome.FIRST_WINS
    outcome[hopeless < bad] = Outcome.BOTH_BAD
    return outcome


def _given(
    gaps: FloatArray,
    skill: npt.ArrayLike,
    left_bias: npt.ArrayLike,
    tie_width: npt.ArrayLike,
    both_bad_probability: npt.ArrayLike,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The perceived gap, the tie width and the both-bad probability of each row. [n_judgments]"""
    others = [np.asarray(each, dtype=np.float64) for each in (skill, left_bias, tie_width, both_bad_probability)]
    if any(each.ndim and each.shape != gaps.shape for each in others):
        raise InvalidInput(
            f"There are {len(gaps)} gaps; give one number, or as many, for skill, left_bias, tie_width and "
            "both_bad_probability."
        )
    if not all(np.isfinite(each).all() for each in (gaps, *others[:2])):
        raise InvalidInput("A gap, skill or left bias is missing or infinite; leave such rows out.")
    with np.errstate(over="ignore"):
        seen = others[0] * gaps + others[1]
    width, bad = (np.broadcast_to(each, gaps.shape) for each in others[2:])
    _check_model(width, bad)
    return np.clip(seen, -LARGEST_GAP, LARGEST_GAP), width, bad


def _check_model(tie_width: FloatArray, both_bad_probability: FloatArray) -> None:
    if not ((tie_width >= 0) & np.isfinite(tie_width)).all():
        raise InvalidInput("`tie_width` is negative or endless; give 0 for no ties or a positive number.")
    if not ((both_bad_probability >= 0) & (both_bad_probability <= 1)).all():
        raise InvalidInput("`both_bad_probability` holds a number outside 0..1; give probabilities.")
