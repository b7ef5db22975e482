"""Models of what decides a comparison, fitted to counts or rows."""

from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.models.covariates import CovariateFit, fit_covariates
from apps.stats.models.davidson import DavidsonFit, fit_davidson
from apps.stats.models.elo import EloRatings, compute_elo
from apps.stats.models.outcomes import OutcomeProbabilities, predict_outcomes
from apps.stats.models.position import PositionEffect, fit_position_effect
from apps.stats.models.rao_kupper import RaoKupperFit, fit_rao_kupper
from apps.stats.models.style import STYLE_NAMES, StyleFeatures, style_features

__all__ = [
    "STYLE_NAMES",
    "BradleyTerryFit",
    "CovariateFit",
    "DavidsonFit",
    "EloRatings",
    "OutcomeProbabilities",
    "PositionEffect",
    "RaoKupperFit",
    "StyleFeatures",
    "compute_elo",
    "fit_bradley_terry",
    "fit_covariates",
    "fit_davidson",
    "fit_position_effect",
    "fit_rao_kupper",
    "predict_outcomes",
    "style_features",
]
