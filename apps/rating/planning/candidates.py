"""What a planner draws from, and what it gives back."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Pair = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that may be drawn: its systems in system order (two of a comparison, one of a rubric) and its item.

    `slices` are those of the item that a quota names.
    """

    task_id: int
    pair: Pair
    item: str
    slices: frozenset[str] = frozenset()

    @property
    def is_comparison(self) -> bool:
        """Whether two outputs are compared."""
        return len(self.pair) == 2


@dataclass(frozen=True, slots=True)
class PlannedDraw:
    """One wanted showing before it is stored; see rating.models.Draw for the fields."""

    task_id: int
    purpose: str
    p_pair: float
    p_item: float
    band: int
    position: int


def pair_key(pair: Pair) -> str:
    """How a plan's `pair_probabilities` name a pair: "system|system", or "system" for rubrics."""
    return "|".join(pair)


@dataclass(frozen=True, slots=True)
class Probabilities:
    """The chance that a draw taken at random from a plan falls on a pair, and then on one of its tasks."""

    pair: dict[Pair, float]
    item: dict[tuple[Pair, frozenset[str]], float]

    def of(self, candidate: Candidate) -> tuple[float, float]:
        """p_pair and p_item of one draw of `candidate`."""
        return self.pair[candidate.pair], self.item[candidate.pair, candidate.slices]


def probabilities(candidates: Iterable[Candidate], drawn: Sequence[Candidate]) -> Probabilities:
    """The shares of a plan whose base draws are `drawn`, out of `candidates`.

    Read them as: take one base draw of the whole plan at random; p_pair is the chance that it is of this pair,
    p_item the chance that it then is of this task. Which tasks of a pair were taken is chance alone among those
    whose items lie in the same slices with a quota, so these share one p_item: what the plan gave all of them,
    divided by how many they are, whether taken or not. Summed over all candidates, p_pair x p_item is 1. Where a
    plan takes every task, quotas only bring draws forward and leave every probability as it is; where a plan is
    cut short they raise the chance of their slices, and the numbers say by how much. A study that is closed before
    its plan is judged has judged the quotas' draws more often than the numbers tell.
    """
    pairs = Counter(candidate.pair for candidate in drawn)
    cells = Counter((candidate.pair, candidate.slices) for candidate in drawn)
    sizes = Counter((candidate.pair, candidate.slices) for candidate in candidates)
    return Probabilities(
        {pair: n / len(drawn) for pair, n in pairs.items()},
        {cell: n / pairs[cell[0]] / sizes[cell] for cell, n in cells.items()},
    )
