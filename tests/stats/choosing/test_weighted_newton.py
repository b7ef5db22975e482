"""The weighted estimator by Newton steps and loops of our own, judgment by judgment."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.choosing import compare_estimators
from apps.stats.errors import EmptyInput, InvalidInput
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.kinds import Kind, proves


def judgments(rows, probability, m):
    """One tuple for each judgment that enters: its two competitors, what the first earned, its weight."""
    earned = {0: 1.0, 1: 0.0, 2: 0.5}
    for first, second, outcome, count, drawn in zip(
        rows.first, rows.second, rows.outcome, rows.count, probability, strict=True
    ):
        for _ in range(count if outcome in earned else 0):
            yield int(first), int(second), earned[int(outcome)], 1 / (m * drawn)


def score_and_information(n, log, strengths):
    score, information = np.zeros(n), np.zeros((n, n))
    for i, j, earned, weight in log:
        share = 1 / (1 + math.exp(strengths[j] - strengths[i]))
        score[i] += weight * (earned - share)
        score[j] -= weight * (earned - share)
        amount = weight * share * (1 - share)
        for a, b, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
            information[a, b] += sign * amount
    return score, information


def newton(n, log):
    strengths = np.zeros(n)
    for _ in range(100):
        score, information = score_and_information(n, log, strengths)
        step = np.linalg.pinv(information) @ score
        strengths += step / max(1, np.abs(step).max())
    return strengths


def sandwich(n, log, strengths):
    meat = np.zeros((n, n))
    for i, j, earned, weight in log:
        residual = weight * (earned - 1 / (1 + math.exp(strengths[j] - strengths[i])))
        for a, b, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
            meat[a, b] += sign * residual**2
    bread = np.linalg.pinv(score_and_information(n, log, strengths)[1])
    return bread @ meat @ bread * len(log) / max(len(log) - n + 1, 1)


@proves(Kind.TWO_WAYS, compare_estimators)
@given(comparison_rows(4), st.integers(0, 1000))
@settings(deadline=None, max_examples=15)
def test_strengths_and_errors_by_loops(rows, seed):
    n, m = rows.n_competitors, rows.n_competitors * (rows.n_competitors - 1) // 2
    probability = np.random.default_rng(seed).uniform(0.1, 0.9, len(rows.first))
    found = compare_estimators(n, rows.first, rows.second, rows.outcome, probability, m, rows.count)
    log = list(judgments(rows, probability, m))
    strengths = newton(n, log)
    assert found.weighted.strengths == pytest.approx(strengths, abs=1e-7)
    errors = np.sqrt(np.diag(sandwich(n, log, strengths)))
    # Floored at what one more judgment could do, which matters only with a handful of them.
    assert (found.weighted.standard_errors >= errors * (1 - 1e-9)).all()
    if len(log) >= 10 * n:
        assert found.weighted.standard_errors == pytest.approx(errors, rel=1e-6)
    weights = np.array([weight for *_, weight in log])
    assert found.n_judgments == len(log)
    assert found.effective_sample_size == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert found.largest_weight == pytest.approx(weights.max() / weights.mean())


@proves(Kind.PROPERTY, compare_estimators)
@given(comparison_rows(4), st.integers(1, 50))
@settings(deadline=None, max_examples=20)
def test_the_number_of_candidates_changes_no_figure(rows, m):
    """All weights of a log alike times as much: strengths, errors and the effective size stay."""
    columns = rows.n_competitors, rows.first, rows.second, rows.outcome
    probability = np.linspace(0.2, 0.8, len(rows.first))
    one, other = (compare_estimators(*columns, probability, each, rows.count) for each in (1, m))
    assert other.weighted.strengths == pytest.approx(one.weighted.strengths, abs=1e-7)
    assert other.weighted.standard_errors == pytest.approx(one.weighted.standard_errors, rel=1e-6)
    assert other.effective_sample_size == pytest.approx(one.effective_sample_size)


@proves(Kind.WORKED, compare_estimators)
@pytest.mark.parametrize(("times", "differs"), [(1, False), (3, True)])
def test_two_standard_errors_apart_is_the_limit(times, differs):
    """A cycle, its first pair drawn most: three times the judgments, 3 ** .5 times the difference: across 2."""
    columns = [0, 0, 1, 1, 0, 0], [1, 1, 2, 2, 2, 2], [0, 1, 0, 1, 0, 1], [0.8, 0.8, 0.1, 0.1, 0.1, 0.1]
    found = compare_estimators(3, *columns, 3, np.array([75, 25, 8, 5, 4, 8]) * times)
    assert found.differs == differs == (found.largest_difference > 2)
    assert 1.3 < found.largest_difference < 3.5
    assert ("Report the weighted one" in found.reading) == differs


@proves(Kind.WORKED, compare_estimators)
def test_ten_ties_are_not_certainty():
    """No residual at all; one more judgment of two equals could still move the gap: (1/4) / (10/4)^2 = .04."""
    found = compare_estimators(2, [0], [1], [2], [1.0], 1, [10])
    for estimates in (found.plain, found.weighted):
        assert 2 * estimates.standard_errors == pytest.approx([0.2, 0.2])
        assert (estimates.low < 0).all()
        assert (estimates.high > 0).all()


@proves(Kind.DEGENERATE, compare_estimators)
def test_an_empty_log_has_no_estimate():
    with pytest.raises(EmptyInput, match="decided or tied"):
        compare_estimators(3, [], [], [], [], 3)
    with pytest.raises(EmptyInput, match="no competitor"):
        compare_estimators(0, [], [], [], [], 1)


@proves(Kind.DEGENERATE, compare_estimators)
def test_columns_that_do_not_match_are_named():
    with pytest.raises(InvalidInput, match="outcome 2, probability 3"):
        compare_estimators(2, [0, 0], [1, 1], [0, 1], [0.5, 0.5, 0.5], 1)
    with pytest.raises(InvalidInput, match="missing or infinite"):
        compare_estimators(2, [0, 0], [1, 1], [0, 1], [0.5, np.nan], 1)
    with pytest.raises(InvalidInput, match="confidence_level is 95"):
        compare_estimators(2, [0, 0], [1, 1], [0, 1], [0.5, 0.5], 1, confidence_level=95)
