"""How far fitted numbers would move with other judgments, other raters, other items."""

from apps.stats.uncertainty.covariance import (
    Clustering,
    Covariance,
    clustered_covariance,
    independent_covariance,
    robust_covariance,
)
from apps.stats.uncertainty.rank_sets import RankSets, marginal_rank_sets

__all__ = [
    "Clustering",
    "Covariance",
    "RankSets",
    "clustered_covariance",
    "independent_covariance",
    "marginal_rank_sets",
    "robust_covariance",
]
