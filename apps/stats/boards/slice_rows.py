"""What a slice says of each competitor, as rows to be shown."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.boards.adjusted_p_values import benjamini_hochberg, holm, two_sided
from apps.stats.boards.slice_groups import SliceGroup


@dataclass(frozen=True)
class SliceRow:
    """One competitor in a slice and in the rest: the comparisons outside it.

    Strengths are natural log-odds with mean zero over `compared_with`, the competitors ranked together with this one
    in the slice and in the rest too; all numbers but the counts are None where there are none. `difference` is the
    strength in the slice minus that in the rest, `p_value` how often one so far from zero would come about without any
    true difference; `p_holm` and `p_benjamini_hochberg` allow for all competitors and slices that were looked at.
    `shrunk` is the best guess of the strength in the slice, small slices being drawn towards the rest. `low` and
    `high` are the ends of each interval; None is an open end, where the competitor was undefeated or winless.
    `n` and `n_rest` count its judgments that entered the fits.
    """

    competitor: int
    n: int
    n_rest: int
    compared_with: tuple[int, ...]
    strength: float | None = None
    strength_low: float | None = None
    strength_high: float | None = None
    rest_strength: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p_value: float | None = None
    p_holm: float | None = None
    p_benjamini_hochberg: float | None = None
    shrunk: float | None = None
    shrunk_low: float | None = None
    shrunk_high: float | None = None


@dataclass(frozen=True, eq=False)
class Tests:
    """P values of a group's differences: as they are, and adjusted for all that were looked at. [g]"""

    p_value: FloatArray
    holm: FloatArray
    benjamini_hochberg: FloatArray


def tested_together(groups: list[SliceGroup]) -> list[Tests]:
    """The tests of several groups, each adjusted for all of them."""
    if not groups:
        return []
    p_values = np.concatenate([two_sided(group.statistics, group.covariance.degrees_of_freedom) for group in groups])
    ends = np.cumsum([len(group.members) for group in groups])[:-1]
    columns = (np.split(each, ends) for each in (p_values, holm(p_values), benjamini_hochberg(p_values)))
    return [Tests(*parts) for parts in zip(*columns, strict=True)]


@dataclass(frozen=True, eq=False)
class Estimates:
    """A group with its tests, and how much true differences are taken to spread."""

    group: SliceGroup
    tests: Tests
    spread: float
    confidence_level: float

    def columns(self) -> dict[str, FloatArray]:
        """The numbers of `SliceRow` by name; nan is an open end. Each [g]"""
        group, nobody = self.group, np.zeros(len(self.group.members), dtype=bool)
        shrunk, errors = group.shrunk(self.spread)
        return {
            **self._interval("strength", group.slice_strengths, group.half_variances[0], group.slice_unbeaten),
            "rest_strength": group.rest_strengths,
            **self._interval("difference", group.differences, group.difference_variances, group.no_ends),
            "p_value": self.tests.p_value,
            "p_holm": self.tests.holm,
            "p_benjamini_hochberg": self.tests.benjamini_hochberg,
            **self._interval("shrunk", shrunk, errors, (nobody, nobody)),
        }

    def _interval(
        self, name: str, values: FloatArray, variances: FloatArray, no_ends: tuple[BoolArray, BoolArray]
    ) -> dict[str, FloatArray]:
        """Values with both their ends, of which the upper or the lower may be open."""
        margin = self.group.margin(variances, self.confidence_level)
        return {
            name: values,
            f"{name}_low": np.where(no_ends[1], np.nan, values - margin),
            f"{name}_high": np.where(no_ends[0], np.nan, values + margin),
        }


def slice_rows(n: IntArray, n_rest: IntArray, estimates: list[Estimates]) -> tuple[SliceRow, ...]:
    """A row for every competitor, with numbers for those in a group. `n`, `n_rest`: their judgments. [n_competitors]"""
    found = {
        member: (each.group.members, {name: float(column[place]) for name, column in columns.items()})
        for each in estimates
        for columns in [each.columns()]
        for place, member in enumerate(each.group.members)
    }
    nobody: tuple[tuple[int, ...], dict[str, float]] = ((), {})
    rows = []
    for competitor, (inside, outside) in enumerate(zip(n.tolist(), n_rest.tolist(), strict=True)):
        members, numbers = found.get(competitor, nobody)
        known = {name: None if np.isnan(number) else number for name, number in numbers.items()}
        rows.append(SliceRow(competitor, inside, outside, members, **known))
    return tuple(rows)
