"""How probably a comparison is won, tied or lost, with intervals."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from apps.stats.arrays import FloatArray
from apps.stats.intervals import two_sided_quantile
from apps.stats.models.likelihood import contrast_variances
from apps.stats.models.tie_fit import TieFit
from apps.stats.models.tie_likelihood import Terms


@dataclass(frozen=True, eq=False)
class OutcomeProbabilities:
    """What to expect where i meets j, both-bad apart: win, tie and loss add up to 1. All [n, n]

    Each with the ends of its interval. On the diagonal stands a competitor against its equal.
    """

    win: FloatArray
    win_low: FloatArray
    win_high: FloatArray
    tie: FloatArray
    tie_low: FloatArray
    tie_high: FloatArray
    n_judgments: int
    confidence_level: float

    @property
    def loss(self) -> FloatArray:
        """How probably j wins against i."""
        return self.win.T

    @property
    def loss_low(self) -> FloatArray:
        """The lower ends of the losses."""
        return self.win_low.T

    @property
    def loss_high(self) -> FloatArray:
        """The upper ends of the losses."""
        return self.win_high.T


def predict_outcomes(fit: TieFit) -> OutcomeProbabilities:
    """The probabilities of win, tie and loss for every pair, from fit_davidson or fit_rao_kupper.

    Intervals are the delta method's on the log-odds of each probability (so that they stay within 0..1), from
    the fit's joint sandwich covariance; for a penalised fit no narrower than from the model's own. Judgments
    are taken as independent, as in the fit. Where no judgment tied, the tie probability is 0 and its upper
    end that of the fit. Read it as: of 100 further comparisons of the two, so many end this way.
    """
    win, tie = fit.win_probabilities(), fit.tie_probabilities()
    win_terms, tie_terms = fit.terms
    win_low, win_high = _ends(fit, win_terms, tie + win.T)
    tie_low, tie_high = _ends(fit, tie_terms, win + win.T) if fit.has_ties else (tie, _ties_at_most(fit))
    return OutcomeProbabilities(win, win_low, win_high, tie, tie_low, tie_high, fit.n_judgments, fit.confidence_level)


def _ties_at_most(fit: TieFit) -> FloatArray:
    """How probable ties are at the upper end of the tie parameter. [n, n]"""
    highest = fit.tie_parameter if fit.tie_parameter_high is None else fit.tie_parameter_high
    _, tie = fit.model.terms(fit.gaps, highest)
    return np.exp(tie.value)


def _ends(fit: TieFit, terms: Terms, otherwise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The ends for an outcome, `otherwise` being the probability of the two others. [n, n], [n, n]"""
    covariances = [fit.joint_covariance, *([fit.joint_model_covariance] if fit.penalised else [])]
    variance = np.maximum.reduce([_variances(each, terms) for each in covariances])
    # Log-odds move by 1 / (1 - p) times what log p moves by.
    standard_error = np.sqrt(variance) / otherwise
    margin = two_sided_quantile(fit.confidence_level, max(fit.n_judgments - 1, 1)) * standard_error
    centre = terms.value - np.log(otherwise)
    return expit(centre - margin), expit(centre + margin)


def _variances(joint: FloatArray, terms: Terms) -> FloatArray:
    """Of the log probability, by its derivatives. [n, n]"""
    across = joint[:-1, -1][:, None] - joint[:-1, -1][None, :]
    gap_variance = contrast_variances(joint[:-1, :-1])
    found = terms.d**2 * gap_variance + 2 * terms.d * terms.t * across + terms.t**2 * joint[-1, -1]
    return np.asarray(np.clip(found, 0.0, None))
