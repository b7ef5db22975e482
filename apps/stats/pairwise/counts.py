"""Comparisons as counts: all that a fit of the Bradley-Terry family sees."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, FloatArray, IntArray, as_counts, as_integers, same_length, totals
from apps.stats.errors import EmptyInput, InvalidInput, UnknownOutcome


class Outcome(IntEnum):
    """How one comparison ended. The value is the code in arrays and the index on the last axis of counts."""

    FIRST_WINS = 0
    SECOND_WINS = 1
    TIE = 2
    BOTH_BAD = 3


@dataclass(frozen=True, eq=False)
class PairwiseCounts:
    """How often competitor a, shown first, met competitor b, by outcome.

    `counts` has shape [n_competitors, n_competitors, 4]: axis 0 the competitor shown (or given) first, axis 1
    the other, axis 2 the `Outcome`. The diagonal is zero. Adding two of them pools their comparisons.
    """

    n_competitors: int
    counts: IntArray

    @classmethod
    def from_arrays(
        cls,
        n_competitors: int,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        outcome: npt.ArrayLike,
        count: npt.ArrayLike | None = None,
    ) -> "PairwiseCounts":
        """Counts from parallel arrays, one row a comparison or, with `count`, a group of equal ones.

        `first` and `second` are competitor codes in 0..n_competitors-1, `outcome` codes of `Outcome`. Raises
        InvalidInput, UnknownOutcome, or EmptyInput where n_competitors is below one.
        """
        first, second, outcome = checked_comparisons(n_competitors, first, second, outcome)
        weights = as_counts("count", count, len(first))
        same_length(first=first, count=weights)
        shape = (n_competitors, n_competitors, len(Outcome))
        cell = (first * n_competitors + second) * len(Outcome) + outcome
        found = totals(cell, weights, n_competitors**2 * len(Outcome))
        return cls(n_competitors, found.astype(np.int64).reshape(shape))

    def __add__(self, other: "PairwiseCounts") -> "PairwiseCounts":
        if not isinstance(other, PairwiseCounts):
            return NotImplemented
        if self.n_competitors != other.n_competitors:
            raise InvalidInput(
                f"Counts over {self.n_competitors} and over {other.n_competitors} competitors cannot be "
                "added; number the competitors alike first."
            )
        return PairwiseCounts(self.n_competitors, self.counts + other.counts)

    def wins(self) -> FloatArray:
        """W[i, j]: how often i won against j, whoever was shown first. [n, n]"""
        won = self.counts[:, :, Outcome.FIRST_WINS] + self.counts[:, :, Outcome.SECOND_WINS].T
        return won.astype(np.float64)

    def ties(self, *, both_bad_as_tie: bool = False) -> FloatArray:
        """T[i, j] = T[j, i]: how often i and j tied. [n, n]"""
        tied = self.counts[:, :, Outcome.TIE]
        if both_bad_as_tie:
            tied = tied + self.counts[:, :, Outcome.BOTH_BAD]
        return (tied + tied.T).astype(np.float64)

    def half_wins(self, *, both_bad_as_tie: bool = False) -> FloatArray:
        """S[i, j]: wins of i over j plus half of their ties; both-bad only where it counts as a tie."""
        return self.wins() + self.ties(both_bad_as_tie=both_bad_as_tie) / 2

    def showings_per_competitor(self) -> IntArray:
        """How often each competitor was shown, both-bad included. [n]"""
        return _both_sides(self.counts.sum(axis=2))

    def both_bad_per_competitor(self) -> IntArray:
        """How many of its showings ended both-bad. [n]"""
        return _both_sides(self.counts[:, :, Outcome.BOTH_BAD])

    def among(self, members: npt.ArrayLike) -> "PairwiseCounts":
        """The comparisons inside a group of competitors, renumbered in the order given."""
        chosen = as_integers("members", members)
        return PairwiseCounts(len(chosen), self.counts[np.ix_(chosen, chosen)])


def _both_sides(shown: IntArray) -> IntArray:
    """For each competitor its total shown first plus its total shown second. [n]"""
    return np.asarray(shown.sum(axis=0) + shown.sum(axis=1), dtype=np.int64)


def checked_comparisons(
    n_competitors: int, first: npt.ArrayLike, second: npt.ArrayLike, outcome: npt.ArrayLike
) -> tuple[IntArray, IntArray, IntArray]:
    """The three columns of every comparison table, or a sentence about what is wrong with them."""
    if n_competitors < 1:
        raise EmptyInput("There is no competitor to rank; give n_competitors of 1 or more.")
    one, two = as_integers("first", first), as_integers("second", second)
    ended = as_integers("outcome", outcome)
    same_length(first=one, second=two, outcome=ended)
    for name, codes in (("first", one), ("second", two)):
        _check_range(name, codes, n_competitors)
    _check_outcomes(ended)
    _check_not_alone(one == two)
    return one, two, ended


def _check_range(name: str, codes: IntArray, n_competitors: int) -> None:
    if codes.size and (codes.min() < 0 or codes.max() >= n_competitors):
        worst = codes.max() if codes.max() >= n_competitors else codes.min()
        raise InvalidInput(
            f"`{name}` holds competitor {worst}; codes run from 0 to {n_competitors - 1}. "
            "Raise n_competitors or renumber."
        )


def _check_outcomes(outcome: IntArray) -> None:
    if outcome.size and (outcome.min() < 0 or outcome.max() >= len(Outcome)):
        strange = sorted(set(outcome.tolist()) - {int(known) for known in Outcome})
        raise UnknownOutcome(
            f"Unknown outcome code {strange[0]}; use 0 (first wins), 1 (second wins), 2 (tie), 3 (both bad)."
        )


def _check_not_alone(same: BoolArray) -> None:
    if same.any():
        row = int(np.argmax(same))
        raise InvalidInput(f"Row {row} compares a competitor with itself; drop such rows before fitting.")
