"""Rank sets: what they allow, and how often they hold the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri, stdtrit
from scipy.stats import norm

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.pairwise import competition_ranks
from apps.stats.uncertainty import marginal_rank_sets
from apps.stats.uncertainty.drawing import draws_for
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import centred, covariance_of


@proves(Kind.WORKED, marginal_rank_sets)
@pytest.mark.parametrize(("degrees_of_freedom", "quantile"), [(10**6, ndtri(0.975)), (4, stdtrit(4, 0.975))])
def test_two_competitors_separate_where_a_t_test_does(degrees_of_freedom, quantile):
    """With two there is one difference: the critical value is the two-sided t quantile."""
    standard_error = np.sqrt(2 * 0.04)
    covariance = covariance_of(centred([0.04, 0.04]), degrees_of_freedom)
    for factor, separated in ((0.96, False), (1.04, True)):
        gap = factor * quantile * standard_error
        ranks = marginal_rank_sets(
            np.array([gap / 2, -gap / 2]), covariance, rng=np.random.default_rng(1), n_draws=40_000
        )
        assert ranks.low.tolist() == ([1, 2] if separated else [1, 1])
        assert ranks.high.tolist() == ([1, 2] if separated else [2, 2])


@proves(Kind.WORKED, marginal_rank_sets)
@pytest.mark.parametrize(("n_others", "tabled"), [(2, 2.21), (5, 2.51), (9, 2.69)])
def test_the_critical_value_of_one_against_many_is_dunnetts(n_others, tabled):
    """Equal independent errors: Dunnett's two-sided 95 % points, infinite degrees of freedom

    (Dunnett 1964, Biometrics 20). The first stands apart from the others by a little less, or more, than that.
    """
    for factor, rank in ((0.98, n_others + 1), (1.02, 1)):
        strengths = np.zeros(n_others + 1)
        strengths[0] = factor * tabled * np.sqrt(2) * 0.1
        covariance = covariance_of(centred([0.01] * (n_others + 1)))
        ranks = marginal_rank_sets(strengths, covariance, rng=np.random.default_rng(1), n_draws=60_000)
        assert (ranks.low[0], ranks.high[0]) == (1, rank)


@proves(Kind.TWO_WAYS, marginal_rank_sets)
def test_integration_gives_the_same_critical_value():
    """Unequal errors. Given the first error the others are independent: one integral instead of draws."""
    spreads = np.array([0.1, 0.05, 0.2, 0.1, 0.3])
    needed = np.hypot(spreads[0], spreads[1:])

    def coverage(critical):
        def together(error):
            ends = (error + critical * needed) / spreads[1:], (error - critical * needed) / spreads[1:]
            return norm.pdf(error, scale=spreads[0]) * np.prod(ndtr(ends[0]) - ndtr(ends[1]))

        return quad(together, -1, 1, epsabs=1e-10)[0]

    critical = brentq(lambda value: coverage(value) - 0.95, 1.5, 4)
    for factor, rank in ((0.98, 5), (1.02, 1)):
        # As far behind as it takes, for each of the others alike in its own standard errors.
        strengths = np.append(0.0, -factor * critical * needed)
        covariance = covariance_of(centred(spreads**2))
        ranks = marginal_rank_sets(strengths, covariance, rng=np.random.default_rng(2), n_draws=60_000)
        assert ranks.high[0] == rank


@proves(Kind.GOLDEN, marginal_rank_sets)
def test_stored_rank_sets():
    covariance = covariance_of(centred([0.02, 0.03, 0.05, 0.02, 0.04]), 12)
    strengths = np.array([0.9, 0.3, -0.2, -0.1, -0.9])
    check_golden(
        "uncertainty/marginal_rank_sets", marginal_rank_sets(strengths, covariance, rng=np.random.default_rng(1))
    )


@proves(Kind.PROPERTY, marginal_rank_sets)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 7), shift=st.integers(-3, 3))
@settings(deadline=None, max_examples=40)
def test_zero_and_unit_of_the_scale_do_not_matter_and_levels_are_nested(seed, n, shift):
    rng = np.random.default_rng(seed)
    strengths, matrix = rng.normal(0, 0.5, n), centred(rng.uniform(0.005, 0.05, n))

    def sets_of(strengths, matrix, **settings):
        rng = np.random.default_rng(seed)
        return marginal_rank_sets(strengths, covariance_of(matrix, 30), rng=rng, n_draws=400, **settings)

    found = sets_of(strengths, matrix)
    moved = sets_of(4 * strengths + shift, 16 * matrix)
    assert (moved.low == found.low).all() and (moved.high == found.high).all()
    bolder = sets_of(strengths, matrix, confidence_level=0.5)
    assert (bolder.low >= found.low).all() and (bolder.high <= found.high).all()
    ranks = competition_ranks(strengths)
    assert (found.low <= ranks).all() and (ranks <= found.high).all()


def test_the_critical_value_allows_for_all_comparisons_of_a_competitor():
    """Against many, a gap of 2.3 standard errors that would do against one no longer does."""
    n = 30
    strengths = np.zeros(n)
    strengths[0] = 2.3 * np.sqrt(2) * 0.1
    ranks = marginal_rank_sets(strengths, covariance_of(centred([0.01] * n)), rng=np.random.default_rng(1))
    assert (ranks.low[0], ranks.high[0]) == (1, n)


def test_far_apart_means_one_rank_each():
    ranks = marginal_rank_sets(
        np.array([5.0, -5.0, 0.0]), covariance_of(centred([0.01, 0.02, 0.03])), rng=np.random.default_rng(1)
    )
    assert ranks.low.tolist() == ranks.high.tolist() == [1, 3, 2]


def test_a_floor_keeps_ranks_open():
    strengths, matrix = np.array([0.5, -0.5]), centred([1e-4, 1e-4])
    floored = covariance_of(matrix, floors=(centred([4.0, 4.0]),))
    assert marginal_rank_sets(strengths, floored, rng=np.random.default_rng(1)).high.tolist() == [2, 2]


def test_a_covariance_with_a_negative_direction_is_usable():
    """Two-way subtraction can leave one: ranks are then judged by the floors."""
    matrix = centred([0.1, 0.1, 0.1]) - 1.5 * np.outer([1, -1, 0], [1, -1, 0]) * 0.1
    covariance = covariance_of(matrix, floors=(centred([0.1, 0.1, 0.1]),))
    ranks = marginal_rank_sets(np.array([9.0, 0.0, -9.0]), covariance, rng=np.random.default_rng(1))
    assert ranks.low.tolist() == ranks.high.tolist() == [1, 2, 3]


@proves(Kind.DEGENERATE, marginal_rank_sets)
def test_one_competitor_has_rank_one():
    ranks = marginal_rank_sets(np.zeros(1), covariance_of([[0.0]]), rng=np.random.default_rng(1))
    assert (ranks.low.tolist(), ranks.high.tolist()) == ([1], [1])


def test_equal_seeds_give_equal_ranks():
    strengths, covariance = np.linspace(-1, 1, 8), covariance_of(centred([0.05] * 8))
    one, other = (
        marginal_rank_sets(strengths, covariance, rng=np.random.default_rng(3), n_draws=300) for _ in range(2)
    )
    assert one.low.tolist() == other.low.tolist()
    assert one.high.tolist() == other.high.tolist()


@proves(Kind.DEGENERATE, marginal_rank_sets)
def test_without_any_variance_strengths_are_what_they_are():
    level = [0.1 + 0.2, 0.0, 0.3]
    ranks = marginal_rank_sets(level, covariance_of(np.zeros((3, 3))), rng=np.random.default_rng(1))
    assert (ranks.low.tolist(), ranks.high.tolist()) == ([1, 3, 1], [2, 3, 2])


@proves(Kind.DEGENERATE, marginal_rank_sets)
@pytest.mark.parametrize(
    ("strengths", "changes", "error", "message"),
    [
        ([0.0, 1.0], {"n_draws": 0}, InvalidInput, "n_draws is 0"),
        ([0.0, 1.0], {"confidence_level": 95}, InvalidInput, "between 0 and 1"),
        ([0.0, 1.0], {"confidence_level": 0.999, "n_draws": 500}, InvalidInput, "n_draws of at least 1000"),
        ([0.0, 1.0, 2.0], {}, InvalidInput, "do not belong together"),
        ([0.0, np.nan], {}, InvalidInput, "missing or infinite"),
        ([[0.0, 1.0]], {}, InvalidInput, "2 dimensions"),
        ([], {}, EmptyInput, "no strength"),
    ],
)
def test_what_cannot_be_simulated_is_refused(strengths, changes, error, message):
    with pytest.raises(error, match=message):
        marginal_rank_sets(strengths, covariance_of(centred([1, 1])), rng=np.random.default_rng(1), **changes)


def test_competition_ranks_share_the_best_rank():
    assert competition_ranks(np.array([2.0, 1.0, 2.0, 0.5])).tolist() == [1, 3, 1, 4]


def test_competition_ranks_ignore_the_tenth_decimal():
    assert competition_ranks(np.array([1.0, 1.0 + 1e-11, 0.0])).tolist() == [1, 1, 3]


@pytest.mark.slow
def test_many_competitors_take_fewer_draws_and_sets_still_hold():
    """400,000 numbers in all, between 2,000 and 10,000 draws. A hundred equals: about 95 % of sets hold rank 1."""
    assert [draws_for(n, None) for n in (2, 40, 80, 200, 1000)] == [10_000, 10_000, 5_000, 2_000, 2_000]
    assert draws_for(200, 500) == 500
    rng = np.random.default_rng(5)
    estimates = rng.standard_normal((40, 100))
    covariance = covariance_of(centred([1.0] * 100))
    held = [marginal_rank_sets(each - each.mean(), covariance, rng=rng).low == 1 for each in estimates]
    assert np.mean(held) == pytest.approx(0.975, abs=0.02)
