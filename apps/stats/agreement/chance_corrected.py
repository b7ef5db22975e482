"""What the coefficients share that correct the agreement seen in units for the agreement by chance.

    coefficient = (seen - chance) / (1 - chance) = 1 - (1 - seen) / (1 - chance)

`seen` is the mean over units of the share of their pairs of labels that agree; `chance` follows from how
common each category is, by a rule that makes the coefficient Fleiss', Gwet's or Brennan & Prediger's. The
second form is computed: disagreement by chance is exactly 0 where there is one category only.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.linearised import Estimate, clustered_error, ends
from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.agreement.weights import (
    WeightsLike,
    checked_categories,
    commonest_confusion,
    disagreement_weights,
    name_of,
)
from apps.stats.agreement.words import landis_koch
from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.intervals import check_confidence_level

# From shares of categories [q] and disagreement weights [q, q]: disagreement by chance, and its slope in each share.
ChanceRule = Callable[[FloatArray, FloatArray], tuple[float, FloatArray]]

_NO_PAIRS = "No unit has two labels, so agreement cannot be seen; let a second rater label some of the units."
_ONE_CATEGORY = (
    "Every label is the same category, so chance alone would agree always and {name} is undefined; read the "
    "percentage of agreement."
)
_UNKNOWN_CATEGORIES = (
    "Every label is the same category and nothing says which others there were, so {name} is undefined; name all "
    "of them in `categories`."
)


@dataclass(frozen=True)
class AgreementCoefficient:
    """Agreement corrected for chance: 1 is perfect, 0 what chance would give, below 0 worse.

    `seen` and `by_chance` are the two shares it is made of. `low` and `high` bound it at the confidence
    level, from `standard_error`, that of clusters drawn independently (None where fewer than two clusters
    hold a unit with two labels). `published_standard_error` is the formula of Gwet 2014, for comparison with
    other software: the same where every unit has two labels or more, else larger, because it also counts as
    chance how many units have (None where clusters are given or pairs are pooled). `n_units` counts the units
    with two labels or more, `n_labels` all labels, also those of the other units, which say how common a
    category is. Where the coefficient is undefined the numbers are None and `reading` says why; else
    `reading` says how to read it.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    published_standard_error: float | None
    seen: float | None
    by_chance: float | None
    n_units: int
    n_labels: int
    n_clusters: int
    confidence_level: float
    weights: str
    reading: str


@dataclass(frozen=True)
class Measure:
    """One coefficient: its name in sentences, its rule of chance, and whether every pair weighs the same."""

    name: str
    rule: ChanceRule
    pooled: bool = False


def chance_corrected(
    measure: Measure,
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    count: npt.ArrayLike | None,
    cluster: npt.ArrayLike | None,
    weights: WeightsLike,
    categories: npt.ArrayLike | None,
    confidence_level: float,
) -> AgreementCoefficient:
    """The coefficient of labels of units, its interval from each unit's influence on it."""
    check_confidence_level(confidence_level)
    given = UnitLabels.of(unit, label, count, cluster)
    units = given.among(checked_categories(categories, given.values[given.per_label > 0]))
    badness = _evened_out(disagreement_weights(weights, len(units.values)))
    made = _Made(measure, name_of(weights), confidence_level)
    if not (units.per_unit >= 2).any():
        return made.undefined(units, _NO_PAIRS)
    if len(units.values) < 2:
        return made.undefined(units, _UNKNOWN_CATEGORIES)
    sums = _Sums.of(units, badness, measure)
    if not sums.apart_by_chance:
        return made.undefined(units, _ONE_CATEGORY)
    low, high = _ends(units, sums, badness, measure, confidence_level)
    published = sums.published_error() if cluster is None and not measure.pooled else None
    return made.of(units, sums, low, high, published)


def _evened_out(disagreement: FloatArray) -> FloatArray:
    """Weights of the two orders averaged, since nobody knows which of two labels came first; at most 1."""
    both = disagreement + disagreement.T
    return np.asarray(both / max(both.max(initial=0.0), np.finfo(float).tiny))


@dataclass(frozen=True)
class _Made:
    """What a result says about how it was made."""

    measure: Measure
    weights: str
    confidence_level: float

    def of(
        self, units: UnitLabels, sums: "_Sums", low: float | None, high: float | None, published: float | None
    ) -> AgreementCoefficient:
        return AgreementCoefficient(
            value=sums.value,
            low=low,
            high=high,
            standard_error=None if low is None else sums.error(units),
            published_standard_error=published,
            seen=1 - sums.apart,
            by_chance=1 - sums.apart_by_chance,
            n_units=int(sums.pairable.sum()),
            n_labels=int(units.count.sum()),
            n_clusters=units.n_clusters,
            confidence_level=self.confidence_level,
            weights=self.weights,
            reading=_reading(self.measure.name, sums, low),
        )

    def undefined(self, units: UnitLabels, why: str) -> AgreementCoefficient:
        n_units, n_labels = int((units.per_unit >= 2).sum()), int(units.count.sum())
        counts = (n_units, n_labels, units.n_clusters, self.confidence_level, self.weights)
        return AgreementCoefficient(
            None, None, None, None, None, None, None, *counts, why.format(name=self.measure.name)
        )


@dataclass(frozen=True, eq=False)
class _Sums:
    """Disagreement seen and by chance, and by how much each unit pulls the coefficient. [n_units]"""

    apart: float
    apart_by_chance: float
    influence: FloatArray
    pairable: BoolArray

    @classmethod
    def of(cls, units: UnitLabels, disagreement: FloatArray, measure: Measure) -> "_Sums":
        table, per_unit = units.table(), units.per_unit
        pairs, pairable = per_unit * (per_unit - 1), per_unit >= 2
        unlike = ((table @ disagreement) * table).sum(axis=1) / np.where(pairable, pairs, 1.0)
        on_apart = pairs if measure.pooled else pairable.astype(np.float64)
        on_shares = per_unit if measure.pooled else np.ones(len(pairs))
        on_apart, on_shares = on_apart / on_apart.sum(), on_shares / on_shares.sum()
        share = table / per_unit[:, None]
        apart, shares = float(on_apart @ unlike), on_shares @ share
        by_chance, slope = measure.rule(shares, disagreement)
        if not by_chance:
            return cls(apart, 0.0, np.zeros(len(pairs)), pairable)
        pull = apart / by_chance * on_shares * ((share - shares) @ slope) - on_apart * (unlike - apart)
        return cls(apart, by_chance, pull / by_chance, pairable)

    @property
    def value(self) -> float:
        return 1 - self.apart / self.apart_by_chance

    def n_speaking(self, units: UnitLabels) -> int:
        """How many clusters hold a unit with two labels."""
        return int(np.count_nonzero(np.bincount(units.cluster[self.pairable])))

    def error(self, units: UnitLabels) -> float:
        return clustered_error(self.influence, units.cluster, units.n_clusters, self.n_speaking(units))

    def estimate(self, units: UnitLabels) -> Estimate:
        return self.value, self.error(units), self.n_speaking(units)

    def published_error(self) -> float | None:
        """Gwet's: whether a unit has two labels varies too, as if their number were not known."""
        n = len(self.pairable)
        if n < 2:
            return None
        deviation = n * self.influence + (n / self.pairable.sum() * self.pairable - 1) * self.value
        return float(np.sqrt(deviation @ deviation / (n * (n - 1))))


def _ends(
    units: UnitLabels, sums: _Sums, disagreement: FloatArray, measure: Measure, confidence_level: float
) -> tuple[float | None, float | None]:
    if sums.n_speaking(units) < 2:
        return None, None

    def again(more: UnitLabels) -> Estimate:
        return _Sums.of(more, disagreement, measure).estimate(more)

    doubtful = commonest_confusion(units.per_label, disagreement)
    return ends(units, sums.estimate(units), again, doubtful, confidence_level)


def _reading(name: str, sums: _Sums, low: float | None) -> str:
    width = "Too few units for an interval." if low is None else f"Its interval reaches down to {low:.3f}."
    n_units = int(sums.pairable.sum())
    return (
        f"{name} is {sums.value:.3f} over {n_units} units with two labels or more: by the words of Landis and Koch, "
        f"{landis_koch(sums.value)}. {width}"
    )
