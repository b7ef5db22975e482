"""Covariances made by hand, and simulated studies as rows."""

import numpy as np

from apps.stats.simulation import simulate_comparisons
from apps.stats.uncertainty import Clustering, Covariance
from tests.stats.comparisons_for_tests import rows_of_study


def covariance_of(matrix, degrees_of_freedom=10**6, floors=()):
    return Covariance(np.asarray(matrix, dtype=float), floors, degrees_of_freedom, Clustering.INDEPENDENT, "")


def centred(variances):
    """The covariance of independent errors after the mean is taken out."""
    n = len(variances)
    centre = np.eye(n) - 1 / n
    return centre @ np.diag(variances) @ centre


def study_rows(strengths, n_judgments, rng, **settings):
    """Rows of one simulated study; 20 raters and 50 items unless said otherwise."""
    settings = {"n_raters": 20, "n_items": 50} | settings
    return rows_of_study(simulate_comparisons(strengths=strengths, n_judgments=n_judgments, rng=rng, **settings))
