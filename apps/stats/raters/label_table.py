"""Who gave which label to which unit, as counts, for models of raters who confuse labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from apps.stats.arrays import BoolArray, FloatArray, IntArray, as_counts, as_integers, same_length, totals
from apps.stats.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class LabelTable:
    """Counts of labels. Units, raters and labels are codes in ascending order: [n_units], [n_raters], [n_labels].

    `counts` is sparse [n_units, n_raters * n_labels], the labels of a rater side by side. It holds the labels of
    raters who share some unit with another; `n_given` [n_raters] says how many of each.
    """

    unit: IntArray
    rater: IntArray
    label: IntArray
    counts: Any
    n_given: IntArray

    @classmethod
    def of(
        cls, unit: npt.ArrayLike, rater: npt.ArrayLike, label: npt.ArrayLike, count: npt.ArrayLike | None
    ) -> "LabelTable":
        """Check the columns, one row a label or, by `count`, several equal ones, and count."""
        columns = [as_integers(name, given) for name, given in (("unit", unit), ("rater", rater), ("label", label))]
        counts = as_counts("count", count, len(columns[0]))
        same_length(unit=columns[0], rater=columns[1], label=columns[2], count=counts)
        (units, u), (raters, r), (labels, t) = (
            np.unique(column[counts > 0], return_inverse=True) for column in columns
        )
        given = counts[counts > 0]
        if len(labels) < 2:
            raise InvalidInput(
                "Fewer than two different labels were given, so nothing was confused; collect labels that differ."
            )
        used = _of_sharing_raters(u, r, len(units), len(raters))
        shape = (len(units), len(raters) * len(labels))
        table = csr_array((given[used].astype(np.float64), (u[used], (r * len(labels) + t)[used])), shape=shape)
        return cls(units, raters, labels, table, totals(r[used], given[used], len(raters)).astype(np.int64))

    @property
    def shares(self) -> FloatArray:
        """The share of each label among those of each unit, alike where it has none. [n_units, n_labels]"""
        n_labels = len(self.label)
        given = self.counts @ np.tile(np.eye(n_labels), (len(self.rater), 1))
        total = given.sum(axis=1, keepdims=True)
        return np.asarray(np.where(total > 0, given, 1.0) / np.where(total > 0, total, n_labels))

    @property
    def labelled(self) -> BoolArray:
        """Which units have a label here. [n_units]"""
        return np.asarray(np.diff(self.counts.indptr) > 0)

    def confused(self, weights: FloatArray) -> FloatArray:
        """How many labels each rater gave, by true label and label given. [n_raters, n_labels, n_labels]

        `weights` [n_units, n_labels] says how probable each label is to be the true one.
        """
        given_true = (self.counts.T @ weights).reshape(len(self.rater), len(self.label), len(self.label))
        return np.asarray(given_true.transpose(0, 2, 1))

    def log_probabilities(self, log_confusion: FloatArray) -> FloatArray:
        """The log probability of each unit's labels for every true label. [n_units, n_labels]

        `log_confusion` [n_raters, n_labels, n_labels] by true label and label given.
        """
        return np.asarray(self.counts @ log_confusion.transpose(0, 2, 1).reshape(-1, len(self.label)))


def _of_sharing_raters(unit: IntArray, rater: IntArray, n_units: int, n_raters: int) -> BoolArray:
    """Which rows are of raters who labelled some unit that another labelled too."""
    cells = np.unique(unit * n_raters + rater)
    raters_of_unit = np.bincount(cells // n_raters, minlength=n_units)
    if raters_of_unit.max() < 3:
        raise InvalidInput(
            "No unit was labelled by three raters, and of two who differ nothing says who is wrong; let three or more "
            "raters label the same units."
        )
    sharing = np.zeros(n_raters, dtype=np.bool_)
    sharing[(cells % n_raters)[raters_of_unit[cells // n_raters] > 1]] = True
    return sharing[rater]
