"""How alike two boards order the same competitors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata, spearmanr

from apps.stats.agreement import rank_correlation
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import unhurried
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

strengths = st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=2, max_size=20)


@proves(Kind.WORKED, rank_correlation)
def test_the_same_order_is_one_and_the_reverse_minus_one():
    assert rank_correlation([3, 2, 1], [30, 20, -10]) == pytest.approx(1)
    assert rank_correlation([3, 2, 1], [1, 2, 3]) == pytest.approx(-1)


@proves(Kind.WORKED, rank_correlation)
def test_equals_share_the_best_rank():
    """Ranks 1 1 3 against 1 2 3, not the 1.5 1.5 3 of Spearman's coefficient.

    By hand: deviations -2/3 -2/3 4/3 and -1 0 1, so 2 / sqrt(24/9 * 2) = .866.
    """
    assert rank_correlation([2.0, 2.0 + 1e-12, 1.0], [3, 2, 1]) == pytest.approx(2 / np.sqrt(24 / 9 * 2))


@proves(Kind.GOLDEN, rank_correlation)
def test_random_boards_as_stored():
    x = np.sin(np.arange(12) * 1.7)
    check_golden("agreement/rank_correlation", rank_correlation(x, np.round(x + 0.8 * np.cos(np.arange(12) * 2.3), 1)))


@proves(Kind.TWO_WAYS, rank_correlation)
def test_it_is_scipys_on_its_ranks():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=30), rng.normal(size=30)
    assert rank_correlation(x, y) == pytest.approx(spearmanr(x, y).statistic)
    tied_x, tied_y = np.round(x), np.round(y)
    ranks = rankdata(-tied_x, method="min"), rankdata(-tied_y, method="min")
    assert rank_correlation(tied_x, tied_y) == pytest.approx(np.corrcoef(*ranks)[0, 1])


@proves(Kind.PROPERTY, rank_correlation)
@unhurried
@given(strengths, st.randoms(use_true_random=False))
def test_only_the_order_matters_and_neither_board_comes_first(rows, random):
    x, y = np.array(rows, dtype=float).T
    expected = rank_correlation(x, y)
    order = random.sample(range(len(x)), len(x))
    for found in (rank_correlation(y, x), rank_correlation(x[order], y[order]), rank_correlation(3 * x - 7, np.exp(y))):
        assert found is expected is None or found == pytest.approx(expected)


@proves(Kind.RECOVERY, rank_correlation)
def test_the_correlation_of_normal_strengths_is_found_again():
    """For normal strengths correlated r the rank correlation is 6/pi arcsin(r/2) (Pearson 1907)."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=20_000)
    y = 0.6 * x + 0.8 * rng.normal(size=20_000)
    assert rank_correlation(x, y) == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=0.02)


@proves(Kind.DEGENERATE, rank_correlation)
@pytest.mark.parametrize(("x", "y"), [([], []), ([1.0], [2.0]), ([1, 1], [1, 2]), ([1, 2], [3, 3])])
def test_an_undefined_correlation_is_none(x, y):
    assert rank_correlation(x, y) is None


@proves(Kind.DEGENERATE, rank_correlation)
@pytest.mark.parametrize(
    ("x", "y", "told"), [([1, 2], [1], "equally long"), ([1, np.nan], [1, 2], "missing or infinite")]
)
def test_lists_that_do_not_match_are_refused(x, y, told):
    with pytest.raises(InvalidInput, match=told):
        rank_correlation(x, y)
