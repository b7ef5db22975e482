"""Krippendorff's alpha for labels without an order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray, as_counts, as_integers, dense_codes, same_length, totals
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile

_TOO_FEW_VALUES = "No unit has two labels, so agreement cannot be seen; let a second rater label some of the units."
_ONE_CATEGORY = (
    "Every label is the same category, so chance alone would agree always and alpha is undefined; read the "
    "percentage of agreement."
)
# A standard error below this is rounding: the units are all alike and show no spread.
_NO_SPREAD = 1e-12


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give, below 0 worse than chance.

    `low` and `high` bound it at the confidence level; `standard_error` is that of clusters drawn
    independently (None, as the ends, where there is only one). `n_units` counts the units with two labels
    or more, `n_values` their labels. Where alpha is undefined the numbers are None and `reading` says why;
    else `reading` says how to read it.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n_units: int
    n_values: int
    n_clusters: int
    confidence_level: float
    reading: str


def krippendorff_alpha(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    cluster: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Alpha:
    """Nominal alpha over labels of units (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    `unit` and `label` are integer codes, one row a label or, by `count`, several equal ones; who gave a label
    does not matter, and units may have any number of them (those with one are left out). `cluster` says which
    units hang together (one code for all rows of a unit; None: every unit by itself). The value is the
    krippendorff package's. The interval comes from each unit's influence on alpha, with the t quantile of
    n_clusters - 1 degrees of freedom; where all units are alike (none disagrees, say) there is no spread to
    see, and the ends are taken as if one more unit had disagreed, or agreed.
    """
    check_confidence_level(confidence_level)
    units = _Units.of(unit, label, count, cluster)
    if not len(units.values):
        return _undefined(units, confidence_level, _TOO_FEW_VALUES)
    if (units.values.sum(axis=0) > 0).sum() < 2:
        return _undefined(units, confidence_level, _ONE_CATEGORY)
    value = units.package_alpha()
    standard_error = units.standard_error() if units.n_clusters > 1 else None
    low, high = _ends(units, value, standard_error, confidence_level)
    return Alpha(
        value=value,
        low=low,
        high=high,
        standard_error=standard_error,
        n_units=len(units.values),
        n_values=int(units.values.sum()),
        n_clusters=units.n_clusters,
        confidence_level=confidence_level,
        reading=_reading(value, low, len(units.values)),
    )


def _undefined(units: "_Units", confidence_level: float, reading: str) -> Alpha:
    n_units, n_values = len(units.values), int(units.values.sum())
    return Alpha(None, None, None, None, n_units, n_values, units.n_clusters, confidence_level, reading)


@dataclass(frozen=True, eq=False)
class _Units:
    """Units with two labels or more: how often each label [n_units, n_labels], which cluster [n_units]."""

    values: IntArray
    cluster: IntArray
    n_clusters: int

    @classmethod
    def of(
        cls,
        unit: npt.ArrayLike,
        label: npt.ArrayLike,
        count: npt.ArrayLike | None,
        cluster: npt.ArrayLike | None,
    ) -> "_Units":
        units, labels = as_integers("unit", unit), as_integers("label", label)
        counts = as_counts("count", count, len(units))
        same_length(unit=units, label=labels, count=counts)
        rows, n_rows = dense_codes(units)
        columns, n_columns = dense_codes(labels)
        flat = totals(rows * n_columns + columns, counts, n_rows * n_columns)
        values = flat.astype(np.int64).reshape(n_rows, n_columns)
        pairable = values.sum(axis=1) >= 2
        codes, n_clusters = dense_codes(_cluster_of_units(rows, n_rows, cluster)[pairable])
        return cls(values[pairable], codes, n_clusters)

    def with_one_more(self, labels: tuple[int, int]) -> "_Units":
        """One more unit, in a cluster of its own, with these numbers of the two commonest labels."""
        commonest = np.argsort(-self.values.sum(axis=0), kind="stable")[:2]
        one_more = np.zeros((1, self.values.shape[1]), dtype=np.int64)
        one_more[0, commonest] = labels
        codes = np.append(self.cluster, self.n_clusters)
        return _Units(np.vstack([self.values, one_more]), codes, self.n_clusters + 1)

    def package_alpha(self) -> float:
        import krippendorff

        return float(krippendorff.alpha(value_counts=self.values, level_of_measurement="nominal"))

    def standard_error(self) -> float:
        """The root of the sum of squared cluster totals of the centred influence, times G/(G-1)."""
        influence = self._influence()
        by_cluster = totals(self.cluster, influence - influence.mean(), self.n_clusters)
        return float(np.sqrt(self.n_clusters / (self.n_clusters - 1) * (by_cluster @ by_cluster)))

    def _influence(self) -> FloatArray:
        """The derivative of alpha with respect to the weight of each unit. [n_units]

        With S1 the disagreement seen, S2 = sum over c != d of n_c n_d, and n labels: alpha = 1 - S1 (n - 1)
        / S2.
        """
        per_unit = self.values.sum(axis=1).astype(np.float64)
        per_label = self.values.sum(axis=0).astype(np.float64)
        n = float(per_label.sum())
        disagreement = (per_unit**2 - (self.values**2).sum(axis=1)) / (per_unit - 1)
        seen, possible = float(disagreement.sum()), n**2 - float(per_label @ per_label)
        others = self.values @ (n - per_label)
        return np.asarray(
            seen * (n - 1) * 2 * others / possible**2 - (disagreement * (n - 1) + seen * per_unit) / possible
        )


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


def _ends(
    units: _Units, value: float, standard_error: float | None, confidence_level: float
) -> tuple[float | None, float | None]:
    if standard_error is None:
        return None, None
    if standard_error > _NO_SPREAD:
        return _around(value, standard_error, units.n_clusters, confidence_level)
    disagreeing, agreeing = units.with_one_more((1, 1)), units.with_one_more((2, 0))
    low, _ = _around(
        disagreeing.package_alpha(), disagreeing.standard_error(), disagreeing.n_clusters, confidence_level
    )
    _, high = _around(agreeing.package_alpha(), agreeing.standard_error(), agreeing.n_clusters, confidence_level)
    return min(value, low), max(value, high)


def _around(value: float, standard_error: float, n_clusters: int, confidence_level: float) -> tuple[float, float]:
    margin = two_sided_quantile(confidence_level, n_clusters - 1) * standard_error
    return value - margin, min(value + margin, 1.0)


def _reading(value: float, low: float | None, n_units: int) -> str:
    """Krippendorff's bands, with the warning that preference is not a coding task."""
    if value >= 0.8:
        band = "at least .800, which Krippendorff asks for before conclusions rest on the labels"
    elif value >= 0.667:
        band = "between .667 and .800, where Krippendorff allows tentative conclusions only"
    else:
        band = "below .667; preferences usually are, so compare it with other raters on the same units"
    width = "Too few units for an interval." if low is None else f"Its interval reaches down to {low:.3f}."
    return f"Alpha is {value:.3f} over {n_units} units: {band}. {width}"
