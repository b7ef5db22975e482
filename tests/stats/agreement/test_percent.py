"""The share of pairs that agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import cohen_kappa, pairs_within_units, percent_agreement
from apps.stats.errors import InvalidInput
from apps.stats.intervals import wilson
from tests.stats.agreement.labels_for_tests import as_columns, confusion, simulated, unhurried
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

pairs_of_labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@proves(Kind.WORKED, percent_agreement)
def test_two_abstractors_agree_on_89_of_100_patients():
    """Gwet 2014, Handbook of Inter-Rater Reliability: a 3 x 3 table of two abstractors, 89 %."""
    found = percent_agreement(**confusion([13, 0, 0], [0, 20, 7], [0, 4, 56]))
    assert (found.percent, found.n_pairs) == (89.0, 100)
    assert found.reading.startswith("89.0 of 100 pairs agree, luck included (100 pairs;")


@proves(Kind.GOLDEN, percent_agreement)
def test_codings_as_stored():
    pairs = pairs_within_units(*labels_of("codings"))
    check_golden("agreement/percent_agreement", percent_agreement(pairs.first, pairs.second, pairs.unit))


@proves(Kind.TWO_WAYS, percent_agreement)
def test_percent_of_independent_pairs_is_wilsons():
    first, second = np.zeros(50, dtype=int), (np.arange(50) < 10).astype(int)
    found = percent_agreement(first, second)
    assert (found.percent, found.n_pairs, found.n_clusters) == (80.0, 50, 50)
    plain = wilson(40, 50)
    assert found.low == pytest.approx(100 * plain.low, abs=1.5)
    assert found.high == pytest.approx(100 * plain.high, abs=1.5)


@proves(Kind.TWO_WAYS, percent_agreement)
def test_the_interval_is_near_that_of_resampled_units():
    rng = np.random.default_rng(8)
    unit = np.repeat(np.arange(120), 4)
    agree = (rng.random(480) < np.repeat(rng.beta(6, 2, 120), 4)).astype(int)
    found = percent_agreement(agree, np.ones(480, dtype=int), unit)
    drawn = rng.integers(0, 120, (4000, 120))
    low, high = np.percentile(100 * agree.reshape(120, 4).mean(axis=1)[drawn].mean(axis=1), [2.5, 97.5])
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.8)


def test_percent_allows_for_units_that_agree_or_disagree_as_a_whole():
    agree = np.repeat(np.arange(20) % 4 > 0, 6).astype(int)
    clustered = percent_agreement(agree, np.ones(120, dtype=int), np.repeat(np.arange(20), 6))
    apart = percent_agreement(agree, np.ones(120, dtype=int))
    assert clustered.percent == apart.percent == 75.0
    assert clustered.high - clustered.low > 2 * (apart.high - apart.low)


@proves(Kind.PROPERTY, percent_agreement)
@unhurried
@given(pairs_of_labels, st.permutations(range(4)))
def test_names_of_labels_sides_and_repetition_do_not_matter(rows, names):
    first, second, count = np.array(rows).T
    renamed = np.array(names)
    spread = np.repeat(np.arange(len(rows)), count)
    expected = percent_agreement(first, second, count=count)
    assert percent_agreement(second, first, count=count) == expected
    assert percent_agreement(renamed[first], renamed[second], count=count) == expected
    assert percent_agreement(first[spread], second[spread]) == expected
    if expected.percent is not None:
        assert 0 <= expected.low <= expected.percent <= expected.high <= 100


def test_a_count_is_repetition_inside_clusters_too():
    counted = percent_agreement([0, 1, 1], [0, 0, 1], [0, 0, 1], count=[3, 2, 4])
    spread = percent_agreement([0] * 3 + [1] * 6, [0] * 5 + [1] * 4, [0] * 5 + [1] * 4)
    assert counted == spread


@proves(Kind.RECOVERY, percent_agreement)
def test_the_interval_holds_the_truth():
    """Four raters a unit, so six pairs that depend on each other: 95 % of intervals hold the truth, not 80."""
    rng, shares, knows = np.random.default_rng(11), np.array([0.5, 0.3, 0.2]), 0.7
    truth = 100 * (knows**2 + (1 - knows**2) * (shares**2).sum())
    held = 0
    for _ in range(400):
        pairs = pairs_within_units(*as_columns(simulated(rng, 60, 4, knows=knows, shares=shares)))
        found = percent_agreement(pairs.first, pairs.second, pairs.unit)
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.98


@proves(Kind.DEGENERATE, percent_agreement)
def test_percent_without_pairs_is_none():
    found = percent_agreement([], [], [])
    assert (found.percent, found.low, found.high, found.n_pairs) == (None, None, None, 0)
    assert "no pair of labels" in found.reading


@proves(Kind.DEGENERATE, percent_agreement)
def test_agreement_on_all_units_is_not_certain():
    found = percent_agreement([1] * 8, [1] * 8)
    assert (found.percent, found.high) == (100.0, 100.0)
    assert 50 < found.low < 80


@proves(Kind.DEGENERATE, percent_agreement)
def test_malformed_columns_are_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*first 2, second 1"):
        percent_agreement([0, 1], [0])
    with pytest.raises(InvalidInput, match="`first` holds float64"):
        percent_agreement([0.5, 1.0], [0, 1])
    with pytest.raises(InvalidInput, match="`count` has a negative entry"):
        percent_agreement([0], [0], count=[-1])
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        percent_agreement([0], [0], confidence_level=95)


@proves(Kind.TWO_WAYS, percent_agreement, cohen_kappa)
def test_counted_pairs_are_as_many_rows_each_a_cluster_of_its_own():
    first, second, count = [0, 0, 1, 1, 2], [0, 1, 1, 0, 2], [5, 2, 4, 3, 0]
    rows = np.repeat(first, count), np.repeat(second, count), np.arange(14)
    counted, spread_out = percent_agreement(first, second, count=count), percent_agreement(*rows)
    assert (counted.percent, counted.low, counted.high) == pytest.approx(
        (spread_out.percent, spread_out.low, spread_out.high)
    )
    kappa, one_by_one = cohen_kappa(first, second, count=count), cohen_kappa(*rows[:2], cluster=rows[2])
    assert (kappa.value, kappa.low, kappa.high) == pytest.approx((one_by_one.value, one_by_one.low, one_by_one.high))
    assert counted.n_clusters == kappa.n_clusters == 14


@proves(Kind.DEGENERATE, percent_agreement, cohen_kappa)
def test_a_million_million_pairs_take_no_room():
    first, second, count = [0, 0, 1, 1], [0, 1, 0, 1], [4 * 10**11, 10**11, 10**11, 4 * 10**11]
    found = percent_agreement(first, second, count=count)
    assert found.percent == pytest.approx(80)
    assert found.high - found.low < 1e-3
    assert cohen_kappa(first, second, count=count).value == pytest.approx(0.6)
    assert cohen_kappa([0, 1], [0, 1], count=[10**12, 10**12]).high == 1.0
