"""Whether a rater says the same again when a task comes back with its sides swapped."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.cohen_kappa import Kappa, cohen_kappa
from apps.stats.arrays import IntArray, as_integers, same_length
from apps.stats.errors import UnknownOutcome
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.counts import Outcome
from apps.stats.raters.plain_share import PlainShare

_NO_REPEATS = (
    "No task was shown to this rater twice, so consistency cannot be seen; let some tasks come back with their sides "
    "swapped."
)
# The same verdict seen in a mirror, by code.
_MIRRORED = np.array([Outcome.SECOND_WINS, Outcome.FIRST_WINS, Outcome.TIE, Outcome.BOTH_BAD])


@dataclass(frozen=True)
class SelfConsistency:
    """How a rater judged the same tasks twice, the second time with the sides swapped.

    - `same_answer` of all repeats: the verdict was for the same answer (or a tie, or both bad, again).
    - `kappa` is that share beyond the chance that her own habits would give: her use of sides and ties alone.
    - `same_side` of the repeats where both verdicts named a side: it was the same side, hence another answer.
      A rater who attends to the answers is near 0, one who picks sides is near 1, a coin is at 1/2.
    - `left` of those: it was the left side. Far from 1/2 says which side she leans to.

    Shares have Wilson's intervals, and None for numbers where there was nothing to see. `reading` says it in words.
    """

    same_answer: PlainShare
    kappa: Kappa
    same_side: PlainShare
    left: PlainShare
    n: int
    confidence_level: float
    reading: str


def self_consistency(
    first_verdict: npt.ArrayLike, second_verdict: npt.ArrayLike, *, confidence_level: float = 0.95
) -> SelfConsistency:
    """Self-consistency over repeats with swapped sides, one row a task that was judged twice.

    `first_verdict` and `second_verdict` [n] are `Outcome` codes as seen on the screen: 0 the left one wins, 1 the
    right one, 2 a tie, 3 both bad. As the sides were swapped, left followed by right is the same answer, left
    followed by left is the same side (the two orders of Zheng et al. 2023, NeurIPS, for judges). Kappa is Cohen's,
    after undoing the swap. Raises InvalidInput for columns that do not match, UnknownOutcome for other codes.
    """
    check_confidence_level(confidence_level)
    first, second = _verdicts("first_verdict", first_verdict), _verdicts("second_verdict", second_verdict)
    same_length(first_verdict=first, second_verdict=second)
    undone = _MIRRORED[second]
    named = (first <= Outcome.SECOND_WINS) & (second <= Outcome.SECOND_WINS)
    repeated = first[named & (first == second)]
    same_answer = PlainShare.of(first == undone, confidence_level)
    same_side = PlainShare.of((first == second)[named], confidence_level)
    left = PlainShare.of(repeated == Outcome.FIRST_WINS, confidence_level)
    return SelfConsistency(
        same_answer=same_answer,
        kappa=cohen_kappa(first, undone, confidence_level=confidence_level),
        same_side=same_side,
        left=left,
        n=len(first),
        confidence_level=confidence_level,
        reading=_reading(same_answer, same_side, left),
    )


def _verdicts(name: str, values: npt.ArrayLike) -> IntArray:
    codes = as_integers(name, values)
    unknown = np.setdiff1d(codes, list(Outcome))
    if unknown.size:
        raise UnknownOutcome(
            f"`{name}` holds {unknown[0]}; use 0 (left wins), 1 (right wins), 2 (tie), 3 (both bad), as on the screen."
        )
    return codes


def _reading(same_answer: PlainShare, same_side: PlainShare, left: PlainShare) -> str:
    if not same_answer.n:
        return _NO_REPEATS
    told = f"Over {same_answer.n} repeated tasks this rater gave the same answer again in {same_answer}."
    if not same_side.n:
        return f"{told} No repeat named a side twice, so a leaning to one side cannot show."
    told = f"{told} Where both verdicts named a side, it was the same side, and so the other answer, in {same_side}"
    return f"{told}: {_leaning(same_side, left)}."


def _leaning(same_side: PlainShare, left: PlainShare) -> str:
    if same_side.low is not None and same_side.low > 0.5:
        return "more often than a coin would, so these choices follow the side"
    if left.low is not None and left.high is not None and (left.low > 0.5 or left.high < 0.5):
        return f"mostly the {'left' if left.low > 0.5 else 'right'} one, so this rater leans that way when in doubt"
    return "no leaning to one side shows"
