"""The board without one rater: one Newton step from the board of all, for every rater at once.

A rater's judgments are taken out of score and information, and one step is made from where the strengths stand:
(H - H_r) step = -g_r (Pregibon 1981, Annals of Statistics 9). What is left over is of second order in the rater's
share of the judgments.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from apps.stats.arrays import BoolArray, FloatArray, IntArray, totals
from apps.stats.errors import InvalidInput
from apps.stats.models.bradley_terry import BradleyTerryFit, fit_bradley_terry
from apps.stats.models.likelihood import LikelihoodAt
from apps.stats.models.penalised import PenalisedLikelihoodAt
from apps.stats.pairwise.counts import Outcome
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.raters.logistic import LogisticRows

NOTHING_SHARED = (
    "No comparison of this rater, decided or tied, is between systems that others compared too, so nothing can be "
    "said; give the rater pairs that others judge as well."
)

LARGEST_STEP = 3.0
_NEAR_ENOUGH = 1e-12
# Along a direction in which less than this share of the information is left, the others know nothing.
_NOTHING_LEFT = 1e-12


@dataclass(frozen=True, eq=False)
class BoardsWithout:
    """What is left when each rater's rows are taken out.

    `strengths` [n_raters, n] have mean zero; `island` [n_raters, n] numbers the groups of competitors that
    the others joined by comparisons: gaps across groups mean nothing.
    """

    strengths: FloatArray
    island: IntArray

    @property
    def in_one_piece(self) -> BoolArray:
        """Whether the others compared everybody with everybody, directly or through others. [n_raters]"""
        return np.asarray((self.island == self.island[:, :1]).all(axis=1))


def rater_codes(rows: ComparisonRows) -> IntArray:
    """The codes of all raters, ascending, or a sentence that asks for them. [n_raters]"""
    if rows.rater is None:
        raise InvalidInput("`rows` do not say who judged; give `rater` to ComparisonRows.from_arrays.")
    return np.unique(rows.rater)


def places_of(rows: ComparisonRows, raters: IntArray) -> IntArray:
    """The place of each row's rater among the codes. [n_rows]"""
    codes = np.empty(0, dtype=np.int64) if rows.rater is None else rows.rater
    return np.searchsorted(raters, codes).astype(np.int64)


def boards_without_each(fit: BradleyTerryFit, scored: ComparisonRows, raters: IntArray) -> BoardsWithout:
    """The board without each of the raters, in their order; `scored` are the rows that entered the fit.

    Where a fit is penalised, its pseudo-comparisons are nobody's, and stay.
    """
    if not len(scored.first):
        alone = np.tile(fit.strengths, (len(raters), 1))
        return BoardsWithout(alone, np.zeros(alone.shape, dtype=np.int64))
    here = fit.likelihood
    kept = here.augmented if isinstance(here, PenalisedLikelihoodAt) else here
    who = places_of(scored, raters)
    steps = _steps(kept, _Shares.of(kept, scored, who, len(raters)))
    longest = np.abs(steps).max(axis=1, initial=1e-300, keepdims=True)
    strengths = kept.strengths + steps * np.minimum(1.0, LARGEST_STEP / longest)
    centred = np.asarray(strengths - strengths.mean(axis=1, keepdims=True))
    return BoardsWithout(centred, _islands(scored, who, len(raters)))


def choices_beside_others(
    rows: ComparisonRows, raters: IntArray, *, both_bad_as_tie: bool, beside: FloatArray | None = None
) -> LogisticRows:
    """What each rater chose, and for it: the gap that all the others see, a constant, and the column `beside`.

    `beside` [n_rows] is any further covariate. Left out are rows that enter no fit, and those between competitors
    whom nobody but the row's rater joined.
    """
    fit = fit_bradley_terry(rows.counts, both_bad_as_tie=both_bad_as_tie)
    entering = both_bad_as_tie | (rows.outcome != Outcome.BOTH_BAD)
    scored = rows.where(entering)
    gap, known = _gaps_without_each(fit, scored, raters)
    further = [] if beside is None else [beside[entering]]
    covariates = np.column_stack([gap, np.ones(len(gap)), *further])[known]
    kept = scored.where(known)
    return LogisticRows(places_of(kept, raters), covariates, kept.earned, kept.count, len(raters))


def _gaps_without_each(fit: BradleyTerryFit, scored: ComparisonRows, raters: IntArray) -> tuple[FloatArray, BoolArray]:
    """By how much the first of each row is stronger, judged by everybody but the row's rater. [n_rows]

    The second array says where that means anything: where the others joined the two competitors.
    """
    boards, who = boards_without_each(fit, scored, raters), places_of(scored, raters)
    gap = boards.strengths[who, scored.first] - boards.strengths[who, scored.second]
    known = boards.island[who, scored.first] == boards.island[who, scored.second]
    return np.asarray(gap), np.asarray(known)


@dataclass(frozen=True, eq=False)
class _Shares:
    """What each rater's rows give to score and information."""

    first: IntArray
    second: IntArray
    surplus: FloatArray
    weight: FloatArray
    shape: tuple[int, int]

    @classmethod
    def of(cls, kept: LikelihoodAt, scored: ComparisonRows, who: IntArray, n_raters: int) -> "_Shares":
        n = scored.n_competitors
        expected = kept.probabilities[scored.first, scored.second]
        surplus, weight = (scored.earned - expected) * scored.count, expected * (1 - expected) * scored.count
        return cls(who * n + scored.first, who * n + scored.second, surplus, weight, (n_raters, n))

    def spread(self, amounts: FloatArray) -> FloatArray:
        """Per rater, each row's amount given to its first and taken from its second. [n_raters, n]"""
        size = self.shape[0] * self.shape[1]
        return (totals(self.first, amounts, size) - totals(self.second, amounts, size)).reshape(self.shape)

    def information_times(self, vectors: FloatArray) -> FloatArray:
        """Each rater's information times that rater's vector. [n_raters, n]"""
        flat = vectors.ravel()
        return self.spread(self.weight * (flat[self.first] - flat[self.second]))


def _steps(kept: LikelihoodAt, shares: _Shares) -> FloatArray:
    """(H - H_r)^-1 (-g_r) by conjugate gradients, preconditioned by the inverse of H. [n_raters, n]

    The fewer of the judgments a rater gave, the nearer H is to what is solved, so a few rounds do. Where the
    others leave a direction undetermined, the step does not go along it.
    """
    information, inverse = kept.information, kept.inverse_information
    step = np.zeros(shares.shape)
    residual = -shares.spread(shares.surplus)
    direction = residual @ inverse
    height = (residual * direction).sum(axis=1)
    start = np.maximum(height, 1e-300)
    for _ in range(2 * shares.shape[1]):
        full = direction @ information
        without = full - shares.information_times(direction)
        curvature = (direction * without).sum(axis=1)
        going = (height > _NEAR_ENOUGH**2 * start) & (curvature > _NOTHING_LEFT * (direction * full).sum(axis=1))
        if not going.any():
            break
        along = np.where(going, height / np.where(going, curvature, 1.0), 0.0)[:, None]
        step, residual = step + along * direction, residual - along * without
        lead = residual @ inverse
        height, before = (residual * lead).sum(axis=1), height
        direction = lead + np.where(going, height / np.where(going, before, 1.0), 0.0)[:, None] * direction
    return step


def _islands(scored: ComparisonRows, who: IntArray, n_raters: int) -> IntArray:
    """The island of each competitor once a rater's comparisons are gone. [n_raters, n]"""
    n = scored.n_competitors
    pair = np.minimum(scored.first, scored.second) * n + np.maximum(scored.first, scored.second)
    met = totals(pair, scored.count, n * n)
    cells, place = np.unique(who * n * n + pair, return_inverse=True)
    only_hers = cells[totals(place, scored.count, len(cells)) == met[cells % (n * n)]]
    island = np.zeros((n_raters, n), dtype=np.int64)
    raters, begins = np.unique(only_hers // (n * n), return_index=True)
    for rater, gone in zip(raters, np.split(only_hers % (n * n), begins[1:]), strict=False):
        left = met > 0
        left[gone] = False
        island[rater] = _components(np.flatnonzero(left), n)
    return island


def _components(pairs: IntArray, n: int) -> IntArray:
    graph = coo_array((np.ones(len(pairs)), (pairs // n, pairs % n)), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)
