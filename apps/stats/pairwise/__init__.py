"""Competitors compared two at a time, as data: counts, rows, who met whom, and plain shares."""

from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.counts import Outcome, PairwiseCounts
from apps.stats.pairwise.ranks import competition_ranks
from apps.stats.pairwise.rows import ComparisonRows

__all__ = ["Clusters", "ComparisonRows", "Outcome", "PairwiseCounts", "competition_ranks", "islands"]
