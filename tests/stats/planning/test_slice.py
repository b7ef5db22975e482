"""How many judgments a slice needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from apps.stats.errors import InvalidInput
from apps.stats.planning import judgments_for_slice
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import effects, tie_shares, unhurried


@proves(Kind.WORKED, judgments_for_slice)
def test_a_shift_of_ten_points_by_hand():
    """(1.959964 + .841621)^2 (.25) / .01 = 196.2 against endless others; as many again on both sides if n_rest = n."""
    assert judgments_for_slice(0.1).n_slice == 197
    assert judgments_for_slice(0.1, tie_share=0.3).n_slice == 138
    # 1 / (1/196.22 - 1/1000) = 244.1
    assert judgments_for_slice(0.1, n_rest=1000).n_slice == 245
    assert judgments_for_slice(0.1, n_rest=393).n_slice == 392


@proves(Kind.GOLDEN, judgments_for_slice)
def test_results_as_stored():
    settings = {"tie_share": 0.2, "expected_score": 0.55, "design_effect": 1.3, "confidence_level": 0.995}
    check_golden(
        "planning/judgments_for_slice", judgments_for_slice(0.12, n_rest=2000, power=0.7, n_already=90, **settings)
    )


@proves(Kind.PROPERTY, judgments_for_slice)
@unhurried
@given(st.floats(0.03, 0.4), st.integers(1, 10**6), tie_shares, effects, st.floats(0.5, 0.95))
def test_slice_and_rest_may_change_places(shift, more, tie_share, effect, power):
    settings = {"tie_share": tie_share, "design_effect": effect, "power": power}
    alone = judgments_for_slice(shift, **settings)
    n_rest = alone.n_slice + more
    plan = judgments_for_slice(shift, n_rest=n_rest, **settings)
    assert plan.n_slice >= alone.n_slice
    assert judgments_for_slice(shift, n_rest=n_rest + 10, **settings).n_slice <= plan.n_slice
    # Against so many as this slice has, what was the rest is enough.
    if plan.n_slice > alone.n_slice:
        assert judgments_for_slice(shift, n_rest=plan.n_slice, **settings).n_slice <= n_rest
    mirrored = judgments_for_slice(shift, n_rest=n_rest, expected_score=0.45, **settings)
    assert mirrored.n_slice == judgments_for_slice(shift, n_rest=n_rest, expected_score=0.55, **settings).n_slice


@proves(Kind.TWO_WAYS, judgments_for_slice)
@pytest.mark.parametrize("n_rest", [600, 5000])
def test_a_root_finder_solves_for_the_power(n_rest):
    def shortfall(n):
        error = np.sqrt(0.175 * (1 / n + 1 / n_rest))
        return norm.sf(norm.ppf(0.975) - 0.1 / error) - 0.8

    needed = brentq(shortfall, 1, 1e6, xtol=1e-9)
    assert judgments_for_slice(0.1, n_rest=n_rest, tie_share=0.3).n_slice == np.ceil(needed)


@proves(Kind.RECOVERY, judgments_for_slice)
def test_simulated_slices_show_the_shift_as_often_as_planned():
    n_rest, n_studies, rng = 800, 10_000, np.random.default_rng(10)
    n = judgments_for_slice(0.1, n_rest=n_rest, tie_share=0.2).n_slice
    outcomes = np.array([1, 0.5, 0])

    def scores(size, score):
        won = score - 0.1
        drawn = rng.multinomial(size, [won, 0.2, 0.8 - won], size=n_studies) / size
        mean = drawn @ outcomes
        return mean, (drawn @ outcomes**2 - mean**2) / size

    (inside, spread), (outside, other) = scores(n, 0.55), scores(n_rest, 0.45)
    assert (inside - outside > 1.959964 * np.sqrt(spread + other)).mean() == pytest.approx(0.8, abs=0.03)


def test_readings():
    assert judgments_for_slice(0.1, n_rest=1000, n_already=20).reading == (
        "About 245 judgments in the slice, against 1,000 others, show a shift of 10 points with 80 % probability. You "
        "have 20; 225 more are needed."
    )
    assert "against endless others" in judgments_for_slice(0.1).reading


@proves(Kind.DEGENERATE, judgments_for_slice)
@pytest.mark.parametrize(
    ("shift", "settings", "told"),
    [
        (0.0, {}, "`shift` is 0; give a number above 0"),
        (0.1, {"n_rest": 0}, "`n_rest` is 0; give a whole number, 1 or more"),
        (0.1, {"n_rest": 196}, "`n_rest` is 196, and a slice of any size shows a shift of 10 points only against more"),
        (0.1, {"power": 1}, "`power` is 1"),
        (0.1, {"tie_share": 1}, "`tie_share` is 1"),
        (0.1, {"expected_score": 1}, "At an expected score of 1 nothing varies"),
        (0.1, {"design_effect": 0}, "`design_effect` is 0"),
        (0.1, {"confidence_level": 95}, "confidence_level is 95"),
        (0.1, {"n_already": -1}, "`n_already` is -1"),
    ],
)
def test_what_cannot_be_is_refused(shift, settings, told):
    with pytest.raises(InvalidInput, match=told):
        judgments_for_slice(shift, **settings)
