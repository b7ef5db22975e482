"""Krippendorff's alpha for labels without an order."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray, as_counts, as_integers, dense_codes, same_length, totals
from apps.stats.intervals import two_sided_quantile

_TOO_FEW_VALUES = (
    "No unit has two labels, so agreement cannot be seen; let a second rater label some of the units."
)
_ONE_CATEGORY = (
    "Every label is the same category, so chance alone would agree always and alpha is undefined; read the "
    "percentage of agreement."
)

# A standard error below this is rounding: the units are all alike and show no spread.
_NO_SPREAD = 1e-12


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give, below 0 worse than chance.

    `low` and `high` bound it at the confidence level; `standard_error` is that of units drawn independently.
    `n_units` counts the units with two labels or more, `n_values` their labels. Where alpha is undefined the
    numbers are None and `reading` says why; else `reading` says how to read it.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    n_units: int
    n_values: int
    confidence_level: float
    reading: str


def krippendorff_alpha(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    confidence_level: float = 0.95,
) -> Alpha:
    """Nominal alpha over labels of units (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    `unit` and `label` are integer codes, one row a label or, by `count`, several equal ones; who gave a label
    does not matter, and units may have any number of them (those with one are left out). The value is the
    krippendorff package's. The interval comes from each unit's influence on alpha, with the t quantile of
    n_units - 1 degrees of freedom; where all units are alike (none disagrees, say) there is no spread to see,
    and the ends are taken as if one more unit had disagreed, or agreed.
    """
    values = _value_counts(unit, label, count)
    n_units, n_values = len(values), int(values.sum())
    if not n_units:
        return Alpha(None, None, None, None, 0, 0, confidence_level, _TOO_FEW_VALUES)
    if (values.sum(axis=0) > 0).sum() < 2:
        return Alpha(None, None, None, None, n_units, n_values, confidence_level, _ONE_CATEGORY)
    value = _package_alpha(values)
    if n_units < 2:
        reading = _reading(value, None, n_units)
        return Alpha(value, None, None, None, n_units, n_values, confidence_level, reading)
    standard_error = _standard_error(values)
    low, high = _ends(values, value, standard_error, confidence_level)
    return Alpha(
        value, low, high, standard_error, n_units, n_values, confidence_level, _reading(value, low, n_units)
    )


def _value_counts(unit: npt.ArrayLike, label: npt.ArrayLike, count: npt.ArrayLike | None) -> IntArray:
    """How often each unit with two labels or more has each label. [n_units, n_labels]"""
    units, labels = as_integers("unit", unit), as_integers("label", label)
    counts = as_counts("count", count, len(units))
    same_length(unit=units, label=labels, count=counts)
    rows, n_rows = dense_codes(units)
    columns, n_columns = dense_codes(labels)
    flat = totals(rows * n_columns + columns, counts, n_rows * n_columns)
    values = flat.astype(np.int64).reshape(n_rows, n_columns)
    pairable: IntArray = values[values.sum(axis=1) >= 2]
    return pairable


def _package_alpha(values: IntArray) -> float:
    import krippendorff

    return float(krippendorff.alpha(value_counts=values, level_of_measurement="nominal"))


def _standard_error(values: IntArray) -> float:
    """From the influence of each unit: the derivative of alpha with respect to the unit's weight.

    With S1 the disagreement seen, S2 = sum over c != d of n_c n_d, and n labels, alpha = 1 - S1 (n - 1) / S2.
    """
    per_unit = values.sum(axis=1).astype(np.float64)
    totals = values.sum(axis=0).astype(np.float64)
    n = totals.sum()
    disagreement = (per_unit**2 - (values.astype(np.float64) ** 2).sum(axis=1)) / (per_unit - 1)
    seen, expected = disagreement.sum(), n**2 - totals @ totals
    others = values @ (n - totals)
    influence = -(
        disagreement * (n - 1) / expected
        + seen * per_unit / expected
        - seen * (n - 1) * 2 * others / expected**2
    )
    centred: FloatArray = influence - influence.mean()
    n_units = len(values)
    return float(np.sqrt(n_units / (n_units - 1) * (centred @ centred)))


def _ends(
    values: IntArray, value: float, standard_error: float, confidence_level: float
) -> tuple[float, float]:
    if standard_error > _NO_SPREAD:
        margin = two_sided_quantile(confidence_level, len(values) - 1) * standard_error
        return value - margin, min(value + margin, 1.0)
    low, _ = _ends_with_one_more(values, (1, 1), confidence_level)
    _, high = _ends_with_one_more(values, (2, 0), confidence_level)
    return min(value, low), max(value, high)


def _ends_with_one_more(
    values: IntArray, labels: tuple[int, int], confidence_level: float
) -> tuple[float, float]:
    """The ends if one more unit had these numbers of the two commonest labels: where units are all alike."""
    commonest = np.argsort(-values.sum(axis=0), kind="stable")[:2]
    one_more = np.zeros((1, values.shape[1]), dtype=np.int64)
    one_more[0, commonest] = labels
    doubted = np.vstack([values, one_more])
    value = _package_alpha(doubted)
    margin = two_sided_quantile(confidence_level, len(values)) * _standard_error(doubted)
    return value - margin, min(value + margin, 1.0)


def _reading(value: float, low: float | None, n_units: int) -> str:
    """Krippendorff's bands, with the warning that preference is not a coding task."""
    if value >= 0.8:
        band = "at least .800, which Krippendorff asks for before conclusions rest on the labels"
    elif value >= 0.667:
        band = "between .667 and .800, where Krippendorff allows tentative conclusions only"
    else:
        band = "below .667; preferences usually are, so compare it with other raters on the same units"
    width = "One unit gives no interval." if low is None else f"Its interval reaches down to {low:.3f}."
    return f"Alpha is {value:.3f} over {n_units} units: {band}. {width}"
