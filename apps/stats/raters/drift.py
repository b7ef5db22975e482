"""Whether a rater's judgments got better or worse from first to last."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.intervals import check_confidence_level
from apps.stats.raters.plain_share import PlainShare, as_indicators
from apps.stats.raters.share_ends import difference_ends, share_ends

_TOO_FEW = (
    "With fewer than three compared judgments there is no first and last third to compare; wait for more gold or "
    "tasks that others judge too."
)


@dataclass(frozen=True)
class Drift:
    """How often the last third of a rater's judgments agrees, minus the first third, with its interval (-1..1).

    `first` and `last` are the two shares; the `n` judgments between them are left out. `shuffled` is the probability
    that the same judgments in random order differ at least as much (Fisher's exact test). The three numbers and
    `shuffled` are None with fewer than three judgments. `reading` says it in words.
    """

    difference: float | None
    low: float | None
    high: float | None
    first: PlainShare
    last: PlainShare
    shuffled: float | None
    n: int
    confidence_level: float
    reading: str


def rater_drift(agreed: npt.ArrayLike, *, confidence_level: float = 0.95) -> Drift:
    """The share of agreement in the last third of a rater's judgments minus that in the first third.

    `agreed` [n] says of each judgment, in the order of time, whether it equals the gold answer or another rater's
    (1 or True, else 0). Each third has n // 3 judgments. The interval is Newcombe's from two Wilson intervals (1998,
    Statistics in Medicine 17, method 10), for judgments that are independent given the rater. It allows for luck in
    which judgments agree; it cannot tell a rater who changed from tasks that became harder, because all came in one
    order. Raises InvalidInput for anything but 0 and 1.
    """
    check_confidence_level(confidence_level)
    yes = as_indicators("agreed", agreed)
    third = len(yes) // 3
    first, last = (PlainShare.of(part, confidence_level) for part in (yes[:third], yes[len(yes) - third :]))
    if not third:
        return Drift(None, None, None, first, last, None, len(yes), confidence_level, _TOO_FEW)
    difference, low, high = _difference(first, last, confidence_level)
    shuffled = _by_shuffling(first, last)
    told = _reading(first, last, (difference, low, high), shuffled, len(yes))
    return Drift(difference, low, high, first, last, shuffled, len(yes), confidence_level, told)


def _difference(first: PlainShare, last: PlainShare, confidence_level: float) -> tuple[float, float, float]:
    before, after = (share_ends(np.array([part.n_yes]), np.array([part.n]), confidence_level) for part in (first, last))
    found = difference_ends(after, before)
    return found.middle.item(), found.low.item(), found.high.item()


def _by_shuffling(first: PlainShare, last: PlainShare) -> float:
    from scipy.stats import fisher_exact

    table = np.array([[first.n_yes, first.n - first.n_yes], [last.n_yes, last.n - last.n_yes]])
    return float(fisher_exact(table).pvalue)


def _reading(first: PlainShare, last: PlainShare, ends: tuple[float, float, float], shuffled: float, n: int) -> str:
    difference, low, high = (100 * each for each in ends)
    if low > 0:
        told = "so agreement rose"
    elif high < 0:
        told = "so agreement fell; look at both ends before asking the rater, for the tasks may have become harder"
    else:
        told = "so no change can be told from luck"
    return (
        f"Of {n} compared judgments the first third agrees in {first}, the last third in {last}: a difference of "
        f"{difference:+.0f} points ({low:+.0f} to {high:+.0f}), {told}. In random order the same judgments differ at "
        f"least as much {100 * shuffled:.0f} times in 100."
    )
