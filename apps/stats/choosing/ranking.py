"""What the results so far say of each pair: its score, its gap, and whether it has any."""

from dataclasses import dataclass

import numpy as np

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.choosing.candidates import few_showings, of_pairs
from apps.stats.choosing.scores import pair_scores
from apps.stats.models.bradley_terry import fit_bradley_terry
from apps.stats.pairwise.connectivity import islands
from apps.stats.pairwise.counts import PairwiseCounts
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.uncertainty.covariance import Covariance, robust_covariance


@dataclass(frozen=True, eq=False)
class RankedPairs:
    """Pairs of two ranked competitors have a score, a gap (absolute) and its standard error. All [m]

    `body` [n] are the competitors that can be ranked against each other; nobody where there are none. Pairs with
    someone else have score 0 and an infinite error.
    """

    body: BoolArray
    score: FloatArray
    gap: FloatArray
    error: FloatArray
    degrees_of_freedom: int


def ranked_pairs(
    counts: PairwiseCounts, pairs: IntArray, *, both_bad_as_tie: bool, design_effect: float
) -> RankedPairs:
    """Fit the main body of competitors, newcomers left aside, and look its pairs up."""
    members = _main_body(counts, ~few_showings(counts, pairs), both_bad_as_tie)
    n = counts.n_competitors
    score, gap, error = np.zeros((n, n)), np.zeros((n, n)), np.full((n, n), np.inf)
    freedom = 1
    if len(members):
        # Judgments count once each, whatever their weight: a choice need not be unbiased, only logged.
        inside = PairwiseCounts(n, counts.counts).among(members)
        fit = fit_bradley_terry(inside, both_bad_as_tie=both_bad_as_tie)
        covariance = _widened(robust_covariance(fit, ComparisonRows.from_counts(inside)), design_effect)
        here = np.ix_(members, members)
        score[here] = pair_scores(fit, covariance)
        gap[here] = np.abs(fit.likelihood.gaps)
        error[here] = np.sqrt(covariance.difference_variances())
        freedom = covariance.degrees_of_freedom
    body = np.zeros(n, dtype=bool)
    body[members] = True
    return RankedPairs(body, of_pairs(score, pairs), of_pairs(gap, pairs), of_pairs(error, pairs), freedom)


def _main_body(counts: PairwiseCounts, eligible: BoolArray, both_bad_as_tie: bool) -> IntArray:
    """The largest group of eligible competitors joined by results; empty where no two are."""
    chosen = np.flatnonzero(eligible)
    groups = islands(counts.among(chosen), both_bad_as_tie=both_bad_as_tie) if len(chosen) else ()
    largest = max(groups, key=len, default=())
    return chosen[list(largest)] if len(largest) > 1 else chosen[:0]


def _widened(covariance: Covariance, design_effect: float) -> Covariance:
    return Covariance(
        covariance.matrix * design_effect,
        tuple(floor * design_effect for floor in covariance.floors),
        covariance.degrees_of_freedom,
        covariance.clustering,
        covariance.reason,
    )
