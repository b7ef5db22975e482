"""Pairs of labels, percentages over them, and correlations of ranks."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.agreement import pairs_between_units, pairs_within_units, percent_agreement, rank_correlation
from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson

unhurried = settings(deadline=None, max_examples=80)
rows_of_labels = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=25)


def tallied(pairs, *, ordered):
    tally = Counter()
    for unit, one, two, count in zip(pairs.unit, pairs.first, pairs.second, pairs.count, strict=True):
        key = (one, two) if ordered else tuple(sorted((one, two)))
        tally[(unit, *key)] += count
    return +tally


def expanded(rows):
    units = {}
    for unit, label, count in rows:
        units.setdefault(unit, []).extend([label] * count)
    return units


@unhurried
@given(rows_of_labels)
def test_within_units_every_pair_comes_once(rows):
    unit, label, count = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    expected = Counter(
        (unit, *sorted(pair)) for unit, labels in expanded(rows).items() for pair in combinations(labels, 2)
    )
    found = pairs_within_units(unit, label, count)
    assert tallied(found, ordered=False) == expected
    assert found.n_pairs == sum(expected.values())


@unhurried
@given(rows_of_labels, rows_of_labels)
def test_between_units_everyone_meets_everyone(rows_x, rows_y):
    x, y = expanded(rows_x), expanded(rows_y)
    expected = Counter((unit, one, two) for unit in x for one in x[unit] for two in y.get(unit, []))
    columns_x = np.array(rows_x, dtype=np.int64).reshape(-1, 3).T
    columns_y = np.array(rows_y, dtype=np.int64).reshape(-1, 3).T
    found = pairs_between_units(
        columns_x[0], columns_x[1], columns_y[0], columns_y[1], count_x=columns_x[2], count_y=columns_y[2]
    )
    assert tallied(found, ordered=True) == expected


def test_the_earlier_row_comes_first():
    pairs = pairs_within_units([5, 9, 5, 5], [2, 0, 1, 3])
    assert list(zip(pairs.first, pairs.second, strict=True)) == [(2, 1), (2, 3), (1, 3)]
    assert set(pairs.unit) == {5}


def test_only_keeps_pairs_of_which_both_are_wanted():
    decisive = pairs_within_units([0, 0, 0, 0], [0, 1, 2, 0]).only([0, 1])
    assert sorted(zip(decisive.first, decisive.second, strict=True)) == [(0, 0), (0, 1), (1, 0)]


def test_a_million_labels_in_small_units_are_quick():
    rng = np.random.default_rng(1)
    pairs = pairs_within_units(rng.integers(0, 300_000, 1_000_000), rng.integers(0, 4, 1_000_000))
    assert pairs.n_pairs == len(pairs.first) > 1_000_000


def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*unit_y 2, label_y 1"):
        pairs_between_units([0], [0], [0, 1], [0])
    with pytest.raises(InvalidInput, match="`count` has 1 entries for 2 labels"):
        pairs_within_units([0, 0], [1, 1], [2])


# Percentages


def test_percent_of_independent_pairs_is_wilsons():
    first, second = np.zeros(50, dtype=int), (np.arange(50) < 10).astype(int)
    found = percent_agreement(first, second)
    assert (found.percent, found.n_pairs, found.n_clusters) == (80.0, 50, 50)
    plain = wilson(40, 50)
    assert found.low == pytest.approx(100 * plain.low, abs=1.5)
    assert found.high == pytest.approx(100 * plain.high, abs=1.5)


def test_percent_allows_for_units_that_agree_or_disagree_as_a_whole():
    agree = np.repeat(np.arange(20) % 4 > 0, 6).astype(int)
    clustered = percent_agreement(agree, np.ones(120, dtype=int), np.repeat(np.arange(20), 6))
    apart = percent_agreement(agree, np.ones(120, dtype=int))
    assert clustered.percent == apart.percent == 75.0
    assert clustered.high - clustered.low > 2 * (apart.high - apart.low)


def test_percent_without_pairs_is_none():
    found = percent_agreement([], [], [])
    assert (found.percent, found.low, found.high, found.n_pairs) == (None, None, None, 0)


def test_a_count_is_repetition():
    counted = percent_agreement([0, 1, 1], [0, 0, 1], [0, 0, 1], count=[3, 2, 4])
    spread = percent_agreement([0] * 3 + [1] * 6, [0] * 5 + [1] * 4, [0] * 5 + [1] * 4)
    assert counted == spread


# Correlation of competition ranks


def test_the_same_order_is_one_and_the_reverse_minus_one():
    assert rank_correlation([3, 2, 1], [30, 20, -10]) == pytest.approx(1)
    assert rank_correlation([3, 2, 1], [1, 2, 3]) == pytest.approx(-1)


def test_equals_share_the_best_rank():
    """Ranks 1 1 3 against 1 2 3: not the 1.5 1.5 3 of Spearman's coefficient."""
    expected = np.corrcoef([1, 1, 3], [1, 2, 3])[0, 1]
    assert rank_correlation([2.0, 2.0 + 1e-12, 1.0], [3, 2, 1]) == pytest.approx(expected)


@pytest.mark.parametrize(("x", "y"), [([], []), ([1.0], [2.0]), ([1, 1], [1, 2]), ([1, 2], [3, 3])])
def test_an_undefined_correlation_is_none(x, y):
    assert rank_correlation(x, y) is None


@pytest.mark.parametrize(
    ("x", "y", "told"), [([1, 2], [1], "equally long"), ([1, np.nan], [1, 2], "missing or infinite")]
)
def test_lists_that_do_not_match_are_refused(x, y, told):
    with pytest.raises(InvalidInput, match=told):
        rank_correlation(x, y)
