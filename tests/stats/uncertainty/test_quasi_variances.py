"""Quasi-variances against Davidson's puddings, closed forms and a general minimiser."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from apps.stats.errors import InvalidInput
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry, fit_davidson
from apps.stats.uncertainty import Clustering, Covariance, independent_covariance, quasi_variances
from tests.stats.comparisons_for_tests import counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.models.published import puddings
from tests.stats.uncertainty.covariances_for_tests import study_rows


def covariance_of(rng, n):
    """A positive definite matrix whose differences all vary."""
    loads = rng.standard_normal((n, 3 * n))
    return loads @ loads.T / (3 * n)


@proves(Kind.WORKED, quasi_variances)
def test_the_puddings_of_davidson():
    """Six puddings of Davidson (1970, JASA 65); R's qvcalc gives these for his model's covariance."""
    found = quasi_variances(fit_davidson(puddings()).model_covariance)
    published = [0.13290, 0.13274, 0.13957, 0.13302, 0.13993, 0.13921]
    np.testing.assert_allclose(found.standard_errors, published, atol=5e-6)
    assert -0.02 < found.lowest_relative_error < 0 < found.highest_relative_error < 0.02


@proves(Kind.WORKED, quasi_variances)
def test_three_competitors_are_exact():
    """By hand: with v12 = 5, v13 = 6, v23 = 7 the sums have one solution, q = 2, 3, 4."""
    found = quasi_variances(np.diag([2.0, 3.0, 4.0]))
    np.testing.assert_allclose(found.variances, [2, 3, 4])
    assert found.lowest_relative_error == pytest.approx(0, abs=1e-12)
    assert found.highest_relative_error == pytest.approx(0, abs=1e-12)


@proves(Kind.TWO_WAYS, quasi_variances)
@pytest.mark.parametrize("n", [4, 7])
@pytest.mark.parametrize("hub", [False, True])
def test_a_general_minimiser_finds_the_same(n, hub):
    rng = np.random.default_rng(n)
    covariance = covariance_of(rng, n)
    if hub:
        # What the others' errors share, and the hub's own error takes back.
        covariance += 0.3
        covariance[0] = covariance[:, 0] = 0.4
        covariance[0, 0] = 0.3
    pairs = np.triu_indices(n, 1)
    diagonal = np.diag(covariance)
    exact = (diagonal[:, None] + diagonal - 2 * covariance)[pairs]

    def residuals(values):
        return np.log((values[pairs[0]] + values[pairs[1]]) / exact)

    start = np.full(n, exact.mean() / 2)
    direct = least_squares(residuals, start, bounds=(0, np.inf), xtol=1e-15, ftol=1e-15, gtol=1e-15)
    found = quasi_variances(covariance)
    assert (residuals(found.variances) ** 2).sum() / 2 <= direct.cost + 1e-14
    np.testing.assert_allclose(found.variances, direct.x, atol=1e-6)
    assert found.held_at_zero.any() == hub


@proves(Kind.PROPERTY, quasi_variances)
@given(seed=st.integers(0, 10**6), n=st.integers(3, 7), factor=st.floats(1e-6, 1e6))
@settings(deadline=None, max_examples=40)
def test_names_scales_and_references_do_not_matter(seed, n, factor):
    rng = np.random.default_rng(seed)
    covariance, order, shift = covariance_of(rng, n), rng.permutation(n), rng.standard_normal(n)
    found = quasi_variances(covariance)
    moved = covariance + shift[:, None] + shift[None, :]
    other = quasi_variances(factor * moved[np.ix_(order, order)])
    np.testing.assert_allclose(other.variances / factor, found.variances[order], rtol=1e-5, atol=1e-7)
    assert found.lowest_relative_error <= 1e-9
    assert found.highest_relative_error >= -1e-9


@proves(Kind.GOLDEN, quasi_variances)
def test_stored_quasi_variances():
    counts = counts_of(4, (0, 1, 12, 8, 3), (1, 2, 9, 7), (2, 3, 5, 6, 2), (0, 3, 4, 1), (0, 2, 6, 6))
    fit = fit_bradley_terry(counts)
    check_golden("uncertainty/quasi_variances", quasi_variances(independent_covariance(fit, counts)))


@proves(Kind.RECOVERY, quasi_variances)
@pytest.mark.slow
def test_intervals_of_differences_hold_the_truth():
    """From the bars alone: the root of the sum of two squares, in 200 studies without ties."""
    rng, strengths, held = np.random.default_rng(3), np.array([0.9, 0.4, 0.0, -0.2, -1.1]), []
    one, other = np.triu_indices(5, 1)
    for _ in range(200):
        counts = study_rows(strengths, 400, rng, tie_width=0.0).counts
        fit = fit_bradley_terry(counts)
        bars = quasi_variances(independent_covariance(fit, counts)).standard_errors
        off = (fit.strengths - strengths)[one] - (fit.strengths - strengths)[other]
        held.append(np.abs(off) <= two_sided_quantile(0.95) * np.hypot(bars[one], bars[other]))
    assert np.mean(held) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 200))


def test_a_hub_is_held_at_zero_and_named():
    """Everyone met the hub only, and it carries nothing of its own: with noise its variance would be negative."""
    covariance = np.diag([0.0, 1.0, 1.0, 1.0])
    covariance[0, 1:] = covariance[1:, 0] = 0.05
    found = quasi_variances(covariance)
    assert found.held_at_zero.tolist() == [True, False, False, False]
    assert (found.variances[0], found.standard_errors[0]) == (0, 0)
    assert "Held at zero: 0" in found.reading


def test_the_floors_of_a_covariance_count():
    bare, floor = np.diag([1.0, 2.0, 3.0]), np.diag([4.0, 4.0, 4.0])
    found = quasi_variances(Covariance(bare, (floor,), 10, Clustering.RATER, ""))
    np.testing.assert_allclose(found.variances, [4, 4, 4])


@proves(Kind.DEGENERATE, quasi_variances)
def test_two_competitors_share_the_variance_of_their_difference():
    found = quasi_variances(np.array([[1.0, 0.2], [0.2, 2.0]]))
    np.testing.assert_allclose(found.variances, [1.3, 1.3])
    assert "half" in found.reading


@proves(Kind.DEGENERATE, quasi_variances)
def test_one_competitor_has_no_difference():
    found = quasi_variances(np.zeros((1, 1)))
    assert (found.variances.tolist(), found.lowest_relative_error) == ([0.0], None)
    assert "no difference" in found.reading


@proves(Kind.DEGENERATE, quasi_variances)
@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (np.zeros((3, 3)), "competitors 0 and 1 has no positive variance"),
        (np.array([[1.0, 0, 0], [0, 1, 1], [0, 1, 1]]), "competitors 1 and 2 has no positive variance"),
        (np.ones((2, 3)), r"shape \(2, 3\)"),
        (np.zeros((0, 0)), r"shape \(0, 0\)"),
        (np.array([[1.0, 2.0], [3.0, 1.0]]), "symmetric"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "finite"),
    ],
)
def test_what_no_bars_can_stand_for_is_refused(matrix, message):
    with pytest.raises(InvalidInput, match=message):
        quasi_variances(matrix)
