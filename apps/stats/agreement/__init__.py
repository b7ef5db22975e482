"""How far labels of the same unit agree: percentages, chance-corrected measures, orders."""

from apps.stats.agreement.alpha_bootstrap import bootstrap_alpha
from apps.stats.agreement.alpha_sums import Level
from apps.stats.agreement.benchmark import Band, BenchmarkBand, BenchmarkScale, benchmark_band
from apps.stats.agreement.chance_corrected import AgreementCoefficient
from apps.stats.agreement.cohen_kappa import Kappa, cohen_kappa
from apps.stats.agreement.fleiss_kappa import fleiss_kappa
from apps.stats.agreement.gwet_ac import brennan_prediger, gwet_ac
from apps.stats.agreement.krippendorff_alpha import Alpha, krippendorff_alpha
from apps.stats.agreement.label_pairs import LabelPairs, pairs_between_units, pairs_within_units
from apps.stats.agreement.percent import PercentAgreement, percent_agreement
from apps.stats.agreement.rank_correlation import rank_correlation
from apps.stats.agreement.spearman_brown import MeanReliability, RatersNeeded, raters_needed, reliability_of_mean
from apps.stats.agreement.summary import AgreementSummary, CategoryShare, summarise_agreement
from apps.stats.agreement.weights import Weights

__all__ = [
    "AgreementCoefficient",
    "AgreementSummary",
    "Alpha",
    "Band",
    "BenchmarkBand",
    "BenchmarkScale",
    "CategoryShare",
    "Kappa",
    "LabelPairs",
    "Level",
    "MeanReliability",
    "PercentAgreement",
    "RatersNeeded",
    "Weights",
    "benchmark_band",
    "bootstrap_alpha",
    "brennan_prediger",
    "cohen_kappa",
    "fleiss_kappa",
    "gwet_ac",
    "krippendorff_alpha",
    "pairs_between_units",
    "pairs_within_units",
    "percent_agreement",
    "rank_correlation",
    "raters_needed",
    "reliability_of_mean",
    "summarise_agreement",
]
