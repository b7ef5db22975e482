"""The spread of true values: closed forms, and how often its interval holds it."""

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from apps.stats.boards.adjusted_p_values import benjamini_hochberg, holm, two_sided
from apps.stats.boards.spread import estimate_spread


def test_equal_variances_have_a_closed_form():
    """The mean square of 3, 1, -1, -3 is 5: beyond a variance of 1 remains 4. Ends: 20 / chi-square less 1."""
    found = estimate_spread(np.array([3.0, 1, -1, -3]), np.ones(4), degrees_of_freedom=4, confidence_level=0.95)
    assert found.sd == pytest.approx(2)
    assert found.low == pytest.approx(np.sqrt(20 / chi2.ppf(0.975, 4) - 1))
    assert found.high == pytest.approx(np.sqrt(20 / chi2.ppf(0.025, 4) - 1))


def test_values_that_vary_less_than_chance_spread_by_nothing():
    found = estimate_spread(np.array([0.1, -0.1]), np.ones(2), degrees_of_freedom=1, confidence_level=0.95)
    assert (found.sd, found.low) == (0, 0)
    assert found.high > 0
    none = estimate_spread(np.zeros(3), np.ones(3), degrees_of_freedom=2, confidence_level=0.95)
    assert (none.sd, none.low, none.high) == (0, 0, 0)


@pytest.mark.parametrize("truth", [0.0, 0.5])
def test_the_interval_holds_the_spread(truth):
    rng, held = np.random.default_rng(4), 0
    for _ in range(400):
        variances = rng.uniform(0.05, 0.5, 12)
        values = rng.normal(0, np.sqrt(variances + truth**2))
        found = estimate_spread(values, variances, degrees_of_freedom=12, confidence_level=0.9)
        assert found.low <= found.sd <= found.high
        held += found.low <= truth <= found.high
    # At 0 only the lower end can miss.
    assert binomtest(held, 400, 0.9 if truth else 0.95).pvalue > 0.001


def test_adjusting_five_p_values_by_hand():
    """Holm: .01 * 5, .02 * 4, .03 * 3, then never below. Benjamini & Hochberg: .05 * 5/5 down to .01 * 5/1."""
    p_values = np.array([0.03, 0.01, 0.5, 0.02, 0.04])
    np.testing.assert_allclose(holm(p_values), [0.09, 0.05, 0.5, 0.08, 0.09])
    np.testing.assert_allclose(benjamini_hochberg(p_values), [0.05, 0.05, 0.5, 0.05, 0.05])
    assert holm(np.zeros(0)).size == benjamini_hochberg(np.zeros(0)).size == 0
    np.testing.assert_allclose(holm(np.array([0.7, 0.8])), 1.0)


def test_two_sided_p_values_of_students_t():
    """The quantile 12.706 of one degree of freedom leaves 2.5 % on each side."""
    np.testing.assert_allclose(two_sided(np.array([12.7062, -12.7062, 0]), 1), [0.05, 0.05, 1], rtol=1e-5)


@pytest.mark.parametrize("confidence_level", [1e-9, 0.3, 1 - 1e-9, 1 - 1e-14])
def test_whatever_the_confidence_the_interval_holds_the_estimate(confidence_level):
    """One degree of freedom: at 1 - 1e-9 the upper end is a billion times the values."""
    values, variances = np.array([0.7, -0.7]), np.array([0.1, 0.1])
    found = estimate_spread(values, variances, degrees_of_freedom=1, confidence_level=confidence_level)
    assert 0 <= found.low <= found.sd <= found.high < np.inf
    assert found.sd == pytest.approx(np.sqrt(0.39))


def test_a_spread_far_below_the_values_is_found():
    """One value known to 1e-7 beside one that strays by 1e7: the search spans 30 powers of ten."""
    for scale in (1e-13, 1.0):
        values, variances = np.array([1.1, 1.0]), np.array([1.0, 1e15])
        found = estimate_spread(values * np.sqrt(scale), variances * scale, degrees_of_freedom=1, confidence_level=0.95)
        # Of the mean of 1.21 / (1 + s) and 1 / (1e15 + s) the second is nothing beside 1.
        assert found.sd == 0
        assert found.high == pytest.approx(np.sqrt(scale * (1.21 / 2 / chi2.ppf(0.025, 1) - 1)), rel=1e-9)
