"""Who may be the best: the shares of simulated strengths in which each competitor comes first, second, ..."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import InvalidInput
from apps.stats.uncertainty.covariance import Covariance
from apps.stats.uncertainty.drawing import check_strengths, covering, draw_errors

_WARNING = (
    "Read it as a degree of belief that held nothing for or against anybody before these judgments; where systems "
    "are about equal it still names one, so decide by the rank sets."
)


@dataclass(frozen=True, eq=False)
class BestProbabilities:
    """How often each competitor comes first, and where it comes otherwise, among simulated strengths.

    `best` [n] sums to one; `standard_errors` [n] are those of the simulation alone (more draws make them
    smaller, more judgments do not). `rank_probabilities` [n, n] holds competitors down and ranks across, 1
    first; `expected_ranks` [n] are its means. `n_draws` strengths were simulated. `reading` says how to read it.
    """

    best: FloatArray
    standard_errors: FloatArray
    rank_probabilities: FloatArray
    expected_ranks: FloatArray
    n_draws: int
    reading: str

    def within(self, rank: int) -> FloatArray:
        """How often each competitor has this rank or a better one. [n]"""
        n = len(self.best)
        if not 1 <= rank <= n:
            raise InvalidInput(f"rank is {rank}; give a rank from 1 to {n}.")
        return np.asarray(self.rank_probabilities[:, :rank].sum(axis=1))


def probability_best(
    strengths: npt.ArrayLike, covariance: Covariance, *, rng: np.random.Generator, n_draws: int = 10_000
) -> BestProbabilities:
    """The probability that each competitor is the best, given how uncertain the strengths are.

    Strengths are drawn around the estimates (`strengths` [n]) from a multivariate t with the covariance, no
    difference varying less than its floors, and its degrees of freedom; ranks are counted. That is the posterior
    under a flat prior (Gelman et al. 2013, Bayesian Data Analysis, chapter 4), not the rate at which a claim
    "this is the best" would be right: of ten equals the luckiest gets far more than a tenth. Draws that are
    exactly equal, as without any variance, are ordered at random. Equal bits for an equal `rng`. Raises
    InvalidInput or EmptyInput where shapes do not match or there is nothing to draw.
    """
    centre = check_strengths(strengths, covariance, n_draws)
    errors = draw_errors(covering(covariance), covariance.degrees_of_freedom, rng, n_draws)
    counts = _rank_counts(centre + errors, rng)
    best = counts[:, 0] / n_draws
    # Half a draw each way, so that "in none of the draws" is not "known to be zero".
    share = (counts[:, 0] + 0.5) / (n_draws + 1)
    ranks = np.arange(1, len(centre) + 1)
    return BestProbabilities(
        best=best,
        standard_errors=np.sqrt(share * (1 - share) / n_draws),
        rank_probabilities=counts / n_draws,
        expected_ranks=counts @ ranks / n_draws,
        n_draws=n_draws,
        reading=_reading(best),
    )


def _rank_counts(drawn: FloatArray, rng: np.random.Generator) -> IntArray:
    """How often each competitor (down) took each rank (across). [n, n]"""
    n = drawn.shape[1]
    order = np.argsort(-drawn, axis=1)
    in_order = np.take_along_axis(drawn, order, axis=1)
    tied = (in_order[:, 1:] == in_order[:, :-1]).any(axis=1)
    if tied.any():
        lots = rng.random((int(tied.sum()), n))
        order[tied] = np.lexsort((lots, -drawn[tied]), axis=1)
    cells = order * n + np.arange(n)
    return np.bincount(cells.ravel(), minlength=n * n).reshape(n, n).astype(np.int64)


def _reading(best: FloatArray) -> str:
    if len(best) == 1:
        return "There is one competitor, which is the best of one."
    favourite = int(np.argmax(best))
    return f"Competitor {favourite} comes first in {100 * best[favourite]:.1f} % of the simulated strengths. {_WARNING}"
