"""Fleiss' kappa, Gwet's AC1 and AC2, Brennan and Prediger's coefficient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    krippendorff_alpha,
    pairs_within_units,
    percent_agreement,
)
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import (
    DIAGNOSES,
    as_columns,
    columns,
    covers,
    fleiss_10x14,
    numbers,
    simulated,
    unhurried,
)
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

ALL = (fleiss_kappa, gwet_ac, brennan_prediger)
each = pytest.mark.parametrize("measure", ALL)
labelled = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
ABSTRACTORS = {"first": [0, 1, 1, 2, 2], "second": [0, 1, 2, 1, 2], "count": [13, 20, 7, 4, 56]}


def two_raters(first, second, count):
    """The same pairs as units of two labels."""
    one, two = np.repeat(first, count), np.repeat(second, count)
    return as_columns(np.column_stack([one, two]))


@proves(Kind.WORKED, fleiss_kappa)
def test_the_textbook_table():
    """Ten subjects, fourteen raters, five categories: .210, from a mean agreement of .378 and .213 by chance."""
    found = fleiss_kappa(**columns(fleiss_10x14()))
    assert (found.value, found.seen, found.by_chance) == pytest.approx((0.2099, 0.378, 0.213), abs=5e-4)
    assert (found.n_units, found.n_labels, found.n_clusters) == (10, 140, 10)


@proves(Kind.WORKED, fleiss_kappa, gwet_ac, brennan_prediger)
@pytest.mark.parametrize(
    ("measure", "value", "standard_error"),
    [
        (fleiss_kappa, 0.4139265, 0.08119291),
        (gwet_ac, 0.4448007, 0.08418757),
        (brennan_prediger, 0.4388889, 0.08312142),
    ],
)
def test_printed_values_where_every_unit_has_six_labels(measure, value, standard_error):
    """Fleiss 1971, with the standard errors of Gwet 2014, Handbook of Inter-Rater Reliability."""
    found = measure(**columns(DIAGNOSES))
    assert found.value == pytest.approx(value, abs=5e-8)
    assert found.standard_error == pytest.approx(standard_error, abs=5e-9)
    assert found.published_standard_error == pytest.approx(standard_error, abs=5e-9)


@proves(Kind.WORKED, fleiss_kappa, gwet_ac, brennan_prediger)
@pytest.mark.parametrize(
    ("measure", "weights", "value", "published"),
    [
        (gwet_ac, "none", 0.77544, 0.14295),
        (gwet_ac, "linear", 0.85874, 0.117),
        (gwet_ac, "quadratic", 0.91400, 0.104),
        (fleiss_kappa, "none", 0.76117, 0.15302),
        (fleiss_kappa, "linear", 0.818, 0.149),
        (fleiss_kappa, "quadratic", 0.865, 0.146),
        (brennan_prediger, "none", 0.77273, 0.14472),
        (brennan_prediger, "linear", 0.848, 0.123),
        (brennan_prediger, "quadratic", 0.902, 0.111),
    ],
)
def test_printed_values_with_gaps(measure, weights, value, published):
    """Krippendorff's four coders, as Gwet 2014 prints them; one unit of twelve has a single label."""
    found = measure(*labels_of("codings"), weights=weights)
    digits = 5e-6 if weights == "none" else 6e-4
    assert found.value == pytest.approx(value, abs=digits)
    assert found.published_standard_error == pytest.approx(published, abs=digits)
    assert found.standard_error < found.published_standard_error
    assert (found.n_units, found.n_labels, found.weights) == (11, 41, weights)
    assert found.seen == pytest.approx(0.8181818) or weights != "none"


@proves(Kind.WORKED, gwet_ac, brennan_prediger)
@pytest.mark.parametrize(
    ("measure", "value", "standard_error"), [(gwet_ac, 0.8493305, 0.04321747), (brennan_prediger, 0.835, 0.04693346)]
)
def test_printed_values_of_two_raters(measure, value, standard_error):
    """Gwet 2014: two abstractors, a hundred patients; tables of two raters are printed with n for n - 1."""
    found = measure(*two_raters(**ABSTRACTORS))
    assert found.value == pytest.approx(value, abs=5e-8)
    assert found.standard_error * np.sqrt(99 / 100) == pytest.approx(standard_error, abs=5e-9)


def test_the_readings_name_the_figure():
    unit, label = labels_of("codings")
    assert gwet_ac(unit, label).reading.startswith("AC1 is 0.775 over 11 units with two labels or more: by the words")
    assert gwet_ac(unit, label, weights="linear").reading.startswith("AC2 is 0.859")
    assert fleiss_kappa(unit, label).reading.startswith("Fleiss' kappa is 0.761")
    assert "almost perfect" in brennan_prediger(unit, label, weights="linear").reading


@proves(Kind.GOLDEN, fleiss_kappa, gwet_ac, brennan_prediger)
@each
def test_codings_as_stored(measure):
    check_golden(f"agreement/{measure.__name__}", measure(*labels_of("codings")))


def by_loops(unit, label, chance, *, pooled=False):
    """The coefficient from every pair of labels, one after the other."""
    kept, q = np.unique(unit), len(np.unique(label))
    agree, pairs, shares, sizes = [], [], [], []
    for one in kept:
        mine = label[unit == one]
        met = [a == b for i, a in enumerate(mine) for j, b in enumerate(mine) if i != j]
        sizes.append(len(mine))
        shares.append([np.mean(mine == c) for c in range(q)])
        if met:
            agree.append(np.mean(met))
            pairs.append(len(met))
    seen = np.average(agree, weights=pairs if pooled else None)
    p = np.average(shares, axis=0, weights=sizes if pooled else None)
    expected = {"fleiss": (p**2).sum(), "gwet": (p * (1 - p)).sum() / (q - 1), "blind": 1 / q}[chance]
    return (seen - expected) / (1 - expected)


@proves(Kind.TWO_WAYS, fleiss_kappa, gwet_ac, brennan_prediger)
def test_the_values_from_every_pair_of_labels():
    rng = np.random.default_rng(31)
    unit, label = np.repeat(np.arange(50), rng.integers(1, 6, 50)), None
    label = (unit + (rng.random(len(unit)) < 0.5) * rng.integers(0, 4, len(unit))) % 4
    assert fleiss_kappa(unit, label).value == pytest.approx(by_loops(unit, label, "fleiss"), abs=1e-12)
    assert gwet_ac(unit, label).value == pytest.approx(by_loops(unit, label, "gwet"), abs=1e-12)
    assert brennan_prediger(unit, label).value == pytest.approx(by_loops(unit, label, "blind"), abs=1e-12)
    pooled = fleiss_kappa(unit, label, pooled=True)
    assert pooled.value == pytest.approx(by_loops(unit, label, "fleiss", pooled=True), abs=1e-12)
    assert pooled.value != pytest.approx(fleiss_kappa(unit, label).value, abs=1e-3)


@proves(Kind.TWO_WAYS, fleiss_kappa, gwet_ac, brennan_prediger)
@pytest.mark.parametrize("more", [{}, {"weights": "linear"}, {"clustered": True}])
@each
def test_the_standard_error_is_near_the_jackknife(measure, more):
    rng = np.random.default_rng(32)
    unit = np.repeat(np.arange(160), rng.integers(1, 5, 160))
    label = np.where(rng.random(len(unit)) < 0.6, (unit // 4) % 3, rng.choice(3, len(unit), p=[0.6, 0.3, 0.1]))
    group = unit // 2 if more.get("clustered") else unit
    kwargs = {"weights": more.get("weights", "none"), "categories": [0, 1, 2]}
    groups = np.unique(group)
    left_out = np.array([measure(unit[group != g], label[group != g], **kwargs).value for g in groups])
    n = len(groups)
    jackknife = np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum())
    found = measure(unit, label, cluster=group, **kwargs)
    assert found.standard_error == pytest.approx(jackknife, rel=0.04)
    assert found.published_standard_error is None


@proves(Kind.TWO_WAYS, fleiss_kappa)
def test_the_pooled_standard_error_is_near_the_jackknife():
    rng = np.random.default_rng(33)
    unit = np.repeat(np.arange(150), rng.integers(1, 7, 150))
    label = np.where(rng.random(len(unit)) < 0.6, unit % 3, rng.integers(0, 3, len(unit)))
    left_out = np.array([fleiss_kappa(unit[unit != u], label[unit != u], pooled=True).value for u in range(150)])
    jackknife = np.sqrt(149 / 150 * ((left_out - left_out.mean()) ** 2).sum())
    found = fleiss_kappa(unit, label, pooled=True)
    assert found.standard_error == pytest.approx(jackknife, rel=0.03)
    assert found.published_standard_error is None


@proves(Kind.TWO_WAYS, fleiss_kappa)
def test_alpha_is_fleiss_kappa_with_a_correction_for_few_labels():
    """1 - alpha = (1 - kappa) (n - 1) / n with n labels, where every unit has as many; so do the errors."""
    kappa, alpha = fleiss_kappa(**columns(DIAGNOSES)), krippendorff_alpha(**columns(DIAGNOSES))
    assert 1 - alpha.value == pytest.approx((1 - kappa.value) * 89 / 90, abs=1e-12)
    assert alpha.standard_error == pytest.approx(kappa.standard_error * 89 / 90, abs=1e-12)


@proves(Kind.TWO_WAYS, fleiss_kappa)
def test_two_raters_without_sides_have_scotts_pi():
    """The value is that of symmetric kappa; Gwet 2014 prints .7962, standard error .05905."""
    fleiss, scott = fleiss_kappa(*two_raters(**ABSTRACTORS)), cohen_kappa(**ABSTRACTORS, symmetric=True)
    assert fleiss.value == pytest.approx(scott.value) == pytest.approx(0.7962397, abs=5e-8)
    assert scott.standard_error == pytest.approx(0.05905473, abs=5e-9)
    assert fleiss.standard_error == pytest.approx(scott.standard_error * np.sqrt(100 / 99))


def test_what_is_seen_is_the_percentage_where_units_have_as_many_labels():
    unit, label = as_columns(simulated(np.random.default_rng(34), 40, 3, knows=0.5, shares=[0.5, 0.5]))
    pairs = pairs_within_units(unit, label)
    assert 100 * gwet_ac(unit, label).seen == pytest.approx(percent_agreement(pairs.first, pairs.second).percent)


@proves(Kind.PROPERTY, fleiss_kappa, gwet_ac, brennan_prediger)
@unhurried
@given(labelled, st.permutations(range(4)), st.randoms(use_true_random=False), st.sampled_from(ALL))
def test_names_order_and_repetition_do_not_matter(rows, names, random, measure):
    unit, label, count = np.array(rows).T
    order, spread = random.sample(range(len(rows)), len(rows)), np.repeat(np.arange(len(rows)), count)
    expected = numbers(measure(unit, label, count=count))
    shuffled = measure(unit[order] * -3 + 1, label[order], count=count[order])
    np.testing.assert_allclose(numbers(shuffled), expected, atol=1e-9)
    np.testing.assert_allclose(numbers(measure(unit[spread], label[spread])), expected, atol=1e-9)
    renamed = measure(unit, np.array(names)[label], count=count)
    # Where units are all alike the ends doubt the two commonest labels, and a tie for that goes by code.
    np.testing.assert_allclose(numbers(renamed)[0], expected[0], atol=1e-9)


@proves(Kind.PROPERTY, fleiss_kappa, gwet_ac, brennan_prediger)
@unhurried
@given(labelled, st.sampled_from(ALL))
def test_clusters_of_one_unit_are_no_clusters_and_identity_weights_none(rows, measure):
    unit, label, count = np.array(rows).T
    expected = numbers(measure(unit, label, count=count))
    np.testing.assert_allclose(numbers(measure(unit, label, count=count, cluster=unit + 5)), expected, atol=1e-12)
    q = len(np.unique(label[count > 0]))
    if q > 1:
        table = 2.5 * (1 - np.eye(q))
        np.testing.assert_allclose(numbers(measure(unit, label, count=count, weights=table)), expected, atol=1e-12)


def test_a_lopsided_table_is_evened_out():
    unit, label = labels_of("codings")
    lopsided = np.triu(np.ones((5, 5)), 1) * 2
    assert gwet_ac(unit, label, weights=lopsided).value == pytest.approx(gwet_ac(unit, label).value)


def test_copies_of_every_unit_carry_what_one_carries():
    unit, label = labels_of("codings")
    copies = np.tile(unit, 10) + np.repeat(np.arange(10), len(unit)) * 100
    for measure in ALL:
        once, clustered = measure(unit, label), measure(copies, np.tile(label, 10), cluster=np.tile(unit, 10))
        assert clustered.value == pytest.approx(once.value)
        assert (clustered.standard_error, clustered.low) == pytest.approx((once.standard_error, once.low))


POPULATION = {"fleiss_kappa": lambda p: (p**2).sum(), "gwet_ac": lambda p: (p * (1 - p)).sum() / (len(p) - 1)}


@proves(Kind.RECOVERY, fleiss_kappa, gwet_ac, brennan_prediger)
@pytest.mark.slow
@pytest.mark.parametrize("overlap", [1.0, 0.2])
@each
def test_the_interval_holds_the_truth(measure, overlap):
    """Three raters a unit, or only on a fifth of 300 units: the intervals hold the truth either way.

    The published standard error is twice too large in the second case, and covers nearly always.
    """
    rng, shares = np.random.default_rng(35), np.array([0.6, 0.3, 0.1])
    by_chance = POPULATION.get(measure.__name__, lambda p: 1 / len(p))(shares)
    agreement = 0.85**2 + (1 - 0.85**2) * (shares**2).sum()
    truth = (agreement - by_chance) / (1 - by_chance)
    held, ratio = 0, []
    for _ in range(400):
        unit, label = as_columns(simulated(rng, 300, 3, knows=0.85, shares=shares))
        keep = (rng.random(300) < overlap)[unit] | (np.arange(900) % 3 == 0)
        found = measure(unit[keep], label[keep], categories=[0, 1, 2])
        held += covers(found, truth)
        ratio.append(found.published_standard_error / found.standard_error)
    assert held / 400 == pytest.approx(0.945, abs=0.03)
    assert np.mean(ratio) == pytest.approx(1.0, abs=1e-9) if overlap == 1 else np.mean(ratio) > 1.5


def test_ac1_stays_where_kappa_collapses():
    """The paradox: 95 of 100 pairs agree and nearly all on one category."""
    unit, label = np.repeat(np.arange(100), 2), np.zeros(200, dtype=int)
    label[1:11:2] = 1
    assert fleiss_kappa(unit, label).value == pytest.approx(-0.0256, abs=1e-4)
    assert gwet_ac(unit, label).value == pytest.approx(0.9474, abs=1e-4)


@proves(Kind.DEGENERATE, fleiss_kappa, gwet_ac, brennan_prediger)
@each
def test_undefined_coefficients_say_why(measure):
    for unit, label, told in [
        ([], [], "No unit has two labels"),
        ([0, 1, 2], [0, 1, 0], "No unit has two labels"),
        ([0, 0, 1, 1], [3, 3, 3, 3], "nothing says which others there were"),
    ]:
        found = measure(unit, label)
        assert (found.value, found.low, found.standard_error, found.seen) == (None, None, None, None)
        assert told in found.reading
    assert measure([0, 0, 1], [3, 3, 3], count=[1, 0, 1]).n_units == 0


@proves(Kind.DEGENERATE, fleiss_kappa, gwet_ac, brennan_prediger)
def test_one_category_of_several():
    """Two of three categories nobody gave: alpha and kappa stay undefined, AC1 and its kin do not."""
    unit, label = np.repeat(np.arange(20), 2), np.full(40, 1)
    kappa = fleiss_kappa(unit, label, categories=[0, 1, 2])
    assert kappa.value is None
    assert "chance alone would agree always and Fleiss' kappa is undefined" in kappa.reading
    for measure in (gwet_ac, brennan_prediger):
        found = measure(unit, label, categories=[0, 1, 2])
        assert (found.value, found.high, found.standard_error) == (1.0, 1.0, 0.0)
        assert 0.5 < found.low < 1


@proves(Kind.DEGENERATE, fleiss_kappa, gwet_ac, brennan_prediger)
@each
def test_agreement_on_every_unit_is_not_certain_and_one_unit_has_no_interval(measure):
    found = measure(np.repeat(np.arange(12), 2), np.repeat([0, 1, 2] * 4, 2))
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low < 0.95
    alone = measure([0, 0, 0, 1], [0, 0, 1, 1])
    assert (alone.low, alone.high, alone.standard_error) == (None, None, None)
    assert "Too few units for an interval" in alone.reading
    assert measure([0, 0, 0], [0, 0, 1]).published_standard_error is None


@proves(Kind.DEGENERATE, fleiss_kappa, gwet_ac, brennan_prediger)
@each
def test_malformed_input_is_refused(measure):
    with pytest.raises(InvalidInput, match=r"equally long.*unit 2, label 1"):
        measure([0, 0], [1])
    with pytest.raises(InvalidInput, match="Label 7 is not among `categories`"):
        measure([0, 0], [1, 7], categories=[1, 2])
    with pytest.raises(InvalidInput, match="`weights` is 'cubic'"):
        measure([0, 0], [1, 2], weights="cubic")
    with pytest.raises(InvalidInput, match="A unit lies in two clusters"):
        measure([0, 0], [1, 2], cluster=[1, 2])
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        measure([0, 0], [1, 2], confidence_level=95)


@proves(Kind.DEGENERATE, fleiss_kappa, gwet_ac, brennan_prediger)
@each
def test_labels_that_double_precision_would_make_one_are_refused(measure):
    with pytest.raises(InvalidInput, match=f"`label` holds {2**60 + 1}; number labels within"):
        measure([0, 0, 1, 1], [2**60, 2**60 + 1, 2**60, 2**60 + 1])
