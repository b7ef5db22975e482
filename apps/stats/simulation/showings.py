"""Who judges what, and when: the showings of a simulated study."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.simulation.parameters import random_pairs
from apps.stats.simulation.traits import Extras, Purpose, StudyTruth

# After so many draws the few tasks that still lack a rater are drawn for one by one.
_MOST_DRAWS = 50


@dataclass(frozen=True, eq=False)
class Showings:
    """Parallel arrays, one row a showing. [n_judgments]

    `repeats` is the row of the base showing that this one repeats, or -1. A rater meets her showings in the
    order of `moment`, numbers between 0 and 1.
    """

    first: IntArray
    second: IntArray
    rater: IntArray
    item: IntArray
    purpose: IntArray
    repeats: IntArray
    moment: FloatArray

    def followed_by(self, *others: "Showings") -> "Showings":
        """These and the others, one after another."""
        names = ("first", "second", "rater", "item", "purpose", "repeats", "moment")
        return Showings(*(np.concatenate([getattr(each, name) for each in (self, *others)]) for name in names))


def draw_showings(truth: StudyTruth, extras: Extras, numbers: IntArray, rng: np.random.Generator) -> Showings:
    """Base showings first, then those that repeat them, then gold; `numbers` of each `Purpose`."""
    n_base, n_overlap, n_retest, n_gold = numbers.tolist()
    base = _base(truth, n_base, rng)
    return base.followed_by(
        _overlaps(truth, extras, base, n_overlap, rng), _retests(base, n_retest, rng), _gold(truth, n_gold, rng)
    )


def _base(truth: StudyTruth, n: int, rng: np.random.Generator) -> Showings:
    first, second = random_pairs(len(truth.strengths), n, rng)
    item = rng.integers(0, len(truth.leanings), n)
    nothing = np.full(n, -1, dtype=np.int64)
    return Showings(first, second, _raters(truth, n, rng), item, _all(Purpose.BASE, n), nothing, rng.random(n))


def _overlaps(truth: StudyTruth, extras: Extras, base: Showings, n: int, rng: np.random.Generator) -> Showings:
    """Base tasks again, by raters who have not had them, sides drawn anew."""
    n_others = extras.raters_per_overlap - 1
    chosen = rng.choice(len(base.first), extras.n_overlapping(n), replace=False)
    others = _other_raters(truth, base.rater[chosen], n_others, rng)
    source, rater = np.repeat(chosen, n_others)[:n], others.ravel()[:n]
    mirrored = rng.random(n) < 0.5
    first = np.where(mirrored, base.second[source], base.first[source])
    second = np.where(mirrored, base.first[source], base.second[source])
    return Showings(first, second, rater, base.item[source], _all(Purpose.OVERLAP, n), source, rng.random(n))


def _other_raters(truth: StudyTruth, had: IntArray, n_others: int, rng: np.random.Generator) -> IntArray:
    """For each task so many different raters, none the one who has had it. [n_tasks, n_others]"""
    together = np.column_stack([had, np.full((len(had), n_others), -1)])
    for place in range(1, n_others + 1):
        waiting = np.arange(len(had))
        # Draw, and draw again for those who were there already: in proportion to load among the others.
        for _ in range(_MOST_DRAWS):
            drawn = _raters(truth, len(waiting), rng)
            together[waiting, place] = drawn
            waiting = waiting[(together[waiting, :place] == drawn[:, None]).any(axis=1)]
            if not waiting.size:
                break
        for task in waiting:
            together[task, place] = _one_of_the_others(truth, together[task, :place], rng)
    return together[:, 1:]


def _one_of_the_others(truth: StudyTruth, had: IntArray, rng: np.random.Generator) -> int:
    """The same draw at once: where one rater has nearly all of the load, drawing again would not end."""
    load = truth.load.copy()
    load[had] = 0.0
    return int(rng.choice(len(load), p=load / load.sum()))


def _retests(base: Showings, n: int, rng: np.random.Generator) -> Showings:
    """Base showings again for the same rater, later and mirrored."""
    source = rng.choice(len(base.first), n, replace=False)
    then = base.moment[source]
    return Showings(
        first=base.second[source],
        second=base.first[source],
        rater=base.rater[source],
        item=base.item[source],
        purpose=_all(Purpose.RETEST, n),
        repeats=source,
        moment=then + (1 - then) * rng.random(n),
    )


def _gold(truth: StudyTruth, n: int, rng: np.random.Generator) -> Showings:
    """Gold tasks, each as often as chance has it, the better output left as often as right."""
    task = rng.integers(0, max(len(truth.gold_better), 1), n)
    mirrored = rng.random(n) < 0.5
    better, worse = truth.gold_better[task], truth.gold_worse[task]
    first, second = np.where(mirrored, worse, better), np.where(mirrored, better, worse)
    item, nothing = task + len(truth.leanings), np.full(n, -1, dtype=np.int64)
    return Showings(first, second, _raters(truth, n, rng), item, _all(Purpose.GOLD, n), nothing, rng.random(n))


def _raters(truth: StudyTruth, n: int, rng: np.random.Generator) -> IntArray:
    """Raters in proportion to their load."""
    ends = np.cumsum(truth.load)
    return np.searchsorted(ends / ends[-1], rng.random(n), side="right")


def _all(purpose: Purpose, n: int) -> IntArray:
    return np.full(n, int(purpose), dtype=np.int64)
