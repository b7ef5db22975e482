"""Rao and Kupper's model against closed forms, a general optimiser and known truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit
from scipy.stats import binomtest

from apps.stats.errors import DisconnectedComparisons, EmptyInput, StatisticsError
from apps.stats.models import fit_bradley_terry, fit_davidson, fit_rao_kupper, predict_outcomes
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import PairwiseCounts
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import PUDDINGS, puddings
from tests.stats.models.relabelled import renamed, swapped_sides
from tests.stats.models.single_scores import GAMES, sandwich_by_judgments
from tests.stats.oracle_values import oracle_values, simulated_rows


@proves(Kind.WORKED, fit_rao_kupper)
def test_two_competitors_are_told_by_their_three_counts():
    """By hand: a win at logit(12/21) = d - c, a loss at logit(3/21) = -d - c."""
    fit = fit_rao_kupper(counts_of(2, (0, 1, 12, 3, 6)))
    won, lost = logit(12 / 21), logit(3 / 21)
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx((won - lost) / 2, abs=1e-10)
    assert fit.threshold == pytest.approx(-(won + lost) / 2, abs=1e-10)
    assert fit.tie_probabilities()[0, 1] == pytest.approx(6 / 21)
    assert fit.probabilities[0, 1] == pytest.approx(15 / 21)


@proves(Kind.WORKED, fit_rao_kupper)
def test_two_competitors_have_the_variances_of_three_shares():
    """Of d - c and -d - c the model's variances are those of log-odds, 1/12 + 1/9 and 1/3 + 1/18."""
    joint = fit_rao_kupper(counts_of(2, (0, 1, 12, 3, 6))).joint_model_covariance
    won, lost = np.array([1, -1, -1]), np.array([-1, 1, -1])
    assert won @ joint @ won == pytest.approx(1 / 12 + 1 / 9)
    assert lost @ joint @ lost == pytest.approx(1 / 3 + 1 / 18)


@proves(Kind.GOLDEN, fit_rao_kupper)
@pytest.mark.parametrize("table", ["puddings", "simulated"])
def test_another_package_says_the_same(table):
    """statsmodels, as a cumulative logit with thresholds that differ in their sign."""
    fit = fit_rao_kupper(puddings() if table == "puddings" else simulated_rows().counts)
    said = oracle_values("ties")[table]["rao_kupper"]["statsmodels"]
    np.testing.assert_allclose(fit.strengths[:-1] - fit.strengths[-1], said["against_last"], atol=1e-7)
    assert fit.threshold == pytest.approx(said["threshold"], abs=1e-7)
    errors = np.sqrt(contrast_variances(fit.model_covariance)[:-1, -1])
    np.testing.assert_allclose(errors, said["against_last_errors"], rtol=1e-5)


@proves(Kind.GOLDEN, fit_rao_kupper)
def test_the_puddings_stay_as_they_are():
    check_golden("models/fit_rao_kupper", fit_rao_kupper(puddings()))


@proves(Kind.TWO_WAYS, fit_rao_kupper)
def test_a_general_optimiser_finds_the_same_top():
    """In worths and theta = e^c, as Rao and Kupper wrote it: worth_i / (worth_i + theta worth_j)."""

    def fall(free):
        worths, theta = np.exp(np.append(free[:5], -free[:5].sum())), 1 + np.exp(free[5])
        lost = 0.0
        for i, j, won, beaten, tied in PUDDINGS:
            one, other = worths[i - 1], worths[j - 1]
            ahead, behind = one / (one + theta * other), other / (other + theta * one)
            lost -= won * np.log(ahead) + beaten * np.log(behind) + tied * np.log(1 - ahead - behind)
        return lost

    found = minimize(fall, np.zeros(6), method="BFGS", options={"gtol": 1e-7})
    fit = fit_rao_kupper(puddings())
    np.testing.assert_allclose(fit.strengths[:5], found.x[:5], atol=1e-6)
    assert np.exp(fit.threshold) == pytest.approx(1 + np.exp(found.x[5]), abs=1e-6)


@proves(Kind.TWO_WAYS, fit_rao_kupper)
def test_the_sandwich_is_the_sum_over_judgments():
    fit = fit_rao_kupper(counts_of(3, *GAMES))
    top = np.append(fit.strengths, fit.threshold)

    def log_probability(parameters, i, j, kind):
        gap, threshold = parameters[i] - parameters[j], parameters[-1]
        won, lost = expit(gap - threshold), expit(-gap - threshold)
        return np.log([won, lost, 1 - won - lost][kind])

    expected = sandwich_by_judgments(top, fit.joint_model_covariance, log_probability)
    np.testing.assert_allclose(fit.joint_covariance, expected, atol=1e-7)


@proves(Kind.PROPERTY, fit_rao_kupper)
@settings(deadline=None, max_examples=40)
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_names_sides_and_copies_change_nothing_but_names(rows, random):
    counts = rows.counts
    fit = fit_rao_kupper(counts)
    order = list(range(counts.n_competitors))
    random.shuffle(order)
    np.testing.assert_allclose(fit_rao_kupper(renamed(counts, order)).strengths, fit.strengths[order], atol=1e-8)
    np.testing.assert_allclose(fit_rao_kupper(swapped_sides(counts)).strengths, fit.strengths, atol=1e-8)
    doubled = fit_rao_kupper(counts + counts)
    np.testing.assert_allclose(doubled.strengths, fit.strengths, atol=1e-8)
    np.testing.assert_allclose(doubled.joint_model_covariance, fit.joint_model_covariance / 2, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(fit.joint_covariance[:, :-1].sum(axis=1), 0, atol=1e-9)
    assert 0 <= fit.threshold_low <= fit.threshold <= fit.threshold_high
    whole = fit.win_probabilities() + fit.win_probabilities().T + fit.tie_probabilities()
    np.testing.assert_allclose(whole, 1, atol=1e-12)


@pytest.mark.slow
@proves(Kind.RECOVERY, fit_rao_kupper)
def test_intervals_hold_the_truth_as_often_as_they_promise():
    """250 studies of 5 competitors and 400 judgments: 95 % within the binomial's 99.9 %."""
    truth, threshold = np.array([0.8, 0.3, 0.0, -0.4, -0.7]), 0.5
    rng, n_studies, gaps, thresholds = np.random.default_rng(8), 250, 0, 0
    for _ in range(n_studies):
        first = rng.integers(0, 5, 400)
        second = (first + rng.integers(1, 5, 400)) % 5
        perceived = truth[first] - truth[second] + rng.logistic(size=400)
        outcome = np.where(perceived > threshold, 0, np.where(perceived < -threshold, 1, 2))
        fit = fit_rao_kupper(PairwiseCounts.from_arrays(5, first, second, outcome))
        error = 1.966 * np.sqrt(contrast_variances(fit.covariance)[0, 4])
        gaps += abs(fit.strengths[0] - fit.strengths[4] - 1.5) < error
        thresholds += fit.threshold_low < threshold < fit.threshold_high
    for covered in (gaps, thresholds):
        assert binomtest(covered, n_studies, 0.95).pvalue > 0.001


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_without_ties_it_is_bradley_and_terrys():
    counts = counts_of(3, (0, 1, 6, 3), (1, 2, 5, 4), (2, 0, 2, 3))
    fit = fit_rao_kupper(counts)
    np.testing.assert_array_equal(fit.strengths, fit_bradley_terry(counts).strengths)
    assert (fit.threshold, fit.threshold_low) == (0, 0)
    assert fit.threshold_standard_error is None
    assert fit.threshold_model_standard_error is None
    assert "None of 23 judgments tied" in fit.reading
    np.testing.assert_array_equal(fit.tie_probabilities(), np.zeros((3, 3)))


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_the_upper_end_without_ties_is_where_seeing_none_gets_improbable():
    """Two equals who never tied in 20 judgments: (2 / (1 + e^c))^20 = .05 at the end."""
    fit = fit_rao_kupper(counts_of(2, (0, 1, 10, 10)))
    assert (2 / (1 + np.exp(fit.threshold_high))) ** 20 == pytest.approx(0.05, abs=1e-9)


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_nothing_but_ties_sets_the_threshold_no_upper_end():
    fit = fit_rao_kupper(counts_of(3, (0, 1, 0, 0, 4), (1, 2, 0, 0, 5)))
    np.testing.assert_allclose(fit.strengths, 0, atol=1e-9)
    assert fit.penalised
    assert fit.threshold_high is None
    assert 0 < fit.threshold_low < fit.threshold
    assert "no upper end" in fit.reading


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_somebody_winless_is_flagged_and_finite():
    fit = fit_rao_kupper(counts_of(3, (0, 1, 4, 0), (0, 2, 5, 3, 1), (2, 1, 4, 0)))
    assert fit.penalised
    assert fit.winless.tolist() == [False, True, False]
    assert -5 < fit.strengths[1] < -1
    assert fit.threshold_standard_error > 0
    assert fit.threshold_model_standard_error > 0
    assert "Jeffreys" in fit.reading


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_what_cannot_be_ranked_together_is_named():
    with pytest.raises(DisconnectedComparisons, match=r"\{0, 1\}; \{2, 3\}"):
        fit_rao_kupper(counts_of(4, (0, 1, 2, 1, 1), (2, 3, 1, 1)))
    with pytest.raises(EmptyInput, match="One competitor alone"):
        fit_rao_kupper(counts_of(1))


def test_a_few_ties_among_very_many_judgments_are_resolved():
    fit = fit_rao_kupper(counts_of(2, (0, 1, 5_000_000, 5_000_000, 3)))
    assert fit.tie_probabilities()[0, 1] == pytest.approx(3 / 10_000_003, rel=1e-6)
    assert fit.threshold_low < fit.threshold < fit.threshold_high < 4 * fit.threshold


@proves(Kind.DEGENERATE, fit_rao_kupper, fit_davidson)
@pytest.mark.parametrize("fit", [fit_rao_kupper, fit_davidson])
def test_an_upper_end_where_all_would_tie_is_open(fit):
    """Of four judgments, asked for all but certainty: exponentials of the margin would overflow."""
    found = fit(counts_of(2, (0, 1, 1, 1, 2)), confidence_level=0.999999)
    assert found.tie_parameter_low < found.tie_parameter
    assert found.tie_parameter_high is None
    assert "no upper end" in found.reading
    likely = predict_outcomes(found)
    assert (likely.tie_low <= likely.tie).all() and (likely.tie <= likely.tie_high).all()


@proves(Kind.DEGENERATE, fit_rao_kupper)
def test_ties_that_weigh_next_to_nothing_are_refused():
    """The threshold is tried below 0, where the model has none, and its information then vanishes."""
    counts = PairwiseCounts.from_arrays(2, [0] * 60, [1] * 60, [2] * 60, weight=[1e-9] * 60)
    with pytest.raises(StatisticsError, match=r"settle|double precision"):
        fit_rao_kupper(counts)
