"""How many ratings: before a study, and in the middle of one."""

from apps.stats.planning.alt_test import AltTestPlan, items_for_alt_test
from apps.stats.planning.board import ELO, BoardPlan, half_width_of_board, judgments_for_board
from apps.stats.planning.design import DesignVariance, variance_of_design
from apps.stats.planning.design_effect import DesignEffect, observed_design_effect
from apps.stats.planning.detection import DetectionPlan, detectable_share, judgments_to_detect
from apps.stats.planning.judge_gain import JudgeGain, judge_gain
from apps.stats.planning.kappa import KappaPlan, KappaTestPlan, pairs_for_kappa, pairs_to_reject_kappa
from apps.stats.planning.score import ScorePlan, half_width_of_score, judgments_for_score
from apps.stats.planning.separation import SeparationPlan, judgments_to_separate
from apps.stats.planning.slice import SlicePlan, judgments_for_slice

__all__ = [
    "ELO",
    "AltTestPlan",
    "BoardPlan",
    "DesignEffect",
    "DesignVariance",
    "DetectionPlan",
    "JudgeGain",
    "KappaPlan",
    "KappaTestPlan",
    "ScorePlan",
    "SeparationPlan",
    "SlicePlan",
    "detectable_share",
    "half_width_of_board",
    "half_width_of_score",
    "items_for_alt_test",
    "judge_gain",
    "judgments_for_board",
    "judgments_for_score",
    "judgments_for_slice",
    "judgments_to_detect",
    "judgments_to_separate",
    "observed_design_effect",
    "pairs_for_kappa",
    "pairs_to_reject_kappa",
    "variance_of_design",
]
