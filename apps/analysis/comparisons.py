"""People's judgments one by one, as arrays: who was compared with whom, by whom, on what, and what came of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.stats.pairwise import ComparisonRows

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BoardInputs:
    """Aggregated comparisons of one kind of rater: parallel arrays, a row for each group of equal judgments."""

    systems: tuple[str, ...]
    first: Integers
    second: Integers
    outcome: Integers
    count: Integers
    rater: Integers
    item: Integers

    @property
    def n_judgments(self) -> int:
        """How many judgments the rows stand for."""
        return int(self.count.sum())


@dataclass(frozen=True, slots=True)
class Labels:
    """Verdicts per task, sides undone: parallel arrays."""

    unit: Integers
    label: Integers


@dataclass(frozen=True, slots=True)
class ClusteredLabels(Labels):
    """Verdicts with the group of items that each task belongs to: tasks of one cluster hang together."""

    cluster: Integers

    def clusters_of(self, units: Integers) -> Integers:
        """The cluster of each of some units, all of which have a verdict here."""
        known, first = np.unique(self.unit, return_index=True)
        return self.cluster[first[np.searchsorted(known, units)]]


@dataclass(frozen=True, eq=False)
class Items:
    """The items of a study, ascending by id: the code of each one's group, and its slices."""

    ids: Integers
    group: Integers
    slices: tuple[dict[str, str], ...]

    def group_of(self, ids: Integers) -> Integers:
        """The code of the group of each of some items."""
        return self.group[np.searchsorted(self.ids, ids)]


@dataclass(frozen=True, eq=False)
class Comparisons:
    """The judgments a board of people counts, in the order of storing; parallel arrays.

    `first` stands before `second` in system order, both as places in `systems`; `item` is a place in `items`. Outputs
    and raters are ids.
    """

    systems: tuple[str, ...]
    items: Items
    first: Integers
    second: Integers
    first_output: Integers
    second_output: Integers
    outcome: Integers
    rater: Integers
    item: Integers
    unblinded: Integers

    @property
    def n_judgments(self) -> int:
        """How many judgments there are."""
        return len(self.first)

    @property
    def n_raters(self) -> int:
        """How many people gave them."""
        return len(np.unique(self.rater))

    @property
    def n_items(self) -> int:
        """How many items they are on."""
        return len(np.unique(self.item))

    @property
    def n_unblinded(self) -> int:
        """How many were given by someone who had seen results."""
        return int(self.unblinded.sum())

    @property
    def group(self) -> Integers:
        """What clusters: the group of each judgment's item."""
        return self.items.group[self.item]

    def board_inputs(self) -> BoardInputs:
        """The same as a board takes them."""
        once = np.ones(self.n_judgments, dtype=np.int64)
        return BoardInputs(self.systems, self.first, self.second, self.outcome, once, self.rater, self.group)

    def rows(self) -> ComparisonRows:
        """The same as the statistics take them, clustered by rater and by group of items."""
        return ComparisonRows.from_arrays(
            # A study may have no system yet, and the statistics know no comparison among nobody.
            n_competitors=max(len(self.systems), 1),
            first=self.first,
            second=self.second,
            outcome=self.outcome,
            rater=self.rater,
            item=self.group,
        )


def comparisons_from(table: Integers, systems: tuple[str, ...], system_ids: Integers, items: Items) -> Comparisons:
    """From columns of ids: system a and b, output a and b, outcome in system order, rater, item, and whether the
    rater had seen results. [8, n]

    `system_ids` belong to `systems`.
    """
    a, b, output_a, output_b, outcome, rater, item, unblinded = table
    place_a, place_b = _places(system_ids, a), _places(system_ids, b)
    swapped = place_a > place_b
    return Comparisons(
        systems=systems,
        items=items,
        first=np.where(swapped, place_b, place_a),
        second=np.where(swapped, place_a, place_b),
        first_output=np.where(swapped, output_b, output_a),
        second_output=np.where(swapped, output_a, output_b),
        outcome=outcome,
        rater=rater,
        item=np.searchsorted(items.ids, item),
        unblinded=unblinded,
    )


def _places(ids: Integers, found: Integers) -> Integers:
    """Where each id that was found stands among `ids`, which come in any order."""
    order = np.argsort(ids)
    return np.asarray(order[np.searchsorted(ids, found, sorter=order)], dtype=np.int64)
