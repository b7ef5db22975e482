"""Simulated labels follow the confusion matrices, and their truth is what agreement measures find."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.agreement import cohen_kappa, krippendorff_alpha
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.simulation import Errors, simulate_labels
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves


def labels(seed=1, **settings):
    plan = {"n_units": 200, "n_raters": 3, "prevalence": [0.5, 0.3, 0.2]}
    return simulate_labels(**{**plan, **settings}, rng=np.random.default_rng(seed))


@proves(Kind.WORKED, simulate_labels)
def test_kappa_and_alpha_of_equally_accurate_raters():
    """By hand: two labels, half each, right 8 times in 10: agreement .68, by chance .5, so (.68 - .5) / .5."""
    drawn = labels(prevalence=[0.5, 0.5], accuracy=0.8)
    assert drawn.kappa()[0, 1] == pytest.approx(0.36)
    assert drawn.alpha() == pytest.approx(0.36)
    np.testing.assert_allclose(drawn.confusion[0], [[0.8, 0.2], [0.2, 0.8]])


def test_ordinal_errors_halve_with_every_step():
    """By hand: accuracy .7 leaves .3 to share as 2 : 1 from an end, 1 : 1 from the middle."""
    drawn = labels(accuracy=0.7, errors=Errors.ORDINAL)
    np.testing.assert_allclose(drawn.confusion[0], [[0.7, 0.2, 0.1], [0.15, 0.7, 0.15], [0.1, 0.2, 0.7]])


@proves(Kind.TWO_WAYS, simulate_labels)
@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_the_alpha_of_endless_units_is_that_of_very_many(level):
    drawn = labels(n_units=60_000, accuracy=[0.9, 0.7, 0.6], errors="ordinal", missing_share=0.3)
    found = krippendorff_alpha(drawn.unit, drawn.label, level=level)
    assert found.value == pytest.approx(drawn.alpha(level), abs=0.01)


@pytest.mark.slow
def test_the_kappa_of_endless_units_is_that_of_very_many():
    drawn = labels(n_units=60_000, accuracy=[0.9, 0.7, 0.6])
    first, second = (drawn.label[drawn.rater == rater] for rater in (0, 2))
    assert cohen_kappa(first, second).value == pytest.approx(drawn.kappa()[0, 2], abs=0.02)


@proves(Kind.RECOVERY, simulate_labels)
def test_prevalence_confusion_and_missing_cells_come_back():
    given_table = np.array([[0.8, 0.15, 0.05], [0.1, 0.7, 0.2], [0.0, 0.4, 0.6]])
    drawn = labels(n_units=100_000, confusion=given_table, missing_share=0.25)
    np.testing.assert_allclose(np.bincount(drawn.true_label) / 100_000, [0.5, 0.3, 0.2], atol=0.01)
    assert len(drawn.label) / 300_000 == pytest.approx(0.75, abs=0.005)
    hers = drawn.rater == 1
    table = np.zeros((3, 3))
    np.add.at(table, (drawn.true_label[drawn.unit[hers]], drawn.label[hers]), 1)
    np.testing.assert_allclose(table / table.sum(axis=1, keepdims=True), given_table, atol=0.02)


@proves(Kind.GOLDEN, simulate_labels)
def test_the_stored_labels():
    check_golden("simulation/simulate_labels", labels(n_units=8, accuracy=[0.9, 0.6, 0.5], missing_share=0.2))


@given(seed=st.integers(0, 2**32), accuracy=st.floats(0, 1), missing=st.floats(0, 0.9))
@settings(deadline=None, max_examples=40)
@proves(Kind.PROPERTY, simulate_labels)
def test_each_cell_is_filled_at_most_once_with_a_label(seed, accuracy, missing):
    drawn = labels(seed, n_units=30, accuracy=accuracy, missing_share=missing)
    again = labels(seed, n_units=30, accuracy=accuracy, missing_share=missing)
    np.testing.assert_array_equal(drawn.label, again.label)
    assert len(set(zip(drawn.unit.tolist(), drawn.rater.tolist(), strict=True))) == len(drawn.unit)
    assert set(drawn.label.tolist()) <= {0, 1, 2}
    np.testing.assert_allclose(drawn.confusion.sum(axis=-1), 1)


def test_perfect_raters_agree_and_a_rater_alone_has_no_alpha():
    perfect = labels(accuracy=1.0)
    np.testing.assert_array_equal(perfect.label, perfect.true_label[perfect.unit])
    assert perfect.alpha() == pytest.approx(1.0)
    with pytest.raises(InvalidInput, match="two raters and two labels"):
        labels(n_raters=1).alpha()
    with pytest.raises(InvalidInput, match="`level` is 'ratio'"):
        perfect.alpha("ratio")


@proves(Kind.DEGENERATE, simulate_labels)
@pytest.mark.parametrize(
    ("settings", "refusal", "told"),
    [
        ({"n_units": 0}, EmptyInput, "at least one unit and one rater"),
        ({"prevalence": [0.5, 0.6]}, InvalidInput, "summing to 1"),
        ({"prevalence": [1.0]}, InvalidInput, "two or more labels"),
        ({"accuracy": 1.2}, InvalidInput, "no probabilities"),
        ({"errors": "sideways"}, InvalidInput, "give one of nominal, ordinal"),
        ({"missing_share": 1.0}, InvalidInput, "`missing_share` is 1"),
        ({"confusion": np.eye(2)}, InvalidInput, r"`confusion` has shape \(2, 2\)"),
        ({"confusion": np.full((3, 3), 0.5)}, InvalidInput, "must be 0..1 and sum to 1"),
    ],
)
def test_labels_that_cannot_be_are_refused(settings, refusal, told):
    with pytest.raises(refusal, match=told):
        labels(**settings)
