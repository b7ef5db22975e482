"""The adaptive plan: pairs drawn by what a judgment of them would tell, each with its logged probability.

Everything is fixed by the judgments of a cut and by the seed of the round. The only count that may end a round is
its size: what is judged while it lasts has no say in it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from apps.stats.choosing import PairPolicy, PairReason, balanced_pairs, draw_pairs, pair_probabilities, start_progress
from apps.stats.errors import StatisticsError
from apps.stats.pairwise import Outcome, PairwiseCounts

from .candidates import Candidate, Pair, PlannedDraw

OUTCOMES = {
    "A": Outcome.FIRST_WINS,
    "B": Outcome.SECOND_WINS,
    "TIE": Outcome.TIE,
    "BOTH_BAD": Outcome.BOTH_BAD,
}
# Judged (by a cut) or wanted: a pair of systems in system order, the verdict in that order, how many.
JudgedRow = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTerms:
    """What an adaptive round is asked for. `at_least` is what a round of the start has, however little it lacks.

    `start_is_over` once a round of the study was adaptive: its frequencies follow results, and balanced draws would
    fill up what results left out.
    """

    size: int
    at_least: int
    overlap_share: float
    uniform_floor: float
    start_is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRound:
    """The draws of a round, the probability of each pair, and a sentence that says how they were chosen.

    `is_independent`: each draw has these chances by itself, whether results preferred a pair or not; else they hold
    over the whole round. `uniform_floor`: the share of the draws that takes all pairs alike, 1 without a preference.
    """

    is_independent: bool
    draws: list[PlannedDraw]
    chances: dict[Pair, float]
    uniform_floor: float
    reading: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One draw before it has a place."""

    candidate: Candidate
    purpose: str
    p_pair: float


class _Field:
    """The candidates as the statistics see them: systems numbered, pairs in the order of their rows."""

    def __init__(self, candidates: Sequence[Candidate], judged: Sequence[JudgedRow]) -> None:
        names = {name for c in candidates for name in c.pair} | {name for row in judged for name in row[:2]}
        self.systems = sorted(names, key=str.encode)
        self.place = {name: number for number, name in enumerate(self.systems)}
        self.tasks: dict[Pair, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            self.tasks[candidate.pair].append(candidate)

    def counts(self, rows: Sequence[JudgedRow]) -> PairwiseCounts:
        """Judgments as counts."""
        columns = [(self.place[a], self.place[b], OUTCOMES[verdict], n) for a, b, verdict, n in rows]
        table = np.array(columns, dtype=np.int64).reshape(-1, 4)
        return PairwiseCounts.from_arrays(len(self.systems), *table.T)

    def allowed(self) -> NDArray[np.bool_]:
        """Which pairs have a task. [n, n]"""
        table = np.zeros((len(self.systems),) * 2, dtype=bool)
        for a, b in self.tasks:
            table[self.place[a], self.place[b]] = table[self.place[b], self.place[a]] = True
        return table

    def pair(self, numbers: Sequence[int]) -> Pair:
        """The names of a pair, in system order."""
        return self.systems[numbers[0]], self.systems[numbers[1]]


def adaptive_round(
    candidates: Sequence[Candidate],
    judged: Sequence[JudgedRow],
    n_drawn: Mapping[int, int],
    n_open: Mapping[Pair, int],
    terms: RoundTerms,
    *,
    band: int,
    rng: np.random.Generator,
) -> DrawnRound:
    """The next round of an adaptive study.

    Balanced while the start lasts (`start_progress`): the pairs shown least, `n_open` draws that are still to be
    judged included, and of each pair the tasks drawn least (`n_drawn`). Afterwards every draw takes a pair by the
    policy's probability and one of its tasks, each equally likely; draws are independent and with replacement, so
    a task may be drawn twice, for two raters. Where no pair can be preferred the reading says why, and every pair
    has the same chance: by a balanced round as long as none was adaptive, by independent draws afterwards. For the
    chances of a balanced round hold over whole rounds, not for a draw of it (which pair and task come next is settled
    by what came before), so once a round was adaptive, none is balanced again.
    """
    field = _Field(candidates, judged)
    counts = field.counts(judged)
    policy, n, reading = _policy(counts, field, terms)
    if policy is None and terms.start_is_over:
        chances = dict.fromkeys(field.tasks, 1 / len(field.tasks))
        wanted = _drawn_evenly(field, n, rng)
    elif policy is None:
        shown = counts + field.counts([(*pair, "TIE", n) for pair, n in n_open.items() if len(pair) == 2])
        wanted = _balanced(field, shown, n_drawn, n, rng)
        chances = {pair: 1 / len(field.tasks) for pair in field.tasks}
    else:
        wanted = _chosen(field, policy, n, rng)
        chances = {field.pair(pair): float(p) for pair, p in zip(policy.pairs, policy.probability, strict=True)}
    draws = _placed(field, [*wanted, *_doubled(wanted, terms.overlap_share, rng)], band, rng)
    return DrawnRound(
        is_independent=policy is not None or terms.start_is_over,
        draws=draws,
        chances=chances,
        uniform_floor=1.0 if policy is None else terms.uniform_floor,
        reading=reading,
    )


def _policy(counts: PairwiseCounts, field: _Field, terms: RoundTerms) -> tuple[PairPolicy | None, int, str]:
    """The policy (None: no pair is preferred), how many draws, and why."""
    allowed = field.allowed()
    try:
        start = start_progress(counts, candidates=allowed)
        if not start.complete and not terms.start_is_over:
            return None, min(terms.size, max(start.n_missing, terms.at_least)), start.reading
        policy = pair_probabilities(counts, candidates=allowed, floor=terms.uniform_floor)
    except StatisticsError as error:
        how = "Every pair with the same chance" if terms.start_is_over else "Balanced"
        return None, terms.size, f"{how}, because no pair can be preferred: {error}"
    return policy, terms.size, policy.reading


def _balanced(
    field: _Field, shown: PairwiseCounts, n_drawn: Mapping[int, int], n: int, rng: np.random.Generator
) -> list[_Wanted]:
    pairs = balanced_pairs(shown, n, rng=rng, candidates=field.allowed())
    queues = {pair: _least_drawn(tasks, n_drawn, rng) for pair, tasks in field.tasks.items()}
    rows = zip(pairs.first, pairs.second, strict=True)
    named = [field.pair((min(one, other), max(one, other))) for one, other in rows]
    return [_Wanted(next(queues[pair]), "base", 1 / len(field.tasks)) for pair in named]


def _least_drawn(
    tasks: Sequence[Candidate], n_drawn: Mapping[int, int], rng: np.random.Generator
) -> Iterator[Candidate]:
    """The tasks of a pair again and again, those first that were drawn least; chance among equals."""
    shuffled = [tasks[place] for place in rng.permutation(len(tasks))]
    return cycle(sorted(shuffled, key=lambda task: n_drawn.get(task.task_id, 0)))


def _drawn_evenly(field: _Field, n: int, rng: np.random.Generator) -> list[_Wanted]:
    """Independent draws, each of any pair with the same chance and then of any of its tasks."""
    queues = list(field.tasks.values())
    taken = [queues[place] for place in rng.integers(0, len(queues), size=n)]
    return [_Wanted(tasks[rng.integers(0, len(tasks))], "base", 1 / len(queues)) for tasks in taken]


def _chosen(field: _Field, policy: PairPolicy, n: int, rng: np.random.Generator) -> list[_Wanted]:
    drawn = draw_pairs(policy, n, rng=rng)
    tasks = [field.tasks[field.pair(pair)] for pair in policy.pairs]
    sizes = np.array([len(of_pair) for of_pair in tasks])
    places = rng.integers(0, sizes[drawn.pair])
    purposes = ["newcomer" if reason is PairReason.NEWCOMER else "base" for reason in policy.reason]
    return [
        _Wanted(tasks[pair][place], purposes[pair], float(p))
        for pair, place, p in zip(drawn.pair, places, drawn.probability, strict=True)
    ]


def _doubled(wanted: Sequence[_Wanted], share: float, rng: np.random.Generator) -> list[_Wanted]:
    """A random share of the draws once more, for another rater: drawn alike, so with the same probability."""
    chosen = rng.choice(len(wanted), size=round(share * len(wanted)), replace=False)
    return [_Wanted(wanted[place].candidate, "overlap", wanted[place].p_pair) for place in chosen]


def _placed(field: _Field, wanted: Sequence[_Wanted], band: int, rng: np.random.Generator) -> list[PlannedDraw]:
    """All draws in one band, in an order that tells nothing."""
    order = rng.permutation(len(wanted))
    return [
        PlannedDraw(
            draw.candidate.task_id, draw.purpose, draw.p_pair, 1 / len(field.tasks[draw.candidate.pair]), band, position
        )
        for position, draw in enumerate(wanted[place] for place in order)
    ]
