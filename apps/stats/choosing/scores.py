"""How much a judgment of each pair would tell about the order."""

import numpy as np
from scipy.special import ndtr

from apps.stats.arrays import FloatArray
from apps.stats.errors import InvalidInput
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.uncertainty.covariance import Covariance


def pair_scores(fit: BradleyTerryFit, covariance: Covariance) -> FloatArray:
    """Score of every pair: the chance that it is ranked wrongly times what a judgment of it would tell. [n, n]

    Phi(-|gap| / s) p (1 - p) s^2, with gap the difference of strengths, p the expected share, s the standard
    error of the gap (floored, as `covariance` holds it). The first factor is the probability of a wrong order
    under the normal approximation; p (1 - p) s^2 is, to first order, by how much of its variance one judgment
    shrinks the gap's: the criterion of D-optimal designs (Chaloner & Verdinelli 1995, Statistical Science 10).
    Symmetric, the diagonal zero, no unit: only ratios count. Read it as: a pair with twice the score deserves
    twice the judgments. Raises InvalidInput where the covariance is not of these competitors.
    """
    n = fit.n_competitors
    if covariance.matrix.shape != (n, n):
        raise InvalidInput(
            f"The fit has {n} competitors and the covariance has shape {covariance.matrix.shape}; give the covariance "
            "of this fit."
        )
    variances = covariance.difference_variances()
    share = fit.probabilities
    scores: FloatArray = wrong_order(np.abs(fit.likelihood.gaps), variances) * share * share.T * variances
    return scores


def wrong_order(gaps: FloatArray, variances: FloatArray) -> FloatArray:
    """The probability that an estimated gap has the wrong sign; 0 where the gap has no variance."""
    errors = np.sqrt(variances)
    standardised = np.divide(gaps, errors, out=np.full_like(gaps, np.inf), where=errors > 0)
    return np.asarray(ndtr(-standardised))
