"""Which pair to show next, and how to read results whose pairs were chosen by earlier ones."""

from apps.stats.choosing.drawing import DrawnPairs, balanced_pairs, draw_pairs
from apps.stats.choosing.estimators import EstimatorComparison, StrengthEstimates, compare_estimators
from apps.stats.choosing.policy import PairPolicy, PairReason, pair_probabilities
from apps.stats.choosing.rounds import NextPairs, next_pairs
from apps.stats.choosing.scores import pair_scores
from apps.stats.choosing.separation import PairSeparation, RemainingJudgments, remaining_judgments
from apps.stats.choosing.start import StartProgress, start_progress

__all__ = [
    "DrawnPairs",
    "EstimatorComparison",
    "NextPairs",
    "PairPolicy",
    "PairReason",
    "PairSeparation",
    "RemainingJudgments",
    "StartProgress",
    "StrengthEstimates",
    "balanced_pairs",
    "compare_estimators",
    "draw_pairs",
    "next_pairs",
    "pair_probabilities",
    "pair_scores",
    "remaining_judgments",
    "start_progress",
]
