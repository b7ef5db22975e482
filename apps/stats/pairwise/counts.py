"""Comparisons as counts: all that a fit of the Bradley-Terry family sees."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_counts,
    as_integers,
    as_weights,
    in_parts,
    same_length,
    whole_numbers,
)
from apps.stats.errors import EmptyInput, InvalidInput, UnknownOutcome


class Outcome(IntEnum):
    """How one comparison ended. The value is the code in arrays and the index on the last axis of counts."""

    FIRST_WINS = 0
    SECOND_WINS = 1
    TIE = 2
    BOTH_BAD = 3


# Cells below it are numbered in 32 bits.
_LARGEST_NARROW = 2**31
_Column = npt.NDArray[np.integer]
_Columns = tuple[_Column, _Column, _Column]


@dataclass(frozen=True, eq=False)
class PairwiseCounts:
    """How often competitor a, shown first, met competitor b, by outcome.

    `counts` has shape [n_competitors, n_competitors, 4]: axis 0 the competitor shown (or given) first, axis 1
    the other, axis 2 the `Outcome`. The diagonal is zero. Adding two of them pools their comparisons.

    Judgments may carry weights (one over the probability with which their pair was drawn, say): then
    `weights` and `squared_weights`, of the same shape, hold the sums of w and of w squared in each cell, all
    that a weighted fit and its sandwich need. Without weights both are None and every judgment weighs 1.
    """

    n_competitors: int
    counts: IntArray
    weights: FloatArray | None = None
    squared_weights: FloatArray | None = None

    @classmethod
    def from_arrays(
        cls,
        n_competitors: int,
        first: npt.ArrayLike,
        second: npt.ArrayLike,
        outcome: npt.ArrayLike,
        count: npt.ArrayLike | None = None,
        *,
        weight: npt.ArrayLike | None = None,
    ) -> "PairwiseCounts":
        """Counts from parallel arrays, one row a comparison or, with `count`, a group of equal ones.

        `first` and `second` are competitor codes in 0..n_competitors-1, `outcome` codes of `Outcome`, `weight`
        positive numbers, one a row: the weight of each of the judgments that the row counts. Raises
        InvalidInput, UnknownOutcome, or EmptyInput where n_competitors is below one.
        """
        columns = _columns(n_competitors, first, second, outcome)
        times = None if count is None else as_counts("count", count, len(columns[0]))
        each = None if weight is None else as_weights("weight", weight, len(columns[0]))
        if times is not None:
            same_length(first=columns[0], count=times)
        counts = _table(n_competitors, columns, times).astype(np.int64)
        if each is None:
            return cls(n_competitors, counts)
        weights = each if times is None else times * each
        return cls(
            n_competitors,
            counts,
            _table(n_competitors, columns, weights),
            _table(n_competitors, columns, weights * each),
        )

    def __add__(self, other: "PairwiseCounts") -> "PairwiseCounts":
        if not isinstance(other, PairwiseCounts):
            return NotImplemented
        if self.n_competitors != other.n_competitors:
            raise InvalidInput(
                f"Counts over {self.n_competitors} and over {other.n_competitors} competitors cannot be "
                "added; number the competitors alike first."
            )
        counts = self.counts + other.counts
        if self.weights is None and other.weights is None:
            return PairwiseCounts(self.n_competitors, counts)
        squares = self.of_squares()._weighed + other.of_squares()._weighed
        return PairwiseCounts(self.n_competitors, counts, self._weighed + other._weighed, squares)

    @property
    def _weighed(self) -> FloatArray:
        """The sum of weights in each cell; the count where judgments weigh 1."""
        return self.counts.astype(np.float64) if self.weights is None else self.weights

    def of_squares(self) -> "PairwiseCounts":
        """The same judgments, each with its weight squared: what the variance of a weighted sum adds up."""
        return PairwiseCounts(self.n_competitors, self.counts, self.squared_weights)

    def n_scored(self, *, both_bad_as_tie: bool = False) -> int:
        """How many judgments enter a fit: all but both-bad, or all where both-bad counts as a tie."""
        left_out = 0 if both_bad_as_tie else int(self.counts[:, :, Outcome.BOTH_BAD].sum())
        return int(self.counts.sum()) - left_out

    def wins(self) -> FloatArray:
        """W[i, j]: how often (or with what weight) i won against j, whoever was shown first. [n, n]"""
        weighed = self._weighed
        return np.asarray(weighed[:, :, Outcome.FIRST_WINS] + weighed[:, :, Outcome.SECOND_WINS].T)

    def ties(self, *, both_bad_as_tie: bool = False) -> FloatArray:
        """T[i, j] = T[j, i]: how often (or with what weight) i and j tied. [n, n]"""
        weighed = self._weighed
        tied = weighed[:, :, Outcome.TIE]
        if both_bad_as_tie:
            tied = tied + weighed[:, :, Outcome.BOTH_BAD]
        return np.asarray(tied + tied.T)

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
        chosen = checked_members(members, self.n_competitors)
        inside = np.ix_(chosen, chosen)
        counts = self.counts[inside]
        if self.weights is None or self.squared_weights is None:
            return PairwiseCounts(len(chosen), counts)
        return PairwiseCounts(len(chosen), counts, self.weights[inside], self.squared_weights[inside])


def checked_members(members: npt.ArrayLike, n_competitors: int) -> IntArray:
    """Different competitors, in the order given."""
    chosen = as_integers("members", members)
    _check_range("members", chosen, n_competitors)
    if len(np.unique(chosen)) < len(chosen):
        raise InvalidInput("`members` names a competitor twice; name each once.")
    return chosen


def _both_sides(shown: IntArray) -> IntArray:
    """For each competitor its total shown first plus its total shown second. [n]"""
    return np.asarray(shown.sum(axis=0) + shown.sum(axis=1), dtype=np.int64)


def checked_comparisons(
    n_competitors: int, first: npt.ArrayLike, second: npt.ArrayLike, outcome: npt.ArrayLike
) -> tuple[IntArray, IntArray, IntArray]:
    """The three columns of every comparison table, or a sentence about what is wrong with them."""
    one, two, ended = (
        column.astype(np.int64, copy=False) for column in _columns(n_competitors, first, second, outcome)
    )
    _check_rows(n_competitors, one, two, ended)
    return one, two, ended


def _columns(n_competitors: int, first: npt.ArrayLike, second: npt.ArrayLike, outcome: npt.ArrayLike) -> _Columns:
    """Parallel columns of whole numbers, not yet looked into."""
    if n_competitors < 1:
        raise EmptyInput("There is no competitor to rank; give n_competitors of 1 or more.")
    named = {"first": first, "second": second, "outcome": outcome}
    one, two, ended = (whole_numbers(name, values) for name, values in named.items())
    same_length(first=one, second=two, outcome=ended)
    return one, two, ended


def _check_rows(n_competitors: int, first: _Column, second: _Column, outcome: _Column) -> None:
    _check_range("first", first, n_competitors)
    _check_range("second", second, n_competitors)
    _check_outcomes(outcome)
    _check_not_alone(first == second)


def _table(n_competitors: int, columns: _Columns, amounts: FloatArray | IntArray | None) -> FloatArray:
    """The sum of the amounts (None: one each) in each cell, checking the rows on the way. [n, n, 4]"""
    shape = (n_competitors, n_competitors, len(Outcome))
    size = n_competitors**2 * len(Outcome)
    width: type[np.integer] = np.int32 if size < _LARGEST_NARROW else np.int64
    found = np.zeros(size)
    for part in in_parts(len(columns[0]), at_least=2 * size):
        # Looked into as they come: narrow integers pass through the processor several at a time.
        one, two, ended = (column[part] for column in columns)
        _check_rows(n_competitors, one, two, ended)
        cell = (one.astype(width) * n_competitors + two.astype(width)) * len(Outcome) + ended.astype(width)
        found += np.bincount(cell, None if amounts is None else amounts[part], minlength=size)
    return found.reshape(shape)


def _any_beyond(codes: _Column, end: int) -> bool:
    """Whether a code is not one of 0..end-1. Read as unsigned, negative ones are the largest of all."""
    return bool(codes.size and codes.view(codes.dtype.str.replace("i", "u")).max() >= end)


def _check_range(name: str, codes: _Column, n_competitors: int) -> None:
    if _any_beyond(codes, n_competitors):
        worst = codes.max() if codes.max() >= n_competitors else codes.min()
        raise InvalidInput(
            f"`{name}` holds competitor {worst}; codes run from 0 to {n_competitors - 1}. "
            "Raise n_competitors or renumber."
        )


def _check_outcomes(outcome: _Column) -> None:
    if _any_beyond(outcome, len(Outcome)):
        strange = sorted(set(outcome.tolist()) - {int(known) for known in Outcome})
        raise UnknownOutcome(
            f"Unknown outcome code {strange[0]}; use 0 (first wins), 1 (second wins), 2 (tie), 3 (both bad)."
        )


def _check_not_alone(same: BoolArray) -> None:
    if same.any():
        raise InvalidInput(
            f"Row {int(np.argmax(same))} compares a competitor with itself; drop such rows before fitting."
        )
