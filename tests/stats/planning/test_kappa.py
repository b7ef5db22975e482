"""How many doubly labelled units a kappa needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import cohen_kappa
from apps.stats.errors import InvalidInput
from apps.stats.planning import pairs_for_kappa, pairs_to_reject_kappa
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.planning.plans_for_tests import levels, near, unhurried

kappas = st.floats(0.05, 0.95)


def table_of(kappa, shares):
    """Two raters with the same label shares, agreeing beyond chance equally on every label. [n, n]"""
    common = np.asarray(shares, dtype=float)
    return kappa * np.diag(common) + (1 - kappa) * np.outer(common, common)


def simulated(kappa, shares, n_pairs, n_studies, seed):
    """Kappa of many studies and its standard error by Fleiss, Cohen & Everitt. [n_studies]"""
    cells = np.random.default_rng(seed).multinomial(n_pairs, table_of(kappa, shares).ravel(), n_studies) / n_pairs
    table = cells.reshape(n_studies, len(shares), len(shares))
    rows, columns = table.sum(axis=2), table.sum(axis=1)
    seen, chance = np.trace(table, axis1=1, axis2=2), (rows * columns).sum(axis=1)
    value = (seen - chance) / (1 - chance)
    pull = np.eye(len(shares)) - (columns[:, :, None] + rows[:, None, :]) * (1 - value)[:, None, None]
    spread = (table * pull**2).sum(axis=(1, 2)) - (value - chance * (1 - value)) ** 2
    return value, np.sqrt(spread / n_pairs) / (1 - chance)


@proves(Kind.WORKED, pairs_for_kappa)
@pytest.mark.parametrize("kappa", [0.4, 0.6, 0.8])
def test_two_equally_common_labels_by_hand(kappa):
    """There V is 1 - kappa^2: at .6 that is .64, and 1.96^2 (.64) / .01 = 245.9."""
    assert pairs_for_kappa(kappa, 0.1).n_pairs == int(np.ceil(3.841459 * (1 - kappa**2) / 0.01))


@proves(Kind.WORKED, pairs_for_kappa)
@pytest.mark.parametrize(
    ("shares", "kappa", "n"),
    [
        (2, 0.4, 323),
        (2, 0.6, 246),
        (2, 0.8, 139),
        (3, 0.4, 208),
        (3, 0.6, 170),
        (3, 0.8, 100),
        ([0.8, 0.2], 0.6, 392),
        ([0.9, 0.1], 0.6, 705),
    ],
)
def test_the_variance_of_fleiss_cohen_and_everitt(shares, kappa, n):
    """Psychological Bulletin 72, formula 13, at the expected table; three labels of .6: V is .44, n 169.0."""
    assert pairs_for_kappa(kappa, 0.1, shares=shares).n_pairs == n


@proves(Kind.WORKED, pairs_to_reject_kappa)
@pytest.mark.parametrize(("kappa", "n_labels", "n"), [(0.6, 2, 99), (0.6, 3, 69), (0.8, 2, 14), (0.8, 3, 11)])
def test_showing_that_kappa_is_above_two_fifths(kappa, n_labels, n):
    """One-sided at 95 % with power .8: two labels of .6, (1.6449 + .8416)^2 (.64) / .2^2 = 98.9."""
    assert pairs_to_reject_kappa(kappa, shares=n_labels).n_pairs == n


@proves(Kind.GOLDEN, pairs_for_kappa, pairs_to_reject_kappa)
def test_results_as_stored():
    settings = {"shares": [0.6, 0.3, 0.1], "confidence_level": 0.9, "n_already": 40}
    check_golden("planning/pairs_for_kappa", pairs_for_kappa(0.5, 0.08, **settings))
    check_golden("planning/pairs_to_reject_kappa", pairs_to_reject_kappa(0.7, at_most=0.5, power=0.9, **settings))


@proves(Kind.PROPERTY, pairs_for_kappa, pairs_to_reject_kappa)
@unhurried
@given(kappas, st.lists(st.floats(0.05, 1), min_size=2, max_size=5), levels, st.randoms(use_true_random=False))
def test_the_names_of_labels_do_not_matter(kappa, weights, level, random):
    shares = [weight / sum(weights) for weight in weights]
    renamed = random.sample(shares, len(shares))
    settings = {"confidence_level": level}
    plan = pairs_for_kappa(kappa, 0.1, shares=shares, **settings)
    assert abs(plan.n_pairs - pairs_for_kappa(kappa, 0.1, shares=renamed, **settings).n_pairs) <= 1
    assert pairs_for_kappa(kappa, 0.05, shares=shares, **settings).n_pairs in range(
        4 * plan.n_pairs - 4, 4 * plan.n_pairs + 1
    )
    shown = [pairs_to_reject_kappa(kappa, at_most=kappa - gap, shares=shares, **settings).n_pairs for gap in (0.2, 0.1)]
    assert shown[0] <= shown[1]
    by_name = pairs_to_reject_kappa(kappa, at_most=kappa - 0.1, shares=renamed, **settings)
    assert abs(by_name.n_pairs - shown[1]) <= 1


@proves(Kind.TWO_WAYS, pairs_for_kappa, pairs_to_reject_kappa)
@pytest.mark.parametrize("shares", [[0.5, 0.5], [0.8, 0.2], [0.5, 0.3, 0.2]])
@pytest.mark.parametrize("kappa", [0.4, 0.6])
def test_cohens_kappa_of_the_expected_table_has_that_standard_error(shares, kappa):
    first, second = np.indices((len(shares), len(shares)))
    count = np.round(table_of(kappa, shares) * 10_000).astype(int)
    found = cohen_kappa(first.ravel(), second.ravel(), count=count.ravel())
    assert found.value == pytest.approx(kappa)
    per_pair = found.standard_error**2 * 10_000
    # cohen_kappa takes Student's t and its own small-sample factor: a ten-thousandth.
    assert pairs_for_kappa(kappa, 0.1, shares=shares).n_pairs == pytest.approx(384.146 * per_pair, abs=1.1)
    least = (1.644854 + 0.841621) ** 2 * per_pair / 0.3**2
    assert pairs_to_reject_kappa(kappa, at_most=kappa - 0.3, shares=shares).n_pairs == pytest.approx(least, abs=1.1)


@proves(Kind.RECOVERY, pairs_for_kappa)
@pytest.mark.parametrize(("kappa", "shares"), [(0.6, [0.5, 0.5]), (0.4, [1 / 3, 1 / 3, 1 / 3]), (0.6, [0.8, 0.2])])
def test_simulated_kappas_keep_within_the_half_width(kappa, shares):
    n = pairs_for_kappa(kappa, 0.1, shares=shares).n_pairs
    value, _ = simulated(kappa, shares, n, 5000, seed=5)
    assert near((np.abs(value - kappa) < 0.1).mean(), 0.95, 5000)
    assert 1.96 * value.std() == pytest.approx(0.1, rel=0.05)


@proves(Kind.RECOVERY, pairs_to_reject_kappa)
@pytest.mark.parametrize("shares", [[0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]])
def test_simulated_tests_have_about_the_power(shares):
    n = pairs_to_reject_kappa(0.6, shares=shares).n_pairs
    value, error = simulated(0.6, shares, n, 5000, seed=6)
    assert (value - 1.644854 * error > 0.4).mean() == pytest.approx(0.8, abs=0.04)


def test_readings():
    assert pairs_for_kappa(0.6, 0.1, n_already=50).reading == (
        "About 246 units that both label put a kappa of 0.6 within 0.1 of the truth, 19 times in 20. You have 50; 196 "
        "more are needed."
    )
    assert pairs_to_reject_kappa(0.6, n_already=200).reading == (
        "About 99 units that both label show with 80 % probability that kappa is above 0.4, if it truly is 0.6. You "
        "have 200, which is enough."
    )


@proves(Kind.DEGENERATE, pairs_for_kappa, pairs_to_reject_kappa)
@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"shares": 1}, "`shares` is 1; give a whole number, 2 or more"),
        ({"shares": [0.5, 0.6]}, "`shares` must be the shares of two or more labels"),
        ({"shares": [1.0]}, "`shares` must be"),
        ({"shares": [1.0, 0.0]}, "`shares` must be"),
        ({"shares": [0.5, float("nan")]}, "`shares` holds a missing"),
        ({"confidence_level": 95}, "confidence_level is 95"),
        ({"n_already": -1}, "`n_already` is -1"),
    ],
)
def test_labels_that_cannot_be_are_refused(settings, told):
    for call in (lambda: pairs_for_kappa(0.6, 0.1, **settings), lambda: pairs_to_reject_kappa(0.6, **settings)):
        with pytest.raises(InvalidInput, match=told):
            call()


@proves(Kind.DEGENERATE, pairs_for_kappa, pairs_to_reject_kappa)
def test_kappas_that_cannot_be_are_refused():
    for kappa in (1.0, float("nan"), -1.5):
        with pytest.raises(InvalidInput, match="`kappa` is"):
            pairs_for_kappa(kappa, 0.1)
        with pytest.raises(InvalidInput, match="`kappa` is"):
            pairs_to_reject_kappa(kappa)
    # Labels of .9 and .1 can disagree always, and still kappa is no lower than -1/9.
    with pytest.raises(InvalidInput, match=r"`kappa` is -0.2, which labels of these shares cannot have"):
        pairs_for_kappa(-0.2, 0.1, shares=[0.9, 0.1])
    with pytest.raises(InvalidInput, match=r"`kappa` is 0.4, which is not above `at_most` 0.4"):
        pairs_to_reject_kappa(0.4)
    with pytest.raises(InvalidInput, match="`half_width` is 0"):
        pairs_for_kappa(0.6, 0.0)
    with pytest.raises(InvalidInput, match="`power` is 1"):
        pairs_to_reject_kappa(0.6, power=1.0)
    with pytest.raises(InvalidInput, match="`at_most` is 40"):
        pairs_to_reject_kappa(0.6, at_most=40)
