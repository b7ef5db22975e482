"""The balanced plan: every pair of systems and every item equally often, breadth before replication."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comparison that may be drawn: the task, its pair of systems (in system order) and its item."""

    task_id: int
    pair: tuple[str, str]
    item: str


@dataclass(frozen=True, slots=True)
class PlannedDraw:
    """One wanted showing before it is stored; see rating.models.Draw for the fields."""

    task_id: int
    purpose: str
    p_pair: float
    p_item: float
    band: int
    position: int


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How often a balanced plan takes each pair, and each item of a pair: shares that add to 1."""

    pair: dict[tuple[str, str], float]
    n_items: dict[tuple[str, str], int]

    def of(self, candidate: Candidate) -> tuple[float, float]:
        """p_pair and p_item of one draw of `candidate`."""
        return self.pair[candidate.pair], 1 / self.n_items[candidate.pair]


def probabilities(candidates: Sequence[Candidate]) -> Probabilities:
    """The chance that a draw taken at random from the plan falls on a pair, and then on an item."""
    counts = Counter(candidate.pair for candidate in candidates)
    return Probabilities({pair: n / len(candidates) for pair, n in counts.items()}, dict(counts))


def in_balance(candidates: Sequence[Candidate], rng: random.Random) -> list[Candidate]:
    """All candidates, ordered so that every beginning is as balanced as it can be.

    Each round takes every pair once and goes on through the items where the round before stopped, so the
    first n candidates hold each pair n/pairs times and each item n/items times, give or take one. Where
    pairs miss items, later rounds take what is left.
    """
    by_pair = defaultdict(list)
    for candidate in candidates:
        by_pair[candidate.pair].append(candidate)
    pairs = sorted(by_pair)
    rng.shuffle(pairs)
    item_order = sorted({candidate.item for candidate in candidates})
    rng.shuffle(item_order)
    rank = {item: place for place, item in enumerate(item_order)}
    for shift, pair in enumerate(pairs):
        turn = _turns(shift, len(pairs), len(item_order))
        by_pair[pair].sort(key=lambda c: (turn[rank[c.item]], c.task_id))
    return list(_rounds([by_pair[pair] for pair in pairs]))


def _turns(shift: int, n_pairs: int, n_items: int) -> dict[int, int]:
    """The round in which the pair at place `shift` takes each item.

    Once the rounds have come full circle they start one item on: the same pairs would meet the same items.
    """
    circle = n_items // gcd(n_pairs, n_items)
    return {(shift + turn * n_pairs + turn // circle) % n_items: turn for turn in range(n_items)}


def _rounds(queues: list[list[Candidate]]) -> Iterator[Candidate]:
    for turn in range(max(map(len, queues), default=0)):
        yield from (queue[turn] for queue in queues if turn < len(queue))


def balanced_draws(
    candidates: Sequence[Candidate],
    *,
    replication: int,
    overlap_share: float,
    n_tasks: int | None,
    first_band: int,
    rng: random.Random,
) -> list[PlannedDraw]:
    """The draws of a balanced plan: `n_tasks` tasks (all, if None), each `replication` times.

    One band a replication, so that every task is seen once before any is seen twice. A random share of the
    tasks gets one more draw, for another rater, in the first band: agreement can be read from the start.
    """
    if not candidates:
        return []
    chances = probabilities(candidates)
    chosen = in_balance(candidates, rng)[:n_tasks]
    overlap = rng.sample(chosen, round(overlap_share * len(chosen)))
    draws: list[PlannedDraw] = []
    for replicate in range(replication):
        wanted = [("base", candidate) for candidate in chosen]
        wanted += [("overlap", candidate) for candidate in overlap if replicate == 0]
        rng.shuffle(wanted)
        draws += [
            PlannedDraw(candidate.task_id, purpose, *chances.of(candidate), first_band + replicate, position)
            for position, (purpose, candidate) in enumerate(wanted)
        ]
    return draws
