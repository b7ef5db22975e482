"""The order in which tasks are taken: as balanced at every place as it can be."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import gcd

from .candidates import Candidate, Pair


def in_balance(
    candidates: Sequence[Candidate], rng: random.Random, have: Counter[Pair] | None = None
) -> list[Candidate]:
    """All candidates, ordered so that every beginning is as balanced as it can be.

    Each round takes every pair once and goes on through the items where the round before stopped, so the
    first n candidates hold each pair n/pairs times and each item n/items times, give or take one. Where
    pairs miss items, later rounds take what is left. Pairs that `have` more draws already wait until the others
    have caught up.
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
    return list(_rounds([(have[pair] if have else 0, by_pair[pair]) for pair in pairs]))


def _turns(shift: int, n_pairs: int, n_items: int) -> dict[int, int]:
    """The round in which the pair at place `shift` takes each item.

    Once the rounds have come full circle they start one item on: the same pairs would meet the same items.
    """
    circle = n_items // gcd(n_pairs, n_items)
    return {(shift + turn * n_pairs + turn // circle) % n_items: turn for turn in range(n_items)}


def _rounds(queues: Iterable[tuple[int, list[Candidate]]]) -> Iterator[Candidate]:
    """Round after round a candidate of each queue; a queue that is ahead joins when the rounds reach it."""
    entries = [
        (start + place, shift, c) for shift, (start, queue) in enumerate(queues) for place, c in enumerate(queue)
    ]
    entries.sort(key=lambda entry: entry[:2])
    return (candidate for _, _, candidate in entries)
