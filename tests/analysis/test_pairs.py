"""The matrix of pairs, counted by hand and by another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.analysis.pairs import pairs_of
from tests.analysis.comparisons_for_tests import OUTCOMES, comparisons_of

SYSTEMS = ("a", "b", "c", "d")


def pairs(*rows):
    comparisons = comparisons_of(SYSTEMS, rows)
    return {(pair["first"], pair["second"]): pair for pair in pairs_of(comparisons.rows(), SYSTEMS, 0.95)}


def test_wins_ties_and_both_bad_are_counted_for_each_pair():
    found = pairs(
        ("a", "b", "1", 0, 0), ("a", "b", "1", 1, 1), ("a", "b", "2", 0, 2), ("a", "b", "=", 1, 3),
        ("a", "b", "x", 0, 4), ("a", "c", "x", 0, 0), ("b", "c", "2", 1, 1),
    )  # fmt: skip
    assert list(found) == [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")]
    ab = found["a", "b"]
    counts = {name: ab[name] for name in ("n", "n_first", "n_second", "n_tie", "n_both_bad")}
    assert counts == {"n": 5, "n_first": 2, "n_second": 1, "n_tie": 1, "n_both_bad": 1}
    assert ab["first_share"] == pytest.approx((2 + 0.5) / 4)
    assert 0 <= ab["low"] < ab["first_share"] < ab["high"] <= 1
    assert found["b", "c"]["first_share"] == 0


def test_where_nothing_was_decided_there_is_no_share():
    found = pairs(("a", "b", "1", 0, 0), ("a", "c", "x", 0, 0))
    for pair, n in ((("a", "c"), 1), (("b", "d"), 0)):
        assert found[pair]["n"] == n
        assert [found[pair][name] for name in ("first_share", "low", "high")] == [None] * 3


def test_the_interval_allows_for_raters():
    """Two raters who each say the same twenty times say less than forty raters who say it once."""
    few = pairs(*(("a", "b", "12"[n % 2], n % 2, n) for n in range(40)))["a", "b"]
    many = pairs(*(("a", "b", "12"[n % 2], n, n) for n in range(40)))["a", "b"]
    assert few["first_share"] == many["first_share"] == 0.5
    assert few["high"] - few["low"] > 2 * (many["high"] - many["low"])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([("a", "b"), ("a", "c"), ("b", "c"), ("c", "d")]),
            st.sampled_from(list(OUTCOMES)),
            st.integers(0, 3),
            st.integers(0, 5),
        ),
        max_size=40,
    )
)
def test_every_judgment_is_in_one_pair(rows):
    found = pairs(*((*pair, ended, rater, item) for pair, ended, rater, item in rows))
    assert sum(pair["n"] for pair in found.values()) == len(rows)
    for pair in found.values():
        decided = pair["n_first"] + pair["n_second"] + pair["n_tie"]
        assert decided + pair["n_both_bad"] == pair["n"]
        assert (pair["first_share"] is None) == (decided == 0)
        if decided:
            assert pair["first_share"] == pytest.approx((pair["n_first"] + pair["n_tie"] / 2) / decided)
            assert pair["low"] <= pair["first_share"] + 1e-12
            assert pair["first_share"] <= pair["high"] + 1e-12
            assert np.isfinite([pair["low"], pair["high"]]).all()
