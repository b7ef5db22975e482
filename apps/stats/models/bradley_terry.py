"""The Bradley-Terry model with ties as half a win each."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray
from apps.stats.models.likelihood import LikelihoodAt, newton_ascent
from apps.stats.models.penalised import penalised_ascent
from apps.stats.pairwise.connectivity import is_separated, require_one_island, unbounded
from apps.stats.pairwise.counts import PairwiseCounts


@dataclass(frozen=True, eq=False)
class BradleyTerryFit:
    """A fitted board.

    `strengths` [n] are natural log-odds with mean zero: a gap of 1 means that the stronger earns e times what
    the weaker earns when they meet (73 % against 27 %). `penalised` says that the likelihood had no top and
    Firth's penalty was used; `undefeated` and `winless` [n] name the competitors for which that matters most:
    their strength has no upper, or no lower, end. `n_judgments` entered the fit. Intervals are those of
    `uncertainty`: robust_covariance allows for raters and items.
    """

    strengths: FloatArray
    likelihood: LikelihoodAt
    n_judgments: int
    both_bad_as_tie: bool
    penalised: bool
    undefeated: BoolArray
    winless: BoolArray

    @property
    def n_competitors(self) -> int:
        """How many competitors were ranked."""
        return len(self.strengths)

    @property
    def probabilities(self) -> FloatArray:
        """P[i, j]: what share of their comparisons i should earn from j, a tie being half. [n, n]"""
        return self.likelihood.probabilities

    @property
    def worths(self) -> FloatArray:
        """exp(strength) scaled to sum one: the scale in which Bradley and Terry (1952) printed scores. [n]"""
        raised = np.exp(self.strengths - self.strengths.max())
        worths: FloatArray = raised / raised.sum()
        return worths


def fit_bradley_terry(counts: PairwiseCounts, *, both_bad_as_tie: bool = False) -> BradleyTerryFit:
    """Fit strengths to counts by maximum likelihood, a tie being half a win for each side.

    Bradley & Terry (1952, Biometrika 39). Solved by choix (Maystre & Grossglauser 2015, NeurIPS), then
    polished by Newton steps until the strengths are within 1e-9 of the exact solution. Both-bad is left out
    unless it is to count as a tie. Raises DisconnectedComparisons where not everyone can be ranked against
    everyone. Where someone never lost or never won, the estimate is Firth's and flagged. One competitor alone
    has strength 0.
    """
    require_one_island(counts, both_bad_as_tie=both_bad_as_tie)
    half_wins = counts.half_wins(both_bad_as_tie=both_bad_as_tie)
    undefeated, winless = unbounded(half_wins)
    penalised = is_separated(half_wins)
    top = _top(half_wins, penalised)
    n_judgments = counts.n_scored(both_bad_as_tie=both_bad_as_tie)
    return BradleyTerryFit(top.strengths, top, n_judgments, both_bad_as_tie, penalised, undefeated, winless)


def _top(half_wins: FloatArray, penalised: bool) -> LikelihoodAt:
    n = len(half_wins)
    if n == 1:
        return LikelihoodAt(half_wins, np.zeros(1))
    if penalised:
        return penalised_ascent(half_wins)
    return newton_ascent(half_wins, _choix_strengths(half_wins))


def _choix_strengths(half_wins: FloatArray) -> FloatArray:
    """choix's solution; zeros, from which Newton goes its own way, where its iteration does not settle."""
    import choix

    zeros = np.zeros(len(half_wins))
    try:
        with np.errstate(all="ignore"):
            strengths: FloatArray = choix.ilsr_pairwise_dense(half_wins, tol=1e-12)
    except (RuntimeError, ValueError):
        return zeros
    return strengths if np.isfinite(strengths).all() else zeros
