"""Probabilities of win, tie and loss, and their intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import binomtest
from scipy.stats import t as student

from apps.stats.models import fit_davidson, fit_rao_kupper, predict_outcomes
from apps.stats.pairwise import PairwiseCounts
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import puddings
from tests.stats.models.relabelled import renamed

each_fit = pytest.mark.parametrize("fit", [fit_davidson, fit_rao_kupper])


@each_fit
@proves(Kind.WORKED, predict_outcomes)
def test_two_competitors_get_the_intervals_of_their_shares(fit):
    """By hand: 30 : 10 : 20 of 60; the log-odds of a share p vary by 1 / (N p (1 - p)), times N / (N - 2)."""
    found = predict_outcomes(fit(counts_of(2, (0, 1, 30, 10, 20))))
    for share, value, low, high in (
        (30 / 60, found.win[0, 1], found.win_low[0, 1], found.win_high[0, 1]),
        (20 / 60, found.tie[0, 1], found.tie_low[0, 1], found.tie_high[0, 1]),
        (10 / 60, found.loss[0, 1], found.loss_low[0, 1], found.loss_high[0, 1]),
    ):
        margin = student.ppf(0.975, 59) / np.sqrt(60 * share * (1 - share) * 58 / 60)
        assert value == pytest.approx(share)
        assert (low, high) == pytest.approx(tuple(expit(logit(share) + np.array([-margin, margin]))))


@proves(Kind.GOLDEN, predict_outcomes)
def test_the_puddings_stay_as_they_are():
    check_golden("models/predict_outcomes", predict_outcomes(fit_davidson(puddings())))


@each_fit
@proves(Kind.PROPERTY, predict_outcomes)
def test_something_happens_always(fit):
    @settings(deadline=None, max_examples=30)
    @given(comparison_rows(), st.randoms(use_true_random=False))
    def holds(rows, random):
        counts = rows.counts
        found = predict_outcomes(fit(counts))
        np.testing.assert_allclose(found.win + found.tie + found.loss, 1, atol=1e-12)
        np.testing.assert_allclose(found.tie, found.tie.T, atol=1e-12)
        for name in ("win", "tie", "loss"):
            low, value, high = getattr(found, f"{name}_low"), getattr(found, name), getattr(found, f"{name}_high")
            assert (low <= value + 1e-12).all()
            assert (value <= high + 1e-12).all()
            assert (low >= 0).all()
            assert (high <= 1).all()
        order = list(range(counts.n_competitors))
        random.shuffle(order)
        again = predict_outcomes(fit(renamed(counts, order)))
        np.testing.assert_allclose(again.win_high, found.win_high[np.ix_(order, order)], atol=1e-6)
        np.testing.assert_allclose(again.tie_low, found.tie_low[np.ix_(order, order)], atol=1e-6)

    holds()


@each_fit
@proves(Kind.TWO_WAYS, predict_outcomes)
def test_the_ends_are_those_of_simulated_parameters(fit):
    """Parameters drawn from their covariance: log-odds of the probabilities spread as the delta method says."""
    fitted = fit(puddings())
    found = predict_outcomes(fitted)
    rng, n = np.random.default_rng(3), 6
    root = np.linalg.cholesky(fitted.joint_covariance + np.pad(np.ones((n, n)), (0, 1)) / n)
    top = np.append(fitted.strengths, fitted.tie_parameter)
    wins, ties = [], []
    for _ in range(4000):
        drawn = top + root @ rng.standard_normal(n + 1)
        win, tie = fitted.model.terms(np.subtract.outer(drawn[:n], drawn[:n]), drawn[n])
        wins.append(logit(np.exp(win.value)))
        ties.append(logit(np.exp(tie.value)))
    quantile = student.ppf(0.975, 744)
    np.testing.assert_allclose(logit(found.win_high) - logit(found.win), quantile * np.std(wins, axis=0), rtol=0.06)
    np.testing.assert_allclose(logit(found.tie_high) - logit(found.tie), quantile * np.std(ties, axis=0), rtol=0.06)


@pytest.mark.slow
@proves(Kind.RECOVERY, predict_outcomes)
def test_intervals_hold_the_truth_as_often_as_they_promise():
    """250 studies of 5 competitors and 400 judgments: 95 % within the binomial's 99.9 %."""
    truth, rng, n_studies = np.array([0.8, 0.3, 0.0, -0.4, -0.7]), np.random.default_rng(9), 250
    wins, ties = 0, 0
    for _ in range(n_studies):
        first = rng.integers(0, 5, 400)
        second = (first + rng.integers(1, 5, 400)) % 5
        outcome = draw_outcomes(gap=truth[first] - truth[second], tie_width=0.8, rng=rng)
        found = predict_outcomes(fit_davidson(PairwiseCounts.from_arrays(5, first, second, outcome)))
        wins += found.win_low[1, 4] < _win_share(1.0) < found.win_high[1, 4]
        ties += found.tie_low[0, 3] < _tie_share(1.2) < found.tie_high[0, 3]
    for covered in (wins, ties):
        assert binomtest(covered, n_studies, 0.95).pvalue > 0.001


def _win_share(gap):
    return np.exp(gap / 2) / (np.exp(gap / 2) + 0.8 + np.exp(-gap / 2))


def _tie_share(gap):
    return 0.8 / (np.exp(gap / 2) + 0.8 + np.exp(-gap / 2))


@each_fit
@proves(Kind.DEGENERATE, predict_outcomes)
def test_without_ties_their_probability_is_zero_with_an_upper_end(fit):
    fitted = fit(counts_of(2, (0, 1, 30, 10)))
    found = predict_outcomes(fitted)
    assert found.win[0, 1] == pytest.approx(0.75)
    assert found.tie[0, 1] == found.tie_low[0, 1] == 0
    # (1 - p)^40 = .05: the chance of no tie in 40 judgments of these two.
    assert (1 - found.tie_high[0, 1]) ** 40 == pytest.approx(0.05, abs=1e-9)


@each_fit
@proves(Kind.DEGENERATE, predict_outcomes)
def test_nothing_but_ties_is_not_certainty(fit):
    found = predict_outcomes(fit(counts_of(2, (0, 1, 0, 0, 5))))
    assert found.tie[0, 1] > 0.8
    assert found.tie_low[0, 1] < 0.5
    assert found.tie_high[0, 1] < 1
    assert found.win_high[0, 1] > 0.3


@each_fit
def test_gaps_beyond_double_precision_keep_finite_ends(fit):
    found = predict_outcomes(fit(counts_of(4, *((i, i + 1, 10**9, 1, 1) for i in range(3)))))
    for ends in (found.win_low, found.win_high, found.tie_low, found.tie_high):
        assert np.isfinite(ends).all()
