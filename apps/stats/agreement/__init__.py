"""How far labels of the same unit agree: percentages, chance-corrected measures, orders."""

from apps.stats.agreement.cohen_kappa import Kappa, cohen_kappa
from apps.stats.agreement.krippendorff_alpha import Alpha, krippendorff_alpha
from apps.stats.agreement.label_pairs import LabelPairs, pairs_between_units, pairs_within_units
from apps.stats.agreement.percent import PercentAgreement, percent_agreement
from apps.stats.agreement.rank_correlation import rank_correlation

__all__ = [
    "Alpha",
    "Kappa",
    "LabelPairs",
    "PercentAgreement",
    "cohen_kappa",
    "krippendorff_alpha",
    "pairs_between_units",
    "pairs_within_units",
    "percent_agreement",
    "rank_correlation",
]
