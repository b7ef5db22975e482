"""Judgments with weights: sums of weights for the fit, sums of squares for its variance."""

import numpy as np
import pytest

from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import Outcome, PairwiseCounts
from apps.stats.uncertainty import independent_covariance

FIRST = [0, 0, 1, 2, 2, 0, 1]
SECOND = [1, 1, 2, 0, 1, 2, 0]
OUTCOME = [0, 1, 0, 0, 2, 0, 0]
WEIGHT = [2.0, 0.5, 1.0, 3.0, 1.5, 1.0, 0.25]


def weighted(weight, count=None):
    return PairwiseCounts.from_arrays(3, FIRST, SECOND, OUTCOME, count, weight=weight)


def test_weights_add_up_where_judgments_do():
    counts = weighted(WEIGHT)
    assert counts.counts[0, 1].tolist() == [1, 1, 0, 0]
    assert counts.wins()[0, 1] == 2.0
    assert counts.wins()[1, 0] == 0.5 + 0.25
    assert counts.of_squares().wins()[1, 0] == 0.5**2 + 0.25**2
    assert counts.ties()[1, 2] == 1.5
    assert counts.n_scored() == 7


def test_a_row_that_counts_several_weighs_so_often():
    thrice = PairwiseCounts.from_arrays(2, [0], [1], [0], [3], weight=[0.5])
    assert (thrice.wins()[0, 1], thrice.of_squares().wins()[0, 1]) == (1.5, 0.75)


def test_whole_weights_move_strengths_as_repetition_does_and_variances_more():
    whole = [2, 1, 1, 3, 1, 1, 1]
    repeated = PairwiseCounts.from_arrays(3, FIRST, SECOND, OUTCOME, whole)
    one, other = fit_bradley_terry(weighted([float(w) for w in whole])), fit_bradley_terry(repeated)
    np.testing.assert_allclose(one.strengths, other.strengths, atol=1e-12)
    assert np.trace(independent_covariance(one, weighted([float(w) for w in whole]))) > np.trace(
        independent_covariance(other, repeated)
    )


def test_equal_weights_change_nothing():
    plain, doubled = weighted(None), weighted([2.0] * 7)
    one, other = fit_bradley_terry(plain), fit_bradley_terry(doubled)
    np.testing.assert_allclose(one.strengths, other.strengths, atol=1e-12)
    np.testing.assert_allclose(independent_covariance(one, plain), independent_covariance(other, doubled), atol=1e-12)


def test_pooling_keeps_weights_beside_judgments_without():
    pooled = weighted(WEIGHT) + weighted(None)
    assert pooled.wins()[0, 1] == 3.0
    assert pooled.of_squares().wins()[0, 1] == 5.0
    assert pooled.among([1, 0]).wins().tolist() == [[0.0, pooled.wins()[1, 0]], [3.0, 0.0]]


def test_the_variance_is_the_sum_of_squared_scores():
    counts = weighted(WEIGHT)
    fit = fit_bradley_terry(counts)
    earned = {Outcome.FIRST_WINS: 1.0, Outcome.SECOND_WINS: 0.0, Outcome.TIE: 0.5}
    meat = np.zeros((3, 3))
    for a, b, outcome, weight in zip(FIRST, SECOND, OUTCOME, WEIGHT, strict=True):
        score = np.zeros(3)
        score[a] = weight * (earned[Outcome(outcome)] - fit.probabilities[a, b])
        score[b] = -score[a]
        meat += np.outer(score, score)
    bread = np.linalg.pinv(fit.likelihood.information)
    np.testing.assert_allclose(independent_covariance(fit, counts), 7 / 5 * bread @ meat @ bread, atol=1e-12)


@pytest.mark.parametrize("weight", [[0.0] * 7, [-1.0] * 7, [np.nan] * 7])
def test_weights_that_are_none_are_refused(weight):
    with pytest.raises(InvalidInput, match=r"weight is above 0|missing or infinite"):
        weighted(weight)


def test_one_weight_a_row():
    with pytest.raises(InvalidInput, match="equally long"):
        weighted([1.0])
