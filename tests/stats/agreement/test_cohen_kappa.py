"""Cohen's kappa against printed values and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from apps.stats.agreement import cohen_kappa
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import confusion, covers, numbers, simulated, unhurried
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

paired = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 4)), min_size=1, max_size=40)


@proves(Kind.WORKED, cohen_kappa)
@pytest.mark.parametrize(
    ("table", "kappa", "standard_error"),
    [
        # Fleiss, Cohen & Everitt 1969: the example of the paper, n = 200
        (confusion([106, 10, 4], [22, 28, 10], [2, 12, 6]), 0.4286, 0.0537),
        # Cohen 1968, Psychological Bulletin 70: .44 .07 .09 / .05 .20 .05 / .01 .03 .06, n = 200
        (confusion([88, 14, 18], [10, 40, 10], [2, 6, 12]), 0.4915, 0.0510),
        # The textbook 2 x 2: fifty grant proposals, two readers
        (confusion([20, 5], [10, 15]), 0.400, 0.1265),
        # Gwet 2014, Handbook of Inter-Rater Reliability: two abstractors
        (confusion([13, 0, 0], [0, 20, 7], [0, 4, 56]), 0.7964, 0.0589),
    ],
)
def test_printed_values(table, kappa, standard_error):
    found = cohen_kappa(**table)
    assert found.value == pytest.approx(kappa, abs=6e-5)
    # Gwet's has n - 1 for n: half a percent of the standard error of a hundred pairs.
    assert found.standard_error == pytest.approx(standard_error, rel=6e-3)
    assert found.low < found.value < found.high
    assert found.n_pairs == found.n_clusters == table["count"].sum()


@proves(Kind.TWO_WAYS, cohen_kappa)
def test_the_standard_error_is_the_formula_of_fleiss_cohen_and_everitt():
    table = np.array([[30, 4, 1], [6, 22, 3], [2, 7, 25]])
    p = table / table.sum()
    r, c, k = p.sum(1), p.sum(0), cohen_kappa(**confusion(*table)).value
    pe = r @ c
    weights = np.eye(3) - (c[:, None] + r[None, :]) * (1 - k)
    variance = ((p * weights**2).sum() - (k - pe * (1 - k)) ** 2) / (table.sum() * (1 - pe) ** 2)
    assert cohen_kappa(**confusion(*table)).standard_error == pytest.approx(np.sqrt(variance), abs=1e-12)


def test_clusters_of_copies_carry_what_one_carries():
    rng = np.random.default_rng(3)
    first = rng.integers(0, 3, 60)
    second = np.where(rng.random(60) < 0.7, first, rng.integers(0, 3, 60))
    once = cohen_kappa(first, second)
    copied = cohen_kappa(np.tile(first, 5), np.tile(second, 5), cluster=np.tile(np.arange(60), 5))
    assert copied.value == pytest.approx(once.value)
    assert copied.standard_error == pytest.approx(once.standard_error)
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))


def test_symmetric_counts_both_orders_but_each_pair_once():
    table = confusion([20, 5], [10, 15])
    found = cohen_kappa(**table, symmetric=True)
    # Both sides share (55, 45) of a hundred labels: chance 0.505, seen 0.7.
    assert found.value == pytest.approx((0.7 - 0.505) / (1 - 0.505))
    assert found.n_pairs == 50
    mirrored = cohen_kappa(table["second"], table["first"], count=table["count"], symmetric=True)
    assert found == mirrored


def test_the_symmetric_standard_error_is_near_the_jackknife_over_pairs():
    rng = np.random.default_rng(4)
    first = rng.choice(3, 120, p=[0.7, 0.2, 0.1])
    second = np.where(rng.random(120) < 0.5, first, rng.choice(3, 120, p=[0.1, 0.2, 0.7]))
    keep = np.arange(120)
    left_out = np.array([cohen_kappa(first[keep != one], second[keep != one], symmetric=True).value for one in keep])
    jackknife = np.sqrt(119 / 120 * ((left_out - left_out.mean()) ** 2).sum())
    found = cohen_kappa(first, second, symmetric=True)
    assert found.standard_error == pytest.approx(jackknife, rel=0.02)
    assert cohen_kappa(first, second).standard_error != pytest.approx(found.standard_error, rel=0.02)


@proves(Kind.DEGENERATE, cohen_kappa)
def test_perfect_agreement_is_not_certain():
    found = cohen_kappa([0, 1] * 10, [0, 1] * 10)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.5 < found.low < 0.99


@proves(Kind.DEGENERATE, cohen_kappa)
def test_two_sides_that_never_share_a_label_are_not_certain_either():
    found = cohen_kappa([0] * 10, [1] * 10)
    assert found.value == 0
    assert found.low < 0 < found.high


@proves(Kind.DEGENERATE, cohen_kappa)
def test_a_side_that_always_says_the_same_is_not_certain():
    found = cohen_kappa([0] * 30, [0, 1] * 15)
    assert found.value == pytest.approx(0, abs=1e-12)
    assert -0.5 < found.low < -0.01
    assert 0.01 < found.high < 0.5


@proves(Kind.DEGENERATE, cohen_kappa)
def test_one_cluster_has_no_interval():
    found = cohen_kappa([0, 1, 1], [0, 1, 0], cluster=[4, 4, 4])
    assert found.value == pytest.approx(0.4)
    assert (found.low, found.high, found.standard_error) == (None, None, None)


@proves(Kind.DEGENERATE, cohen_kappa)
@pytest.mark.parametrize(
    ("first", "second", "told"),
    [([], [], "no pair of labels"), ([2, 2], [2, 2], "one and the same label throughout")],
)
def test_undefined_kappa_says_why(first, second, told):
    found = cohen_kappa(first, second)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert told in found.reading


@proves(Kind.DEGENERATE, cohen_kappa)
def test_columns_of_different_length_are_refused():
    with pytest.raises(InvalidInput, match=r"equally long.*first 2, second 1"):
        cohen_kappa([0, 1], [0])


@pytest.mark.parametrize(
    ("agreeing", "word"), [(100, "almost perfect"), (75, "moderate"), (55, "slight"), (20, "poor")]
)
def test_the_reading_uses_the_words_of_landis_and_koch(agreeing, word):
    first = np.arange(100) % 2
    second = np.where(np.arange(100) < agreeing, first, 1 - first)
    assert word in cohen_kappa(first, second).reading


@proves(Kind.PROPERTY, cohen_kappa)
@unhurried
@given(paired)
def test_kappa_is_symmetric(rows):
    first, second, count = np.array(rows).T
    one, other = cohen_kappa(first, second, count=count), cohen_kappa(second, first, count=count)
    np.testing.assert_allclose(numbers(one), numbers(other), atol=1e-12)


@proves(Kind.PROPERTY, cohen_kappa)
@unhurried
@given(paired)
def test_a_count_is_repetition(rows):
    first, second, count = np.array(rows).T
    spread = np.repeat(np.arange(len(rows)), count)
    one, other = cohen_kappa(first, second, count=count), cohen_kappa(first[spread], second[spread])
    np.testing.assert_allclose(numbers(one), numbers(other), atol=1e-12)


@proves(Kind.PROPERTY, cohen_kappa)
@unhurried
@given(paired, st.integers(1, 10**6))
def test_names_of_labels_and_clusters_do_not_matter(rows, stretch):
    first, second, cluster = np.array(rows).T
    one = cohen_kappa(first, second, cluster=cluster)
    other = cohen_kappa(first * 3 - 5, second * 3 - 5, cluster=cluster * stretch - 1)
    np.testing.assert_allclose(numbers(one), numbers(other), atol=1e-12)


@proves(Kind.GOLDEN, cohen_kappa)
def test_abstractors_as_stored():
    table = confusion([13, 0, 0], [0, 20, 7], [0, 4, 56])
    check_golden("agreement/cohen_kappa", cohen_kappa(**table))
    check_golden("agreement/cohen_kappa_quadratic", cohen_kappa(**table, weights="quadratic", symmetric=True))


@proves(Kind.TWO_WAYS, cohen_kappa)
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_the_value_is_scikit_learns_on_the_pairs_themselves(weights):
    rng = np.random.default_rng(6)
    first, second = rng.integers(0, 4, 300), rng.integers(0, 4, 300)
    expected = cohen_kappa_score(first, second, weights=None if weights == "none" else weights)
    assert cohen_kappa(first, second, weights=weights).value == pytest.approx(expected, abs=1e-12)


@proves(Kind.RECOVERY, cohen_kappa)
@pytest.mark.slow
@pytest.mark.parametrize("weights", ["none", "quadratic"])
def test_the_interval_holds_the_truth(weights):
    """Two raters on 150 units; kappa is .49 at any weights."""
    rng = np.random.default_rng(7)
    tables = [simulated(rng, 150, 2, knows=0.7, shares=[0.4, 0.3, 0.2, 0.1]) for _ in range(500)]
    found = [cohen_kappa(*labels.T, weights=weights) for labels in tables]
    assert np.mean([covers(one, 0.49) for one in found]) == pytest.approx(0.95, abs=0.025)
    assert np.mean([one.value for one in found]) == pytest.approx(0.49, abs=0.01)


@proves(Kind.RECOVERY, cohen_kappa)
@pytest.mark.slow
def test_the_interval_holds_the_truth_where_pairs_hang_together():
    """Four raters and so six pairs a unit: clustered by unit 95 % of intervals hold .49, taken apart far fewer."""
    rng, one, two = np.random.default_rng(9), *np.triu_indices(4, 1)
    held = np.zeros(2)
    for _ in range(400):
        labels = simulated(rng, 60, 4, knows=0.7, shares=[0.5, 0.3, 0.2])
        first, second, unit = labels[:, one].ravel(), labels[:, two].ravel(), np.repeat(np.arange(60), 6)
        clustered = cohen_kappa(first, second, cluster=unit, symmetric=True)
        held += covers(clustered, 0.49), covers(cohen_kappa(first, second, symmetric=True), 0.49)
    assert held[0] / 400 == pytest.approx(0.95, abs=0.03)
    assert held[1] / 400 < 0.85
