"""The balanced plan: every pair of systems and every item equally often, breadth before replication."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .candidates import Candidate, Pair, PlannedDraw, Probabilities, probabilities
from .ordering import in_balance
from .quotas import fill_quotas


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancedTerms:
    """What a balanced plan is asked for.

    `n_tasks` cuts it short by count (None: all tasks), `n_comparisons` cuts the comparisons alone; tasks that a
    quota asks for are never cut. `quotas` says how many draws each slice gets before all others.
    """

    replication: int = 1
    overlap_share: float = 0.0
    quotas: Mapping[str, int] | None = None
    n_tasks: int | None = None
    n_comparisons: int | None = None


@dataclass(frozen=True, slots=True)
class BalancedDraws:
    """The draws of a balanced plan and the probabilities they were given."""

    draws: list[PlannedDraw]
    chances: Probabilities


def balanced_draws(
    candidates: Sequence[Candidate], terms: BalancedTerms, *, first_band: int, rng: random.Random
) -> BalancedDraws:
    """The draws of a balanced plan: quotas first, then each task once before any is drawn twice.

    A band for each: the draws that quotas ask for (once a task, then the second time, ...), then the others in the
    same way. A random share of the tasks gets one more draw, for another rater, in the band where the task first
    stands: agreement can be read from the start.
    """
    bands = _bands(candidates, terms, rng)
    base = [candidate for band in bands for candidate in band]
    chances = probabilities(candidates, base)
    doubled = _doubled(base, terms.overlap_share, rng)
    draws: list[PlannedDraw] = []
    for number, band in enumerate(bands):
        wanted = [("base", candidate) for candidate in band]
        wanted += [("overlap", doubled.pop(c.task_id)) for c in band if c.task_id in doubled]
        rng.shuffle(wanted)
        draws += [
            PlannedDraw(candidate.task_id, purpose, *chances.of(candidate), first_band + number, position)
            for position, (purpose, candidate) in enumerate(wanted)
        ]
    return BalancedDraws(draws, chances)


def _bands(candidates: Sequence[Candidate], terms: BalancedTerms, rng: random.Random) -> list[list[Candidate]]:
    """The base draws, band by band."""
    first = fill_quotas(candidates, terms.quotas or {}, terms.replication, rng)
    drawn = Counter(candidate.task_id for band in first for candidate in band)
    have = Counter(candidate.pair for candidate in first[0]) if first else Counter[Pair]()
    others = [candidate for candidate in candidates if candidate.task_id not in drawn]
    tasks = [*(first[0] if first else ()), *_cut(in_balance(others, rng, have), terms, have)]
    rest = [[task for task in tasks if drawn[task.task_id] <= level] for level in range(terms.replication)]
    return [band for band in (*first, *rest) if band]


def _cut(ordered: list[Candidate], terms: BalancedTerms, have: Counter[Pair]) -> list[Candidate]:
    """The beginning of `ordered` that the counts allow, beside the tasks that quotas took."""
    if terms.n_comparisons is not None:
        room = max(terms.n_comparisons - sum(n for pair, n in have.items() if len(pair) == 2), 0)
        kept = [candidate for candidate in ordered if candidate.is_comparison][:room]
        ordered = _evenly(kept, [candidate for candidate in ordered if not candidate.is_comparison])
    return ordered if terms.n_tasks is None else ordered[: max(terms.n_tasks - have.total(), 0)]


def _evenly(some: list[Candidate], others: list[Candidate]) -> list[Candidate]:
    """Both lists as one, each in its order and spread over the whole."""
    places = [((n + 0.5) / len(part), part[n]) for part in (some, others) for n in range(len(part))]
    return [candidate for _, candidate in sorted(places, key=lambda place: place[0])]


def _doubled(base: Sequence[Candidate], share: float, rng: random.Random) -> dict[int, Candidate]:
    """Which tasks get one more draw."""
    tasks = list({candidate.task_id: candidate for candidate in base}.values())
    return {candidate.task_id: candidate for candidate in rng.sample(tasks, round(share * len(tasks)))}
