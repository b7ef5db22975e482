"""Laws of the fit, truths it finds again, and mistakes of other packages that it must not make."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from apps.stats.errors import DisconnectedComparisons
from apps.stats.models import fit_bradley_terry, fit_davidson, fit_position_effect, fit_rao_kupper
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import ComparisonRows, PairwiseCounts, islands
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.kinds import Kind, proves
from tests.stats.models.relabelled import swapped_sides

unhurried = settings(deadline=None, max_examples=50)


def weighted(rows: ComparisonRows, weight) -> PairwiseCounts:
    return PairwiseCounts.from_arrays(
        rows.n_competitors, rows.first, rows.second, rows.outcome, rows.count, weight=weight
    )


# Laws


@proves(Kind.PROPERTY, fit_bradley_terry)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_names_order_and_sides_carry_nothing(rows, random):
    fit = fit_bradley_terry(rows.counts)
    names, order = list(range(rows.n_competitors)), list(range(len(rows.first)))
    random.shuffle(names)
    random.shuffle(order)
    place, shuffled = np.array(names), rows.where(np.array(order))
    moved = PairwiseCounts.from_arrays(
        rows.n_competitors, place[shuffled.first], place[shuffled.second], shuffled.outcome, shuffled.count
    )
    np.testing.assert_allclose(fit_bradley_terry(moved).strengths[place], fit.strengths, atol=1e-9)
    np.testing.assert_allclose(fit_bradley_terry(swapped_sides(moved)).strengths[place], fit.strengths, atol=1e-9)


@proves(Kind.PROPERTY, fit_bradley_terry)
@unhurried
@given(comparison_rows(), st.integers(2, 9))
def test_copies_leave_strengths_and_divide_variances(rows, times):
    one, many = (
        fit_bradley_terry(PairwiseCounts(rows.n_competitors, rows.counts.counts * copies)) for copies in (1, times)
    )
    np.testing.assert_allclose(many.strengths, one.strengths, atol=1e-9)
    np.testing.assert_allclose(
        many.likelihood.inverse_information, one.likelihood.inverse_information / times, atol=1e-9
    )


@proves(Kind.PROPERTY, fit_bradley_terry)
@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_a_weight_is_repetition(rows, random):
    weight = np.array([random.randint(1, 5) for _ in rows.first])
    repeated = PairwiseCounts.from_arrays(
        rows.n_competitors, rows.first, rows.second, rows.outcome, rows.count * weight
    )
    np.testing.assert_allclose(
        fit_bradley_terry(weighted(rows, weight)).strengths, fit_bradley_terry(repeated).strengths, atol=1e-9
    )


@proves(Kind.PROPERTY, fit_bradley_terry)
@unhurried
@given(comparison_rows())
def test_everybody_earns_what_the_fit_expects(rows):
    """The equations that define the maximum: earned = expected for each competitor, with mean strength zero."""
    fit, half_wins = fit_bradley_terry(rows.counts), rows.counts.half_wins()
    met = half_wins + half_wins.T
    np.testing.assert_allclose((met * fit.probabilities).sum(axis=1), half_wins.sum(axis=1), atol=1e-9)
    assert fit.strengths.sum() == pytest.approx(0, abs=1e-12)
    assert fit.worths.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.log(fit.worths / fit.worths[0]), fit.strengths - fit.strengths[0], atol=1e-9)
    assert not fit.penalised


@proves(Kind.PROPERTY, fit_bradley_terry)
@unhurried
@given(st.integers(1, 50), st.integers(0, 50))
def test_firth_adds_half_a_win_to_each_of_two(won, lost):
    """ln((w + 1/2) / (l + 1/2)) where one never lost, ln(w / l) otherwise."""
    fit = fit_bradley_terry(counts_of(2, (0, 1, won, lost)))
    expected = np.log(won / lost) if lost else np.log((won + 0.5) / 0.5)
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx(expected, abs=1e-8)
    assert fit.penalised == (lost == 0)


# Truths found again


@proves(Kind.RECOVERY, fit_bradley_terry)
@pytest.mark.slow
def test_the_truth_lies_within_the_models_errors_as_often_as_promised():
    """400 studies of 5 competitors and 300 decided judgments: 95 % within the binomial's 99.9 %."""
    truth, rng, held, n_studies = np.array([0.8, 0.3, 0.0, -0.4, -0.7]), np.random.default_rng(21), 0, 400
    for _ in range(n_studies):
        first = rng.integers(0, 5, 300)
        second = (first + rng.integers(1, 5, 300)) % 5
        outcome = draw_outcomes(gap=truth[first] - truth[second], tie_width=0.0, rng=rng)
        fit = fit_bradley_terry(PairwiseCounts.from_arrays(5, first, second, outcome))
        error = 1.96 * np.sqrt(contrast_variances(fit.likelihood.inverse_information)[0, 4])
        held += abs(fit.strengths[0] - fit.strengths[4] - 1.5) < error
    assert binomtest(held, n_studies, 0.95).pvalue > 0.001


@proves(Kind.RECOVERY, fit_bradley_terry)
@pytest.mark.slow
def test_estimates_from_few_judgments_lie_near_the_truth_on_average():
    """Ten judgments for each of six, where somebody is often undefeated: no mean error above a fifth."""
    truth, rng, errors, penalised = np.linspace(1, -1, 6), np.random.default_rng(22), [], 0
    for _ in range(300):
        first = rng.integers(0, 6, 60)
        second = (first + rng.integers(1, 6, 60)) % 6
        outcome = draw_outcomes(gap=truth[first] - truth[second], tie_width=0.0, rng=rng)
        fit = fit_bradley_terry(PairwiseCounts.from_arrays(6, first, second, outcome))
        errors.append(fit.strengths - truth)
        penalised += fit.penalised
    assert penalised > 0
    assert np.abs(np.mean(errors, axis=0)).max() < 0.2


# Mistakes of other packages


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_one_undefeated_competitor_does_not_make_all_equal():
    """One package answers [0 0 0 0 0] here, without a word."""
    fit = fit_bradley_terry(counts_of(5, (0, 1, 3, 0), (1, 2, 4, 1), (2, 3, 4, 1), (3, 4, 4, 1), (4, 1, 1, 3)))
    assert fit.penalised
    assert fit.undefeated.tolist() == [True, False, False, False, False]
    assert (np.diff(fit.strengths) < -0.3).all()


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_nobody_undefeated_is_certain():
    """Another answers a log-strength of 16.9 with a standard error of 0.000."""
    fit = fit_bradley_terry(counts_of(3, (0, 1, 5, 0), (0, 2, 5, 0), (1, 2, 3, 3)))
    variances = np.diag(fit.likelihood.inverse_information)
    assert fit.strengths[0] < 4
    assert variances[0] > 0.25
    assert variances[0] > variances[1:].max()


@proves(Kind.DEGENERATE, fit_bradley_terry)
def test_groups_that_never_met_get_no_common_scale():
    """Several packages give plausible scores and ordinary intervals across such groups."""
    with pytest.raises(DisconnectedComparisons, match=r"\{0, 1\}; \{2, 3\}"):
        fit_bradley_terry(counts_of(4, (0, 1, 30, 20), (2, 3, 25, 25)))


@pytest.mark.parametrize("n_few", [50, 200, 1000])
def test_many_judgments_of_others_do_not_make_a_newcomer_surer(n_few):
    """A ridge that grows with all judgments shrinks this error; against one opponent it is that of the two alone."""
    old = [(i, j, 20_000, 20_000) for i in range(5) for j in range(i)]
    fit = fit_bradley_terry(counts_of(6, *old, (5, 0, n_few // 2, n_few // 2)))
    assert contrast_variances(fit.likelihood.inverse_information)[5, 0] == pytest.approx(4 / n_few, rel=1e-9)


def test_nothing_is_shrunk():
    """A penalty of one on the squared strengths turns .931 into .877; here log(w / l) is all there is."""
    fit = fit_bradley_terry(counts_of(2, (0, 1, 28, 11)))
    assert np.ptp(fit.strengths) == pytest.approx(np.log(28 / 11), abs=1e-12)


def test_large_gaps_are_exact():
    """Where the largest gap is 23, an optimiser that stops early says 17."""
    lopsided = [(i, i + 1, 100_000, 1000 // (i + 1)) for i in range(5)]
    fit = fit_bradley_terry(counts_of(6, *lopsided))
    expected = [np.log(won / lost) for _, _, won, lost in lopsided]
    assert np.ptp(fit.strengths) == pytest.approx(sum(expected), abs=1e-9)
    assert sum(expected) > 23


@proves(Kind.PROPERTY, fit_bradley_terry, fit_davidson, fit_rao_kupper, fit_position_effect)
@pytest.mark.parametrize("fit", [fit_bradley_terry, fit_davidson, fit_rao_kupper, fit_position_effect])
@pytest.mark.parametrize("weight", [1e-12, 1e-9, 1e12])
def test_the_unit_of_weights_carries_nothing(fit, weight):
    """Small weights are neither "never met" nor "no top"."""
    rng = np.random.default_rng(0)
    first = rng.integers(0, 4, 200)
    columns = (first, (first + rng.integers(1, 4, 200)) % 4, rng.integers(0, 3, 200))
    weighed = PairwiseCounts.from_arrays(4, *columns, weight=np.full(200, weight))
    plain = PairwiseCounts.from_arrays(4, *columns)
    np.testing.assert_allclose(fit(weighed).strengths, fit(plain).strengths, atol=1e-8)
    assert islands(weighed) == islands(plain)
