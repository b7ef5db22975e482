"""Rank sets that hold all at once.

Mogstad, Romano, Shaikh & Wilhelm (2024, Review of Economic Studies 91), with the step-down of Romano & Wolf
(2005, Econometrica 73).
"""

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.uncertainty.covariance import Covariance
from apps.stats.uncertainty.drawing import (
    check_strengths,
    check_tail,
    covering,
    draw_errors,
    draws_for,
    inverse_spreads,
)
from apps.stats.uncertainty.rank_sets import RankSets, leads

_SinglePrecision = npt.NDArray[np.float32]
# So many draws at a time, for all competitors, stay in the processor's cache.
_BLOCK = 512


def simultaneous_rank_sets(
    strengths: npt.ArrayLike,
    covariance: Covariance,
    *,
    rng: np.random.Generator,
    confidence_level: float = 0.95,
    n_draws: int | None = None,
) -> RankSets:
    """Simultaneous rank sets: with the confidence level, every competitor's holds its true rank. [n], [n]

    All statements "i is better than j", in both directions, are tested together: i is better where theta_i -
    theta_j exceeds c standard errors (floored), c being the quantile of the largest t among all statements,
    simulated from the covariance with its degrees of freedom. Step-down: statements once made leave, c is taken
    over the others (the opposite of a statement made stays among them, so that directions are safe too), until
    none is added. The sets are about as wide as marginal ones or wider: use them for "these are the ranks",
    marginal ones for one competitor chosen beforehand. `n_draws` None: 10,000, fewer (down to 2,000) for more than 40
    competitors. Equal bits for an equal `rng`. Raises InvalidInput or
    EmptyInput where shapes do not match or there is nothing to draw. Mogstad, Romano, Shaikh & Wilhelm (2024,
    Review of Economic Studies 91).
    """
    n_draws = draws_for(len(covariance.matrix), n_draws)
    lead = leads(check_strengths(strengths, covariance, n_draws))
    check_tail(confidence_level, n_draws)
    better = _stepped_down(lead, covariance, rng, confidence_level, n_draws)
    return RankSets(1 + better.sum(axis=0), len(lead) - better.sum(axis=1))


def _stepped_down(
    lead: FloatArray, covariance: Covariance, rng: np.random.Generator, confidence_level: float, n_draws: int
) -> BoolArray:
    """Which competitor (down) is shown to be better than which (across). [n, n]"""
    largest = _Largest(covariance, rng, n_draws)
    standard_errors = np.sqrt(covariance.difference_variances())
    shown = np.zeros(lead.shape, dtype=bool)
    while True:
        critical = largest.quantile(~shown, confidence_level)
        found = (lead > critical * standard_errors) | shown
        if (found == shown).all():
            return shown
        shown = found


class _Largest:
    """For each draw the largest standardised difference among the statements still open.

    Statements only ever leave, so that what was largest bounds what will be. Only the draws on which the
    quantile depends are then worked out anew.
    """

    def __init__(self, covariance: Covariance, rng: np.random.Generator, n_draws: int) -> None:
        matrix = covering(covariance)
        errors = draw_errors(matrix, covariance.degrees_of_freedom, rng, n_draws)
        # Competitors down, draws across: maxima then run over contiguous memory.
        self.errors: _SinglePrecision = np.ascontiguousarray(errors.T, dtype=np.float32)
        self.inverse = inverse_spreads(matrix).astype(np.float32)
        self.bounds = np.full(n_draws, np.inf)

    def quantile(self, open_statements: BoolArray, confidence_level: float) -> float:
        n_draws = len(self.bounds)
        n_needed = n_draws - int((n_draws - 1) * confidence_level)
        # At first nothing is known of any draw; later the highest bounds come first.
        n_worked_out = n_draws if np.isinf(self.bounds[0]) else 2 * n_needed
        order = np.argsort(-self.bounds, kind="stable")
        done = 0
        while done < n_draws:
            chosen = order[done:n_worked_out]
            self.bounds[chosen] = self._largest(chosen, open_statements)
            done = min(n_worked_out, n_draws)
            next_bound = self.bounds[order[done]] if done < n_draws else -np.inf
            if (self.bounds[order[:done]] >= next_bound).sum() >= n_needed:
                break
            n_worked_out *= 2
        return float(np.quantile(self.bounds, confidence_level))

    def _largest(self, chosen: IntArray, open_statements: BoolArray) -> FloatArray:
        found = np.zeros(len(chosen), dtype=np.float32)
        for start in range(0, len(chosen), _BLOCK):
            block = slice(start, start + _BLOCK)
            errors = np.ascontiguousarray(self.errors[:, chosen[block]])
            found[block] = _largest_in_block(errors, self.inverse, open_statements)
        return found.astype(np.float64)


def _largest_in_block(
    errors: _SinglePrecision, inverse: _SinglePrecision, open_statements: BoolArray
) -> _SinglePrecision:
    """The largest (error_i - error_j) / spread_ij over open statements "i is better than j". [n_draws]"""
    largest = np.zeros(errors.shape[1], dtype=np.float32)
    for one in range(len(errors) - 1):
        differences = errors[one] - errors[one + 1 :]
        differences *= inverse[one, one + 1 :, None]
        upwards, downwards = open_statements[one, one + 1 :], open_statements[one + 1 :, one]
        if upwards.all() and downwards.all():
            np.abs(differences, out=differences)
        else:
            # A closed direction is blotted out: the larger of d and -d, or one of them, or nothing.
            differences = np.maximum(differences * upwards[:, None], -differences * downwards[:, None])
        np.maximum(largest, differences.max(axis=0), out=largest)
    return largest
