"""Simultaneous rank sets: against tables of the studentised range, a plain step-down, and equals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtrit

from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.uncertainty import robust_covariance, simultaneous_rank_sets
from apps.stats.uncertainty.drawing import covering, draw_errors
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import centred, covariance_of, study_rows


def sets_of(strengths, covariance, seed=1, **settings):
    return simultaneous_rank_sets(np.asarray(strengths), covariance, rng=np.random.default_rng(seed), **settings)


@proves(Kind.WORKED, simultaneous_rank_sets)
@pytest.mark.parametrize(("n", "tabled"), [(3, 3.314), (5, 3.858), (10, 4.474)])
def test_the_critical_value_is_that_of_the_studentised_range(n, tabled):
    """Equal independent errors: the largest |difference| of n, its 95 % point in the tables of Tukey's test

    (infinite degrees of freedom; Harter 1960, Annals of Mathematical Statistics 31). One competitor stands apart
    from n - 1 equals by a little less, and a little more, than that.
    """
    for factor, low in ((0.98, 1), (1.02, 2)):
        gap = factor * tabled * 0.1
        ranks = sets_of([gap] + [0.0] * (n - 1), covariance_of(centred([0.01] * n)), n_draws=60_000)
        assert ranks.low.tolist() == [1] + [low] * (n - 1)
        assert ranks.high.tolist() == [1 if low == 2 else n] + [n] * (n - 1)


@proves(Kind.WORKED, simultaneous_rank_sets)
def test_two_competitors_separate_where_a_t_test_does():
    """With two there is one difference: the critical value is the two-sided t quantile, here of 4 degrees."""
    covariance = covariance_of(centred([0.04, 0.04]), 4)
    for factor, separated in ((0.96, False), (1.04, True)):
        gap = factor * stdtrit(4, 0.975) * np.sqrt(0.08)
        ranks = sets_of([gap, 0.0], covariance, n_draws=60_000)
        assert ranks.high.tolist() == ([1, 2] if separated else [2, 2])


def plain_step_down(strengths, covariance, rng, confidence_level, n_draws):
    """Every ordered pair a hypothesis, all maxima worked out anew in every step."""
    matrix = covering(covariance)
    draws = draw_errors(matrix, covariance.degrees_of_freedom, rng, n_draws)
    diagonal = np.diag(matrix)
    spread = np.sqrt(diagonal[:, None] + diagonal - 2 * matrix)
    needed = np.sqrt(covariance.difference_variances())
    n = len(strengths)
    left = {(i, j) for i in range(n) for j in range(n) if i != j}
    shown = set()
    while True:
        largest = np.max([(draws[:, i] - draws[:, j]) / spread[i, j] for i, j in left], axis=0)
        critical = np.quantile(np.maximum(largest, 0), confidence_level)
        new = {(i, j) for i, j in left if strengths[i] - strengths[j] > critical * needed[i, j]}
        if not new:
            break
        shown, left = shown | new, left - new
    low = [1 + sum((j, i) in shown for j in range(n)) for i in range(n)]
    return low, [n - sum((i, j) in shown for j in range(n)) for i in range(n)]


@proves(Kind.TWO_WAYS, simultaneous_rank_sets)
@pytest.mark.parametrize("seed", range(6))
def test_a_plain_step_down_over_ordered_pairs_gives_the_same(seed):
    rng = np.random.default_rng(seed)
    variances = rng.uniform(0.005, 0.02, 7)
    covariance = covariance_of(centred(variances), 20, floors=(centred(variances[::-1]),))
    strengths = rng.normal(0, 0.4, 7)
    found = sets_of(strengths, covariance, seed, n_draws=2000, confidence_level=0.9)
    low, high = plain_step_down(strengths, covariance, np.random.default_rng(seed), 0.9, 2000)
    assert (found.low.tolist(), found.high.tolist()) == (low, high)


def test_stepping_down_shows_more_than_one_step():
    """Two groups far apart; inside each a gap that only the smaller family of the second step lets pass."""
    strengths = np.array([10.0, 10.397, 0.0, 0.0, 0.0, 0.0])
    covariance = covariance_of(centred([0.01] * 6))
    ranks = sets_of(strengths, covariance, n_draws=60_000)
    assert (ranks.low[0], ranks.high[1]) == (2, 1)
    # Alone among equals, the same gap is too small for all fifteen differences at once.
    alone = sets_of([0.397, 0.0, 0.0, 0.0, 0.0, 0.0], covariance, n_draws=60_000)
    assert alone.high[0] == 6


@proves(Kind.GOLDEN, simultaneous_rank_sets)
def test_stored_rank_sets():
    rows = study_rows(np.linspace(-1, 1, 6), 800, np.random.default_rng(5))
    fit = fit_bradley_terry(rows.counts)
    check_golden("uncertainty/simultaneous_rank_sets", sets_of(fit.strengths, robust_covariance(fit, rows)))


@proves(Kind.PROPERTY, simultaneous_rank_sets)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 7), shift=st.integers(-3, 3))
@settings(deadline=None, max_examples=40)
def test_zero_and_unit_of_the_scale_do_not_matter_and_levels_are_nested(seed, n, shift):
    rng = np.random.default_rng(seed)
    strengths, matrix = rng.normal(0, 0.5, n), centred(rng.uniform(0.005, 0.05, n))
    found = sets_of(strengths, covariance_of(matrix, 30), seed, n_draws=400)
    moved = sets_of(4 * strengths + shift, covariance_of(16 * matrix, 30), seed, n_draws=400)
    assert (moved.low == found.low).all() and (moved.high == found.high).all()
    bolder = sets_of(strengths, covariance_of(matrix, 30), seed, n_draws=400, confidence_level=0.5)
    assert (bolder.low >= found.low).all() and (bolder.high <= found.high).all()
    ranks = 1 + (strengths[:, None] < strengths[None, :]).sum(axis=1)
    assert (found.low <= ranks).all() and (ranks <= found.high).all()


@proves(Kind.RECOVERY, simultaneous_rank_sets)
def test_true_ranks_of_unequal_competitors_are_held_all_at_once():
    """Errors drawn from the covariance itself, so that only the procedure is on trial."""
    rng, truth = np.random.default_rng(4), np.array([0.0, 0.05, 0.1, 0.5, 0.55, 2.0])
    covariance = covariance_of(centred([0.01] * 6))
    ranks = np.arange(6, 0, -1)
    held, sharp = [], []
    for _ in range(400):
        strengths = truth + draw_errors(covariance.matrix, 10**6, rng, 1)[0]
        found = simultaneous_rank_sets(strengths, covariance, rng=rng, n_draws=1000)
        held.append(((found.low <= ranks) & (ranks <= found.high)).all())
        sharp.append(found.low[5] == found.high[5] == 1)
    assert np.mean(held) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)
    assert np.mean(sharp) == 1


def test_a_floor_keeps_ranks_open():
    floored = covariance_of(centred([1e-4, 1e-4]), floors=(centred([4.0, 4.0]),))
    assert sets_of([0.5, -0.5], floored).high.tolist() == [2, 2]


def test_a_variance_known_from_a_floor_alone_keeps_ranks_open():
    """Ties only leave no variance but the floor's."""
    floored = covariance_of(np.zeros((3, 3)), floors=(centred([0.04] * 3),))
    assert sets_of([0.1, 0.0, -0.1], floored).high.tolist() == [3, 3, 3]


@proves(Kind.DEGENERATE, simultaneous_rank_sets)
def test_one_competitor_has_rank_one():
    ranks = sets_of([0.0], covariance_of([[0.0]]))
    assert (ranks.low.tolist(), ranks.high.tolist()) == ([1], [1])


@proves(Kind.DEGENERATE, simultaneous_rank_sets)
def test_without_any_variance_strengths_are_what_they_are():
    ranks = sets_of([1.0, 0.0, 1.0], covariance_of(np.zeros((3, 3))))
    assert (ranks.low.tolist(), ranks.high.tolist()) == ([1, 3, 1], [2, 3, 2])


def test_as_few_draws_as_can_tell_are_taken():
    few = {"n_draws": 20, "confidence_level": 0.95}
    assert sets_of([9.0, 0.0], covariance_of(centred([0.01, 0.01])), **few).low.tolist() == [1, 2]


@proves(Kind.DEGENERATE, simultaneous_rank_sets)
@pytest.mark.parametrize(
    ("strengths", "changes", "error", "message"),
    [
        ([0.0, 1.0], {"n_draws": 0}, InvalidInput, "n_draws is 0"),
        ([0.0, 1.0], {"n_draws": 19}, InvalidInput, "n_draws of at least 20"),
        ([0.0, 1.0], {"confidence_level": 95}, InvalidInput, "between 0 and 1"),
        ([0.0, 1.0, 2.0], {}, InvalidInput, "do not belong together"),
        ([0.0, np.nan], {}, InvalidInput, "missing or infinite"),
        ([], {}, EmptyInput, "no strength"),
    ],
)
def test_what_cannot_be_simulated_is_refused(strengths, changes, error, message):
    with pytest.raises(error, match=message):
        sets_of(strengths, covariance_of(centred([1.0, 1.0])), **changes)
