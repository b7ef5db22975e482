"""Does a competitor do better, or worse, in a slice of the comparisons than in the rest?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray
from apps.stats.boards.half_fits import Half, Halves
from apps.stats.boards.slice_groups import SliceGroup
from apps.stats.boards.slice_rows import Estimates, SliceRow, slice_rows, tested_together
from apps.stats.boards.slice_words import comparison_reading, slice_reading
from apps.stats.boards.spread import Spread, estimate_spread
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.pairwise.rows import ComparisonRows

_Table = dict[str, Any]


@dataclass(frozen=True)
class ComparedSlice:
    """One slice against the rest.

    `groups` are the competitors that can be compared: ranked together in the slice, and in the rest; `islands` those
    ranked together in the slice. `n_judgments` and `n_rest` count the judgments that entered the fits. `clustering`
    and `clustering_reason` say what the intervals allow for (None where nothing could be compared). `penalised` says
    that someone was undefeated or winless in the slice or in the rest, and the strengths there are Firth's.
    """

    name: str
    rows: tuple[SliceRow, ...]
    groups: tuple[tuple[int, ...], ...]
    islands: tuple[tuple[int, ...], ...]
    n_judgments: int
    n_rest: int
    clustering: str | None
    clustering_reason: str
    penalised: bool
    reading: str


@dataclass(frozen=True)
class SliceComparison:
    """All slices, in the order given, and how much true strengths differ between a slice and the rest.

    `spread` is the standard deviation of the true differences in log-odds, with its interval; None where nothing
    could be compared. `n_tests` differences were tested together.
    """

    slices: tuple[ComparedSlice, ...]
    spread: float | None
    spread_low: float | None
    spread_high: float | None
    n_tests: int
    confidence_level: float
    both_bad_as_tie: bool
    reading: str


def compare_slices(
    *,
    n_competitors: int,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    outcome: npt.ArrayLike,
    slices: Mapping[str, npt.ArrayLike],
    rater: npt.ArrayLike | None = None,
    item: npt.ArrayLike | None = None,
    count: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
    both_bad_as_tie: bool = False,
) -> SliceComparison:
    """Every competitor's strength in each slice, tested against the rest of the comparisons.

    Comparisons as in `fit_board`; `slices` gives each slice a name and says of every row whether it belongs to it
    (true or false, [n_rows]). Slices may overlap: each is compared with all that lies outside it. Slice and rest are
    fitted apart, and the variance of their difference allows for the raters and items that both have in common.
    P values are adjusted over competitors and slices by Holm (1979, Scandinavian Journal of Statistics 6) and by
    Benjamini & Hochberg (1995, Journal of the Royal Statistical Society B 57). Strengths are shrunk by empirical
    Bayes (Efron & Morris 1975, Journal of the American Statistical Association 70), with the spread of Paule & Mandel
    (1982). Competitors that were not ranked together on both sides are not compared, and the reading names them. Raises
    InvalidInput, UnknownOutcome, and EmptyInput without judgments or slices.
    """
    check_confidence_level(confidence_level)
    columns = {"first": first, "second": second, "outcome": outcome, "rater": rater, "item": item, "count": count}
    table: _Table = {name: None if column is None else np.asarray(column) for name, column in columns.items()}
    whole = ComparisonRows.from_arrays(n_competitors=n_competitors, **table)
    if not whole.scored(both_bad_as_tie=both_bad_as_tie).n_judgments:
        raise EmptyInput("No judgment was decided or tied; collect some before comparing slices.")
    chosen = _checked(slices, len(table["first"]))
    cuts = [_Cut.of(name, mask, n_competitors, table, both_bad_as_tie) for name, mask in chosen.items()]
    return _compared(cuts, confidence_level, both_bad_as_tie)


def _checked(slices: Mapping[str, npt.ArrayLike], n_rows: int) -> dict[str, BoolArray]:
    if not slices:
        raise EmptyInput("There is no slice to compare; name at least one.")
    chosen = {name: np.asarray(mask) for name, mask in slices.items()}
    for name, mask in chosen.items():
        if mask.dtype.kind != "b" or mask.shape != (n_rows,):
            raise InvalidInput(
                f"Slice `{name}` is {mask.dtype} of shape {mask.shape}; give true or false for each of {n_rows} rows."
            )
    return chosen


@dataclass(frozen=True, eq=False)
class _Cut:
    """A slice, its two halves, and the groups that can be compared."""

    name: str
    halves: Halves
    groups: tuple[SliceGroup, ...]

    @classmethod
    def of(cls, name: str, mask: BoolArray, n_competitors: int, table: _Table, both_bad_as_tie: bool) -> "_Cut":
        halves = Halves(*(Half.of(_rows(n_competitors, table, kept, both_bad_as_tie)) for kept in (mask, ~mask)))
        return cls(name, halves, tuple(SliceGroup.of(halves, members) for members in halves.groups()))


def _rows(n_competitors: int, table: _Table, kept: BoolArray, both_bad_as_tie: bool) -> ComparisonRows:
    """The rows that are kept and enter a fit."""
    columns: _Table = {name: None if codes is None else codes[kept] for name, codes in table.items()}
    return ComparisonRows.from_arrays(n_competitors=n_competitors, **columns).scored(both_bad_as_tie=both_bad_as_tie)


def _compared(cuts: list[_Cut], confidence_level: float, both_bad_as_tie: bool) -> SliceComparison:
    groups = [group for cut in cuts for group in cut.groups]
    n_compared = sum(bool(cut.groups) for cut in cuts)
    spread = _spread(groups, n_compared, confidence_level) if groups else None
    tests = tested_together(groups)
    each_test = iter(tests)
    n_tests = sum(len(group.members) for group in groups)
    slices = tuple(
        _slice(
            cut,
            [Estimates(group, next(each_test), spread.sd, confidence_level) for group in cut.groups] if spread else [],
            confidence_level,
        )
        for cut in cuts
    )
    n_beyond = int(sum((each.holm < 1 - confidence_level).sum() for each in tests))
    return SliceComparison(
        slices=slices,
        spread=spread.sd if spread else None,
        spread_low=spread.low if spread else None,
        spread_high=spread.high if spread else None,
        n_tests=n_tests,
        confidence_level=confidence_level,
        both_bad_as_tie=both_bad_as_tie,
        reading=comparison_reading(n_beyond, n_tests, spread, confidence_level),
    )


def _spread(groups: list[SliceGroup], n_slices: int, confidence_level: float) -> Spread:
    # What one slice gains the others lose, for each is in the rest of the others.
    independent = (n_slices - 1) / n_slices if n_slices > 1 else 1.0
    return estimate_spread(
        np.concatenate([group.differences for group in groups]),
        np.concatenate([group.difference_variances for group in groups]),
        degrees_of_freedom=independent * sum(len(group.members) - 1 for group in groups),
        confidence_level=confidence_level,
    )


def _slice(cut: _Cut, estimates: list[Estimates], confidence_level: float) -> ComparedSlice:
    inside, outside = cut.halves.one, cut.halves.other
    n, n_rest = (half.scored.counts.showings_per_competitor() for half in (inside, outside))
    rows, groups = slice_rows(n, n_rest, estimates), tuple(group.members for group in cut.groups)
    n_judgments = inside.scored.n_judgments, outside.scored.n_judgments
    found = cut.halves.covariance if estimates else None
    return ComparedSlice(
        name=cut.name,
        rows=rows,
        groups=groups,
        islands=inside.islands,
        n_judgments=n_judgments[0],
        n_rest=n_judgments[1],
        clustering=found.clustering.value if found else None,
        clustering_reason=found.reason if found else "Nothing was compared, so there is no interval.",
        penalised=bool(estimates) and (inside.penalised or outside.penalised),
        reading=slice_reading(cut.name, rows, groups, n_judgments, confidence_level),
    )
