"""The patients of Dawid and Skene, another package, plain loops, and raters whose confusions are known."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.stats.errors import InvalidInput
from apps.stats.raters import dawid_skene
from apps.stats.simulation import simulate_labels
from tests.stats.comparisons_for_tests import DATA
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

ORACLE = Path(__file__).parents[2] / "oracles" / "values" / "raters.json"
unhurried = settings(deadline=None, max_examples=25)
labelled = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 3), st.integers(0, 2), st.integers(1, 2)), min_size=6, max_size=40
)


def patients():
    with (DATA / "dawid_skene_1979.csv").open(encoding="utf-8") as file:
        rows = [[int(row[name]) for name in ("patient", "observer", "label")] for row in csv.DictReader(file)]
    return np.array(rows).T


def stored_labels():
    """Units, raters and labels of the simulated table, units down and raters across."""
    with (DATA / "simulated_labels.csv").open(encoding="utf-8") as file:
        table = list(csv.reader(file))[1:]
    filled = [(u, r, int(cell)) for u, row in enumerate(table) for r, cell in enumerate(row) if cell]
    return np.array(filled).T


def fitted(unit, rater, label, count=None, **more):
    return dawid_skene(unit, rater, label, count, rng=np.random.default_rng(0), **({"n_draws": 100} | more))


@proves(Kind.WORKED, dawid_skene)
def test_the_patients_of_dawid_and_skene():
    """Dawid & Skene 1979, Applied Statistics 28, 20-28: 45 patients, 5 observers, the first of whom saw each thrice."""
    found = fitted(*patients())
    np.testing.assert_allclose(found.prevalence, [0.3996, 0.4220, 0.1118, 0.0667], atol=5e-5)
    assert found.log_likelihood == pytest.approx(-192.8909, abs=5e-5)
    assert (found.converged, found.n.tolist()) == (True, [135, 45, 45, 45, 45])
    assert "settled after" in found.reading


@proves(Kind.WORKED, dawid_skene)
def test_three_raters_who_always_agree():
    """By hand: six units of one label and two of the other; the likelihood is (3/4)^6 (1/4)^2, nobody confuses."""
    found = fitted(np.repeat(np.arange(8), 3), np.tile([0, 1, 2], 8), np.repeat([5] * 6 + [9] * 2, 3))
    np.testing.assert_allclose(found.prevalence, [0.75, 0.25])
    np.testing.assert_allclose(found.confusion, np.tile(np.eye(2), (3, 1, 1)))
    assert found.log_likelihood == pytest.approx(6 * math.log(0.75) + 2 * math.log(0.25))
    assert (found.confusion_high[:, 0, 1] > 0.02).all(), "six of six are not certainty"
    assert "no confusion" in found.readings[0]


@proves(Kind.GOLDEN, dawid_skene)
def test_the_patients_as_stored():
    check_golden("raters/dawid_skene", fitted(*patients(), n_draws=500))


@proves(Kind.TWO_WAYS, dawid_skene)
@pytest.mark.parametrize(("name", "columns"), [("dawid_skene_1979", patients), ("simulated", stored_labels)])
def test_crowd_kit_comes_to_the_same(name, columns):
    """crowd-kit 1.4.2, run for 300 steps (tests/oracles/raters.py)."""
    stored = json.loads(ORACLE.read_text())["values"][name]["crowd-kit"]
    found = fitted(*columns())
    np.testing.assert_allclose(found.prevalence, stored["shares"], atol=1e-6)
    np.testing.assert_allclose(found.posterior, stored["posterior"], atol=1e-6)
    np.testing.assert_allclose(found.confusion, stored["confusion"], atol=1e-6)


def by_loops(unit, rater, label, prevalence, confusion):
    """Log likelihood and posteriors by Bayes' rule, one label at a time; codes count from 0."""
    joint = np.tile(prevalence, (unit.max() + 1, 1))
    for u, r, given_label in zip(unit, rater, label, strict=True):
        joint[u] *= confusion[r, :, given_label]
    return np.log(joint.sum(axis=1)).sum(), joint / joint.sum(axis=1, keepdims=True)


@proves(Kind.TWO_WAYS, dawid_skene)
def test_likelihood_by_loops_and_no_better_place_near_the_top():
    study = simulate_labels(
        n_units=40, n_raters=4, prevalence=[0.5, 0.3, 0.2], rng=np.random.default_rng(3), missing_share=0.1
    )
    columns = (study.unit, study.rater, study.label)
    found = fitted(*columns)
    log_likelihood, posterior = by_loops(*columns, found.prevalence, found.confusion)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-8)
    np.testing.assert_allclose(found.posterior, posterior, atol=1e-8)
    rng = np.random.default_rng(1)
    for size in (0.01, 0.1):
        for _ in range(50):
            near = [
                moved / moved.sum(axis=-1, keepdims=True)
                for moved in (
                    each * rng.uniform(1 - size, 1 + size, each.shape) for each in (found.prevalence, found.confusion)
                )
            ]
            assert by_loops(*columns, *near)[0] <= log_likelihood + 1e-9


def enough(unit, rater, label):
    """Some unit with three raters, and two different labels."""
    raters = [len(set(rater[unit == u])) for u in np.unique(unit)]
    return max(raters) >= 3 and len(set(label)) >= 2


@pytest.mark.slow
@proves(Kind.PROPERTY, dawid_skene)
@unhurried
@given(labelled, st.randoms(use_true_random=False))
def test_order_and_names_do_not_matter_and_a_count_is_repetition(rows, random):
    unit, rater, label, count = np.array(rows).T
    assume(enough(unit, rater, label))
    # Few steps, for random labels settle slowly; each step must agree.
    found = fitted(unit, rater, label, count, max_steps=40)
    spread = np.repeat(np.arange(len(rows)), count)
    random.shuffle(order := spread.tolist())
    again = fitted(-unit[order], 7 - 2 * rater[order], -label[order], max_steps=40)
    np.testing.assert_allclose(again.posterior[::-1, ::-1], found.posterior, atol=1e-6)
    np.testing.assert_allclose(again.prevalence[::-1], found.prevalence, atol=1e-6)
    np.testing.assert_allclose(again.confusion[::-1, ::-1, ::-1], found.confusion, atol=1e-4)
    assert again.log_likelihood == pytest.approx(found.log_likelihood)


@pytest.mark.slow
@proves(Kind.PROPERTY, dawid_skene)
@unhurried
@given(labelled, st.integers(1, 30))
def test_everything_is_a_probability_and_steps_only_climb(rows, n_steps):
    unit, rater, label, count = np.array(rows).T
    assume(enough(unit, rater, label))
    found = fitted(unit, rater, label, count, max_steps=n_steps)
    for each in (found.prevalence, found.posterior):
        np.testing.assert_allclose(each.sum(axis=-1), 1)
    met = ~np.isnan(found.confusion).any(axis=2)
    np.testing.assert_allclose(found.confusion[met].sum(axis=-1), 1)
    for name in ("prevalence", "confusion"):
        low, middle, high = (getattr(found, name + end)[...] for end in ("_low", "", "_high"))
        known = ~np.isnan(middle)
        assert ((low <= middle) & (middle <= high))[known].all()
        assert (np.isnan(low) == ~known).all()
    assert fitted(unit, rater, label, count, max_steps=n_steps + 1).log_likelihood >= found.log_likelihood - 1e-9


@pytest.mark.slow
@proves(Kind.RECOVERY, dawid_skene)
@pytest.mark.parametrize(
    ("n_units", "n_raters", "accuracy", "missing_share"),
    [(100, 5, 0.75, 0.0), (200, 3, 0.75, 0.0), (150, 8, 0.65, 0.4)],
)
def test_intervals_hold_the_confusions(n_units, n_raters, accuracy, missing_share):
    rng = np.random.default_rng(21)
    held, common = [], []
    for _ in range(25):
        study = simulate_labels(
            n_units=n_units,
            n_raters=n_raters,
            prevalence=[0.5, 0.3, 0.2],
            rng=rng,
            accuracy=rng.uniform(accuracy - 0.15, accuracy + 0.15, n_raters),
            missing_share=missing_share,
        )
        found = dawid_skene(study.unit, study.rater, study.label, rng=rng, n_draws=400)
        held.append(((found.confusion_low <= study.confusion) & (study.confusion <= found.confusion_high)).mean())
        common.append(((found.prevalence_low <= study.prevalence) & (study.prevalence <= found.prevalence_high)).mean())
    # About as good as that many studies allow: matrices of one study hang together.
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)
    assert np.mean(common) > 0.88


@proves(Kind.RECOVERY, dawid_skene)
def test_one_good_rater_outvotes_two_coins():
    """Two of five toss coins: the model learns which, and finds more of the truth than the majority does."""
    rng = np.random.default_rng(5)
    study = simulate_labels(
        n_units=400, n_raters=5, prevalence=[0.6, 0.4], rng=rng, accuracy=[0.95, 0.5, 0.8, 0.5, 0.8]
    )
    found = fitted(study.unit, study.rater, study.label)
    right = np.einsum("rtt,t->r", found.confusion, found.prevalence)
    assert right[0] > 0.88
    np.testing.assert_allclose(right[[1, 3]], 0.5, atol=0.1)
    np.testing.assert_allclose(right[[2, 4]], 0.8, atol=0.08)
    majority = np.bincount(study.unit, weights=study.label) > 2.5
    assert (found.posterior.argmax(axis=1) == study.true_label).mean() > 0.03 + (majority == study.true_label).mean()


@proves(Kind.DEGENERATE, dawid_skene)
def test_a_rater_alone_is_left_out():
    unit, rater, label = patients()
    found = fitted([*unit, 99, 98], [*rater, 6, 6], [*label, 1, 2])
    assert found.n.tolist() == [135, 45, 45, 45, 45, 0]
    assert np.isnan(found.confusion[5]).all() and np.isnan(found.confusion_low[5]).all()
    assert "shares no unit" in found.readings[5]
    np.testing.assert_allclose(found.posterior[-2:], np.tile(found.prevalence, (2, 1)), atol=1e-6)
    assert found.log_likelihood == pytest.approx(-192.8909, abs=5e-5)


@proves(Kind.DEGENERATE, dawid_skene)
def test_a_true_label_that_a_rater_never_met_is_unknown():
    unit, rater = np.repeat(np.arange(20), 4), np.tile([0, 1, 2, 3], 20)
    keep = (rater < 3) | (unit < 10)
    found = fitted(unit[keep], rater[keep], (unit >= 10).astype(int)[keep])
    assert np.isnan(found.confusion[3, 1]).all()
    np.testing.assert_allclose(found.confusion[3, 0], [1, 0])


@proves(Kind.DEGENERATE, dawid_skene)
def test_steps_cut_short_are_told():
    found = fitted(*patients(), max_steps=3)
    assert (found.converged, found.n_steps) == (False, 3)
    assert "had NOT settled" in found.reading


@proves(Kind.DEGENERATE, dawid_skene)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit": [], "rater": [], "label": []}, "Fewer than two different labels"),
        ({"label": [1, 1, 1]}, "Fewer than two different labels"),
        ({"rater": [0, 1, 1]}, "No unit was labelled by three raters"),
        ({"unit": [0, 0, 1]}, "No unit was labelled by three raters"),
        ({"unit": [0, 0]}, "equally long"),
        ({"label": [0.5, 1, 1]}, "whole numbers"),
        ({"count": [1, 1, -1]}, "negative entry"),
        ({"n_draws": 10}, "n_draws of 100 or more"),
        ({"max_steps": 0}, "max_steps of 1 or more"),
        ({"confidence_level": 95}, "confidence_level is 95"),
    ],
)
def test_what_cannot_be_fitted(change, told):
    with pytest.raises(InvalidInput, match=told):
        fitted(**({"unit": [0, 0, 0], "rater": [0, 1, 2], "label": [0, 1, 1]} | change))


def test_equal_seeds_give_equal_intervals():
    one, other = fitted(*patients()), fitted(*patients())
    np.testing.assert_array_equal(one.confusion_low, other.confusion_low)
    assert "errs most often by saying 3 where 4 is true" in one.readings[0]
