"""Counts hold what came in, and refuse what cannot be counted."""

import numpy as np
import pytest

from apps.stats.errors import EmptyInput, InvalidInput, StatisticsError, UnknownOutcome
from apps.stats.pairwise import ComparisonRows, Outcome, PairwiseCounts
from tests.stats.comparisons_for_tests import counts_of


def test_half_wins_split_ties_and_leave_both_bad_out():
    counts = counts_of(2, (0, 1, 3, 1, 2, 5))
    np.testing.assert_array_equal(counts.half_wins(), [[0, 4], [2, 0]])
    np.testing.assert_array_equal(counts.half_wins(both_bad_as_tie=True), [[0, 6.5], [4.5, 0]])
    np.testing.assert_array_equal(counts.wins(), [[0, 3], [1, 0]])


def test_showings_include_both_bad():
    counts = counts_of(3, (0, 1, 3, 1, 2, 5), (2, 0, 0, 1))
    np.testing.assert_array_equal(counts.showings_per_competitor(), [12, 11, 1])
    np.testing.assert_array_equal(counts.both_bad_per_competitor(), [5, 5, 0])


def test_axis_0_is_the_competitor_shown_first():
    counts = PairwiseCounts.from_arrays(2, [1, 1], [0, 0], [Outcome.FIRST_WINS, Outcome.SECOND_WINS], [4, 1])
    assert counts.counts[1, 0].tolist() == [4, 1, 0, 0]
    assert counts.counts[0, 1].tolist() == [0, 0, 0, 0]
    assert counts.wins().tolist() == [[0, 1], [4, 0]]


def test_adding_pools():
    one, two = counts_of(2, (0, 1, 3, 1)), counts_of(2, (1, 0, 2, 0, 1))
    np.testing.assert_array_equal((one + two).counts, one.counts + two.counts)


def test_adding_boards_of_different_size_is_refused():
    with pytest.raises(InvalidInput, match="number the competitors alike"):
        counts_of(2, (0, 1, 1, 0)) + counts_of(3, (0, 1, 1, 0))


def test_among_keeps_a_group_and_renumbers_it():
    counts = counts_of(4, (0, 1, 5, 0), (3, 1, 2, 1)).among([3, 1])
    assert counts.n_competitors == 2
    assert counts.wins().tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize("code", [-1, 4, 99])
def test_an_unknown_outcome_is_named(code):
    with pytest.raises(UnknownOutcome, match=rf"Unknown outcome code {code}; use 0 \(first wins\)"):
        PairwiseCounts.from_arrays(2, [0], [1], [code])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((2, [0], [2], [0]), r"`second` holds competitor 2; codes run from 0 to 1"),
        ((2, [-1], [1], [0]), r"`first` holds competitor -1"),
        ((2, [0, 1], [1, 1], [0, 0]), r"Row 1 compares a competitor with itself"),
        ((2, [0], [1], [0, 1]), r"equally long.*first 1, second 1, outcome 2"),
        ((2, [0], [1], [0], [1, 2]), r"equally long.*first 1, count 2"),
        ((2, [0], [1], [0], [-1]), r"`count` has a negative entry"),
        ((2, [0.5], [1], [0]), r"`first` holds float64; give whole numbers"),
        ((2, [[0]], [1], [0]), r"`first` has 2 dimensions"),
    ],
)
def test_bad_arrays_are_refused_in_a_sentence(arguments, told):
    with pytest.raises(InvalidInput, match=told):
        PairwiseCounts.from_arrays(*arguments)


def test_no_competitor_is_refused():
    with pytest.raises(EmptyInput, match="no competitor"):
        PairwiseCounts.from_arrays(0, [], [], np.array([], dtype=int))


def test_every_refusal_is_a_value_error():
    assert issubclass(StatisticsError, ValueError)


def test_rows_that_count_nothing_are_dropped():
    rows = ComparisonRows.from_arrays(
        n_competitors=2, first=[0, 0], second=[1, 1], outcome=[0, 3], count=[2, 0], rater=[7, 9], item=[-5, 4]
    )
    assert rows.n_judgments == 2
    assert rows.raters.n == 1
    assert rows.n_both_bad == 0


@pytest.mark.parametrize(
    ("members", "told"),
    [([0, 3], "`members` holds competitor 3"), ([-1, 0], "`members` holds competitor -1"), ([1, 1], "twice")],
)
def test_a_group_of_no_or_doubled_competitors_is_refused(members, told):
    columns = {"first": [0, 1], "second": [1, 2], "outcome": [0, 2]}
    rows = ComparisonRows.from_arrays(n_competitors=3, **columns)
    for pick in (PairwiseCounts.from_arrays(3, **columns).among, rows.among, rows.touching):
        with pytest.raises(InvalidInput, match=told):
            pick(tuple(members))


def test_codes_and_counts_that_would_wrap_round_are_refused():
    with pytest.raises(InvalidInput, match="`rater` holds 9223372036854775808, beyond 64 bits"):
        ComparisonRows.from_arrays(
            n_competitors=2, first=[0], second=[1], outcome=[0], rater=np.array([2**63], dtype=np.uint64)
        )
    with pytest.raises(InvalidInput, match="`count` adds up to more than"):
        PairwiseCounts.from_arrays(2, [0, 0], [1, 1], [0, 0], count=[2**62, 2**62])


@pytest.mark.parametrize("kind", ["i1", "u1", "<i2", ">i4", "<u4", "i8"])
def test_codes_of_every_width_are_counted_and_refused_alike(kind):
    first, second, outcome = (np.array(column).astype(kind) for column in ([0, 1, 2], [1, 2, 0], [0, 3, 2]))
    table = PairwiseCounts.from_arrays(3, first, second, outcome)
    assert (table.counts[0, 1, 0], table.counts[1, 2, 3], table.counts[2, 0, 2]) == (1, 1, 1)
    with pytest.raises(InvalidInput, match="holds competitor 2"):
        PairwiseCounts.from_arrays(2, first, second, outcome)
    if "u" not in kind:
        with pytest.raises(InvalidInput, match="holds competitor -1"):
            PairwiseCounts.from_arrays(3, -np.array([1, 0, 0]).astype(kind), second, outcome)
