"""Davidson's model: Bradley and Terry's with ties, whose odds against decisions fall with the gap."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.models.tie_fit import TieFit, fit_ties
from apps.stats.models.tie_likelihood import Terms, TieModel
from apps.stats.pairwise.counts import PairwiseCounts


class Davidson:
    """At a gap d the odds of win : tie : loss are exp(d/2) : nu : exp(-d/2). The tie parameter is log nu."""

    def terms(self, gaps: FloatArray, tie_parameter: float) -> tuple[Terms, Terms]:
        # Each by its odds against, which cancels nothing where an outcome is nearly certain.
        win_value = -np.logaddexp(0.0, np.logaddexp(-gaps, tie_parameter - gaps / 2))
        tie_value = -np.logaddexp(0.0, np.logaddexp(gaps / 2, -gaps / 2) - tie_parameter)
        won, tied = np.exp(win_value), np.exp(tie_value)
        lost = won.T
        decided = won + lost
        # The log of the sum of the odds is in all three: second derivatives are alike for all outcomes.
        curvature = -(tied * decided / 4 + won * lost), tied * (won - lost) / 2, -tied * decided
        win = Terms(win_value, lost + tied / 2, -tied, *curvature)
        return win, Terms(tie_value, (lost - won) / 2, decided, *curvature)

    def is_possible(self, tie_parameter: float) -> bool:
        return bool(np.isfinite(tie_parameter))

    def start(self, tie_share: float) -> float:
        return float(np.log(2 * tie_share / (1 - tie_share)))

    def from_logarithm(self, logarithm: float) -> float:
        return logarithm

    def interval(self, tie_parameter: float, standard_error: float, quantile: float) -> tuple[float, float]:
        return tie_parameter - quantile * standard_error, tie_parameter + quantile * standard_error


@dataclass(frozen=True, eq=False)
class DavidsonFit(TieFit):
    """Davidson's model fitted: strengths and the tie width nu, tie_parameter being log nu.

    Against an equal nu / (nu + 2) of comparisons tie: nu .5 is 20 %, 1 a third, 2 half.
    """

    model: ClassVar[TieModel] = Davidson()

    @property
    def tie_width(self) -> float:
        """nu; 0 where no judgment tied."""
        return float(np.exp(self.tie_parameter))

    @property
    def tie_width_low(self) -> float:
        """The lower end for nu."""
        return float(np.exp(self.tie_parameter_low))

    @property
    def tie_width_high(self) -> float | None:
        """The upper end for nu; None where the data set none."""
        return None if self.tie_parameter_high is None else float(np.exp(self.tie_parameter_high))

    @property
    def log_tie_width(self) -> float | None:
        """log nu; None where no judgment tied."""
        return self.tie_parameter if self.has_ties else None

    @property
    def log_tie_width_standard_error(self) -> float | None:
        """The sandwich's; None where no judgment tied."""
        return float(np.sqrt(self.joint_covariance[-1, -1])) if self.has_ties else None

    @property
    def log_tie_width_model_standard_error(self) -> float | None:
        """The model's own, which Davidson printed; None where no judgment tied."""
        return float(np.sqrt(self.joint_model_covariance[-1, -1])) if self.has_ties else None


def fit_davidson(
    counts: PairwiseCounts, *, both_bad_as_tie: bool = False, confidence_level: float = 0.95
) -> DavidsonFit:
    """Fit strengths and the width of ties by maximum likelihood.

    Davidson (1970, Journal of the American Statistical Association 65). Use it to say how probable win, tie
    and loss are. A gap d means exp(d) wins for each loss, ties left aside; where there are ties it is
    therefore longer than fit_bradley_terry's. Both-bad is left out unless it is to count as a tie. Weighted
    judgments count with their weight, in the sandwich with its square. Raises DisconnectedComparisons where
    not everyone can be ranked against everyone, EmptyInput for one competitor. Without any tie the tie width
    is 0, the strengths are fit_bradley_terry's, and the interval is one-sided. Where the likelihood has no
    top (somebody undefeated or winless, or no cycle of competitors with more wins than ties, nothing but ties
    for instance) the estimates are those of Jeffreys' penalty (Firth 1993, Biometrika 80) and flagged.
    """
    return fit_ties(DavidsonFit, counts, both_bad_as_tie=both_bad_as_tie, confidence_level=confidence_level)
