"""Which labels each unit was given: what every measure over units starts from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import label_codes
from apps.stats.arrays import (
    BoolArray,
    FloatArray,
    IntArray,
    as_counts,
    as_integers,
    as_numbers,
    dense_codes,
    same_length,
    totals,
)
from apps.stats.errors import InvalidInput

# A table of units by labels is filled directly up to this many empty places for each row given, and some.
_EMPTY_PLACES_PER_ROW = 4
_EMPTY_PLACES = 1_000_000


@dataclass(frozen=True, eq=False)
class UnitLabels:
    """One row for each different label of each unit: units ascending, and labels within them. [n_rows]

    `label` counts through `values` [n_labels], the labels themselves in ascending order. `cluster` [n_units]
    holds codes 0..n_clusters-1.
    """

    unit: IntArray
    label: IntArray
    count: FloatArray
    values: FloatArray
    cluster: IntArray
    n_clusters: int

    @classmethod
    def of(
        cls,
        unit: npt.ArrayLike,
        label: npt.ArrayLike,
        count: npt.ArrayLike | None,
        cluster: npt.ArrayLike | None,
        *,
        numeric: bool = False,
    ) -> "UnitLabels":
        """Check the columns and gather equal labels of a unit. Labels are integer codes, or numbers if `numeric`."""
        units = as_integers("unit", unit)
        labels = as_numbers("label", label) if numeric else label_codes("label", label)
        counts = None if count is None else as_counts("count", count, len(units))
        same_length(unit=units, label=labels, **({} if counts is None else {"count": counts}))
        rows, n_rows = dense_codes(units)
        columns, values = _coded(labels)
        where, how_often = _gathered(rows * len(values) + columns, counts, n_rows * len(values))
        codes, n_clusters = dense_codes(_cluster_of_units(rows, n_rows, cluster))
        filled, label_of = np.divmod(where, max(len(values), 1))
        found = cls(filled, label_of, how_often, values, codes, n_clusters)
        # A count of 0 leaves a unit without a label, which is then as good as absent.
        return found if counts is None else found.where_units(found.per_unit > 0)

    @property
    def n_units(self) -> int:
        return len(self.cluster)

    @property
    def per_unit(self) -> FloatArray:
        """How many labels each unit was given. [n_units]"""
        return totals(self.unit, self.count, self.n_units)

    @property
    def per_label(self) -> FloatArray:
        """How often each label was given. [n_labels]"""
        return totals(self.label, self.count, len(self.values))

    def pairable(self) -> "UnitLabels":
        """The units with two labels or more: only they show agreement."""
        return self.where_units(self.per_unit >= 2)

    def where_units(self, keep: BoolArray) -> "UnitLabels":
        """These units alone."""
        if keep.all():
            return self
        rows = keep[self.unit]
        renumbered = np.cumsum(keep) - 1
        codes, n_clusters = dense_codes(self.cluster[keep])
        return UnitLabels(
            renumbered[self.unit[rows]], self.label[rows], self.count[rows], self.values, codes, n_clusters
        )

    def among(self, categories: FloatArray) -> "UnitLabels":
        """The same labels with places for categories that nobody gave; ascending. [n_categories]"""
        places = np.searchsorted(categories, self.values)
        return UnitLabels(self.unit, places[self.label], self.count, categories, self.cluster, self.n_clusters)

    def with_one_more(self, labels: tuple[int, ...]) -> "UnitLabels":
        """One more unit, in a cluster of its own, with these labels (places in `values`)."""
        places, given = np.unique(labels, return_counts=True)
        return UnitLabels(
            np.append(self.unit, np.full(len(places), self.n_units)),
            np.append(self.label, places),
            np.append(self.count, given),
            self.values,
            np.append(self.cluster, self.n_clusters),
            self.n_clusters + 1,
        )

    def two_commonest(self) -> tuple[int, int]:
        """The two labels given most often."""
        one, other = np.argsort(-self.per_label, kind="stable")[:2]
        return int(one), int(other)

    def table(self) -> FloatArray:
        """How often each unit was given each label. [n_units, n_labels]"""
        shape = (self.n_units, len(self.values))
        return totals(self.unit * shape[1] + self.label, self.count, shape[0] * shape[1]).reshape(shape)


def _coded(labels: IntArray | FloatArray) -> tuple[IntArray, FloatArray]:
    """Labels as codes 0, 1, ... in ascending order, and the label behind each code."""
    if labels.dtype.kind == "i":
        codes, n_codes = dense_codes(labels.astype(np.int64, copy=False))
        values = np.empty(n_codes)
        values[codes] = labels
        return codes, values
    values, codes = np.unique(labels, return_inverse=True)
    return codes.astype(np.int64, copy=False), values


def _gathered(places: IntArray, counts: IntArray | None, n_places: int) -> tuple[IntArray, FloatArray]:
    """The different places in ascending order, and the count at each."""
    if n_places <= _EMPTY_PLACES_PER_ROW * len(places) + _EMPTY_PLACES:
        filled = np.bincount(places, weights=counts, minlength=n_places)
        found = np.flatnonzero(filled)
        return found, filled[found].astype(np.float64, copy=False)
    found, inverse = np.unique(places, return_inverse=True)
    return found, np.bincount(inverse, weights=counts).astype(np.float64, copy=False)


def _cluster_of_units(rows: IntArray, n_rows: int, cluster: npt.ArrayLike | None) -> IntArray:
    """The cluster of each unit; all rows of a unit must agree on it. [n_units]"""
    if cluster is None:
        return np.arange(n_rows)
    codes = as_integers("cluster", cluster)
    same_length(unit=rows, cluster=codes)
    of_unit = np.zeros(n_rows, dtype=np.int64)
    of_unit[rows] = codes
    if (of_unit[rows] != codes).any():
        raise InvalidInput("A unit lies in two clusters; give all rows of a unit the same cluster code.")
    return of_unit
