"""Krippendorff's alpha for labels of any level of measurement."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.alpha_sums import AlphaSums, Level
from apps.stats.agreement.linearised import Estimate, clustered_error, ends
from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level

_TOO_FEW_VALUES = "No unit has two labels, so agreement cannot be seen; let a second rater label some of the units."
_ONE_CATEGORY = (
    "Every label is the same category, so chance alone would agree always and alpha is undefined; read the "
    "percentage of agreement."
)
# The package holds units x labels x labels numbers; above this many (8 MB) the sums are taken without them.
_PACKAGE_HOLDS = 1_000_000


@dataclass(frozen=True)
class Alpha:
    """Krippendorff's alpha: 1 is perfect agreement, 0 what chance would give, below 0 worse than chance.

    `low` and `high` bound it at the confidence level; `standard_error` is that of clusters drawn
    independently (None, as the ends, where there is only one). `n_units` counts the units with two labels
    or more, `n_values` their labels. `n_replicates` resamples are behind the interval, 0 where it comes from
    the units' influence. Where alpha is undefined the numbers are None and `reading` says why; else
    `reading` says how to read it.
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
    level: Level = Level.NOMINAL
    n_replicates: int = 0


def krippendorff_alpha(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None = None,
    *,
    level: Level | str = Level.NOMINAL,
    cluster: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> Alpha:
    """Alpha over labels of units (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    `unit` holds integer codes, one row a label or, by `count`, several equal ones; who gave a label does not
    matter, and units may have any number of them (those with one are left out). `level` says how far apart
    two labels are: "nominal" (integer codes, no order), "ordinal", "interval" or "ratio" (numbers; whole or
    not; ratio ones 0 or more). `cluster` says which units hang together (one code for all rows of a unit;
    None: every unit by itself). The value is the krippendorff package's, or where its table of units by
    labels by labels would be very large, that of the same sums without the table. The interval comes from
    each unit's influence on alpha, at the ordinal level with its influence on the distances themselves, and
    the t quantile of n_clusters - 1 degrees of freedom; where all units are alike (none disagrees, say)
    there is no spread to see, and the ends are taken as if one more unit had disagreed, or agreed. Raises
    InvalidInput for columns that do not match, and for negative labels at the ratio level.
    """
    check_confidence_level(confidence_level)
    known, units = checked_units(unit, label, count, level, cluster)
    undefined = why_undefined(units)
    if undefined:
        return alpha_of(units, known, confidence_level, undefined)
    if units.n_clusters < 2:
        value = value_of(units, known, AlphaSums.of(units, known))
        return alpha_of(units, known, confidence_level, reading_of(value, None, units, known), value)
    found = _estimate(units, known)
    low, high = ends(units, found, lambda more: _estimate(more, known), units.two_commonest(), confidence_level)
    reading = reading_of(found[0], low, units, known)
    return alpha_of(units, known, confidence_level, reading, found[0], low, high, found[1])


def checked_units(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None,
    level: Level | str,
    cluster: npt.ArrayLike | None,
) -> tuple[Level, UnitLabels]:
    """The level by its name, and the units with two labels or more."""
    if level not in list(Level):
        raise InvalidInput(f"`level` is {level!r}; give one of {', '.join(Level)}.")
    known = Level(level)
    units = UnitLabels.of(unit, label, count, cluster, numeric=known is not Level.NOMINAL).pairable()
    if known is Level.RATIO and units.values.size and units.values[0] < 0:
        raise InvalidInput("A label is below 0; ratio labels count from a true zero, so use level='interval'.")
    return known, _near_one(units) if known is Level.INTERVAL else units


def _near_one(units: UnitLabels) -> UnitLabels:
    """The labels divided by a power of two, which changes no digit of alpha: their squares neither over- nor underflow.

    Labels that only units left out were given are taken out first, for they may be of any size.
    """
    given = units.per_label > 0
    values = units.values[given]
    _, exponent = np.frexp(np.abs(values).max(initial=0.0))
    return replace(units, label=(np.cumsum(given) - 1)[units.label], values=np.ldexp(values, -exponent))


def why_undefined(units: UnitLabels) -> str | None:
    """The sentence that says why these units have no alpha; None if they have."""
    if not units.n_units:
        return _TOO_FEW_VALUES
    return _ONE_CATEGORY if (units.per_label > 0).sum() < 2 else None


def alpha_of(
    units: UnitLabels,
    level: Level,
    confidence_level: float,
    reading: str,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    standard_error: float | None = None,
    n_replicates: int = 0,
) -> Alpha:
    """The result for these units."""
    return Alpha(
        value=value,
        low=low,
        high=high,
        standard_error=standard_error,
        n_units=units.n_units,
        n_values=int(units.count.sum()),
        n_clusters=units.n_clusters,
        confidence_level=confidence_level,
        reading=reading,
        level=level,
        n_replicates=n_replicates,
    )


def _estimate(units: UnitLabels, level: Level) -> Estimate:
    sums = AlphaSums.of(units, level)
    error = clustered_error(sums.influence(units, level), units.cluster, units.n_clusters)
    return value_of(units, level, sums), error, units.n_clusters


def value_of(units: UnitLabels, level: Level, sums: AlphaSums) -> float:
    """Alpha by the krippendorff package; by the sums where the package would need too much room."""
    if units.n_units * len(units.values) ** 2 > _PACKAGE_HOLDS:
        return sums.value
    import krippendorff

    counts = units.table().astype(np.int64)
    return float(krippendorff.alpha(value_counts=counts, value_domain=units.values, level_of_measurement=level.value))


def reading_of(value: float, low: float | None, units: UnitLabels, level: Level) -> str:
    """Krippendorff's bands, with the warning that preference is not a coding task."""
    if value >= 0.8:
        band = "at least .800, which Krippendorff asks for before conclusions rest on the labels"
    elif value >= 0.667:
        band = "between .667 and .800, where Krippendorff allows tentative conclusions only"
    else:
        band = "below .667; preferences usually are, so compare it with other raters on the same units"
    width = "Too few units for an interval." if low is None else f"Its interval reaches down to {low:.3f}."
    name = "Alpha" if level is Level.NOMINAL else f"Alpha ({level.value})"
    return f"{name} is {value:.3f} over {units.n_units} units: {band}. {width}"
