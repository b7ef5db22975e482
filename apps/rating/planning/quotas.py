"""Slice quotas: draws that stand before all others."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from .candidates import Candidate
from .ordering import in_balance


def shortages(candidates: Sequence[Candidate], quotas: Mapping[str, int], replication: int) -> dict[str, int]:
    """The quotas that cannot be filled, with the draws that there can be at most."""
    possible = Counter(name for candidate in candidates for name in candidate.slices)
    return {name: possible[name] * replication for name, n in quotas.items() if possible[name] * replication < n}


def fill_quotas(
    candidates: Sequence[Candidate],
    quotas: Mapping[str, int],
    replication: int,
    rng: random.Random,
) -> list[list[Candidate]]:
    """The draws that fill all quotas: those that draw a task for the first time, then the second time, and so on.

    An item may count for several quotas. Each quota is balanced over pairs by itself, and draws every task of its
    slice once before any twice.
    """
    levels: list[list[Candidate]] = [[] for _ in range(replication)]
    drawn: Counter[int] = Counter()
    for name in sorted(quotas):
        have = Counter(c.pair for level in levels for c in level if name in c.slices)
        for number, level in enumerate(levels):
            open_tasks = [c for c in candidates if name in c.slices and drawn[c.task_id] == number]
            taken = in_balance(open_tasks, rng, have)[: max(quotas[name] - have.total(), 0)]
            drawn.update(candidate.task_id for candidate in taken)
            have.update(candidate.pair for candidate in taken)
            level.extend(taken)
    return [level for level in levels if level]
