"""Davidson's model against print, closed forms, a general optimiser and known truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binomtest

from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry, fit_davidson
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import Outcome, PairwiseCounts
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import PUDDINGS, puddings
from tests.stats.models.relabelled import renamed, swapped_sides
from tests.stats.models.single_scores import GAMES, sandwich_by_judgments
from tests.stats.oracle_values import oracle_values, simulated_rows


@proves(Kind.WORKED, fit_davidson)
def test_the_puddings_of_davidson():
    """Davidson (1970, JASA 65): worths, tie width, log contrasts with the first pudding, standard errors."""
    fit = fit_davidson(puddings())
    worths = np.exp(fit.strengths) / np.exp(fit.strengths).sum()
    np.testing.assert_allclose(worths, [0.1388, 0.1730, 0.1617, 0.1654, 0.1587, 0.2024], atol=5e-5)
    assert fit.tie_width == pytest.approx(0.746823, abs=5e-7)
    np.testing.assert_allclose(
        fit.strengths[1:] - fit.strengths[0], [0.2202, 0.1530, 0.1751, 0.1339, 0.3771], atol=5e-5
    )
    found = np.sqrt(contrast_variances(fit.model_covariance)[0, 1:])
    np.testing.assert_allclose(found, [0.1872, 0.1935, 0.1882, 0.1927, 0.1924], atol=5e-5)
    assert fit.log_tie_width == pytest.approx(-0.2919, abs=5e-5)
    assert fit.log_tie_width_model_standard_error == pytest.approx(0.0825, abs=5e-5)
    assert fit.n_judgments == 745


@proves(Kind.WORKED, fit_davidson)
def test_two_competitors_are_told_by_their_three_counts():
    """Three free probabilities, two parameters: e^d = 12/3, nu = 6 / sqrt(12 * 3)."""
    fit = fit_davidson(counts_of(2, (0, 1, 12, 3, 6)))
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(np.log(4), abs=1e-10)
    assert fit.tie_width == pytest.approx(1, abs=1e-10)
    assert fit.win_probabilities()[0, 1] == pytest.approx(12 / 21)
    assert fit.tie_probabilities()[0, 1] == pytest.approx(6 / 21)
    assert fit.probabilities[1, 0] == pytest.approx(6 / 21)


@proves(Kind.GOLDEN, fit_davidson)
@pytest.mark.parametrize("table", ["puddings", "simulated"])
def test_two_packages_say_the_same(table):
    """statsmodels, as a log-linear model of the table with a constant a pair, and evalica's `newman`, nu being 2 v."""
    fit = fit_davidson(puddings() if table == "puddings" else simulated_rows().counts)
    said = oracle_values("ties")[table]["davidson"]
    against_first = np.hstack([-np.ones((5, 1)), np.eye(5), np.zeros((5, 1))])
    contrasts = np.vstack([against_first, np.eye(7)[6]])
    np.testing.assert_allclose(fit.strengths[1:] - fit.strengths[0], said["statsmodels"]["against_first"], atol=1e-9)
    assert fit.log_tie_width == pytest.approx(said["statsmodels"]["log_nu"], abs=1e-9)
    covariance = contrasts @ fit.joint_model_covariance @ contrasts.T
    np.testing.assert_allclose(covariance, said["statsmodels"]["covariance"], rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(fit.strengths, said["evalica"]["strengths"], atol=1e-9)
    assert fit.tie_width == pytest.approx(said["evalica"]["nu"], abs=1e-9)


@proves(Kind.GOLDEN, fit_davidson)
def test_the_puddings_stay_as_they_are():
    check_golden("models/fit_davidson", fit_davidson(puddings()))


@proves(Kind.TWO_WAYS, fit_davidson)
def test_a_general_optimiser_finds_the_same_top():
    """The likelihood written out judgment by judgment, in worths, as Davidson did."""

    def fall(free):
        worths, width = np.exp(np.append(free[:5], -free[:5].sum())), np.exp(free[5])
        lost = 0.0
        for i, j, won, beaten, tied in PUDDINGS:
            one, other = worths[i - 1], worths[j - 1]
            middle = width * np.sqrt(one * other)
            counted = won * np.log(one) + beaten * np.log(other) + tied * np.log(middle)
            lost -= counted - (won + beaten + tied) * np.log(one + other + middle)
        return lost

    found = minimize(fall, np.zeros(6), method="BFGS", options={"gtol": 1e-7})
    fit = fit_davidson(puddings())
    np.testing.assert_allclose(fit.strengths[:5], found.x[:5], atol=1e-6)
    assert fit.log_tie_width == pytest.approx(found.x[5], abs=1e-6)


@proves(Kind.TWO_WAYS, fit_davidson)
def test_the_sandwich_is_the_sum_over_judgments():
    """Scores of single judgments by differences of their log probabilities."""
    fit = fit_davidson(counts_of(3, *GAMES))
    top = np.append(fit.strengths, fit.log_tie_width)

    def log_probability(parameters, i, j, kind):
        gap = parameters[i] - parameters[j]
        odds = [gap / 2, -gap / 2, parameters[-1]]
        return odds[kind] - np.log(np.exp(odds).sum())

    expected = sandwich_by_judgments(top, fit.joint_model_covariance, log_probability)
    np.testing.assert_allclose(fit.joint_covariance, expected, atol=1e-7)


# Laws


@proves(Kind.PROPERTY, fit_davidson)
@settings(deadline=None, max_examples=40)
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_names_sides_and_copies_change_nothing_but_names(rows, random):
    counts = rows.counts
    fit = fit_davidson(counts)
    order = list(range(counts.n_competitors))
    random.shuffle(order)
    np.testing.assert_allclose(fit_davidson(renamed(counts, order)).strengths, fit.strengths[order], atol=1e-8)
    np.testing.assert_allclose(fit_davidson(swapped_sides(counts)).strengths, fit.strengths, atol=1e-8)
    doubled = fit_davidson(counts + counts)
    np.testing.assert_allclose(doubled.strengths, fit.strengths, atol=1e-8)
    assert doubled.tie_width == pytest.approx(fit.tie_width, abs=1e-8)
    np.testing.assert_allclose(doubled.joint_model_covariance, fit.joint_model_covariance / 2, rtol=1e-6, atol=1e-12)


@proves(Kind.PROPERTY, fit_davidson)
@settings(deadline=None, max_examples=40)
@given(comparison_rows())
def test_strengths_have_mean_zero_and_so_do_their_covariances(rows):
    fit = fit_davidson(rows.counts)
    assert fit.strengths.mean() == pytest.approx(0, abs=1e-12)
    for covariance in (fit.joint_covariance, fit.joint_model_covariance):
        np.testing.assert_allclose(covariance[:, :-1].sum(axis=1), 0, atol=1e-9)
        np.testing.assert_allclose(covariance, covariance.T, atol=1e-12)
        assert (np.diag(covariance) >= 0).all()
    whole = fit.win_probabilities() + fit.win_probabilities().T + fit.tie_probabilities()
    np.testing.assert_allclose(whole, 1, atol=1e-12)
    assert fit.tie_width_low <= fit.tie_width <= fit.tie_width_high


@settings(deadline=None, max_examples=20)
@given(comparison_rows())
def test_a_common_weight_changes_nothing(rows):
    def weighted(weight):
        columns = (rows.first, rows.second, rows.outcome, rows.count)
        return fit_davidson(PairwiseCounts.from_arrays(rows.n_competitors, *columns, weight=weight))

    plain, heavy = fit_davidson(rows.counts), weighted(np.full(len(rows.first), 2.5))
    np.testing.assert_allclose(heavy.strengths, plain.strengths, atol=1e-8)
    np.testing.assert_allclose(heavy.joint_covariance, plain.joint_covariance, rtol=1e-6, atol=1e-10)


def test_a_whole_weight_moves_estimates_as_repetition_does():
    columns = np.array([(0, 1, 0, 3), (0, 1, 1, 2), (0, 1, 2, 2), (1, 2, 0, 1), (1, 2, 1, 2), (1, 2, 2, 1)]).T
    weight = np.array([1, 2, 1, 3, 1, 2])
    weighted = fit_davidson(PairwiseCounts.from_arrays(3, *columns, weight=weight))
    repeated = fit_davidson(PairwiseCounts.from_arrays(3, *columns[:3], columns[3] * weight))
    np.testing.assert_allclose(weighted.strengths, repeated.strengths, atol=1e-10)
    assert weighted.tie_width == pytest.approx(repeated.tie_width, abs=1e-10)
    assert (weighted.n_judgments, repeated.n_judgments) == (11, 16)


def test_both_bad_counts_only_where_it_is_to_count_as_a_tie():
    counts = counts_of(2, (0, 1, 12, 3, 2, 4))
    assert fit_davidson(counts).tie_width == pytest.approx(2 / 6)
    assert fit_davidson(counts, both_bad_as_tie=True).tie_width == pytest.approx(6 / 6)


# Truths found again


@pytest.mark.slow
@proves(Kind.RECOVERY, fit_davidson)
def test_intervals_hold_the_truth_as_often_as_they_promise():
    """250 studies of 5 competitors and 400 judgments: 95 % within the binomial's 99.9 %."""
    truth, rng, n_studies = np.array([0.8, 0.3, 0.0, -0.4, -0.7]), np.random.default_rng(7), 250
    gaps, width = 0, 0
    for _ in range(n_studies):
        first = rng.integers(0, 5, 400)
        second = (first + rng.integers(1, 5, 400)) % 5
        outcome = draw_outcomes(gap=truth[first] - truth[second], tie_width=0.8, rng=rng)
        fit = fit_davidson(PairwiseCounts.from_arrays(5, first, second, outcome))
        error = 1.966 * np.sqrt(contrast_variances(fit.covariance)[0, 4])
        gaps += abs(fit.strengths[0] - fit.strengths[4] - 1.5) < error
        width += fit.tie_width_low < 0.8 < fit.tie_width_high
    for covered in (gaps, width):
        assert binomtest(covered, n_studies, 0.95).pvalue > 0.001


# The edges


@proves(Kind.DEGENERATE, fit_davidson)
def test_without_ties_it_is_bradley_and_terrys():
    counts = counts_of(3, (0, 1, 6, 3), (1, 2, 5, 4), (2, 0, 2, 3))
    fit, plain = fit_davidson(counts), fit_bradley_terry(counts)
    np.testing.assert_array_equal(fit.strengths, plain.strengths)
    np.testing.assert_array_equal(fit.model_covariance, plain.likelihood.inverse_information)
    assert (fit.tie_width, fit.tie_width_low) == (0, 0)
    assert fit.log_tie_width is None
    assert fit.log_tie_width_standard_error is None
    assert fit.log_tie_width_model_standard_error is None
    assert not fit.has_ties
    assert not fit.penalised
    assert "None of 23 judgments tied" in fit.reading


@proves(Kind.DEGENERATE, fit_davidson)
def test_the_upper_end_without_ties_is_where_seeing_none_gets_improbable():
    """Two equals who never tied in 20 judgments: (2 / (2 + nu))^20 = .05 at the end."""
    fit = fit_davidson(counts_of(2, (0, 1, 10, 10)))
    assert (2 / (2 + fit.tie_width_high)) ** 20 == pytest.approx(0.05, abs=1e-9)
    weighted = PairwiseCounts.from_arrays(2, [0, 0], [1, 1], [0, 1], [10, 10], weight=[7, 7])
    assert fit_davidson(weighted).tie_width_high == pytest.approx(fit.tie_width_high)


@pytest.mark.parametrize("n_judgments", [2, 10_000_000])
def test_the_upper_end_without_ties_is_found_far_and_near(n_judgments):
    fit = fit_davidson(counts_of(2, (0, 1, n_judgments // 2, n_judgments // 2)))
    assert n_judgments * np.log1p(-fit.tie_width_high / (2 + fit.tie_width_high)) == pytest.approx(np.log(0.05))


@proves(Kind.DEGENERATE, fit_davidson)
def test_nothing_but_ties_sets_the_tie_width_no_upper_end():
    fit = fit_davidson(counts_of(3, (0, 1, 0, 0, 4), (1, 2, 0, 0, 5)))
    np.testing.assert_allclose(fit.strengths, 0, atol=1e-9)
    assert fit.penalised
    assert fit.tie_width_high is None
    assert 0 < fit.tie_width_low < fit.tie_width
    assert "no upper end" in fit.reading
    assert "Jeffreys" in fit.reading


@proves(Kind.DEGENERATE, fit_davidson)
def test_somebody_undefeated_is_flagged_and_finite():
    counts = counts_of(3, (0, 1, 4, 0), (0, 2, 5, 0), (1, 2, 4, 3, 2))
    fit = fit_davidson(counts)
    assert fit.penalised
    assert fit.undefeated.tolist() == [True, False, False]
    assert fit.strengths.argmax() == 0
    assert 1 < fit.strengths[0] < 5
    assert np.isfinite(fit.tie_width_high)
    assert (np.diag(fit.model_covariance)[0] > np.diag(fit.model_covariance)[1:]).all()


def test_ties_alone_do_not_hold_somebody_who_never_lost():
    """Three wins and two ties: a stronger first and wider ties would fit ever better, though both tied."""
    fit = fit_davidson(counts_of(2, (0, 1, 3, 0, 2)))
    assert fit.penalised
    assert not fit.undefeated.any()
    assert fit.tie_width_high is None


def test_the_penalty_adds_half_a_judgment_each_way_to_two_equals():
    """Jeffreys' prior of three outcomes is Dirichlet(1/2, 1/2, 1/2): 0:0:10 is taken as 1/2 : 1/2 : 10 1/2."""
    fit = fit_davidson(counts_of(2, (0, 1, 0, 0, 10)))
    assert fit.tie_width == pytest.approx(10.5 / 0.5, abs=1e-8)
    fit = fit_davidson(counts_of(2, (0, 1, 3, 0, 2)))
    assert fit.tie_width == pytest.approx(2.5 / np.sqrt(3.5 * 0.5), abs=1e-8)
    assert np.ptp(fit.strengths) == pytest.approx(np.log(3.5 / 0.5), abs=1e-8)


@proves(Kind.DEGENERATE, fit_davidson)
def test_what_cannot_be_ranked_together_is_named():
    with pytest.raises(DisconnectedComparisons, match=r"\{0, 1\}; \{2, 3\}"):
        fit_davidson(counts_of(4, (0, 1, 2, 1, 1), (2, 3, 1, 1)))
    with pytest.raises(DisconnectedComparisons, match="2 groups"):
        fit_davidson(PairwiseCounts.from_arrays(2, [0], [1], [Outcome.BOTH_BAD]))
    with pytest.raises(EmptyInput, match="One competitor alone"):
        fit_davidson(counts_of(1))
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        fit_davidson(puddings(), confidence_level=95)


def test_lopsided_counts_stay_exact():
    """A chain of pairs, each told by its three counts: gaps of ln(10^9) and nu = 1 / sqrt(10^9)."""
    fit = fit_davidson(counts_of(4, *((i, i + 1, 10**9, 1, 1) for i in range(3))))
    np.testing.assert_allclose(np.diff(fit.strengths), -np.log(1e9), atol=1e-9)
    assert fit.log_tie_width == pytest.approx(-np.log(1e9) / 2, abs=1e-9)


def test_a_higher_confidence_level_widens():
    narrow, wide = (fit_davidson(puddings(), confidence_level=level) for level in (0.5, 0.99))
    assert wide.tie_width_low < narrow.tie_width_low < narrow.tie_width_high < wide.tie_width_high
    assert wide.log_tie_width_standard_error == narrow.log_tie_width_standard_error
    assert "99 % interval" in wide.reading
