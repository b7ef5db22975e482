"""Weighted kappa: Cohen's own weights, named ones, and what no table of weights may be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import Weights, cohen_kappa
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import confusion, numbers, unhurried
from tests.stats.kinds import Kind, proves

COHEN_1968 = confusion([88, 14, 18], [10, 40, 10], [2, 6, 12])
COHENS_WEIGHTS = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
paired = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 4)), min_size=2, max_size=40)


@proves(Kind.WORKED, cohen_kappa)
def test_cohens_own_example():
    """Cohen 1968, Psychological Bulletin 70: weighted kappa .348.

    Its standard error, by the formula of Fleiss, Cohen & Everitt 1969, is .0755.
    """
    found = cohen_kappa(**COHEN_1968, weights=COHENS_WEIGHTS)
    assert found.value == pytest.approx(0.3478, abs=5e-5)
    assert found.standard_error == pytest.approx(0.0755, abs=5e-5)
    assert (found.weights, found.n_pairs) == ("table", 200)
    assert found.reading.startswith("Weighted kappa (own weights) is 0.348 over 200 pairs")


@proves(Kind.WORKED, cohen_kappa)
def test_linear_weights_by_hand():
    """Ten pairs: one two steps apart, one a single step, so .1 + .1/2 = .15 disagreement is seen.

    By chance (shares .6 .2 .2 and .5 .3 .2): .6 (.3/2 + .2) + .2 (.5/2 + .2/2) + .2 (.5 + .3/2) = .41.
    """
    table = confusion([5, 0, 1], [0, 2, 0], [0, 1, 1])
    assert cohen_kappa(**table, weights="linear").value == pytest.approx(1 - 0.15 / 0.41)


@proves(Kind.TWO_WAYS, cohen_kappa)
@pytest.mark.parametrize("weights", [Weights.LINEAR, Weights.QUADRATIC, COHENS_WEIGHTS])
def test_the_standard_error_is_the_formula_of_fleiss_cohen_and_everitt(weights):
    table = np.array([[30, 4, 1], [6, 22, 3], [2, 7, 25]])
    apart = np.abs(np.subtract.outer(range(3), range(3))) / 2
    w = 1 - {"linear": apart, "quadratic": apart**2}.get(str(weights), COHENS_WEIGHTS / 6)
    p = table / table.sum()
    r, c = p.sum(1), p.sum(0)
    po, pe = (w * p).sum(), r @ w @ c
    k = (po - pe) / (1 - pe)
    spread = w - ((w @ c)[:, None] + (r @ w)[None, :]) * (1 - k)
    variance = ((p * spread**2).sum() - (k - pe * (1 - k)) ** 2) / (table.sum() * (1 - pe) ** 2)
    found = cohen_kappa(**confusion(*table), weights=weights)
    assert found.value == pytest.approx(k, abs=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(variance), abs=1e-12)


@proves(Kind.TWO_WAYS, cohen_kappa)
def test_the_clustered_standard_error_is_near_the_jackknife():
    rng = np.random.default_rng(12)
    unit = np.repeat(np.arange(80), 3)
    first = rng.integers(0, 5, 80)[unit]
    second = np.clip(first + rng.integers(-1, 2, 80)[unit] + rng.integers(-1, 2, 240), 0, 4)
    left_out = np.array(
        [cohen_kappa(first[unit != u], second[unit != u], weights="quadratic").value for u in range(80)]
    )
    jackknife = np.sqrt(79 / 80 * ((left_out - left_out.mean()) ** 2).sum())
    found = cohen_kappa(first, second, cluster=unit, weights="quadratic")
    assert found.standard_error == pytest.approx(jackknife, rel=0.03)
    assert found.n_clusters == 80


def test_quadratic_weighted_kappa_is_near_the_intraclass_correlation():
    """Fleiss & Cohen 1973: apart from terms in 1/n it is the intraclass correlation of the codes."""
    rng = np.random.default_rng(13)
    truth = rng.integers(0, 7, 4000)
    one, two = (np.clip(truth + rng.integers(-1, 2, 4000), 0, 6) for _ in range(2))
    concordance = 2 * np.cov(one, two)[0, 1] / (one.var() + two.var() + (one.mean() - two.mean()) ** 2)
    assert cohen_kappa(one, two, weights="quadratic").value == pytest.approx(concordance, abs=2e-3)


@proves(Kind.PROPERTY, cohen_kappa)
@unhurried
@given(paired, st.floats(0.1, 50))
def test_a_table_that_says_what_a_name_says_is_that_name(rows, scale):
    first, second, count = np.array(rows).T
    known = len(np.unique([first, second]))
    apart = np.abs(np.subtract.outer(range(known), range(known))) * scale
    for name, table in (("none", (apart > 0) * scale), ("linear", apart), ("quadratic", apart**2)):
        if known > 1:
            expected = cohen_kappa(first, second, count=count, weights=name)
            found = cohen_kappa(first, second, count=count, weights=table)
            np.testing.assert_allclose(numbers(found), numbers(expected), atol=1e-9)


@proves(Kind.PROPERTY, cohen_kappa)
@unhurried
@given(paired)
def test_turning_the_order_round_and_swapping_sides_leave_weighted_kappa(rows):
    first, second, count = np.array(rows).T
    expected = cohen_kappa(first, second, count=count, weights="linear")
    turned = cohen_kappa(9 - first, 9 - second, count=count, weights="linear")
    swapped = cohen_kappa(second, first, count=count, weights="linear")
    np.testing.assert_allclose(numbers(swapped), numbers(expected), atol=1e-9)
    assert turned.value is expected.value is None or turned.value == pytest.approx(expected.value)


def test_a_table_may_be_lopsided_and_symmetric_evens_it_out():
    lopsided = [[0, 1], [3, 0]]
    table = confusion([20, 5], [10, 15])
    swapped = confusion([20, 10], [5, 15])
    assert cohen_kappa(**table, weights=lopsided).value != cohen_kappa(**swapped, weights=lopsided).value
    both = [cohen_kappa(**one, weights=lopsided, symmetric=True).value for one in (table, swapped)]
    assert both[0] == pytest.approx(both[1]) == pytest.approx(cohen_kappa(**table, symmetric=True).value)


def test_a_category_nobody_gave_has_a_place_in_the_order():
    codes = {"first": [1, 1, 5, 5], "second": [1, 5, 5, 5]}
    assert cohen_kappa(**codes, weights="linear").value == cohen_kappa(**codes).value
    table = {"first": [1, 2, 5, 5, 2], "second": [1, 5, 5, 5, 2]}
    near, far = (cohen_kappa(**table, weights="linear", categories=c).value for c in ([1, 2, 5], [1, 2, 3, 4, 5]))
    assert near > far


@proves(Kind.DEGENERATE, cohen_kappa)
def test_no_spread_at_given_weights_is_not_certain():
    found = cohen_kappa([0, 1, 2] * 10, [0, 1, 2] * 10, weights=COHENS_WEIGHTS)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low < 0.99


@proves(Kind.DEGENERATE, cohen_kappa)
def test_weighted_kappa_far_below_minus_one_keeps_its_interval():
    """Two grave confusions where nearly nobody says either: the value lies below -1, the ends around it."""
    table = confusion([0, 0, 1], [1, 40, 1], [1, 0, 0])
    found = cohen_kappa(**table, weights=[[0, 0, 1], [0, 0, 0], [1, 0, 0]])
    assert found.value < -1
    assert found.low <= found.value < found.high


@proves(Kind.DEGENERATE, cohen_kappa)
def test_only_confusions_without_weight_leave_kappa_undefined():
    found = cohen_kappa([0, 1, 0, 1], [1, 0, 0, 1], weights=[[0, 0, 1], [0, 0, 1], [1, 1, 0]], categories=[0, 1, 2])
    assert found.value is None
    assert "chance alone would always agree" in found.reading


@proves(Kind.DEGENERATE, cohen_kappa)
@pytest.mark.parametrize(
    ("weights", "told"),
    [
        ("cubic", "give one of none, linear, quadratic"),
        ([[0, 1, 2], [1, 0, 1], [2, 1, 0]], r"shape \(3, 3\) and there are 2 categories"),
        ([[1, 0], [0, 1]], "not 0 on its diagonal"),
        ([[0, -1], [1, 0]], "negative, missing or infinite"),
        ([[0, np.nan], [1, 0]], "negative, missing or infinite"),
        ([[0, 0], [0, 0]], "0 throughout"),
        ([[0, 1], [1]], "not a table of numbers"),
    ],
)
def test_tables_that_are_no_weights_are_refused(weights, told):
    with pytest.raises(InvalidInput, match=told):
        cohen_kappa([0, 1, 1], [0, 1, 0], weights=weights)


@proves(Kind.DEGENERATE, cohen_kappa)
def test_categories_must_hold_every_label():
    with pytest.raises(InvalidInput, match="Label 4 is not among `categories`"):
        cohen_kappa([0, 4], [0, 1], categories=[0, 1, 2])
    with pytest.raises(InvalidInput, match="`categories` holds float64; give whole numbers"):
        cohen_kappa([0, 1], [0, 1], categories=[0.5, 1])


@proves(Kind.DEGENERATE, cohen_kappa)
def test_labels_that_double_precision_would_make_one_are_refused():
    with pytest.raises(InvalidInput, match=f"`second` holds {-(2**60)}; number labels within"):
        cohen_kappa([0, 1], [0, -(2**60)])
