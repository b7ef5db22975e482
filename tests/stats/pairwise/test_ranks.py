"""Competition ranks: 1 for the best, equals share a rank, and the next one is skipped."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from apps.stats.errors import InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import competition_ranks
from apps.stats.simulation import simulate_comparisons
from tests.stats.comparisons_for_tests import golden_table, rows_of_study
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

unhurried = settings(deadline=None, max_examples=60)
# Thousandths: no two that differ are equal after rounding to nine decimals.
strengths = st.lists(st.integers(-5000, 5000).map(lambda each: each / 1000), min_size=1, max_size=12).map(np.array)


@proves(Kind.WORKED, competition_ranks)
def test_equals_share_a_rank_and_the_next_is_skipped():
    """Two share the second place, so that nobody is third: as in the results of a race."""
    assert competition_ranks(np.array([0.5, 2.0, 0.5, -1.0])).tolist() == [2, 1, 2, 4]


@proves(Kind.WORKED, competition_ranks)
def test_what_lies_beyond_nine_decimals_is_rounding():
    assert competition_ranks(np.array([0.1 + 0.2, 0.3, 0.3 + 2e-9])).tolist() == [2, 2, 1]


@proves(Kind.GOLDEN, competition_ranks)
def test_ranks_of_the_foods():
    _, counts, _ = golden_table("food")
    check_golden("pairwise/competition_ranks", competition_ranks(fit_bradley_terry(counts).strengths))


@proves(Kind.PROPERTY, competition_ranks)
@unhurried
@given(strengths, st.randoms(use_true_random=False))
def test_ranks_move_with_their_competitors(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    np.testing.assert_array_equal(competition_ranks(values[order]), competition_ranks(values)[order])


@proves(Kind.PROPERTY, competition_ranks)
@unhurried
@given(strengths, st.integers(-3, 3))
def test_only_the_order_counts(values, shift):
    np.testing.assert_array_equal(competition_ranks(2 * values + shift), competition_ranks(values))


@proves(Kind.TWO_WAYS, competition_ranks)
@unhurried
@given(strengths)
def test_ranks_are_those_of_scipy(values):
    np.testing.assert_array_equal(competition_ranks(values), rankdata(-values, method="min"))


@proves(Kind.RECOVERY, competition_ranks)
def test_many_judgments_bring_out_the_true_ranks():
    study = simulate_comparisons(
        strengths=[0.2, 1.4, -1.0, 0.8, -0.4], n_raters=20, n_items=50, n_judgments=6000, rng=np.random.default_rng(1)
    )
    found = competition_ranks(fit_bradley_terry(rows_of_study(study).counts).strengths)
    assert found.tolist() == [3, 1, 5, 2, 4]


@proves(Kind.DEGENERATE, competition_ranks)
def test_one_alone_is_first_all_equal_are_first_and_nobody_has_no_rank():
    assert competition_ranks(np.array([-7.0])).tolist() == [1]
    assert competition_ranks(np.zeros(4)).tolist() == [1, 1, 1, 1]
    assert competition_ranks(np.array([])).tolist() == []


@proves(Kind.DEGENERATE, competition_ranks)
@pytest.mark.parametrize(
    ("strengths", "told"),
    [([1.0, np.nan], "missing or infinite"), ([[1.0, 2.0]], "2 dimensions"), (["first"], "give numbers")],
)
def test_what_has_no_order_is_refused(strengths, told):
    with pytest.raises(InvalidInput, match=told):
        competition_ranks(strengths)
