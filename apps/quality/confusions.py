"""Which two answers are mixed up most: where two people judged the same, and one said this and the other that."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from apps.stats.agreement import percent_agreement

from .estimates import Estimate
from .figures_of_labels import Gathered
from .rows import Bools, Ints

Gave = tuple[Bools, Bools]  # of each pair: whether its first, and its second, gave an answer
MOST = 3
FIRST, SECOND, TIE, BOTH_BAD = range(4)
# The verdicts by code. Which of two systems stands first is a convention, so both are "a winner".
VERDICT_KINDS = ("one is better", "the other is better", "tie", "both bad")


@dataclass(frozen=True, slots=True)
class Confusion:
    """`n_mixed` pairs said one and the other, of `n` pairs that said nothing but these two; the share with its ends."""

    one: str
    other: str
    n_mixed: int
    n: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of answers, the item of each, and how many are alike."""

    first: Ints
    second: Ints
    cluster: Ints
    count: Ints


def confusions_of(labels: Gathered, names: list[str], *, is_verdict: bool) -> list[Confusion]:
    """The confusions met most often, at most three, the commonest first."""
    given = labels.pairs
    pairs = _Pairs(given.first, given.second, labels.clusters_of(given.unit), given.count)
    found = _of_verdict(pairs) if is_verdict else _of_anchors(pairs, names)
    return sorted((one for one in found if one.n_mixed), key=lambda one: (-one.n_mixed, one.one, one.other))[:MOST]


def _of_anchors(pairs: _Pairs, names: list[str]) -> list[Confusion]:
    gave = [(pairs.first == place, pairs.second == place) for place in range(len(names))]
    return [_confusion(pairs, names[x], names[y], gave[x], gave[y]) for x, y in combinations(range(len(names)), 2)]


def _of_verdict(pairs: _Pairs) -> list[Confusion]:
    named = (pairs.first <= SECOND, pairs.second <= SECOND)
    tie, bad = ((pairs.first == one, pairs.second == one) for one in (TIE, BOTH_BAD))
    opposite = _opposite(pairs, named)
    return [
        opposite,
        _confusion(pairs, "a winner", "tie", named, tie),
        _confusion(pairs, "a winner", "both bad", named, bad),
        _confusion(pairs, "tie", "both bad", tie, bad),
    ]


def _opposite(pairs: _Pairs, named: Gave) -> Confusion:
    both = named[0] & named[1]
    return _counted(pairs, "this one is better", "that one is better", both, pairs.first != pairs.second)


def _confusion(pairs: _Pairs, one: str, other: str, gave: Gave, gave_other: Gave) -> Confusion:
    among = (gave[0] | gave_other[0]) & (gave[1] | gave_other[1])
    return _counted(pairs, one, other, among, gave[0] != gave[1])


def _counted(pairs: _Pairs, one: str, other: str, among: Bools, mixed: Bools) -> Confusion:
    """The share of mixed ones, clustered by item: what percent_agreement says of pairs that are unlike."""
    unlike: Ints = mixed[among].astype(np.int64)
    found = percent_agreement(unlike, np.ones_like(unlike), pairs.cluster[among], count=pairs.count[among])
    n_mixed = int((unlike * pairs.count[among]).sum())
    return Confusion(one, other, n_mixed, found.n_pairs, Estimate.of_percent(found))
