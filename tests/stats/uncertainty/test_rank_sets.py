"""Rank sets: what they allow, and how often they hold the truth."""

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit

from apps.stats.errors import InvalidInput
from apps.stats.pairwise import competition_ranks
from apps.stats.uncertainty import Clustering, Covariance, marginal_rank_sets


def covariance_of(matrix, degrees_of_freedom=10**6, floors=()):
    return Covariance(np.asarray(matrix, dtype=float), floors, degrees_of_freedom, Clustering.INDEPENDENT, "")


def centred(variances):
    """The covariance of independent errors after the mean is taken out."""
    n = len(variances)
    centre = np.eye(n) - 1 / n
    return centre @ np.diag(variances) @ centre


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


def test_a_percentage_for_a_level_is_refused():
    with pytest.raises(InvalidInput, match="between 0 and 1"):
        marginal_rank_sets(
            np.zeros(2), covariance_of(centred([1, 1])), rng=np.random.default_rng(1), confidence_level=95
        )


def test_competition_ranks_share_the_best_rank():
    assert competition_ranks(np.array([2.0, 1.0, 2.0, 0.5])).tolist() == [1, 3, 1, 4]


def test_competition_ranks_ignore_the_tenth_decimal():
    assert competition_ranks(np.array([1.0, 1.0 + 1e-11, 0.0])).tolist() == [1, 1, 3]
