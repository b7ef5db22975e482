"""Krippendorff's alpha for labels without order: printed values, a jackknife, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.stats.agreement import krippendorff_alpha
from apps.stats.errors import InvalidInput
from tests.stats.agreement.labels_for_tests import DIAGNOSES, columns, unhurried
from tests.stats.comparisons_for_tests import labels_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

labelled = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), min_size=1, max_size=40)


@proves(Kind.WORKED, krippendorff_alpha)
@pytest.mark.parametrize(
    ("name", "printed", "n_units", "n_values"), [("codings", 0.7434211, 11, 40), ("gcl", 0.0833333, 4, 15)]
)
def test_printed_values(name, printed, n_units, n_values):
    """Krippendorff 2011, section E, prints .743 for four coders and twelve units."""
    found = krippendorff_alpha(*labels_of(name))
    assert found.value == pytest.approx(printed, abs=5e-8)
    assert (found.n_units, found.n_values) == (n_units, n_values)
    assert found.low < found.value < found.high <= 1


@proves(Kind.WORKED, krippendorff_alpha)
def test_a_printed_value_of_counted_labels():
    """Gwet 2014 on the diagnoses of Fleiss 1971: .4204."""
    assert krippendorff_alpha(**columns(DIAGNOSES)).value == pytest.approx(0.4204384, abs=5e-8)


@proves(Kind.GOLDEN, krippendorff_alpha)
def test_codings_as_stored():
    check_golden("agreement/krippendorff_alpha", krippendorff_alpha(*labels_of("codings")))


@proves(Kind.TWO_WAYS, krippendorff_alpha)
def test_the_standard_error_is_near_the_jackknife_over_units():
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 200)
    unit = np.repeat(np.arange(200), rng.integers(2, 12, 200))
    # Units with many labels also agree less: their size must enter the influence.
    noise = np.bincount(unit)[unit] / 14
    label = np.where(rng.random(len(unit)) > noise, truth[unit], rng.integers(0, 3, len(unit)))
    left_out = np.array([krippendorff_alpha(unit[unit != u], label[unit != u]).value for u in range(200)])
    jackknife = np.sqrt(199 / 200 * ((left_out - left_out.mean()) ** 2).sum())
    assert krippendorff_alpha(unit, label).standard_error == pytest.approx(jackknife, rel=0.02)


def test_clusters_of_copies_carry_what_one_carries():
    """Ten copies of every unit, clustered, have the standard error of one; unclustered they pretend to more."""
    unit, label = labels_of("codings")
    shift = np.repeat(np.arange(10), len(unit)) * 100
    copies, copied_labels = np.tile(unit, 10) + shift, np.tile(label, 10)
    clustered = krippendorff_alpha(copies, copied_labels, cluster=np.tile(unit, 10))
    once, apart = krippendorff_alpha(unit, label), krippendorff_alpha(copies, copied_labels)
    assert (clustered.n_clusters, clustered.n_units) == (11, 110)
    assert clustered.standard_error == pytest.approx(once.standard_error, rel=0.03)
    assert apart.standard_error < 0.4 * once.standard_error


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_a_unit_in_two_clusters_is_refused():
    with pytest.raises(InvalidInput, match="A unit lies in two clusters"):
        krippendorff_alpha([0, 0, 1, 1], [0, 1, 0, 0], cluster=[0, 1, 2, 2])


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_perfect_agreement_is_not_certain():
    found = krippendorff_alpha(np.repeat(np.arange(8), 2), np.repeat([0, 1] * 4, 2))
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0 < found.low < 0.9
    more = krippendorff_alpha(np.repeat(np.arange(80), 2), np.repeat([0, 1] * 40, 2))
    assert found.low < more.low < 1


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_units_that_all_split_alike_are_not_certain_either():
    found = krippendorff_alpha(np.repeat(np.arange(5), 2), [0, 1] * 5)
    assert found.value == pytest.approx(-0.8)
    assert found.low < found.value < found.high


@proves(Kind.DEGENERATE, krippendorff_alpha)
@pytest.mark.parametrize(
    ("unit", "label", "told"),
    [
        ([], [], "No unit has two labels"),
        ([0, 1, 2], [0, 1, 0], "No unit has two labels"),
        ([0, 0, 1, 1], [2, 2, 2, 2], "Every label is the same category"),
        ([0, 0, 1], [2, 2, 1], "Every label is the same category"),
    ],
)
def test_undefined_alpha_says_why(unit, label, told):
    found = krippendorff_alpha(unit, label)
    assert (found.value, found.low, found.high, found.standard_error) == (None, None, None, None)
    assert told in found.reading


@proves(Kind.DEGENERATE, krippendorff_alpha)
def test_one_unit_has_no_interval():
    found = krippendorff_alpha([0, 0, 0], [0, 0, 1])
    assert found.value == pytest.approx(0)
    assert (found.low, found.high) == (None, None)
    assert "Too few units" in found.reading


@pytest.mark.parametrize(
    ("agreeing", "word"), [(97, "at least .800"), (85, "between .667 and .800"), (60, "below .667")]
)
def test_the_reading_names_krippendorffs_band(agreeing, word):
    label = np.array([[i % 2, i % 2 if i < agreeing else 1 - i % 2] for i in range(100)])
    found = krippendorff_alpha(np.repeat(np.arange(100), 2), label.ravel())
    assert word in found.reading


def both(unit, label, **more):
    found = krippendorff_alpha(unit, label, **more)
    return [np.nan if each is None else each for each in (found.value, found.low, found.high)]


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(labelled, st.randoms(use_true_random=False))
def test_who_said_it_and_in_which_order_does_not_matter(rows, random):
    unit, label = np.array(rows).T
    order = list(range(len(rows)))
    random.shuffle(order)
    names = np.array(random.sample(range(50), 4))
    expected = both(unit, label)
    np.testing.assert_allclose(both(unit[order], label[order]), expected, atol=1e-12)
    np.testing.assert_allclose(both(unit * -7 + 3, label), expected, atol=1e-12)
    # Where units are all alike the ends doubt the two commonest labels, and a tie for that goes by code.
    np.testing.assert_allclose(both(unit, names[label])[0], expected[0], atol=1e-12)


@proves(Kind.PROPERTY, krippendorff_alpha)
@unhurried
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 4)), min_size=1, max_size=20))
def test_a_count_is_repetition(rows):
    unit, label, count = np.array(rows).T
    spread = np.repeat(np.arange(len(rows)), count)
    np.testing.assert_allclose(
        both(unit, label, count=count), both(unit[spread], label[spread]), atol=1e-12, equal_nan=True
    )
