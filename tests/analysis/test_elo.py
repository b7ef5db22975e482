"""The ticker: two judgments by hand, and what it says of orders."""

import numpy as np
import pytest

from apps.analysis import elo
from apps.analysis.elo import elo_of
from tests.analysis.comparisons_for_tests import comparisons_of


def ticker(*outcomes: str, systems=("a", "b", "c")):
    rows = [("a", "b", outcome, 0, n) for n, outcome in enumerate(outcomes)]
    return elo_of(comparisons_of(systems, rows), np.random.default_rng(0))


def test_two_judgments_by_hand():
    """K = 4: the first win is worth 2; then 4 (1/2 - E) for a tie, E = 1 / (1 + 10^(-4/400))."""
    found = {row["system"]: row["elo"] for row in ticker("1", "=")["systems"]}
    expected = 1 / (1 + 10 ** (-4 / 400))
    assert found["a"] == pytest.approx(1002 + 4 * (0.5 - expected))
    assert found["a"] + found["b"] == pytest.approx(2000)


def test_the_order_of_storing_counts():
    assert ticker("1", "1", "2")["systems"][0] != ticker("2", "1", "1")["systems"][0]


def test_only_systems_that_were_decided_or_tied_are_told_the_strongest_first():
    assert [row["system"] for row in ticker("2", "x")["systems"]] == ["b", "a"]
    assert ticker("x") == ticker() == {"systems": [], "n_orders": 0}


def test_with_very_many_judgments_too_few_orders_are_tried_to_tell_their_spread(monkeypatch):
    plain = ticker("1", "2", "1")
    assert plain["n_orders"] == 100
    assert all(row["order_sd"] > 0 for row in plain["systems"])
    monkeypatch.setattr(elo, "_MOST_STEPS", 9)
    hurried = ticker("1", "2", "1")
    assert hurried["n_orders"] == 0
    assert [row["order_sd"] for row in hurried["systems"]] == [None, None]
    assert [row["elo"] for row in hurried["systems"]] == [row["elo"] for row in plain["systems"]]
