"""The effect of being shown first, against print, other packages, closed forms and known truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import t as student

from apps.stats.models import fit_bradley_terry, fit_covariates, fit_position_effect
from apps.stats.models.likelihood import contrast_variances
from apps.stats.pairwise import Outcome, PairwiseCounts
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import baseball
from tests.stats.models.relabelled import renamed, swapped_sides
from tests.stats.oracle_values import oracle_values, simulated_rows

pytestmark = pytest.mark.slow

unhurried = settings(deadline=None, max_examples=40)
# Two competitors on both sides: 12 to 4 with the one first, 6 to 9 with the other first.
BOTH_WAYS = counts_of(2, (0, 1, 12, 4), (1, 0, 6, 9))


@st.composite
def two_sided_counts(draw: st.DrawFn) -> PairwiseCounts:
    """Random counts in which neighbours met on both sides and either place won: everything is finite."""
    counts = draw(comparison_rows()).counts
    ring = [(i, (i + 1) % counts.n_competitors, 1, 1) for i in range(counts.n_competitors)]
    both_sides = [*ring, *((j, i, won, lost) for i, j, won, lost in ring)]
    return counts + counts_of(counts.n_competitors, *both_sides)


@proves(Kind.WORKED, fit_position_effect)
def test_the_advantage_of_playing_at_home():
    """Baseball (Agresti 2002, Categorical Data Analysis, 10.6; to four digits in the example of R's BradleyTerry2)."""
    fit = fit_position_effect(baseball())
    assert fit.effect == pytest.approx(0.3023, abs=5e-5)
    assert fit.model_standard_error == pytest.approx(0.1309, abs=5e-5)
    against_last = fit.strengths[:-1] - fit.strengths[-1]
    np.testing.assert_allclose(against_last, [1.6196, 1.4754, 1.3271, 1.2813, 1.1438, 0.7047], atol=5e-5)
    assert fit.share_first == pytest.approx(np.exp(0.3023) / (1 + np.exp(0.3023)), abs=2e-5)
    assert fit.n_judgments == 273
    assert not fit.penalised


@proves(Kind.WORKED, fit_position_effect)
def test_two_competitors_are_told_by_their_two_log_odds():
    """By hand: d + g = ln(12/4), g - d = ln(6/9); the variance of g is a quarter of the sum of both."""
    fit = fit_position_effect(BOTH_WAYS)
    assert fit.effect == pytest.approx((np.log(12 / 4) + np.log(6 / 9)) / 2, abs=1e-10)
    assert fit.strengths[0] - fit.strengths[1] == pytest.approx((np.log(12 / 4) - np.log(6 / 9)) / 2, abs=1e-10)
    variance = (1 / 12 + 1 / 4 + 1 / 6 + 1 / 9) / 4
    assert fit.model_standard_error == pytest.approx(np.sqrt(variance), abs=1e-10)
    # Without ties the sandwich is the model's own variance times N / (N - 2).
    assert fit.standard_error == pytest.approx(np.sqrt(variance * 31 / 29), abs=1e-10)
    margin = student.ppf(0.975, 30) * fit.standard_error
    assert (fit.low, fit.high) == pytest.approx((fit.effect - margin, fit.effect + margin))


def test_the_reading_says_it_in_per_cent():
    fit = fit_position_effect(BOTH_WAYS, confidence_level=0.9)
    low, high = (f"{100 * expit(end):.1f} %" for end in (fit.low, fit.high))
    assert fit.reading == (
        f"Where equals meet, what is shown first earns {100 * fit.share_first:.1f} %, a tie being half (90 % interval: "
        f"{low} to {high}; 31 judgments, taken as independent). 50 % is no effect of position."
    )


@proves(Kind.GOLDEN, fit_position_effect)
def test_another_package_says_the_same_of_baseball():
    """statsmodels: a logit of every game with a constant."""
    fit = fit_position_effect(baseball())
    said = oracle_values("strengths")["baseball_at_home"]["statsmodels"]
    assert (fit.effect, fit.model_standard_error) == pytest.approx((said["home"], said["home_error"]), rel=1e-8)
    np.testing.assert_allclose(fit.strengths[:-1] - fit.strengths[-1], said["against_last"], atol=1e-9)
    errors = np.sqrt(contrast_variances(fit.model_covariance)[:-1, -1])
    np.testing.assert_allclose(errors, said["against_last_errors"], rtol=1e-8)


@proves(Kind.GOLDEN, fit_position_effect)
@pytest.mark.parametrize("name", ["simulated", "simulated_decided"])
def test_another_package_gives_the_same_sandwich(name):
    """statsmodels' logit with a constant. What its logits call HC1 lacks the factor N / (N - k), here put in."""
    rows = simulated_rows()
    if name == "simulated_decided":
        rows = rows.where(rows.outcome != Outcome.TIE)
    fit = fit_position_effect(rows.counts)
    said = oracle_values("sandwiches")[name]["position"]["statsmodels"]
    contrasts, factor = np.hstack([np.eye(5), -np.ones((5, 1))]), fit.n_judgments / (fit.n_judgments - 6)
    np.testing.assert_allclose(np.append(contrasts @ fit.strengths, fit.effect), said["coefficients"], atol=1e-9)
    for ours, error, theirs in (
        (fit.covariance, fit.standard_error, factor * np.array(said["independent"])),
        (fit.model_covariance, fit.model_standard_error, np.array(said["model"])),
    ):
        np.testing.assert_allclose(contrasts @ ours @ contrasts.T, theirs[:5, :5], rtol=1e-7, atol=1e-10)
        assert error == pytest.approx(np.sqrt(theirs[5, 5]), rel=1e-8)


@proves(Kind.GOLDEN, fit_position_effect)
def test_the_simulated_study_stays_as_it_is():
    check_golden("models/fit_position_effect", fit_position_effect(simulated_rows().counts))


# Laws


@proves(Kind.PROPERTY, fit_position_effect)
@unhurried
@given(two_sided_counts(), st.randoms(use_true_random=False))
def test_swapping_the_sides_flips_the_effect_and_nothing_else(counts, random):
    order = list(range(counts.n_competitors))
    random.shuffle(order)
    fit, moved = fit_position_effect(counts), fit_position_effect(renamed(swapped_sides(counts), order))
    assert moved.effect == pytest.approx(-fit.effect, abs=1e-8)
    assert (moved.low, moved.high) == pytest.approx((-fit.high, -fit.low), abs=1e-8)
    assert moved.share_first == pytest.approx(1 - fit.share_first, abs=1e-8)
    np.testing.assert_allclose(moved.strengths, fit.strengths[order], atol=1e-8)
    np.testing.assert_allclose(moved.covariance, fit.covariance[np.ix_(order, order)], atol=1e-8)


@proves(Kind.PROPERTY, fit_position_effect)
@unhurried
@given(two_sided_counts())
def test_every_pair_shown_equally_either_way_has_no_effect(counts):
    balanced = fit_position_effect(counts + swapped_sides(counts))
    assert balanced.effect == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(balanced.strengths, fit_bradley_terry(counts).strengths, atol=1e-8)


@proves(Kind.PROPERTY, fit_position_effect)
@unhurried
@given(two_sided_counts())
def test_copies_leave_estimates_and_halve_the_models_variances(counts):
    once, twice = fit_position_effect(counts), fit_position_effect(counts + counts)
    assert twice.effect == pytest.approx(once.effect, abs=1e-9)
    assert twice.model_standard_error == pytest.approx(once.model_standard_error / np.sqrt(2), rel=1e-7)
    np.testing.assert_allclose(twice.model_covariance, once.model_covariance / 2, atol=1e-9)
    for covariance in (once.covariance, once.model_covariance):
        np.testing.assert_allclose(covariance.sum(axis=1), 0, atol=1e-9)
    assert once.low < once.effect < once.high
    assert once.strengths.mean() == pytest.approx(0, abs=1e-12)


@proves(Kind.PROPERTY, fit_position_effect)
@unhurried
@given(comparison_rows(), st.floats(0.1, 9))
def test_a_common_weight_changes_nothing(rows, weight):
    first, second = np.concatenate([rows.first, rows.second]), np.concatenate([rows.second, rows.first])
    columns = (first, second, np.tile(rows.outcome, 2), np.tile(rows.count, 2))
    plain, heavy = (
        fit_position_effect(PairwiseCounts.from_arrays(rows.n_competitors, *columns, weight=each))
        for each in (None, np.full(len(first), weight))
    )
    assert heavy.effect == pytest.approx(plain.effect, abs=1e-8)
    assert heavy.n_judgments == plain.n_judgments
    np.testing.assert_allclose(heavy.covariance, plain.covariance, rtol=1e-6, atol=1e-9)


# Another road


@proves(Kind.TWO_WAYS, fit_position_effect)
def test_a_general_optimiser_finds_the_same_top():
    counts = simulated_rows().counts

    def fall(free):
        strengths, effect, lost = np.append(free[:5], -free[:5].sum()), free[5], 0.0
        for a, b, outcome in zip(*np.nonzero(counts.counts), strict=True):
            log_odds = strengths[a] - strengths[b] + effect
            won = np.array([1.0, 0.0, 0.5])[outcome]
            lost += counts.counts[a, b, outcome] * (np.logaddexp(0, log_odds) - won * log_odds)
        return lost

    found = minimize(fall, np.zeros(6), method="BFGS", options={"gtol": 1e-7})
    fit = fit_position_effect(counts)
    np.testing.assert_allclose(np.append(fit.strengths[:5], fit.effect), found.x, atol=1e-6)


@proves(Kind.TWO_WAYS, fit_position_effect)
def test_a_covariate_of_ones_is_the_effect_of_position():
    rows = simulated_rows()
    fit = fit_position_effect(rows.counts)
    other = fit_covariates(rows, np.ones((len(rows.first), 1)), names=["first"])
    np.testing.assert_allclose(other.strengths, fit.strengths, atol=1e-9)
    assert (other.coefficients[0], other.low[0], other.high[0]) == pytest.approx((fit.effect, fit.low, fit.high))


@proves(Kind.TWO_WAYS, fit_position_effect)
def test_the_penalised_fit_is_the_top_of_the_penalised_likelihood():
    """Firth's, written out for a logit with three coefficients, by a general optimiser."""
    counts = counts_of(3, (0, 1, 3, 0), (1, 2, 2, 0), (2, 0, 2, 0), (1, 0, 1, 0))
    rows = [(0, 1)] * 3 + [(1, 2)] * 2 + [(2, 0)] * 2 + [(1, 0)]
    design = np.array([[(a == i) - (b == i) for i in (0, 1)] + [1] for a, b in rows], dtype=float)

    def fall(free):
        log_odds = design @ free
        share = expit(log_odds)
        information = design.T @ (design * (share * (1 - share))[:, None])
        return np.logaddexp(0, -log_odds).sum() - np.linalg.slogdet(information)[1] / 2

    found = minimize(fall, np.zeros(3), method="BFGS", options={"gtol": 1e-8}).x
    fit = fit_position_effect(counts)
    assert fit.penalised
    assert fit.high is None
    assert fit.low is not None
    # With the third competitor as the reference its strength is zero.
    np.testing.assert_allclose(fit.strengths[:2] - fit.strengths[2], found[:2], atol=1e-5)
    assert fit.effect == pytest.approx(found[2], abs=1e-5)
