"""Who can be told apart: against the formula by hand, in rank order, with open ends."""

import math

import numpy as np
import pytest

from apps.analysis.separation import separation_of
from tests.analysis.comparisons_for_tests import comparisons_of

SYSTEMS = ("a", "b", "c")


def separation(rows, baseline=None, systems=SYSTEMS, seed=1):
    comparisons = comparisons_of(systems, rows)
    return separation_of(comparisons.rows(), systems, baseline, 0.95, np.random.default_rng(seed))


def record(first, second, wins, losses):
    """Each judgment by a rater of its own on an item of its own: independent."""
    begin = 100 * (1 + "abcde".index(first)) + 1000 * "abcde".index(second)
    ended = "1" * wins + "2" * losses
    return [(first, second, letter, begin + n, begin + n) for n, letter in enumerate(ended)]


def test_two_systems_by_hand():
    """30 : 10 independent judgments: ln 3 apart, with variance (N / wins losses) (N - 1) / (N - 2) N / (N - 1)."""
    neighbours, against = separation(record("a", "b", 30, 10), baseline="b", systems=("a", "b"))
    assert (neighbours["kind"], against["kind"]) == ("neighbours", "baseline")
    error = math.sqrt(40 / (30 * 10) * 40 / 39)
    for row in (neighbours, against):
        assert (row["first"], row["second"], row["separable"], row["n_more"]) == ("a", "b", True, 0)
        assert row["difference"] == pytest.approx(math.log(3))
    t_quantile = 2.0226909
    assert against["high"] - against["difference"] == pytest.approx(t_quantile * error, rel=1e-6)


def test_how_many_more_follows_from_the_gap_and_its_reach():
    (row,) = separation(record("a", "b", 22, 18), systems=("a", "b"))
    assert not row["separable"]
    reach = row["high"] - row["difference"]
    assert row["n_more"] == math.ceil(40 * (reach / row["difference"]) ** 2) - 40


def test_neighbours_come_in_rank_order_and_the_baseline_is_the_second():
    rows = record("a", "b", 10, 20) + record("b", "c", 10, 20) + record("a", "c", 8, 22)
    found = separation(rows, baseline="b")
    assert [(row["kind"], row["first"], row["second"]) for row in found] == [
        ("neighbours", "c", "b"),
        ("neighbours", "b", "a"),
        ("baseline", "c", "b"),
        ("baseline", "a", "b"),
    ]
    worse = found[-1]
    assert worse["low"] < worse["difference"] < 0
    assert worse["difference"] == pytest.approx(-found[1]["difference"])
    # What was picked out by the results is held against more than what was chosen beforehand.
    assert found[0]["high"] - found[0]["low"] > found[2]["high"] - found[2]["low"]


def test_equals_have_no_number():
    (row,) = separation(record("a", "b", 5, 5), systems=("a", "b"))
    assert (row["difference"], row["separable"], row["n_more"]) == (0, False, None)


def test_an_end_is_open_where_somebody_never_lost_or_never_won():
    found = separation(record("a", "b", 12, 0) + record("b", "c", 9, 7), baseline="a")
    ab, bc, b_against, _ = found
    assert ab["high"] is None
    assert ab["low"] is not None
    assert None not in (bc["low"], bc["high"])
    assert (b_against["low"], b_against["first"]) == (None, "b")
    assert b_against["high"] == pytest.approx(
        -separation(record("a", "b", 12, 0) + record("b", "c", 9, 7), "b")[2]["low"]
    )


def test_islands_are_never_held_against_each_other():
    systems = ("a", "b", "c", "d", "e")
    rows = record("a", "b", 3, 2) + record("c", "d", 4, 2) + record("d", "e", 3, 3)
    found = separation(rows, "a", systems)
    assert [(row["first"], row["second"]) for row in found] == [("c", "d"), ("d", "e"), ("a", "b"), ("b", "a")]


@pytest.mark.parametrize("rows", [[], [("a", "b", "x", 0, 0)]])
def test_where_nothing_was_decided_there_is_no_pair(rows):
    assert separation(rows, baseline="a") == []


def test_equal_seeds_give_equal_figures():
    rows = record("a", "b", 10, 7) + record("b", "c", 9, 7)
    assert separation(rows, seed=3) == separation(rows, seed=3)
