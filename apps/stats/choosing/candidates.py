"""Which pairs may be drawn, how often each was shown, and who is new among them."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.pairwise.counts import Outcome, PairwiseCounts

# With so many showings nobody is new any more: the score then says what more is needed.
_ENOUGH_SHOWINGS = 30
_FAR_BELOW = 0.25
_Kind = TypeVar("_Kind", bound=np.generic)


def candidate_pairs(n_competitors: int, candidates: npt.ArrayLike | None) -> IntArray:
    """The pairs that may be drawn, i < j, in the order of rows. [m, 2]

    `candidates` [n, n] is true where a pair may be drawn, symmetric, its diagonal ignored; None allows every pair.
    """
    if n_competitors < 2:
        raise EmptyInput("There is no pair to draw; give two competitors or more.")
    allowed = np.ones((n_competitors, n_competitors), dtype=bool) if candidates is None else np.asarray(candidates)
    if allowed.shape != (n_competitors, n_competitors) or allowed.dtype != np.bool_:
        raise InvalidInput(
            f"`candidates` has shape {allowed.shape} and holds {allowed.dtype}; give true or false for each of the "
            f"{n_competitors} by {n_competitors} pairs."
        )
    if (allowed != allowed.T).any():
        raise InvalidInput("`candidates` is not symmetric; a pair may be drawn or not, whoever is named first.")
    pairs = np.argwhere(np.triu(allowed, 1))
    if not len(pairs):
        raise EmptyInput("`candidates` allows no pair; allow at least one.")
    return pairs


def of_pairs(table: npt.NDArray[_Kind], pairs: IntArray) -> npt.NDArray[_Kind]:
    """The entries of a table [n, n] at the pairs. [m]"""
    return table[pairs[:, 0], pairs[:, 1]]


def shown_per_pair(counts: PairwiseCounts, pairs: IntArray) -> IntArray:
    """How often each pair was judged, whoever stood first and however it ended. [m]"""
    judged = counts.counts.sum(axis=2)
    return of_pairs(judged + judged.T, pairs)


def both_bad_per_pair(counts: PairwiseCounts, pairs: IntArray) -> IntArray:
    """How many of these judgments ended both-bad. [m]"""
    bad = counts.counts[:, :, Outcome.BOTH_BAD]
    return of_pairs(bad + bad.T, pairs)


def take_part(n_competitors: int, pairs: IntArray) -> BoolArray:
    """Which competitors have a pair that may be drawn. [n]"""
    found = np.zeros(n_competitors, dtype=bool)
    found[pairs] = True
    return found


def few_showings(counts: PairwiseCounts, pairs: IntArray) -> BoolArray:
    """Which competitors of the pairs are new: shown far less than the others. [n]

    Fewer than 30 times, and less than a quarter of the median of the others that take part, which is 30 or more.
    """
    shown = counts.showings_per_competitor()
    drawn = take_part(counts.n_competitors, pairs)
    found = np.zeros(counts.n_competitors, dtype=bool)
    for competitor in np.flatnonzero(drawn & (shown < _ENOUGH_SHOWINGS)):
        others = drawn.copy()
        others[competitor] = False
        usual = np.median(shown[others])
        found[competitor] = usual >= _ENOUGH_SHOWINGS and shown[competitor] < _FAR_BELOW * usual
    return found
