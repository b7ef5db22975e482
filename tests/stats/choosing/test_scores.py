"""The score of a pair: by hand, by loops, and what its two factors promise."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from apps.stats.choosing import pair_scores
from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import ComparisonRows, PairwiseCounts
from apps.stats.uncertainty import robust_covariance
from tests.stats.choosing.fields_for_tests import level_field
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import covariance_of

unhurried = settings(deadline=None, max_examples=40)


def fitted(counts):
    fit = fit_bradley_terry(counts)
    return fit, robust_covariance(fit, ComparisonRows.from_counts(counts))


def scores_of(counts):
    return pair_scores(*fitted(counts))


@proves(Kind.WORKED, pair_scores)
def test_two_competitors_by_hand():
    """6 : 2 is p = 3/4, gap ln 3. Information 8 (3/16) = 1.5; meat 6 (1/16) + 2 (9/16) = 1.5, times 8/7.

    s^2 = (1.5 (8/7)) / 1.5^2 = .761905, s = .872872; Phi(-1.098612 / .872872) = Phi(-1.258618) = .104085. The score
    is .104085 (.1875) (.761905).
    """
    scores = scores_of(counts_of(2, (0, 1, 6, 2)))
    assert scores[0, 1] == pytest.approx(0.014869, abs=1e-6)
    assert scores[0, 0] == scores[1, 1] == 0


@proves(Kind.WORKED, pair_scores)
def test_equals_score_an_eighth_of_their_variance():
    """Where the gap is 0 the order is a coin's, 1/2, and p (1 - p) is 1/4."""
    fit = fit_bradley_terry(counts_of(3, (0, 1, 5, 5), (1, 2, 5, 5)))
    matrix = np.diag([0.3, 0.2, 0.1])
    scores = pair_scores(fit, covariance_of(matrix))
    assert scores[0, 1] == pytest.approx(0.5 / 8)
    assert scores[0, 2] == pytest.approx(0.4 / 8)
    assert scores[1, 2] == pytest.approx(0.3 / 8)


@proves(Kind.GOLDEN, pair_scores)
def test_scores_as_stored():
    counts = counts_of(4, (0, 1, 9, 3, 2), (1, 2, 7, 6), (2, 3, 8, 4, 1), (0, 3, 11, 1), (1, 3, 6, 2))
    check_golden("choosing/pair_scores", scores_of(counts))


@proves(Kind.PROPERTY, pair_scores)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_scores_follow_the_competitors_and_are_symmetric(rows, random):
    scores = scores_of(rows.counts)
    assert scores == pytest.approx(scores.T, rel=1e-9)
    assert (np.diag(scores) == 0).all()
    assert (scores >= 0).all()
    order = random.sample(range(rows.n_competitors), rows.n_competitors)
    assert scores_of(rows.counts.among(order)) == pytest.approx(scores[np.ix_(order, order)], rel=1e-6)


@proves(Kind.PROPERTY, pair_scores)
@unhurried
@given(comparison_rows(), st.integers(2, 5))
def test_more_of_the_same_judgments_score_less(rows, times):
    more = PairwiseCounts(rows.n_competitors, rows.counts.counts * times)
    apart = ~np.eye(rows.n_competitors, dtype=bool)
    assert (scores_of(more)[apart] < scores_of(rows.counts)[apart]).all()


@proves(Kind.PROPERTY, pair_scores)
def test_a_wider_gap_scores_less_at_equal_variance():
    fits = [fit_bradley_terry(counts_of(2, (0, 1, won, 40 - won))) for won in range(20, 40)]
    scores = [pair_scores(fit, covariance_of(np.eye(2) / 20))[0, 1] for fit in fits]
    assert scores == sorted(scores, reverse=True)


@proves(Kind.TWO_WAYS, pair_scores)
@unhurried
@given(comparison_rows())
def test_loops_over_pairs_give_the_same(rows):
    fit, covariance = fitted(rows.counts)
    scores = pair_scores(fit, covariance)
    for i in range(rows.n_competitors):
        for j in range(rows.n_competitors):
            if i == j:
                continue
            variance = max(each[i, i] + each[j, j] - 2 * each[i, j] for each in (covariance.matrix, *covariance.floors))
            gap = fit.strengths[i] - fit.strengths[j]
            share = 1 / (1 + math.exp(-gap))
            expected = norm.cdf(-abs(gap) / math.sqrt(variance)) * share * (1 - share) * variance
            assert scores[i, j] == pytest.approx(expected, rel=1e-9)


@proves(Kind.TWO_WAYS, pair_scores)
def test_the_second_factor_is_what_one_more_judgment_takes_off_the_variance():
    """With a judgment of information w added, s^2 falls by the share w s^2 / (1 + w s^2)."""
    fit = fit_bradley_terry(counts_of(4, (0, 1, 9, 3), (1, 2, 7, 6), (2, 3, 8, 4), (0, 3, 11, 1)))
    information = np.linalg.pinv(fit.likelihood.inverse_information)
    scores = pair_scores(fit, covariance_of(fit.likelihood.inverse_information))
    before = contrast_variances(fit.likelihood.inverse_information)
    for i, j in zip(*np.triu_indices(4, 1), strict=True):
        contrast = np.eye(4)[i] - np.eye(4)[j]
        weight = fit.probabilities[i, j] * fit.probabilities[j, i]
        after = contrast @ np.linalg.pinv(information + weight * np.outer(contrast, contrast)) @ contrast
        fallen = 1 - after / before[i, j]
        wrong = norm.cdf(-abs(fit.strengths[i] - fit.strengths[j]) / math.sqrt(before[i, j]))
        assert scores[i, j] == pytest.approx(wrong * fallen / (1 - fallen), rel=1e-9)


@proves(Kind.RECOVERY, pair_scores)
def test_the_first_factor_is_how_often_the_order_is_wrong():
    """True gaps spread evenly: among them the order found is wrong as often as the scores say, on average."""
    n, gaps = 60, np.linspace(-2, 2, 401)
    wins = np.arange(1, n)
    wrong = np.empty(len(wins))
    for place, won in enumerate(wins.tolist()):
        fit, covariance = fitted(counts_of(2, (0, 1, won, n - won)))
        told = fit.probabilities[0, 1] * fit.probabilities[1, 0] * covariance.difference_variances()[0, 1]
        wrong[place] = pair_scores(fit, covariance)[0, 1] / told
    chance = binom.pmf(wins, n, 1 / (1 + np.exp(-gaps[:, None])))
    truly_wrong = np.where(wins == n / 2, 0.5, np.sign(wins - n / 2) != np.sign(gaps)[:, None])
    truly_wrong[gaps == 0] = 0.5
    assert (chance * wrong).mean() == pytest.approx((chance * truly_wrong).mean(), rel=0.03)


@proves(Kind.RECOVERY, pair_scores)
def test_judgments_go_where_the_order_is_in_doubt():
    """Of four competitors, evenly judged, the two close ones score highest in most of 100 studies."""
    truth, rng = np.array([2.5, 0.1, -0.1, -2.5]), np.random.default_rng(3)
    first, second = np.repeat(np.triu_indices(4, 1), 30, axis=1)
    highest = []
    for _ in range(100):
        won = rng.random(len(first)) < 1 / (1 + np.exp(truth[second] - truth[first]))
        scores = scores_of(PairwiseCounts.from_arrays(4, first, second, np.where(won, 0, 1)))
        highest.append(scores.argmax() == 4 * 1 + 2)
    assert np.mean(highest) > 0.65


@proves(Kind.DEGENERATE, pair_scores)
def test_the_covariance_of_others_is_refused():
    fit = fit_bradley_terry(level_field(3))
    with pytest.raises(InvalidInput, match="3 competitors and the covariance has shape"):
        pair_scores(fit, covariance_of(np.eye(2)))


@proves(Kind.DEGENERATE, pair_scores)
def test_a_gap_without_variance_scores_nothing():
    fit = fit_bradley_terry(level_field(3))
    assert (pair_scores(fit, covariance_of(np.zeros((3, 3)))) == 0).all()


@proves(Kind.DEGENERATE, pair_scores)
def test_the_undefeated_have_finite_scores():
    scores = scores_of(counts_of(3, (0, 1, 8, 0), (0, 2, 8, 0), (1, 2, 4, 4)))
    assert np.isfinite(scores).all()
    assert (scores[~np.eye(3, dtype=bool)] > 0).all()


@proves(Kind.DEGENERATE, pair_scores)
def test_one_competitor_has_no_pair():
    fit = fit_bradley_terry(counts_of(1))
    assert pair_scores(fit, covariance_of([[0.0]])).tolist() == [[0.0]]
