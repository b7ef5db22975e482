"""Agreement from four sides at once, so that the kappa paradox is seen for what it is."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.chance_corrected import AgreementCoefficient
from apps.stats.agreement.gwet_ac import gwet_ac
from apps.stats.agreement.krippendorff_alpha import Alpha, krippendorff_alpha
from apps.stats.agreement.label_pairs import pairs_within_units
from apps.stats.agreement.percent import PercentAgreement, percent_agreement
from apps.stats.agreement.unit_labels import UnitLabels
from apps.stats.agreement.weights import checked_categories
from apps.stats.intervals import clustered_share

# When the paradox is named: one category takes more than this share, people mostly agree, and alpha is low.
_COMMON = 0.8
_MOSTLY_AGREE = 80.0
_LOW_ALPHA = 0.667


@dataclass(frozen=True)
class CategoryShare:
    """How common one category is among all `n` labels, with its cluster-robust interval; shares of 0..1."""

    category: int
    share: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class AgreementSummary:
    """Alpha, AC1, the percentage of equal pairs, and how common each category is, from the same labels.

    `paradox` is true where one category takes more than .8 of the labels, at least 80 of 100 pairs agree, and
    alpha is nevertheless below .667 or undefined; `reading` then says so.
    """

    alpha: Alpha
    ac1: AgreementCoefficient
    percent: PercentAgreement
    categories: tuple[CategoryShare, ...]
    paradox: bool
    confidence_level: float
    reading: str


def summarise_agreement(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    categories: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> AgreementSummary:
    """Four figures that only make sense together (Feinstein & Cicchetti 1990, Journal of Clinical Epidemiology 43).

    Columns as in `krippendorff_alpha` at the nominal level; `categories` as in `gwet_ac`: the codes that
    could have been given. Pairs are all pairs of labels of a unit. Intervals are over clusters, or units
    where none are given. Where one category is common, alpha and kappa measure how well people tell the rare
    ones apart, and can be near 0 while nearly all pairs agree: both figures are then true, of different
    questions. Raises InvalidInput for columns or categories that do not match.
    """
    units = UnitLabels.of(unit, label, count, cluster)
    alpha = krippendorff_alpha(unit, label, count, cluster=cluster, confidence_level=confidence_level)
    ac1 = gwet_ac(unit, label, count=count, cluster=cluster, categories=categories, confidence_level=confidence_level)
    percent = _percent(units, confidence_level)
    shares = _shares(units, categories, confidence_level)
    paradox = _is_paradox(alpha, percent, shares)
    reading = _reading(alpha, ac1, percent, shares, paradox=paradox)
    return AgreementSummary(alpha, ac1, percent, shares, paradox, confidence_level, reading)


def _percent(units: UnitLabels, confidence_level: float) -> PercentAgreement:
    pairs = pairs_within_units(units.unit, units.label, units.count.astype(np.int64))
    return percent_agreement(
        pairs.first, pairs.second, units.cluster[pairs.unit], count=pairs.count, confidence_level=confidence_level
    )


def _shares(units: UnitLabels, categories: npt.ArrayLike | None, confidence_level: float) -> tuple[CategoryShare, ...]:
    """The share of each category among all labels, in ascending order of the categories."""
    if not units.n_units:
        return ()
    named = checked_categories(categories, units.values[units.per_label > 0])
    given, cluster = units.values[units.label], units.cluster[units.unit]
    count = units.count.astype(np.int64)
    found = [
        clustered_share((given == one).astype(np.float64), count, cluster, units.n_clusters, confidence_level)
        for one in named
    ]
    return tuple(
        CategoryShare(int(one), each.share, each.low, each.high, each.n) for one, each in zip(named, found, strict=True)
    )


def _is_paradox(reliability: Alpha, percent: PercentAgreement, shares: tuple[CategoryShare, ...]) -> bool:
    common = max((each.share for each in shares), default=0.0) > _COMMON
    agree = percent.percent is not None and percent.percent >= _MOSTLY_AGREE
    return common and agree and (reliability.value is None or reliability.value < _LOW_ALPHA)


def _reading(
    reliability: Alpha,
    ac1: AgreementCoefficient,
    percent: PercentAgreement,
    shares: tuple[CategoryShare, ...],
    *,
    paradox: bool,
) -> str:
    if percent.percent is None:
        return percent.reading
    figures = (
        f"alpha is {_told(reliability.value)}, AC1 {_told(ac1.value)}, and {percent.percent:.1f} of 100 pairs agree"
    )
    if not paradox:
        return f"Over {reliability.n_units} units {figures}."
    common = max(shares, key=lambda each: each.share)
    return (
        f"Over {reliability.n_units} units {figures}: the kappa paradox. Category {common.category} takes "
        f"{100 * common.share:.1f} of 100 labels, so chance alone would agree nearly always and alpha judges only how "
        "well the rare categories are told apart. Read AC1 and the percentage for agreement as a whole, and label "
        "more units of the rare categories before judging the raters."
    )


def _told(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
