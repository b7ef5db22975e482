"""Competitors compared two at a time, as data: counts, rows, who met whom, and plain shares."""

from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.head_to_head import HeadToHead, head_to_head
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.pairwise.win_matrix import WinMatrix, win_matrix

__all__ = [
    "Clusters",
    "ComparisonRows",
    "HeadToHead",
    "Outcome",
    "PairwiseCounts",
    "WinMatrix",
    "competition_ranks",
    "head_to_head",
    "islands",
    "win_matrix",
]
