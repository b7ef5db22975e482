"""What must hold for any comparisons: names, order and repetition carry no information."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.stats.boards import fit_board, fit_islands
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import Clusters, ComparisonRows, PairwiseCounts
from apps.stats.uncertainty import clustered_covariance, independent_covariance, robust_covariance
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.kinds import Kind, proves

pytestmark = pytest.mark.slow

unhurried = settings(deadline=None, max_examples=60)
close = {"atol": 1e-8, "rtol": 1e-8}


def changed(rows, **columns):
    kept = {name: getattr(rows, name) for name in ("first", "second", "outcome", "count", "rater", "item")}
    return ComparisonRows.from_arrays(n_competitors=rows.n_competitors, **{**kept, **columns})


def strengths_and_covariance(rows):
    fit = fit_bradley_terry(rows.counts)
    return fit.strengths, robust_covariance(fit, rows).matrix


@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False))
def test_relabelling_competitors_relabels_the_result(rows, random):
    place = list(range(rows.n_competitors))
    random.shuffle(place)
    place = np.array(place)
    strengths, matrix = strengths_and_covariance(rows)
    moved, moved_matrix = strengths_and_covariance(changed(rows, first=place[rows.first], second=place[rows.second]))
    np.testing.assert_allclose(moved[place], strengths, **close)
    np.testing.assert_allclose(moved_matrix[np.ix_(place, place)], matrix, **close)


@unhurried
@given(comparison_rows(), st.randoms(use_true_random=False), st.integers(-9, 9), st.integers(1, 10**9))
def test_order_of_rows_and_names_of_raters_and_items_carry_nothing(rows, random, shift, stretch):
    order = list(range(len(rows.first)))
    random.shuffle(order)
    shuffled = rows.where(np.array(order))
    renamed = changed(shuffled, rater=shuffled.rater * stretch + shift, item=-shuffled.item * stretch)
    for one, other in zip(strengths_and_covariance(rows), strengths_and_covariance(renamed), strict=True):
        np.testing.assert_allclose(one, other, **close)


@unhurried
@given(comparison_rows())
def test_swapping_the_sides_changes_nothing(rows):
    swap = np.array([1, 0, 2, 3])
    mirrored = changed(rows, first=rows.second, second=rows.first, outcome=swap[rows.outcome])
    for one, other in zip(strengths_and_covariance(rows), strengths_and_covariance(mirrored), strict=True):
        np.testing.assert_allclose(one, other, **close)


@unhurried
@given(comparison_rows())
def test_a_count_is_repetition(rows):
    spread = np.repeat(np.arange(len(rows.first)), rows.count)
    repeated = changed(rows.where(spread), count=np.ones(len(spread), dtype=int))
    np.testing.assert_array_equal(repeated.counts.counts, rows.counts.counts)
    for one, other in zip(strengths_and_covariance(rows), strengths_and_covariance(repeated), strict=True):
        np.testing.assert_allclose(one, other, **close)


@unhurried
@given(comparison_rows())
def test_every_judgment_twice_leaves_strengths_and_halves_the_independent_covariance(rows):
    n_scored = rows.scored(both_bad_as_tie=False).n_judgments
    twice = changed(rows, count=2 * rows.count)
    once_fit, twice_fit = fit_bradley_terry(rows.counts), fit_bradley_terry(twice.counts)
    np.testing.assert_allclose(twice_fit.strengths, once_fit.strengths, **close)

    def without_factor(fit, counts, n):
        free = fit.n_competitors - 1
        return independent_covariance(fit, counts) * (n - free) / n

    np.testing.assert_allclose(
        2 * without_factor(twice_fit, twice.counts, 2 * n_scored),
        without_factor(once_fit, rows.counts, n_scored),
        **close,
    )


@unhurried
@given(comparison_rows())
def test_other_people_who_say_the_same_halve_the_rater_covariance(rows):
    """The same judgments by as many other raters: clusters double, and up to G/(G-1) the variance halves."""
    scored = rows.scored(both_bad_as_tie=False)
    copies = np.tile(np.arange(len(scored.first)), 2)
    both = scored.where(copies)
    others = np.repeat([0, 1000], len(scored.first))
    both = changed(both, rater=both.rater + others)
    assume(scored.raters.n > 1)

    def without_factor(some):
        n, groups = some.n_judgments, some.raters.n
        factor = groups / (groups - 1) * (n - 1) / (n - some.n_competitors + 1)
        fit = fit_bradley_terry(some.counts)
        return clustered_covariance(fit, some, some.raters) / factor

    np.testing.assert_allclose(2 * without_factor(both), without_factor(scored), **close)


@unhurried
@given(comparison_rows())
def test_the_gradient_is_zero_and_the_mean_is_zero(rows):
    fit = fit_bradley_terry(rows.counts)
    assert np.abs(fit.likelihood.gradient).max() < 1e-9
    assert abs(fit.strengths.mean()) < 1e-12


@unhurried
@given(comparison_rows())
def test_a_common_shift_has_no_variance_before_the_floor(rows):
    _, matrix = strengths_and_covariance(rows)
    np.testing.assert_allclose(matrix.sum(axis=1), 0, atol=1e-9 * (1 + np.abs(matrix).max()))


@unhurried
@given(comparison_rows())
def test_one_cluster_a_judgment_is_independence(rows):
    scored = rows.scored(both_bad_as_tie=False)
    spread = scored.where(np.repeat(np.arange(len(scored.first)), scored.count))
    single = changed(spread, count=np.ones(len(spread.first), dtype=int))
    fit = fit_bradley_terry(single.counts)
    alone = clustered_covariance(fit, single, Clusters.of(np.arange(len(single.first))))
    np.testing.assert_allclose(alone, independent_covariance(fit, single.counts), **close)


@unhurried
@given(comparison_rows(), comparison_rows())
def test_adding_counts_is_counting_together(one, other):
    n = max(one.n_competitors, other.n_competitors)

    def counted(*several):
        columns = (
            np.concatenate([getattr(rows, name) for rows in several])
            for name in ("first", "second", "outcome", "count")
        )
        return PairwiseCounts.from_arrays(n, *columns)

    np.testing.assert_array_equal((counted(one) + counted(other)).counts, counted(one, other).counts)


@proves(Kind.PROPERTY, fit_board)
@settings(deadline=None, max_examples=25)
@given(comparison_rows(), st.integers(0, 2**32))
def test_a_board_is_a_function_of_its_input_and_its_seed(rows, seed):
    def board():
        return fit_board(
            n_competitors=rows.n_competitors,
            first=rows.first,
            second=rows.second,
            outcome=rows.outcome,
            count=rows.count,
            rater=rows.rater,
            item=rows.item,
            rng=np.random.default_rng(seed),
            n_draws=200,
        )

    found = board()
    assert found == board()
    assert sum(row.n for row in found.rows) == 2 * rows.n_judgments
    for row in found.rows:
        assert row.low < row.strength < row.high
        assert row.rank_low <= row.rank <= row.rank_high
        assert 0 <= row.both_bad_low <= row.both_bad_share <= row.both_bad_high <= 1
        assert 0 <= row.win_share_low <= row.win_share <= row.win_share_high <= 1


@proves(Kind.PROPERTY, fit_islands)
@settings(deadline=None, max_examples=25)
@given(comparison_rows(), comparison_rows(), st.integers(0, 2**32))
def test_islands_are_boards_of_their_own_wherever_they_are_numbered(one, other, seed):
    """Two studies side by side, the second's competitors numbered in between the first's, each in its order."""
    n = one.n_competitors + other.n_competitors
    places = np.random.default_rng(seed).permutation(n)
    members = np.sort(places[: one.n_competitors]), np.sort(places[one.n_competitors :])
    joined = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("outcome", "count", "rater", "item")
    }
    for name in ("first", "second"):
        joined[name] = np.concatenate(
            [place[getattr(rows, name)] for place, rows in zip(members, (one, other), strict=True)]
        )
    boards = fit_islands(n_competitors=n, **joined, rng=np.random.default_rng(1), n_draws=100)
    assert sum(board.n_judgments for board in boards) == one.n_judgments + other.n_judgments
    by_members = {board.competitors: board for board in boards}
    for place, rows in zip(members, (one, other), strict=True):
        found = by_members[tuple(place.tolist())]
        alone = fit_board(
            n_competitors=rows.n_competitors,
            **{name: getattr(rows, name) for name in ("first", "second", "outcome", "count", "rater", "item")},
            rng=np.random.default_rng(1),
            n_draws=100,
        )
        for inside, outside in zip(found.rows, alone.rows, strict=True):
            np.testing.assert_allclose(
                [inside.strength, inside.low, inside.high, inside.win_share_low],
                [outside.strength, outside.low, outside.high, outside.win_share_low],
                **close,
            )
