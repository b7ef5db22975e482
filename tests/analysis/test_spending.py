"""Costs and latencies: by hand, as intervals that hold, and as fronts."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.analysis.spending import mean_interval, median_interval, on_front, spending_of


def ranked(*rows):
    return [{"system": name, "strength": strength, "island": island} for name, strength, island in rows]


def test_means_medians_and_how_many_are_behind_them():
    outputs = [
        ("a", "i1", 0.01, 100.0), ("a", "i2", 0.03, 300.0), ("a", "i3", None, 200.0),
        ("b", "i1", None, None), ("b", "i2", 0.05, None),
    ]  # fmt: skip
    a, b, c = spending_of(outputs, ranked(("a", 1.0, 1), ("b", -1.0, 1), ("c", 0.0, 1)), 0.95)
    assert (a["n_outputs"], a["n_with_cost"], a["n_with_latency"]) == (3, 2, 3)
    assert (a["mean_cost"], a["median_latency_ms"]) == (pytest.approx(0.02), 200)
    # Two independent costs: .02 -+ 12.7 standard errors of .01, and a cost is never below 0.
    assert a["cost_low"] == 0
    assert a["cost_high"] == pytest.approx(0.02 + 12.7062047 * 0.01)
    assert (b["mean_cost"], b["cost_low"], b["cost_high"]) == (pytest.approx(0.05), None, None)
    assert [b[name] for name in ("n_with_latency", "median_latency_ms", "latency_low", "latency_high")] == [0] + 3 * [
        None
    ]
    assert (c["n_outputs"], c["mean_cost"], c["on_cost_front"], c["on_latency_front"]) == (0, None, None, None)
    assert (a["on_cost_front"], b["on_cost_front"], b["on_latency_front"]) == (True, False, None)


def test_samples_of_one_group_hang_together():
    values = np.array([1.0, 1.0, 2.0, 2.0, 4.0, 4.0])
    alone, together = np.arange(6), np.repeat(np.arange(3), 2)
    mean, low, high = mean_interval(values, together, 0.95)
    once = mean_interval(values[::2], np.arange(3), 0.95)
    assert (mean, low, high) == pytest.approx(once)
    assert high - low > np.subtract(*mean_interval(values, alone, 0.95)[:0:-1])


@pytest.mark.parametrize("interval", [mean_interval, median_interval])
def test_one_group_shows_no_spread(interval):
    assert interval(np.array([3.0, 3.0]), np.array([0, 0]), 0.95) == (3.0, None, None)
    assert interval(np.array([]), np.array([], dtype=np.int64), 0.95) == (None, None, None)


def test_the_intervals_hold_what_they_promise():
    rng, held = np.random.default_rng(5), np.zeros(2)
    for _ in range(400):
        values = rng.lognormal(0.0, 0.6, 60)
        for place, (interval, truth) in enumerate(((mean_interval, math.exp(0.18)), (median_interval, 1.0))):
            _, low, high = interval(values, np.arange(60), 0.95)
            held[place] += low <= truth <= high
    assert (held / 400 > 0.91).all()
    assert held[1] / 400 < 0.99


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.integers(1, 5))
def test_intervals_hold_their_own_estimate(values, n_groups):
    array, group = np.array(values), np.arange(len(values)) % n_groups
    for interval in (mean_interval, median_interval):
        middle, low, high = interval(array, group, 0.95)
        if low is not None:
            assert low <= middle <= high


def test_fronts_by_hand():
    strengths = [(1, 2.0), (1, 1.0), (1, 1.0), (1, 0.0), (1, None), (2, -5.0), (1, 3.0)]
    amounts = [5.0, 2.0, 3.0, 2.0, 0.1, 9.0, None]

    assert on_front(strengths, amounts) == [True, True, False, False, None, True, None]


def test_two_alike_are_both_on_the_front():
    assert on_front([(1, 1.0), (1, 1.0 + 1e-12)], [3.0, 3.0]) == [True, True]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_front_is_what_nobody_beats(points):
    front = on_front([(1, float(strength)) for strength, _ in points], [float(amount) for _, amount in points])
    assert any(front)
    for (strength, amount), is_on in zip(points, front, strict=True):
        beaten = any((s > strength and a <= amount) or (s >= strength and a < amount) for s, a in points)
        assert is_on is not beaten
