"""Rao and Kupper's model: a comparison ties where the perceived gap stays within a threshold."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.models.tie_fit import TieFit, fit_ties
from apps.stats.models.tie_likelihood import Terms, TieModel
from apps.stats.pairwise.counts import PairwiseCounts

# Of exponentials that are finite in double precision.
_LARGEST_EXPONENT = 700.0


class RaoKupper:
    """At a gap d a win has probability 1 / (1 + exp(c - d)), a loss 1 / (1 + exp(c + d)). The parameter is c."""

    def terms(self, gaps: FloatArray, tie_parameter: float) -> tuple[Terms, Terms]:
        missed = np.logaddexp(0.0, tie_parameter - gaps)
        won = np.exp(-missed)
        lost, slope = won.T, won * -np.expm1(-missed)
        both, unlike = slope + slope.T, slope - slope.T
        # 1 - won - lost = (1 - exp(-2 c)) (1 - won) (1 - lost), which cancels nothing where ties are rare.
        short = missed + gaps - tie_parameter
        with np.errstate(divide="ignore", over="ignore"):
            width = np.log(-np.expm1(-2 * tie_parameter))
            by_threshold = 2 / np.expm1(2 * np.float64(tie_parameter)) + won + lost
            curvature = -1 / np.sinh(np.float64(tie_parameter)) ** 2 - both
        win = Terms(-missed, 1 - won, won - 1, -slope, slope, -slope)
        return win, Terms(width - short - short.T, lost - won, by_threshold, -both, unlike, curvature)

    def is_possible(self, tie_parameter: float) -> bool:
        return bool(tie_parameter > 0)

    def start(self, tie_share: float) -> float:
        return float(2 * np.arctanh(tie_share))

    def from_logarithm(self, logarithm: float) -> float:
        return float(np.exp(logarithm))

    def interval(self, tie_parameter: float, standard_error: float, quantile: float) -> tuple[float, float]:
        ratio = float(np.exp(min(quantile * standard_error / tie_parameter, _LARGEST_EXPONENT)))
        return tie_parameter / ratio, tie_parameter * ratio


@dataclass(frozen=True, eq=False)
class RaoKupperFit(TieFit):
    """Rao and Kupper's model fitted: strengths and the threshold c, the tie_parameter.

    The winner of two must be perceived as c log-odds better. Against an equal tanh(c / 2) of comparisons
    tie: c .5 is 24 %, 1 is 46 %. Rao and Kupper printed theta = exp(c).
    """

    model: ClassVar[TieModel] = RaoKupper()

    @property
    def threshold(self) -> float:
        """c; 0 where no judgment tied."""
        return self.tie_parameter

    @property
    def threshold_low(self) -> float:
        """The lower end for c."""
        return self.tie_parameter_low

    @property
    def threshold_high(self) -> float | None:
        """The upper end for c; None where the data set none."""
        return self.tie_parameter_high

    @property
    def threshold_standard_error(self) -> float | None:
        """The sandwich's; None where no judgment tied."""
        return float(np.sqrt(self.joint_covariance[-1, -1])) if self.has_ties else None

    @property
    def threshold_model_standard_error(self) -> float | None:
        """The model's own; None where no judgment tied."""
        return float(np.sqrt(self.joint_model_covariance[-1, -1])) if self.has_ties else None


def fit_rao_kupper(
    counts: PairwiseCounts, *, both_bad_as_tie: bool = False, confidence_level: float = 0.95
) -> RaoKupperFit:
    """Fit strengths and the threshold of ties by maximum likelihood.

    Rao & Kupper (1967, Journal of the American Statistical Association 62). Use it where a tie means "I see no
    difference". A gap d is between perceived qualities: the stronger is perceived as better with odds of
    exp(d), but wins only where it is by c or more. Everything else (both-bad, weights, errors, no ties,
    penalty) is as in fit_davidson, the threshold c taking the place of log nu; its interval is symmetric in
    log c.
    """
    return fit_ties(RaoKupperFit, counts, both_bad_as_tie=both_bad_as_tie, confidence_level=confidence_level)
