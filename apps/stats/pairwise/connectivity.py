"""Who can be ranked against whom: connected groups, and competitors nobody outside their group ever beat."""

from typing import Literal

import numpy as np
from scipy.sparse.csgraph import connected_components

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.errors import DisconnectedComparisons
from apps.stats.pairwise.counts import PairwiseCounts

_FEW_STEPS = 3


def islands(counts: PairwiseCounts, *, both_bad_as_tie: bool = False) -> tuple[tuple[int, ...], ...]:
    """The groups of competitors joined by comparisons that were decided or tied.

    Both-bad joins nobody unless it counts as a tie: it says nothing about who is better. Each island is
    ascending; islands come in the order of their first member. A competitor met by nobody is an island alone.
    """
    _, label = _components(counts.half_wins(both_bad_as_tie=both_bad_as_tie), "weak")
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    return tuple(sorted(tuple(int(member) for member in group) for group in groups))


def require_one_island(counts: PairwiseCounts, *, both_bad_as_tie: bool = False) -> None:
    """Raise `DisconnectedComparisons` unless every competitor can be ranked against every other."""
    found = islands(counts, both_bad_as_tie=both_bad_as_tie)
    if len(found) > 1:
        raise DisconnectedComparisons(found)


def is_separated(half_wins: FloatArray) -> bool:
    """Whether the likelihood has no top: the graph "i beat or tied j" is not strongly connected.

    Ford (1957, American Mathematical Monthly 64).
    """
    n_components, _ = _components(half_wins, "strong")
    return bool(n_components > 1)


def unbounded(half_wins: FloatArray) -> tuple[BoolArray, BoolArray]:
    """Which competitors are undefeated and which winless: no data bound them above, or below. [n], [n]

    A strong component of the graph "i beat or tied j" that nobody outside ever beat or tied is undefeated;
    one that never beat or tied anybody outside is winless. Usually it is a single competitor. The main
    body, a component of more than half of all, is neither: that somebody else beats all of it, always,
    leaves open how strong *that one* is.
    """
    n = len(half_wins)
    n_components, label = _components(half_wins, "strong")
    undefeated = np.full(n_components, n_components > 1)
    undefeated[np.bincount(label, minlength=n_components) > n / 2] = False
    winless = undefeated.copy()
    winner, loser = np.nonzero(half_wins)
    across = label[winner] != label[loser]
    undefeated[label[loser[across]]] = False
    winless[label[winner[across]]] = False
    return undefeated[label], winless[label]


def _components(half_wins: FloatArray, connection: Literal["weak", "strong"]) -> tuple[int, IntArray]:
    """How many components there are, and the component of each competitor."""
    # Of a table of numbers scipy would take those below 1e-8 for zeros, and small weights for no comparison.
    arrows = half_wins > 0
    if connection == "weak":
        arrows |= arrows.T
    if _surely_one(arrows):
        return 1, np.zeros(len(arrows), dtype=np.int64)
    n_components, label = connected_components(arrows, directed=True, connection=connection)
    return int(n_components), label.astype(np.int64)


def _surely_one(arrows: BoolArray) -> bool:
    """Whether everybody is reached from the first, and the first from everybody, in a few steps: the usual case.

    False says nothing. Scipy's search, which settles it, takes many times longer to set up than this.
    """
    if not len(arrows):
        return False
    for directed in (arrows, arrows.T):
        reached = directed[0].copy()
        reached[0] = True
        for _ in range(_FEW_STEPS):
            reached |= directed[reached].any(axis=0)
        if not reached.all():
            return False
    return True
