"""What the labels of a judge are worth beside those of people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from apps.stats.errors import InvalidInput
from apps.stats.planning import judge_gain
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import unhurried

correlations, counts = st.floats(-0.98, 0.98), st.integers(1, 10**6)


@proves(Kind.WORKED, judge_gain)
@pytest.mark.parametrize(("correlation", "gain"), [(0.3, 1.10), (0.5, 1.33), (0.7, 1.96), (0.8, 2.78), (0.9, 5.26)])
def test_the_ceiling_by_hand(correlation, gain):
    """1 / (1 - r^2), the bound of control variates (Angelopoulos, Duchi & Zrnic 2023): at .5, 1 / .75."""
    assert judge_gain(correlation, 100).gain == pytest.approx(gain, abs=0.005)
    assert judge_gain(correlation, 100).ceiling == judge_gain(correlation, 100).gain


@proves(Kind.WORKED, judge_gain)
def test_a_finite_number_of_judge_labels_by_hand():
    """r = .6, 500 and 10,000: 1 / (1 - .36 (10000 / 10500)) = 1.5217, so that 500 become 760.9."""
    plan = judge_gain(0.6, 500, n_judge=10_000)
    assert plan.gain == pytest.approx(1.521739, abs=1e-6)
    assert plan.n_effective == 761
    assert plan.reading == (
        "With 10,000 labels of the judge, 500 human labels are worth about 761; endless ones would make it 781."
    )
    assert judge_gain(0.6, 500).reading == (
        "However many labels the judge gives, 500 human labels become worth at most 781."
    )


@proves(Kind.GOLDEN, judge_gain)
def test_results_as_stored():
    check_golden("planning/judge_gain", judge_gain(0.62, 321, n_judge=4000))


@proves(Kind.PROPERTY, judge_gain)
@unhurried
@given(correlations, counts, counts)
def test_more_labels_help_up_to_the_ceiling(correlation, n_human, n_judge):
    plan = judge_gain(correlation, n_human, n_judge=n_judge)
    assert 1 <= plan.gain <= plan.ceiling == judge_gain(correlation, n_human).gain
    assert judge_gain(correlation, n_human, n_judge=2 * n_judge).gain >= plan.gain
    assert judge_gain(-correlation, n_human, n_judge=n_judge).gain == plan.gain
    assert judge_gain(correlation, 3 * n_human, n_judge=3 * n_judge).gain == pytest.approx(plan.gain)


@proves(Kind.TWO_WAYS, judge_gain)
@pytest.mark.parametrize(("correlation", "n", "more"), [(0.5, 200, 1000), (0.9, 300, 300), (-0.4, 50, 5000)])
def test_an_optimiser_finds_the_weight_with_that_gain(correlation, n, more):
    """The variance of lambda mean(f') + mean(Y - lambda f), both of variance 1, written out."""
    found = minimize_scalar(lambda lam: lam**2 / more + (1 - 2 * lam * correlation + lam**2) / n, tol=1e-12)
    assert judge_gain(correlation, n, n_judge=more).gain == pytest.approx(1 / n / found.fun)


@pytest.mark.slow
@proves(Kind.RECOVERY, judge_gain)
@pytest.mark.parametrize("correlation", [0.5, 0.85])
def test_simulated_estimates_are_as_much_better(correlation):
    """The weight is estimated from the human labels of each study, as in practice."""
    n, more, n_studies, rng = 200, 1000, 4000, np.random.default_rng(8)
    human = rng.normal(size=(n_studies, n))
    judged = correlation * human + np.sqrt(1 - correlation**2) * rng.normal(size=human.shape) + 0.5
    beside = rng.normal(0.5, 1, size=(n_studies, more))
    apart = (human - human.mean(axis=1, keepdims=True)) * (judged - judged.mean(axis=1, keepdims=True))
    lam = apart.mean(axis=1) / ((1 + n / more) * judged.var(axis=1))
    helped = lam * beside.mean(axis=1) + (human - lam[:, None] * judged).mean(axis=1)
    gain = human.mean(axis=1).var() / helped.var()
    assert gain == pytest.approx(judge_gain(correlation, n, n_judge=more).gain, rel=0.1)
    # The judge's bias of .5 is taken out.
    assert helped.mean() == pytest.approx(0, abs=4 * helped.std() / np.sqrt(n_studies))


@proves(Kind.DEGENERATE, judge_gain)
def test_a_judge_who_knows_nothing_gains_nothing():
    assert judge_gain(0.0, 100, n_judge=10**6).gain == 1
    assert judge_gain(0.9, 100, n_judge=0).gain == 1
    for correlation in (1.0, -1.0, 50, float("nan")):
        with pytest.raises(InvalidInput, match=r"`correlation` is .*; give a number between -1 and 1"):
            judge_gain(correlation, 100)
    with pytest.raises(InvalidInput, match="`n_human` is 0; give a whole number, 1 or more"):
        judge_gain(0.5, 0)
    with pytest.raises(InvalidInput, match="`n_judge` is -1; give a whole number, 0 or more"):
        judge_gain(0.5, 100, n_judge=-1)
