"""What each rater's judgments are worth: for the rater's page, and for the person who decides about a rater."""

from apps.stats.raters.beta_pool import BetaPool
from apps.stats.raters.consistency import SelfConsistency, self_consistency
from apps.stats.raters.dawid_skene import DawidSkene, dawid_skene
from apps.stats.raters.drift import Drift, rater_drift
from apps.stats.raters.dropping import Advice, RaterWatch, watch_rater
from apps.stats.raters.gold import Accuracies, GoldAccuracy, gold_accuracy
from apps.stats.raters.influence import RaterInfluence, rater_influence
from apps.stats.raters.length import LengthPreference, length_preference
from apps.stats.raters.plain_share import PlainShare
from apps.stats.raters.sides import LeftShares, TieShares, left_share, tie_share
from apps.stats.raters.slopes import RaterSlopes, rater_slopes
from apps.stats.raters.speed import RaterSpeed, rater_speed

__all__ = [
    "Accuracies",
    "Advice",
    "BetaPool",
    "DawidSkene",
    "Drift",
    "GoldAccuracy",
    "LeftShares",
    "LengthPreference",
    "PlainShare",
    "RaterInfluence",
    "RaterSlopes",
    "RaterSpeed",
    "RaterWatch",
    "SelfConsistency",
    "TieShares",
    "dawid_skene",
    "gold_accuracy",
    "left_share",
    "length_preference",
    "rater_drift",
    "rater_influence",
    "rater_slopes",
    "rater_speed",
    "self_consistency",
    "tie_share",
    "watch_rater",
]
