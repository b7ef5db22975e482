"""Pairs of labels of one unit."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import pairs_between_units, pairs_within_units
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import as_columns, simulated, unhurried
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

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


@proves(Kind.PROPERTY, pairs_within_units)
@proves(Kind.TWO_WAYS, pairs_within_units)
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


@proves(Kind.PROPERTY, pairs_between_units)
@proves(Kind.TWO_WAYS, pairs_between_units)
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


@proves(Kind.DEGENERATE, pairs_within_units, pairs_between_units)
def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*unit_y 2, label_y 1"):
        pairs_between_units([0], [0], [0, 1], [0])
    with pytest.raises(InvalidInput, match="`count` has 1 entries for 2 labels"):
        pairs_within_units([0, 0], [1, 1], [2])


@proves(Kind.WORKED, pairs_within_units)
def test_a_unit_with_m_labels_gives_m_times_m_minus_1_half_pairs():
    """Units of 4, 3 and 1 labels: 6 + 3 + 0 pairs; labels 0 0 1 2 meet as 00 01 02 01 02 12."""
    pairs = pairs_within_units([7, 7, 7, 7, 8, 8, 8, 9], [0, 0, 1, 2, 1, 1, 1, 0])
    assert pairs.n_pairs == 9
    met = Counter(zip(pairs.first[pairs.unit == 7], pairs.second[pairs.unit == 7], strict=True))
    assert met == {(0, 0): 1, (0, 1): 2, (0, 2): 2, (1, 2): 1}


@proves(Kind.WORKED, pairs_between_units)
def test_two_labels_meet_three():
    """Unit 1 has 2 labels x and 3 labels y: 6 pairs; units 2 and 3 are known to one table only."""
    pairs = pairs_between_units([1, 1, 2], [0, 1, 0], [1, 1, 1, 3], [0, 0, 1, 1])
    assert pairs.n_pairs == 6
    assert Counter(zip(pairs.first, pairs.second, strict=True)) == {(0, 0): 2, (0, 1): 1, (1, 0): 2, (1, 1): 1}


@proves(Kind.GOLDEN, pairs_within_units, pairs_between_units)
def test_pairs_of_codings_as_stored():
    unit, label = labels_of("codings")
    check_golden("agreement/pairs_within_units", pairs_within_units(unit, label))
    half = np.arange(len(unit)) % 2 == 0
    check_golden(
        "agreement/pairs_between_units", pairs_between_units(unit[half], label[half], unit[~half], label[~half])
    )


@proves(Kind.RECOVERY, pairs_within_units, pairs_between_units)
def test_pairs_agree_as_often_as_the_truth_says():
    rng, shares = np.random.default_rng(5), np.array([0.6, 0.3, 0.1])
    unit, label = as_columns(simulated(rng, 4000, 3, knows=0.8, shares=shares))
    agreement = 0.8**2 + (1 - 0.8**2) * (shares**2).sum()
    within = pairs_within_units(unit, label)
    assert np.mean(within.first == within.second) == pytest.approx(agreement, abs=0.02)
    between = pairs_between_units(unit[::3], label[::3], unit[1::3], label[1::3])
    assert between.n_pairs == 4000
    assert np.mean(between.first == between.second) == pytest.approx(agreement, abs=0.02)


@proves(Kind.DEGENERATE, pairs_within_units, pairs_between_units)
def test_nothing_gives_no_pairs():
    assert pairs_within_units([], []).n_pairs == 0
    assert pairs_within_units([1, 2, 3], [0, 0, 0]).n_pairs == 0
    assert pairs_within_units([1, 1], [0, 1], [1, 0]).n_pairs == 0
    assert pairs_between_units([], [], [0], [0]).n_pairs == 0
    assert pairs_between_units([1], [0], [2], [0]).n_pairs == 0
