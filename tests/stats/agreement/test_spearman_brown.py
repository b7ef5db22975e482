"""What averaging raters is worth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import krippendorff_alpha, raters_needed, reliability_of_mean
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import as_columns, unhurried
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

reliabilities, group_sizes = st.floats(0.01, 0.99), st.floats(0.1, 50)


@proves(Kind.WORKED, reliability_of_mean, raters_needed)
def test_by_hand():
    """Two raters of .5 make 2 (.5) / 1.5 = .667; for .8 it takes .8 (.5) / (.5 (.2)) = 4, and 4 (.5) / 2.5 = .8."""
    assert reliability_of_mean(0.5, 2).value == pytest.approx(2 / 3)
    needed = raters_needed(0.5, 0.8)
    assert (needed.n_raters, needed.exact) == (4, pytest.approx(4.0))
    assert reliability_of_mean(0.5, 4).value == pytest.approx(0.8)
    assert raters_needed(0.3, 0.8).n_raters == 10  # 9.33, rounded up
    assert raters_needed(1.0, 0.9).n_raters == 1


def test_the_ends_are_carried_over():
    lifted = reliability_of_mean(0.3, 10, low=0.1, high=0.5)
    assert (lifted.low, lifted.high) == pytest.approx((10 * 0.1 / 1.9, 10 * 0.5 / 5.5))
    assert lifted.reading.endswith("Its interval reaches from 0.526 to 0.909.")
    needed = raters_needed(0.3, 0.8, low=0.1, high=0.5)
    assert (needed.low, needed.n_raters, needed.high) == (4, 10, 36)
    assert needed.reading.endswith("allows 4 to 36.")
    unsure = raters_needed(0.3, 0.8, low=-0.05, high=0.5)
    assert (unsure.low, unsure.high) == (4, None)
    assert "4 or more, without end" in unsure.reading
    assert reliability_of_mean(0.3, 10, low=-0.05, high=0.5).low == 0


@proves(Kind.GOLDEN, reliability_of_mean, raters_needed)
def test_results_as_stored():
    check_golden("agreement/reliability_of_mean", reliability_of_mean(0.29, 5, low=0.27, high=0.31))
    check_golden("agreement/raters_needed", raters_needed(0.29, 0.8, low=0.27, high=0.31))


@proves(Kind.TWO_WAYS, reliability_of_mean)
def test_it_is_the_correlation_of_two_means_under_equal_covariances():
    """k raters of variance 1 and covariance r: two means correlate r / ((1 + (k - 1) r) / k)."""
    k, r = 6, 0.35
    covariance = np.full((2 * k, 2 * k), r) + (1 - r) * np.eye(2 * k)
    mean = np.kron(np.eye(2), np.full(k, 1 / k))
    (one, both), (_, other) = mean @ covariance @ mean.T
    assert reliability_of_mean(r, k).value == pytest.approx(both / np.sqrt(one * other))


@proves(Kind.TWO_WAYS, raters_needed)
@pytest.mark.parametrize("single", [0.05, 0.29, 0.5, 0.77])
@pytest.mark.parametrize("target", [0.5, 0.8, 0.95])
def test_it_is_the_first_number_that_reaches_the_target(single, target):
    tried = next(k for k in range(1, 1000) if reliability_of_mean(single, k).value >= target - 1e-12)
    assert raters_needed(single, target).n_raters == tried


@proves(Kind.PROPERTY, reliability_of_mean)
@unhurried
@given(reliabilities, group_sizes, group_sizes)
def test_means_of_means_and_the_way_back(single, k, m):
    once = reliability_of_mean(single, k).value
    assert 0 < once < 1
    assert reliability_of_mean(once, m).value == pytest.approx(reliability_of_mean(single, k * m).value)
    assert reliability_of_mean(once, 1 / k).value == pytest.approx(single)
    assert (once >= single) == (k >= 1) or once == pytest.approx(single)


@proves(Kind.PROPERTY, raters_needed)
@unhurried
@given(reliabilities, st.floats(0.05, 0.95), st.floats(0.0, 0.04))
def test_better_raters_are_fewer_and_higher_targets_need_more(single, target, more):
    needed = raters_needed(single, target, low=single - 0.01, high=single + 0.01)
    assert needed.low <= needed.n_raters
    assert needed.high is None or needed.n_raters <= needed.high
    assert raters_needed(single, target + more).n_raters >= needed.n_raters
    assert reliability_of_mean(single, needed.exact).value == pytest.approx(target) or needed.exact < 1


@proves(Kind.RECOVERY, reliability_of_mean, raters_needed)
def test_simulated_means_are_as_reliable_as_promised():
    """Interval alpha of single raters foretells the correlation of two means of as many as it asks for."""
    rng = np.random.default_rng(41)
    truth = rng.normal(size=(4000, 1))
    single = krippendorff_alpha(*as_columns(truth[:1500] + 1.4 * rng.normal(size=(1500, 3))), level="interval")
    k = raters_needed(single.value, 0.8).n_raters
    one, other = (np.mean(truth + 1.4 * rng.normal(size=(4000, k)), axis=1) for _ in range(2))
    seen = np.corrcoef(one, other)[0, 1]
    promised = reliability_of_mean(single.value, k, low=single.low, high=single.high)
    assert promised.value == pytest.approx(seen, abs=0.02)
    assert promised.low < seen < promised.high
    assert seen > 0.78


@proves(Kind.DEGENERATE, reliability_of_mean, raters_needed)
@pytest.mark.parametrize("single", [0.0, -0.2])
def test_raters_no_better_than_chance_are_not_helped_by_more(single):
    lifted, needed = reliability_of_mean(single, 5, low=-0.3, high=0.1), raters_needed(single, 0.8, low=-0.3, high=0.1)
    assert (lifted.value, lifted.low, lifted.high) == (None, 0.0, pytest.approx(0.5 / 1.4))
    assert (needed.n_raters, needed.exact, needed.low, needed.high) == (None, None, 36, None)
    for found in (lifted, needed):
        assert "no better than chance" in found.reading


@proves(Kind.DEGENERATE, reliability_of_mean, raters_needed)
def test_numbers_out_of_range_are_refused():
    for function, second in ((reliability_of_mean, 3), (raters_needed, 0.8)):
        with pytest.raises(InvalidInput, match=r"`single` is 1.2; a reliability is at most 1"):
            function(1.2, second)
        with pytest.raises(InvalidInput, match="`single` is nan"):
            function(float("nan"), second)
        with pytest.raises(InvalidInput, match="Give both `low` and `high`"):
            function(0.5, second, low=0.2)
        with pytest.raises(InvalidInput, match=r"`single` is 0.5 and lies outside its ends 0.6 to 0.7"):
            function(0.5, second, low=0.6, high=0.7)
        with pytest.raises(InvalidInput, match=r"`high` is 1.5"):
            function(0.5, second, low=0.2, high=1.5)
        with pytest.raises(InvalidInput, match="confidence_level is 95"):
            function(0.5, second, confidence_level=95)
    with pytest.raises(InvalidInput, match="n_raters is 0"):
        reliability_of_mean(0.5, 0)
    with pytest.raises(InvalidInput, match="target is 1; give a reliability between 0 and 1"):
        raters_needed(0.5, 1)


@proves(Kind.DEGENERATE, reliability_of_mean, raters_needed)
def test_the_edges_of_the_formula_are_finite():
    for n_raters in (5e-324, 1e-17, 0.1, 1e308):
        assert reliability_of_mean(1.0, n_raters).value == 1.0
    found = raters_needed(0.5, 0.8, low=1e-300, high=0.9)
    assert (found.low, found.high) == (1, None)
    assert raters_needed(5e-324, 1e-300).n_raters is None
