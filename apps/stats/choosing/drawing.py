"""Draws of pairs: each with the probability it had, so that a fit can undo the choice."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.choosing.candidates import candidate_pairs, shown_per_pair
from apps.stats.choosing.policy import PairPolicy
from apps.stats.errors import InvalidInput
from apps.stats.pairwise.counts import PairwiseCounts


@dataclass(frozen=True, eq=False)
class DrawnPairs:
    """Pairs to show, in the order drawn. Store every column with the judgment it leads to.

    `first` and `second` are competitors, `first` to be shown on the first side (a coin's choice); `pair` is the
    row among the candidate pairs; `probability` that of the pair at each draw; `weight` 1 / (m probability), with
    m = `n_candidates`: how many judgments under uniform drawing this one stands for. All arrays [n].
    """

    first: IntArray
    second: IntArray
    pair: IntArray
    probability: FloatArray
    weight: FloatArray
    n_candidates: int


def draw_pairs(policy: PairPolicy, n: int, *, rng: np.random.Generator) -> DrawnPairs:
    """`n` independent draws from the policy, with replacement, sides by a coin.

    Independence is what the weighted estimator rests on: do not drop, sort or swap draws afterwards by anything
    that results have a say in. Equal generators give equal draws. Raises InvalidInput for a negative n.
    """
    _check_n(n)
    return _with_sides(policy.pairs, rng.choice(len(policy.pairs), size=n, p=policy.probability), policy, rng)


def balanced_pairs(
    counts: PairwiseCounts, n: int, *, rng: np.random.Generator, candidates: npt.ArrayLike | None = None
) -> DrawnPairs:
    """`n` draws that even out how often the candidate pairs were shown, sides by a coin.

    Each draw takes the pair shown least so far (in `counts` and in earlier draws), among these the one whose two
    competitors were shown least, among these one at random. No pair is favoured, and after whole rounds all pairs
    were shown equally often: the probability is therefore told as 1 / m and the weight as 1. `candidates` [n, n]
    is true where a pair may be drawn. Raises InvalidInput for a negative n or candidates that are no such table,
    EmptyInput where there is no pair.
    """
    _check_n(n)
    pairs = candidate_pairs(counts.n_competitors, candidates)
    chosen = _least_shown(pairs, shown_per_pair(counts, pairs), counts.showings_per_competitor(), n, rng)
    return _with_sides(pairs, chosen, None, rng)


def _check_n(n: int) -> None:
    if n < 0:
        raise InvalidInput(f"n is {n}; give the number of pairs to draw, 0 or more.")


def _least_shown(
    pairs: IntArray, of_pair: IntArray, of_competitor: IntArray, n: int, rng: np.random.Generator
) -> IntArray:
    """The rows of the pairs drawn one after the other, the least shown first. [n]"""
    shown, seen = of_pair.copy(), of_competitor.copy()
    chosen = np.empty(n, dtype=np.int64)
    for draw in range(n):
        least = np.flatnonzero(shown == shown.min())
        # Less than one showing at random: the coin decides between equals only.
        ties = seen[pairs[least]].sum(axis=1) + rng.random(len(least))
        chosen[draw] = least[np.argmin(ties)]
        shown[chosen[draw]] += 1
        seen[pairs[chosen[draw]]] += 1
    return chosen


def _with_sides(pairs: IntArray, chosen: IntArray, policy: PairPolicy | None, rng: np.random.Generator) -> DrawnPairs:
    m = len(pairs)
    probability = np.full(len(chosen), 1 / m) if policy is None else policy.probability[chosen]
    swapped = rng.random(len(chosen)) < 0.5
    one, other = pairs[chosen].T
    first, second = np.where(swapped, other, one), np.where(swapped, one, other)
    return DrawnPairs(first, second, chosen, probability, 1 / (m * probability), m)
