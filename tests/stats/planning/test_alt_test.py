"""How many items a rater the alternative annotator test needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct
from scipy.stats import t as student

from apps.stats.errors import InvalidInput
from apps.stats.planning import items_for_alt_test
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import unhurried


@proves(Kind.WORKED, items_for_alt_test)
@pytest.mark.parametrize(
    ("variance", "epsilon", "n", "cautious"),
    [
        (0.2, 0.1, 124, 206),
        (0.2, 0.15, 55, 92),
        (0.2, 0.2, 31, 52),
        (0.4, 0.1, 248, 411),
        (0.4, 0.15, 110, 183),
        (0.4, 0.2, 62, 103),
    ],
)
def test_the_normal_formula_by_hand(variance, epsilon, n, cautious):
    """(1.6449 + .8416)^2 (.2) / .1^2 = 123.7. The strictest of three (Benjamini & Yekutieli 2001, Annals of Statistics
    29) is .05 / (3 (11/6)) = .0091: (2.3615 + .8416)^2 (.2) / .1^2 = 205.2.
    """
    plan = items_for_alt_test(variance, epsilon=epsilon)
    assert (plan.n_by_normal, plan.n_by_normal_cautious) == (n, cautious)
    # Student's t asks for a little more.
    assert n <= plan.n_items <= n + 2
    assert cautious <= plan.n_items_cautious <= cautious + 3


@proves(Kind.GOLDEN, items_for_alt_test)
def test_results_as_stored():
    check_golden(
        "planning/items_for_alt_test",
        items_for_alt_test(0.3, epsilon=0.1, n_raters=5, advantage=0.03, power=0.9, n_already=40),
    )


@proves(Kind.PROPERTY, items_for_alt_test)
@unhurried
@given(st.floats(0.01, 1), st.floats(0.05, 0.3), st.integers(1, 8), st.floats(-0.04, 0.2), st.floats(0.5, 0.95))
def test_harder_questions_take_more_items(variance, epsilon, n_raters, advantage, power):
    settings = {"epsilon": epsilon, "n_raters": n_raters, "advantage": advantage, "power": power}
    plan = items_for_alt_test(variance, **settings)
    assert 2 <= plan.n_by_normal <= plan.n_items <= plan.n_items_cautious
    assert plan.n_by_normal <= plan.n_by_normal_cautious <= plan.n_items_cautious
    assert (plan.n_items == plan.n_items_cautious) or n_raters > 1
    assert items_for_alt_test(variance / 2, **settings).n_items <= plan.n_items
    # Only the sum of the margin and the lead matters.
    moved = items_for_alt_test(variance, **{**settings, "epsilon": epsilon + advantage, "advantage": 0.0})
    assert abs(moved.n_items - plan.n_items) <= 1
    one_more = items_for_alt_test(variance, **{**settings, "n_raters": n_raters + 1})
    assert (one_more.n_items, one_more.n_items_cautious >= plan.n_items_cautious) == (plan.n_items, True)


@proves(Kind.TWO_WAYS, items_for_alt_test)
@pytest.mark.parametrize(("variance", "epsilon"), [(0.2, 0.1), (0.2, 0.2), (0.4, 0.15)])
def test_the_noncentral_t_has_that_power(variance, epsilon):
    """The exact power of a one-sided t test of normal differences (Lehmann & Romano 2005)."""

    def power(n):
        return nct.sf(student.ppf(0.95, n - 1), n - 1, epsilon * np.sqrt(n / variance))

    exact = next(n for n in range(2, 1000) if power(n) >= 0.8)
    assert abs(items_for_alt_test(variance, epsilon=epsilon).n_items - exact) <= 1


@proves(Kind.RECOVERY, items_for_alt_test)
@pytest.mark.parametrize(("variance", "epsilon"), [(0.2, 0.15), (0.4, 0.15)])
def test_simulated_judges_as_good_as_a_rater_pass_as_often_as_planned(variance, epsilon):
    n_studies, rng = 10_000, np.random.default_rng(7)
    n = items_for_alt_test(variance, epsilon=epsilon).n_items
    drawn = rng.choice([-1.0, 0.0, 1.0], size=(n_studies, n), p=[variance / 2, 1 - variance, variance / 2])
    statistic = (drawn.mean(axis=1) - epsilon) / (drawn.std(axis=1, ddof=1) / np.sqrt(n))
    passed = (student.cdf(statistic, n - 1) < 0.05).mean()
    assert passed == pytest.approx(0.8, abs=0.03)


def test_reading():
    assert items_for_alt_test(0.2, n_already=30).reading == (
        "About 57 items a rater, each labelled by at least one other rater too, let a judge as good as supposed pass "
        "against one rater with 80 % probability; 94 if it must pass the strictest of 3 corrected tests. You have 30; "
        "27 more are needed."
    )


@proves(Kind.DEGENERATE, items_for_alt_test)
@pytest.mark.parametrize(
    ("variance", "settings", "told"),
    [
        (0.0, {}, "`variance` is 0; differences of -1, 0 and 1 have one above 0, and at most 1"),
        (1.5, {}, "`variance` is 1.5"),
        (float("nan"), {}, "`variance` is nan"),
        (0.2, {"epsilon": 0}, "`epsilon` is 0"),
        (0.2, {"advantage": -0.15}, "A judge that is 0.15 behind fails at an epsilon of 0.15"),
        (0.2, {"n_raters": 0}, "`n_raters` is 0"),
        (0.2, {"power": 80}, "`power` is 80"),
        (0.2, {"false_discovery_rate": 5}, "`false_discovery_rate` is 5"),
        (0.2, {"n_already": -1}, "`n_already` is -1"),
    ],
)
def test_what_cannot_be_is_refused(variance, settings, told):
    with pytest.raises(InvalidInput, match=told):
        items_for_alt_test(variance, **settings)
