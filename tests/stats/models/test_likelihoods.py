"""Slopes and curvatures of the likelihoods against differences of their values."""

import numpy as np
import pytest

from apps.stats.errors import SeparatedComparisons, StatisticsError
from apps.stats.models import joint
from apps.stats.models.cycles import has_negative_cycle
from apps.stats.models.davidson import Davidson
from apps.stats.models.joint import ascend, inverse_among_strengths, penalised_ascent
from apps.stats.models.logistic import Design, LogisticAt
from apps.stats.models.rao_kupper import RaoKupper
from apps.stats.models.tie_likelihood import TieLikelihoodAt, bounds_tie_width
from tests.stats.comparisons_for_tests import counts_of

COUNTS = counts_of(4, (0, 1, 5, 2, 3), (1, 2, 4, 1), (2, 3, 2, 2, 1), (3, 0, 1, 6), (0, 2, 3, 0))
AT = np.array([0.7, -0.4, 0.3, -0.6, 0.5])


def tie_likelihood(model):
    return TieLikelihoodAt(model, COUNTS.wins(), COUNTS.ties(), AT)


def logistic():
    rng = np.random.default_rng(5)
    first = rng.integers(0, 3, 40)
    second = (first + rng.integers(1, 3, 40)) % 3
    weight = rng.uniform(0.5, 2, 40)
    design = Design(3, first, second, rng.choice([0, 0.5, 1], 40), weight, weight**2, rng.normal(size=(2, 40)))
    return LogisticAt(design, np.array([0.5, -0.2, -0.3, 0.4, -0.8]))


LIKELIHOODS = [tie_likelihood(Davidson()), tie_likelihood(RaoKupper()), logistic()]
each_likelihood = pytest.mark.parametrize("here", LIKELIHOODS, ids=["davidson", "rao_kupper", "logistic"])


def slope(here, function, step=1e-5):
    """Central differences of a function of the likelihood along each parameter."""
    steps = step * np.eye(len(here.parameters))
    return np.array(
        [(function(here.at(here.parameters + h)) - function(here.at(here.parameters - h))) / (2 * step) for h in steps]
    )


@each_likelihood
def test_the_gradient_is_the_slope_of_the_value(here):
    np.testing.assert_allclose(here.gradient, slope(here, lambda there: there.value), atol=1e-7)


@each_likelihood
def test_the_information_is_the_slope_of_the_gradient(here):
    np.testing.assert_allclose(here.information, -slope(here, lambda there: there.gradient), atol=1e-7)


@each_likelihood
def test_the_penalty_gradient_is_the_slope_of_the_penalty(here):
    found = slope(here, lambda there: there.penalised_value - there.value)
    np.testing.assert_allclose(here.penalty_gradient, found, atol=1e-7)


@each_likelihood
def test_the_inverse_is_that_of_moore_and_penrose(here):
    inverse = here.inverse_information
    np.testing.assert_allclose(inverse, np.linalg.pinv(here.information), atol=1e-10)
    np.testing.assert_allclose(inverse[:, : here.n_strengths].sum(axis=1), 0, atol=1e-12)


@each_likelihood
def test_no_step_away_from_the_top_leads_up(here):
    for climb, height in ((ascend, "value"), (penalised_ascent, "penalised_value")):
        top = climb(here)
        for step in np.random.default_rng(0).normal(0, 1e-2, (20, len(AT))):
            assert getattr(top.moved(step), height) < getattr(top, height)


@pytest.mark.parametrize("model", [Davidson(), RaoKupper()])
def test_a_comparison_is_won_tied_or_lost(model):
    gaps = np.subtract.outer([0.0, 3.0, -40.0, 0.1], [0.0, 3.0, -40.0, 0.1])
    win, tie = model.terms(gaps, 0.6)
    np.testing.assert_allclose(np.exp(win.value) + np.exp(win.value.T) + np.exp(tie.value), 1, atol=1e-14)


def test_the_information_of_davidsons_model_is_expected_whatever_was_seen():
    here = tie_likelihood(Davidson())
    np.testing.assert_allclose(here.information, here.expected_information, atol=1e-12)


def test_rows_read_in_parts_are_the_rows_read_at_once(monkeypatch):
    from apps.stats.models import logistic as module

    whole = logistic()
    found = whole.value, whole.gradient, whole.information, whole.sandwich(40), whole.least_covariance()
    monkeypatch.setattr(module, "_ROWS_AT_ONCE", 1)
    parts = logistic()
    assert len(parts.design.parts) == 2
    again = parts.value, parts.gradient, parts.information, parts.sandwich(40), parts.least_covariance()
    for one, other in zip(found, again, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_the_inverse_is_the_same_in_any_units():
    here = logistic()
    units = np.array([1, 1, 1, 1e3, 1e-3])
    scaled = inverse_among_strengths(here.information * np.outer(units, units), 3)
    np.testing.assert_allclose(scaled * np.outer(units, units), here.inverse_information, rtol=1e-7, atol=1e-12)


# What keeps the tie width finite


@pytest.mark.parametrize(
    ("pairs", "bounded"),
    [
        ([(0, 1, 1, 1, 1)], True),
        ([(0, 1, 3, 0, 2)], False),
        ([(0, 1, 0, 0, 4)], False),
        ([(0, 1, 1, 0), (1, 2, 1, 0), (2, 0, 1, 0), (2, 3, 0, 0, 1)], True),
        ([(0, 1, 1, 0), (1, 2, 1, 0), (2, 0, 0, 0, 1)], True),
        ([(0, 1, 1, 0), (1, 2, 0, 0, 1), (2, 0, 0, 0, 1)], False),
        ([(0, 1, 1, 0), (1, 2, 0, 0, 1), (2, 3, 1, 0), (3, 0, 0, 0, 1)], False),
    ],
)
def test_ties_could_always_be_wider_unless_a_cycle_has_more_wins(pairs, bounded):
    counts = counts_of(4, *pairs)
    assert bounds_tie_width(counts.wins(), counts.ties()) is bounded


def test_a_cycle_ends_below_zero():
    joined = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], dtype=bool)
    steps = np.array([[0, -1, 9], [9, 0, -1], [1.5, 9, 0]])
    assert has_negative_cycle(joined, steps)
    assert not has_negative_cycle(joined, np.where(steps == 1.5, 2.0, steps))


# Refusals


def test_a_penalised_fit_that_does_not_settle_is_refused(monkeypatch):
    monkeypatch.setattr(joint, "_MOST_PENALISED_STEPS", 0)
    with pytest.raises(StatisticsError, match="penalised fit did not settle"):
        penalised_ascent(logistic())


def test_a_fit_that_does_not_settle_is_refused(monkeypatch):
    monkeypatch.setattr(joint, "_MOST_STEPS", 0)
    with pytest.raises(StatisticsError, match="did not settle"):
        ascend(logistic())


def test_a_fit_that_cannot_rise_is_refused(monkeypatch):
    monkeypatch.setattr(joint, "_climb", lambda here, step: None)
    with pytest.raises(StatisticsError, match="did not settle"):
        ascend(logistic())


def test_an_estimate_that_runs_to_infinity_is_refused():
    first, second = np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])
    ones, earned = np.ones(4), np.array([1.0, 0.0, 1.0, 0.0])
    design = Design(2, first, second, earned, ones, ones, (2 * earned - 1)[None, :])
    with pytest.raises(SeparatedComparisons, match="run to infinity"):
        ascend(LogisticAt(design, np.zeros(3)))


def test_no_parameter_outside_the_model_has_a_likelihood():
    outside = tie_likelihood(RaoKupper()).at(np.array([0.0, 0.0, 0.0, 0.0, -0.1]))
    assert outside.value == -np.inf
    assert outside.penalised_value == -np.inf
    assert tie_likelihood(Davidson()).at(np.array([0.0, 0.0, 0.0, 0.0, -np.inf])).value == -np.inf
