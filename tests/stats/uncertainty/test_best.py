"""The probability of being the best: closed forms, and whether such probabilities are borne out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr
from scipy.stats import multivariate_normal

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.uncertainty import probability_best
from apps.stats.uncertainty.drawing import covering, draw_errors, square_root
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import centred, covariance_of


def best_of(strengths, covariance, seed=1, n_draws=40_000):
    rng = np.random.default_rng(seed)
    return probability_best(np.asarray(strengths, dtype=float), covariance, rng=rng, n_draws=n_draws)


@proves(Kind.WORKED, probability_best)
@pytest.mark.parametrize("degrees_of_freedom", [3, 10**6])
def test_of_two_it_is_the_tail_of_the_t_distribution(degrees_of_freedom):
    """By hand: P(gap > 0) with estimate .3 and standard error .2 is the t distribution function at 1.5."""
    found = best_of([0.3, 0.0], covariance_of(centred([0.02, 0.02]), degrees_of_freedom))
    assert found.best[0] == pytest.approx(stdtr(degrees_of_freedom, 1.5), abs=4 * found.standard_errors[0])
    np.testing.assert_allclose(found.expected_ranks, 2 - found.best)


@proves(Kind.WORKED, probability_best)
def test_of_three_level_ones_the_least_known_is_first_most_often():
    """By hand: P(1 best) = 1/4 + asin(r) / (2 pi), r = v1 / sqrt((v1 + v2)(v1 + v3)), the orthant of two normals."""
    variances = [4.0, 1.0, 1.0]
    found = best_of([0, 0, 0], covariance_of(np.diag(variances)))
    worked = 0.25 + np.arcsin(4 / 5) / (2 * np.pi)
    assert found.best[0] == pytest.approx(worked, abs=4 * found.standard_errors[0])
    # It is last as often as first, so its expected rank is the middle one.
    assert found.expected_ranks[0] == pytest.approx(2, abs=0.02)


@proves(Kind.TWO_WAYS, probability_best)
def test_the_integral_over_an_orthant_gives_the_same():
    strengths, variances = np.array([0.3, 0.2, 0.0, -0.4]), [0.03, 0.05, 0.02, 0.2]
    found = best_of(strengths, covariance_of(centred(variances)))
    for one in range(4):
        contrast = np.delete(np.eye(4)[one] - np.eye(4), one, axis=0)
        # All gaps to the others are positive, hence their negatives below zero.
        behind = multivariate_normal(-contrast @ strengths, contrast @ np.diag(variances) @ contrast.T)
        exact = behind.cdf(np.zeros(3))
        assert found.best[one] == pytest.approx(exact, abs=4 * found.standard_errors[one] + 1e-4)


@proves(Kind.GOLDEN, probability_best)
def test_stored_probabilities():
    covariance = covariance_of(centred([0.03, 0.05, 0.02, 0.2]), 12)
    check_golden("uncertainty/probability_best", best_of([0.3, 0.2, 0.0, -0.4], covariance, n_draws=2000))


@proves(Kind.PROPERTY, probability_best)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 6), factor=st.sampled_from([0.25, 4.0]))
@settings(deadline=None, max_examples=40)
def test_probabilities_add_up_and_units_do_not_matter(seed, n, factor):
    rng = np.random.default_rng(seed)
    strengths, matrix = rng.normal(0, 0.3, n), centred(rng.uniform(0.01, 0.1, n))
    found = best_of(strengths, covariance_of(matrix, 9), seed, 300)
    assert found.best.sum() == pytest.approx(1)
    np.testing.assert_allclose(found.rank_probabilities.sum(axis=0), 1)
    np.testing.assert_allclose(found.rank_probabilities.sum(axis=1), 1)
    assert found.expected_ranks.sum() == pytest.approx(n * (n + 1) / 2)
    np.testing.assert_allclose(found.within(n), 1)
    np.testing.assert_allclose(found.within(1), found.best)
    scaled = best_of(factor * strengths + 1, covariance_of(factor**2 * matrix, 9), seed, 300)
    np.testing.assert_allclose(scaled.rank_probabilities, found.rank_probabilities)


@proves(Kind.RECOVERY, probability_best)
@pytest.mark.slow
def test_probabilities_are_borne_out_where_the_prior_is_wide():
    """True strengths spread far wider than the errors: those said to be best at 70 % are best 70 times of 100."""
    rng, said, true = np.random.default_rng(2), [], []
    covariance = covariance_of(centred([0.04] * 4))
    for _ in range(2500):
        truth = rng.normal(0, 0.8, 4)
        estimate = truth + draw_errors(covariance.matrix, 10**6, rng, 1)[0]
        found = probability_best(estimate, covariance, rng=rng, n_draws=300)
        said.extend(found.best)
        true.extend(np.arange(4) == truth.argmax())
    said, true = np.array(said), np.array(true)
    for low, high in ((0.2, 0.5), (0.5, 0.8), (0.8, 0.97)):
        bin_ = (said > low) & (said <= high)
        # A normal prior with 16 times the variance shrinks by a sixteenth: a little less is borne out.
        assert true[bin_].mean() == pytest.approx(said[bin_].mean(), abs=0.02 + 4 * 0.5 / np.sqrt(bin_.sum()))


def test_no_difference_varies_less_than_its_floor():
    bare, floor = centred([0.01, 0.01, 0.01]), centred([0.2, 0.01, 0.005])
    gathered = covering(covariance_of(bare, floors=(floor,)))
    for matrix in (bare, floor):
        assert np.linalg.eigvalsh(gathered - matrix).min() >= -1e-12
    surer = best_of([0.3, 0, 0], covariance_of(bare)).best[0]
    assert best_of([0.3, 0, 0], covariance_of(bare, floors=(floor,))).best[0] < surer


def test_the_square_root_leaves_out_negative_directions():
    matrix = np.diag([4.0, -1.0])
    np.testing.assert_allclose(square_root(matrix), np.diag([2.0, 0.0]), atol=1e-12)


@proves(Kind.DEGENERATE, probability_best)
def test_exact_equals_share_by_lot():
    found = best_of([1.0, 1.0, 0.0], covariance_of(np.zeros((3, 3))))
    assert found.best[2] == 0
    assert found.best[0] == pytest.approx(0.5, abs=0.02)
    assert found.rank_probabilities[2].tolist() == [0, 0, 1]
    assert found.standard_errors[2] > 0


@proves(Kind.DEGENERATE, probability_best)
def test_one_competitor_is_the_best_of_one():
    found = best_of([0.0], covariance_of([[0.0]]), n_draws=3)
    assert found.best.tolist() == [1]
    assert "one competitor" in found.reading


@proves(Kind.DEGENERATE, probability_best)
@pytest.mark.parametrize(
    ("strengths", "n_draws", "error", "message"),
    [
        ([0.0, 1.0], 0, InvalidInput, "n_draws is 0"),
        ([0.0], 10, InvalidInput, "do not belong together"),
        ([np.inf, 0.0], 10, InvalidInput, "missing or infinite"),
        ([], 10, EmptyInput, "no strength"),
    ],
)
def test_what_cannot_be_simulated_is_refused(strengths, n_draws, error, message):
    with pytest.raises(error, match=message):
        best_of(strengths, covariance_of(centred([1.0, 1.0])), n_draws=n_draws)


@pytest.mark.parametrize("rank", [0, 3])
def test_a_rank_that_does_not_exist_is_refused(rank):
    found = best_of([0.0, 1.0], covariance_of(centred([1.0, 1.0])), n_draws=10)
    with pytest.raises(InvalidInput, match="from 1 to 2"):
        found.within(rank)


def test_the_reading_names_the_favourite_and_warns():
    found = best_of([0.0, 1.0], covariance_of(centred([0.01, 0.01])))
    assert found.reading.startswith("Competitor 1 comes first in 100.0 %")
    assert "rank sets" in found.reading
