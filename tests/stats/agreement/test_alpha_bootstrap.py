"""Alpha with resampled units."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.agreement import Level, bootstrap_alpha, krippendorff_alpha
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import as_columns, covers, numbers, simulated
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

SHARES = [0.4, 0.3, 0.2, 0.1]


def seeded(seed=0):
    return np.random.default_rng(seed)


@proves(Kind.WORKED, bootstrap_alpha)
def test_two_units_by_hand():
    """Labels 0 0 / 0 1 and 1 1 / 1 0 ... two clusters, drawn 2-0, 1-1 or 0-2 with chances 1/4, 1/2, 1/4.

    Cluster a is units 00 and 01, cluster b 11 and 10. a alone: labels 3:1, seen 1/2, expected 6/12, alpha 0
    with its copies 6:2 and 24/56: 1 - .5 / (24/56) = -1/6; b alike; both: 4:4, 32/56: 1 - .5 / (32/56) = 1/8.
    So the standard deviation is near sqrt(1/4) (1/8 + 1/6) = .1458, and t with one degree of freedom 12.7.
    """
    unit, label = np.repeat(np.arange(4), 2), [0, 0, 0, 1, 1, 1, 1, 0]
    found = bootstrap_alpha(unit, label, cluster=[0, 0, 0, 0, 1, 1, 1, 1], rng=seeded(), n_replicates=4000)
    assert found.value == pytest.approx(1 / 8)
    assert found.standard_error == pytest.approx((1 / 8 + 1 / 6) / 2, abs=0.002)
    assert (found.low, found.high, found.n_replicates) == (-1.0, 1.0, 4000)


@proves(Kind.GOLDEN, bootstrap_alpha)
def test_codings_as_stored():
    unit, label = labels_of("codings")
    check_golden("agreement/bootstrap_alpha", bootstrap_alpha(unit, label, rng=seeded(), n_replicates=200))


@proves(Kind.TWO_WAYS, bootstrap_alpha)
@pytest.mark.parametrize("level", list(Level))
def test_it_is_near_the_analytic_interval(level):
    unit, label = as_columns(simulated(seeded(1), 150, 4, knows=0.7, shares=SHARES) + 1)
    drawn = bootstrap_alpha(unit, label, rng=seeded(2), level=level, n_replicates=1500)
    analytic = krippendorff_alpha(unit, label, level=level)
    assert drawn.value == analytic.value
    assert drawn.standard_error == pytest.approx(analytic.standard_error, rel=0.08)
    assert (drawn.level, drawn.n_units, drawn.n_values) == (level, 150, 600)


@proves(Kind.TWO_WAYS, bootstrap_alpha)
def test_a_resample_is_alpha_of_the_units_drawn():
    """Resampling the rows themselves, with new names for units drawn twice, spreads the same."""
    labels, rng = simulated(seeded(3), 40, 3, knows=0.6, shares=SHARES), seeded(4)
    alphas = [krippendorff_alpha(*as_columns(labels[rng.integers(0, 40, 40)])).value for _ in range(300)]
    found = bootstrap_alpha(*as_columns(labels), rng=seeded(5), n_replicates=2000)
    assert found.standard_error == pytest.approx(np.std(alphas, ddof=1), rel=0.12)


@proves(Kind.PROPERTY, bootstrap_alpha)
@settings(deadline=None, max_examples=20)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=40),
    st.sampled_from(list(Level)),
    st.randoms(use_true_random=False),
)
def test_who_said_it_and_in_which_order_does_not_matter(rows, level, random):
    unit, label = np.array(rows).T
    order = random.sample(range(len(rows)), len(rows))
    expected = bootstrap_alpha(unit, label, rng=seeded(), level=level, n_replicates=50)
    found = bootstrap_alpha(unit[order], label[order], rng=seeded(), level=level, n_replicates=50)
    np.testing.assert_allclose(numbers(found), numbers(expected), atol=1e-9)
    if expected.low is not None:
        assert expected.low <= expected.value <= expected.high


@proves(Kind.RECOVERY, bootstrap_alpha)
@pytest.mark.slow
@pytest.mark.parametrize("level", ["nominal", "ordinal"])
def test_the_interval_holds_the_truth_with_many_raters_a_unit(level):
    """Thirty units, ten raters, alpha .49.

    Drawing pairs of labels instead of units (Hayes & Krippendorff 2007) is known to cover 49 % here.
    """
    rng = seeded(6)
    found = [
        bootstrap_alpha(
            *as_columns(simulated(rng, 30, 10, knows=0.7, shares=SHARES)), rng=rng, level=level, n_replicates=200
        )
        for _ in range(400)
    ]
    assert np.mean([covers(one, 0.49) for one in found]) == pytest.approx(0.95, abs=0.03)


@proves(Kind.DEGENERATE, bootstrap_alpha)
def test_perfect_agreement_is_not_certain():
    found = bootstrap_alpha(np.repeat(np.arange(40), 2), np.repeat([0, 1] * 20, 2), rng=seeded(), n_replicates=100)
    assert (found.value, found.high, found.standard_error) == (1.0, 1.0, 0.0)
    assert 0.5 < found.low < 0.99


@proves(Kind.DEGENERATE, bootstrap_alpha)
@pytest.mark.parametrize(
    ("unit", "label", "told"),
    [([], [], "No unit has two labels"), ([0, 0, 1, 1], [2, 2, 2, 2], "Every label is the same category")],
)
def test_undefined_alpha_says_why(unit, label, told):
    found = bootstrap_alpha(unit, label, rng=seeded())
    assert (found.value, found.low, found.n_replicates) == (None, None, 0)
    assert told in found.reading


@proves(Kind.DEGENERATE, bootstrap_alpha)
def test_one_unit_has_no_interval():
    found = bootstrap_alpha([0, 0, 0], [0, 0, 1], rng=seeded())
    assert found.value == pytest.approx(0)
    assert (found.low, found.high, found.standard_error) == (None, None, None)
    assert "Too few units for an interval" in found.reading


@proves(Kind.DEGENERATE, bootstrap_alpha)
def test_a_rare_category_in_one_unit_has_no_resampled_interval():
    unit, label = np.repeat(np.arange(12), 2), np.zeros(24, dtype=int)
    label[3] = 1
    found = bootstrap_alpha(unit, label, rng=seeded())
    assert found.value is not None
    assert (found.low, found.high, found.standard_error) == (None, None, None)
    assert "resamples often have none" in found.reading


@proves(Kind.DEGENERATE, bootstrap_alpha)
def test_too_few_replicates_are_refused():
    with pytest.raises(InvalidInput, match="n_replicates is 10; give at least 50"):
        bootstrap_alpha([0, 0], [0, 1], rng=seeded(), n_replicates=10)


@proves(Kind.DEGENERATE, bootstrap_alpha)
def test_a_resample_of_labels_that_double_precision_cannot_tell_apart_has_no_alpha():
    unit, label = np.repeat(np.arange(4), 2), [0, 1e-8, 0, 1e-8, 0, 1e-8, 1e12, 1e12]
    found = bootstrap_alpha(unit, label, rng=seeded(), level=Level.INTERVAL, n_replicates=100)
    assert (found.low, found.high) == (None, None)
    assert "no interval can be resampled" in found.reading
