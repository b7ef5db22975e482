"""The effect of being shown first: known truths found again, and what happens where the data say little."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binomtest

from apps.stats.errors import ConfoundedCovariates, DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry, fit_position_effect
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import PairwiseCounts
from apps.stats.simulation import draw_outcomes
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.kinds import Kind, proves

# Two competitors on both sides: 12 to 4 with the one first, 6 to 9 with the other first.
BOTH_WAYS = counts_of(2, (0, 1, 12, 4), (1, 0, 6, 9))


# Truths found again


@proves(Kind.RECOVERY, fit_position_effect)
@pytest.mark.slow
@pytest.mark.parametrize(("left_bias", "tie_width"), [(0.0, 0.0), (0.4, 0.0), (0.4, 0.8)])
def test_intervals_hold_the_truth_as_often_as_they_promise(left_bias, tie_width):
    """400 studies of 4 competitors and 300 judgments: 95 % within the binomial's 99.9 %.

    With ties drawn from Davidson's model the truth is what a study without end would find.
    """
    strengths, rng, n_studies = np.array([0.6, 0.2, -0.2, -0.6]), np.random.default_rng(31), 400
    truth, held, strength_held = left_bias, 0, 0
    if tie_width:
        truth = _in_a_study_without_end(strengths, left_bias, tie_width)
    for _ in range(n_studies):
        first = rng.integers(0, 4, 300)
        second = (first + rng.integers(1, 4, 300)) % 4
        gap = strengths[first] - strengths[second]
        outcome = draw_outcomes(gap=gap, left_bias=left_bias, tie_width=tie_width, rng=rng)
        fit = fit_position_effect(PairwiseCounts.from_arrays(4, first, second, outcome))
        held += fit.low <= truth <= fit.high
        error = 1.968 * np.sqrt(contrast_variances(fit.covariance)[0, 3])
        strength_held += abs(fit.strengths[0] - fit.strengths[3] - 1.2) < error
    assert binomtest(held, n_studies, 0.95).pvalue > 0.001
    if not tie_width:
        assert binomtest(strength_held, n_studies, 0.95).pvalue > 0.001


def _in_a_study_without_end(strengths, left_bias, tie_width):
    """The effect fitted to expected numbers, large enough that rounding them does not matter."""
    table = np.zeros((4, 4, 4), dtype=np.int64)
    for a in range(4):
        for b in set(range(4)) - {a}:
            seen = strengths[a] - strengths[b] + left_bias
            odds = np.array([np.exp(seen / 2), np.exp(-seen / 2), tie_width])
            table[a, b, :3] = np.round(1e7 * odds / odds.sum())
    return fit_position_effect(PairwiseCounts(4, table)).effect


# The edges


@proves(Kind.DEGENERATE, fit_position_effect)
def test_a_place_that_always_won_sets_no_upper_end():
    fit = fit_position_effect(counts_of(2, (0, 1, 15, 0), (1, 0, 14, 0)))
    assert fit.penalised
    assert (fit.high, fit.low is not None) == (None, True)
    assert 0 < fit.low < fit.effect < 5
    assert not fit.undefeated.any()
    assert "to 100 %" in fit.reading
    assert "Firth" in fit.reading


@proves(Kind.DEGENERATE, fit_position_effect)
def test_a_place_that_always_lost_sets_no_lower_end():
    fit = fit_position_effect(counts_of(2, (0, 1, 0, 15), (1, 0, 0, 14)))
    assert fit.low is None
    assert -5 < fit.effect < fit.high < 0
    assert ": 0 % to" in fit.reading


@proves(Kind.DEGENERATE, fit_position_effect)
def test_somebody_undefeated_is_flagged_and_finite():
    fit = fit_position_effect(counts_of(3, (0, 1, 4, 0), (2, 0, 0, 5), (1, 2, 4, 3), (2, 1, 2, 2)))
    assert fit.penalised
    assert fit.undefeated.tolist() == [True, False, False]
    assert 1 < fit.strengths[0] < 5
    assert fit.low < fit.effect < fit.high
    assert fit.standard_error >= fit.model_standard_error


@proves(Kind.DEGENERATE, fit_position_effect)
def test_ties_alone_are_not_certainty():
    fit = fit_position_effect(counts_of(2, (0, 1, 0, 0, 10), (1, 0, 0, 0, 10)))
    assert fit.effect == pytest.approx(0, abs=1e-12)
    assert fit.share_first == pytest.approx(0.5)
    assert expit(fit.low) < 0.45
    assert expit(fit.high) > 0.55


@proves(Kind.DEGENERATE, fit_position_effect)
def test_sides_that_follow_from_the_competitors_are_refused():
    with pytest.raises(ConfoundedCovariates, match="swapped sides too"):
        fit_position_effect(counts_of(2, (0, 1, 3, 2, 1)))
    with pytest.raises(ConfoundedCovariates, match="swapped sides too"):
        fit_position_effect(counts_of(4, (0, 2, 3, 2), (0, 3, 3, 2), (1, 2, 2, 2), (1, 3, 2, 2)))


@proves(Kind.DEGENERATE, fit_position_effect)
def test_what_cannot_be_ranked_together_is_named():
    with pytest.raises(DisconnectedComparisons, match=r"\{0, 1\}; \{2, 3\}"):
        fit_position_effect(counts_of(4, (0, 1, 2, 1, 1), (1, 0, 1, 1), (2, 3, 1, 1), (3, 2, 1, 1)))
    with pytest.raises(DisconnectedComparisons, match="2 groups"):
        fit_position_effect(counts_of(2, (0, 1, 0, 0, 0, 5)))
    with pytest.raises(EmptyInput, match="One competitor alone"):
        fit_position_effect(counts_of(1))
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        fit_position_effect(BOTH_WAYS, confidence_level=95)


def test_both_bad_counts_only_where_it_is_to_count_as_a_tie():
    counts = BOTH_WAYS + counts_of(2, (0, 1, 0, 0, 0, 7))
    assert fit_position_effect(counts).effect == pytest.approx(fit_position_effect(BOTH_WAYS).effect)
    as_tie = fit_position_effect(counts, both_bad_as_tie=True)
    assert as_tie.effect == pytest.approx((np.log(15.5 / 7.5) + np.log(6 / 9)) / 2)
    assert (as_tie.n_judgments, as_tie.both_bad_as_tie) == (38, True)


def test_an_uneven_showing_does_not_pass_for_strength():
    """Equals, one of them shown first four times as often: a plain fit calls it better, this one does not."""
    counts = counts_of(2, (0, 1, 60, 20), (1, 0, 15, 5))
    assert np.ptp(fit_bradley_terry(counts).strengths) > 0.5
    fit = fit_position_effect(counts)
    np.testing.assert_allclose(fit.strengths, 0, atol=1e-9)
    assert fit.share_first == pytest.approx(0.75)
