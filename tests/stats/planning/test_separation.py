"""How many more judgments tell two competitors apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from apps.stats.errors import InvalidInput
from apps.stats.planning import judgments_to_separate
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import unhurried

gaps, errors, counts = st.floats(0.01, 3), st.floats(0.01, 1), st.integers(1, 10**6)


@proves(Kind.WORKED, judgments_to_separate)
def test_the_gap_of_a_board_by_hand():
    """1000 (2.6 (.15) / .2)^2 = 3802.5. One standard error more: 1000 (.39 / .35)^2 = 1241.6; less: 60840."""
    plan = judgments_to_separate(0.2, 0.15, 1000, critical=2.6)
    assert (plan.n_needed, plan.n_more, plan.n_low, plan.n_high) == (3803, 2803, 1242, 60_840)
    assert plan.reading == (
        "About 2,803 more judgments give an even chance to tell the two apart, if the gap is what it seems. It is an "
        "estimate: 242 to 59,840 may be needed."
    )


@proves(Kind.WORKED, judgments_to_separate)
def test_power_asks_for_more():
    """One pair at 95 % and power .8: 1000 ((1.959964 + .841621) (.15) / .2)^2 = 4415.0."""
    plan = judgments_to_separate(-0.2, 0.15, 1000, power=0.8)
    assert plan.critical == pytest.approx(1.959964, abs=1e-6)
    assert plan.n_needed == 4415
    assert "a chance of 80 %" in plan.reading


@proves(Kind.GOLDEN, judgments_to_separate)
def test_results_as_stored():
    check_golden("planning/judgments_to_separate", judgments_to_separate(0.3, 0.2, 480, critical=2.8, power=0.7))


@proves(Kind.PROPERTY, judgments_to_separate)
@unhurried
@given(gaps, errors, counts, st.floats(1, 4), st.floats(0.5, 0.95), st.floats(0.1, 10))
def test_the_unit_and_the_sign_of_the_gap_do_not_matter(gap, error, n, critical, power, unit):
    plan = judgments_to_separate(gap, error, n, critical=critical, power=power)
    assert judgments_to_separate(-gap, error, n, critical=critical, power=power).n_needed == plan.n_needed
    rescaled = judgments_to_separate(gap * unit, error * unit, n, critical=critical, power=power)
    assert rescaled.n_needed == pytest.approx(plan.n_needed, rel=1e-6, abs=1)
    assert plan.n_low <= plan.n_needed
    assert plan.n_high is None or plan.n_high >= plan.n_needed
    assert (plan.n_high is None) == (gap <= error)
    assert plan.n_more == max(0, plan.n_needed - n)
    assert (plan.n_more == 0) == (gap >= critical * error * (1 - 1e-9)) or gap == pytest.approx(critical * error)


@proves(Kind.TWO_WAYS, judgments_to_separate)
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_a_root_finder_solves_for_the_power(power):
    """The probability that a normal estimate of this gap lies more than c of its standard errors above 0."""

    def shortfall(n):
        shrunk = 0.15 * np.sqrt(1000 / n)
        return norm.sf(2.6 * shrunk, loc=0.2, scale=shrunk) - power

    needed = brentq(shortfall, 10, 1e6, xtol=1e-9)
    found = judgments_to_separate(0.2, 0.15, 1000, critical=2.6, power=power)
    assert found.n_needed == np.ceil(needed - 1e-6)


@proves(Kind.RECOVERY, judgments_to_separate)
@pytest.mark.parametrize("power", [0.5, 0.8])
def test_simulated_studies_of_that_size_tell_them_apart_as_often(power):
    """Two competitors at 56 % without ties; the gap is that of the score against one half."""
    rng, share, n_studies = np.random.default_rng(4), 0.56, 20_000
    pilot_error = np.sqrt(share * (1 - share) / 100)
    n = judgments_to_separate(share - 0.5, pilot_error, 100, power=power).n_needed
    seen = rng.binomial(n, share, n_studies) / n
    told_apart = seen - 0.5 > 1.959964 * np.sqrt(seen * (1 - seen) / n)
    assert told_apart.mean() == pytest.approx(power, abs=0.03)


@proves(Kind.DEGENERATE, judgments_to_separate)
def test_a_gap_that_may_be_none_has_no_upper_number():
    plan = judgments_to_separate(0.1, 0.15, 1000, power=0.8)
    assert plan.n_high is None
    assert plan.reading.endswith("It is an estimate: 1,826 may do, or no number.")


def test_what_is_shown_needs_no_more():
    plan = judgments_to_separate(0.4, 0.15, 1000, power=0.9)
    assert (plan.n_more, plan.n_needed) == (0, 541)
    assert plan.reading == "The 1,000 judgments there are tell the two apart already."


@proves(Kind.DEGENERATE, judgments_to_separate)
@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        ((0.0, 0.1, 10), {}, "`gap` is 0 or missing, and no number of judgments separates equals"),
        ((float("nan"), 0.1, 10), {}, "`gap` is 0 or missing"),
        ((0.2, 0.0, 10), {}, "`standard_error` is 0; give a number above 0"),
        ((0.2, float("nan"), 10), {}, "`standard_error` is nan"),
        ((0.2, 0.1, 0), {}, "`n_judgments` is 0; give a whole number, 1 or more"),
        ((0.2, 0.1, 10), {"critical": 0.0}, "`critical` is 0"),
        ((0.2, 0.1, 10), {"power": 0.4}, r"`power` is 0.4; give a share from .5 to below 1"),
        ((0.2, 0.1, 10), {"power": 1.0}, "`power` is 1"),
        ((0.2, 0.1, 10), {"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_what_cannot_be_is_refused(arguments, settings, told):
    with pytest.raises(InvalidInput, match=told):
        judgments_to_separate(*arguments, **settings)
