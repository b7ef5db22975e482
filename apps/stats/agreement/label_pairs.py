"""Pairs of labels that were given to the same unit: what agreement is counted over."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, IntArray, as_counts, as_integers, same_length
from apps.stats.errors import InvalidInput


@dataclass(frozen=True, eq=False)
class LabelPairs:
    """Pairs of labels, one row a pair or, by `count`, several equal ones. Parallel arrays. [n_rows]"""

    unit: IntArray
    first: IntArray
    second: IntArray
    count: IntArray

    @property
    def n_pairs(self) -> int:
        """How many pairs the rows stand for."""
        return int(self.count.sum())

    def only(self, labels: npt.ArrayLike) -> "LabelPairs":
        """The pairs of which both labels are among these: decisive verdicts, say."""
        wanted = as_integers("labels", labels)
        return self._where(np.isin(self.first, wanted) & np.isin(self.second, wanted))

    def _where(self, keep: BoolArray) -> "LabelPairs":
        return LabelPairs(self.unit[keep], self.first[keep], self.second[keep], self.count[keep])


def pairs_within_units(unit: npt.ArrayLike, label: npt.ArrayLike, count: npt.ArrayLike | None = None) -> LabelPairs:
    """Every unordered pair of labels inside each unit: how people agree with one another.

    `unit` and `label` are integer codes, one row a label or, by `count`, several equal ones. A unit with m
    labels gives m (m - 1) / 2 pairs, so units with many labels weigh more (as in Zheng et al. 2023,
    MT-Bench). The earlier row of a pair comes first. The cost grows with the square of a unit's rows.
    """
    units, labels, counts = _columns(unit, label, count, "")
    order = np.argsort(units, kind="stable")
    units, labels, counts = units[order], labels[order], counts[order]
    end = np.searchsorted(units, units, side="right")
    partners = end - np.arange(len(units)) - 1
    one, two = spread(np.arange(1, len(units) + 1), partners)
    alike = counts > 1
    return LabelPairs(
        np.concatenate([units[one], units[alike]]),
        np.concatenate([labels[one], labels[alike]]),
        np.concatenate([labels[two], labels[alike]]),
        np.concatenate([counts[one] * counts[two], counts[alike] * (counts[alike] - 1) // 2]),
    )


def pairs_between_units(
    unit_x: npt.ArrayLike,
    label_x: npt.ArrayLike,
    unit_y: npt.ArrayLike,
    label_y: npt.ArrayLike,
    *,
    count_x: npt.ArrayLike | None = None,
    count_y: npt.ArrayLike | None = None,
) -> LabelPairs:
    """Every label x of a unit with every label y of the same unit: how a judge agrees with people.

    Two tables of integer codes, as in `pairs_within_units`; units that only one of them knows give no pair.
    `first` holds the label x, `second` the label y.
    """
    x_units, x_labels, x_counts = _columns(unit_x, label_x, count_x, "_x")
    y_units, y_labels, y_counts = _columns(unit_y, label_y, count_y, "_y")
    order = np.argsort(y_units, kind="stable")
    y_units, y_labels, y_counts = y_units[order], y_labels[order], y_counts[order]
    begin = np.searchsorted(y_units, x_units, side="left")
    end = np.searchsorted(y_units, x_units, side="right")
    one, two = spread(begin, end - begin)
    return LabelPairs(x_units[one], x_labels[one], y_labels[two], x_counts[one] * y_counts[two])


def _columns(
    unit: npt.ArrayLike, label: npt.ArrayLike, count: npt.ArrayLike | None, suffix: str
) -> tuple[IntArray, IntArray, IntArray]:
    units, labels = as_integers(f"unit{suffix}", unit), as_integers(f"label{suffix}", label)
    same_length(**{f"unit{suffix}": units, f"label{suffix}": labels})
    counts = as_counts(f"count{suffix}", count, len(units))
    if len(counts) != len(units):
        raise InvalidInput(f"`count{suffix}` has {len(counts)} entries for {len(units)} labels; give one a row.")
    return _counted(units, labels, counts)


def _counted(units: IntArray, labels: IntArray, counts: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    keep = counts > 0
    return (units, labels, counts) if keep.all() else (units[keep], labels[keep], counts[keep])


def spread(begin: IntArray, how_many: IntArray) -> tuple[IntArray, IntArray]:
    """Row numbers paired with the partners begin, begin + 1, ... of each, how_many of them."""
    one = np.repeat(np.arange(len(how_many)), how_many)
    starts = np.cumsum(how_many) - how_many
    two = np.arange(len(one)) - starts[one] + begin[one]
    return one, two
