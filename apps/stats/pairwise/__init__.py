"""Competitors compared two at a time: counts, Bradley-Terry strengths, their uncertainty, and the board."""

from apps.stats.pairwise.board import Board, BoardRow, fit_board, fit_islands
from apps.stats.pairwise.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.covariance import (
    Clustering,
    Covariance,
    clustered_covariance,
    independent_covariance,
    robust_covariance,
)
from apps.stats.pairwise.rank_sets import RankSets, marginal_rank_sets
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.pairwise.rows import ComparisonRows

__all__ = [
    "Board",
    "BoardRow",
    "BradleyTerryFit",
    "Clustering",
    "ComparisonRows",
    "Covariance",
    "Outcome",
    "PairwiseCounts",
    "RankSets",
    "clustered_covariance",
    "competition_ranks",
    "fit_board",
    "fit_bradley_terry",
    "fit_islands",
    "independent_covariance",
    "islands",
    "marginal_rank_sets",
    "robust_covariance",
]
