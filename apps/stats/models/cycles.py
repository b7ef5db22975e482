"""Cycles of competitors whose steps add up to less than zero: what keeps an estimate finite."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import NegativeCycleError, bellman_ford

from apps.stats.arrays import BoolArray, FloatArray


def has_negative_cycle(joined: BoolArray, steps: FloatArray) -> bool:
    """Whether some way round, i to j where `joined[i, j]` at the cost of `steps[i, j]`, ends below zero.

    There are numbers x with x_j - x_i at most steps_ij for all joined i, j if and only if there is none.
    """
    n = len(joined)
    i, j = np.nonzero(joined)
    # One more node from which all others are reached, wherever the cycle lies.
    start, end = np.append(i, np.full(n, n)), np.append(j, np.arange(n))
    graph = csr_array((np.append(steps[i, j], np.ones(n)), (start, end)), shape=(n + 1, n + 1))
    try:
        bellman_ford(graph, indices=np.array([n]))
    except NegativeCycleError:
        return True
    return False
