"""How far fitted numbers would move with other judgments, other raters, other items."""

from apps.stats.uncertainty.best import BestProbabilities, probability_best
from apps.stats.uncertainty.bootstrap import BootstrapStrengths, bootstrap_strengths
from apps.stats.uncertainty.cluster_bootstrap import bootstrap_clusters
from apps.stats.uncertainty.confidence_sequence import ConfidenceSequence, confidence_sequence
from apps.stats.uncertainty.covariance import (
    Clustering,
    Covariance,
    clustered_covariance,
    independent_covariance,
    robust_covariance,
)
from apps.stats.uncertainty.covariate_covariance import CovariateCovariance, robust_covariate_covariance
from apps.stats.uncertainty.judgment_drop import DroppedJudgments, fewest_judgments_to_flip
from apps.stats.uncertainty.quasi_variances import QuasiVariances, quasi_variances
from apps.stats.uncertainty.rank_sets import RankSets, marginal_rank_sets
from apps.stats.uncertainty.simultaneous_rank_sets import simultaneous_rank_sets

__all__ = [
    "BestProbabilities",
    "BootstrapStrengths",
    "Clustering",
    "ConfidenceSequence",
    "Covariance",
    "CovariateCovariance",
    "DroppedJudgments",
    "QuasiVariances",
    "RankSets",
    "bootstrap_clusters",
    "bootstrap_strengths",
    "clustered_covariance",
    "confidence_sequence",
    "fewest_judgments_to_flip",
    "independent_covariance",
    "marginal_rank_sets",
    "probability_best",
    "quasi_variances",
    "robust_covariance",
    "robust_covariate_covariance",
    "simultaneous_rank_sets",
]
