"""The weighted estimator beside the plain one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binom

from apps.stats.choosing import compare_estimators
from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput, StatisticsError
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import PairwiseCounts
from apps.stats.uncertainty import independent_covariance
from tests.benchmarks.efficiency_study import errors_and_reaches
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves

# Three competitors that beat each other round and round: the pair (0, 1) was drawn often.
FIRST, SECOND = [0, 0, 0, 1, 1, 0], [1, 1, 2, 2, 2, 2]
OUTCOME, COUNT = [0, 1, 0, 0, 1, 1], [30, 10, 2, 8, 3, 6]
PROBABILITY = [0.7, 0.7, 0.15, 0.15, 0.15, 0.15]
OFTEN = (FIRST, SECOND, OUTCOME, PROBABILITY, 3, COUNT)


@proves(Kind.WORKED, compare_estimators)
def test_two_competitors_by_hand():
    """Six wins of weight 1/2 against two of weight 2: log(3/4) instead of log 3.

    Share 3/7, information 7 (3/7)(4/7) = 12/7; meat 6/4 (4/7)^2 + 2 * 4 (3/7)^2 = 96/49, times 8/7 (HC1).
    """
    found = compare_estimators(2, [0, 0], [1, 1], [0, 1], [0.5, 0.125], [4, 4], [6, 2])
    assert found.weighted.strengths[0] * 2 == pytest.approx(np.log(3 / 4))
    assert found.plain.strengths[0] * 2 == pytest.approx(np.log(3))
    assert found.weighted.standard_errors[0] * 2 == pytest.approx(np.sqrt(96 / 49 * 8 / 7) / (12 / 7))
    assert (found.n_judgments, found.effective_sample_size) == (8, pytest.approx(49 / 9.5))
    assert found.largest_weight == pytest.approx(2 / (7 / 8))
    # Student's t with 5 - 1 degrees of freedom.
    assert found.weighted.high[0] - found.weighted.strengths[0] == pytest.approx(
        2.776445 * found.weighted.standard_errors[0], rel=1e-6
    )


@proves(Kind.WORKED, compare_estimators)
def test_a_cycle_by_hand():
    """0 beats 1, 1 beats 2, 2 beats 0, each nine of ten: level, if pairs weigh alike.

    The pair (0, 1), drawn eight times as often, puts 0 above 1 for the plain fit; weighing leaves nothing of it.
    """
    first, second, outcome = [0, 0, 1, 1, 2, 2], [1, 1, 2, 2, 0, 0], [0, 1] * 3
    found = compare_estimators(
        3, first, second, outcome, [0.8, 0.8, 0.1, 0.1, 0.1, 0.1], 3, [720, 80, 90, 10, 90, 10], confidence_level=0.9
    )
    assert found.weighted.strengths == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.plain.strengths[0] - found.plain.strengths[1] > 1
    assert found.differs and found.largest_difference > 2
    assert "Report the weighted one" in found.reading


@proves(Kind.GOLDEN, compare_estimators)
def test_stored_comparison():
    check_golden("choosing/compare_estimators", compare_estimators(3, *OFTEN))


@proves(Kind.PROPERTY, compare_estimators)
@given(rows=comparison_rows(), seed=st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_even_draws_make_one_estimator_and_order_and_counts_do_not_matter(rows, seed):
    rng = np.random.default_rng(seed)
    n, columns = rows.n_competitors, (rows.first, rows.second, rows.outcome)
    m = n * (n - 1) // 2
    even = compare_estimators(n, *columns, np.full(len(rows.first), 1 / m), m, rows.count)
    assert even.weighted.strengths == pytest.approx(even.plain.strengths, abs=1e-8)
    assert not even.differs
    assert even.effective_sample_size == pytest.approx(even.n_judgments)
    probability = rng.uniform(0.05, 0.3, len(rows.first))
    found = compare_estimators(n, *columns, probability, m, rows.count)
    shuffled = rng.permutation(np.repeat(np.arange(len(rows.first)), rows.count))
    again = compare_estimators(n, *(column[shuffled] for column in columns), probability[shuffled], m)
    assert again.weighted.strengths == pytest.approx(found.weighted.strengths, abs=1e-8)
    assert again.weighted.low == pytest.approx(found.weighted.low, abs=1e-6)
    assert again.effective_sample_size == pytest.approx(found.effective_sample_size)


@proves(Kind.TWO_WAYS, compare_estimators)
def test_an_optimiser_and_a_sum_over_judgments_give_the_same():
    """The weighted likelihood by scipy; the sandwich from the scores of single judgments."""
    found = compare_estimators(3, *OFTEN)
    first, second, earned, weight = (
        np.repeat(column, COUNT) for column in (FIRST, SECOND, 1.0 - np.array(OUTCOME), 1 / (3 * np.array(PROBABILITY)))
    )

    def minus_likelihood(free):
        strengths = np.append(free, -sum(free))
        gaps = np.where(earned == 1, 1, -1) * (strengths[first] - strengths[second])
        return weight @ np.logaddexp(0, -gaps)

    top = minimize(minus_likelihood, np.zeros(2), tol=1e-12).x
    strengths = np.append(top, -top.sum())
    assert found.weighted.strengths == pytest.approx(strengths, abs=1e-5)
    share = 1 / (1 + np.exp(strengths[second] - strengths[first]))
    design = np.eye(3)[first] - np.eye(3)[second]
    scores = design * (weight * (earned - share))[:, None]
    bread = np.linalg.pinv(design.T @ (design * (weight * share * (1 - share))[:, None]))
    covariance = bread @ scores.T @ scores @ bread * len(first) / (len(first) - 2)
    assert found.weighted.standard_errors == pytest.approx(np.sqrt(np.diag(covariance)), abs=1e-5)


@proves(Kind.RECOVERY, compare_estimators)
@pytest.mark.slow
def test_weighing_repairs_the_coverage_that_choosing_spoils():
    """160 studies of 3000 chosen judgments where every pair is off the model by .5 (sd, log-odds)."""
    parts = [errors_and_reaches(0.3, 0.5, part) for part in (101, 102)]
    held = {}
    for name in ("weighted", "plain"):
        error, reach = (np.concatenate([part[name][:, row] for part in parts]) for row in (0, 1))
        held[name] = (np.abs(error) <= reach).mean()
    # Strengths of one study are dependent: as if half of them counted.
    n_seen = 160 * 4
    assert binom.ppf(0.0005, n_seen, 0.95) <= held["weighted"] * n_seen <= binom.ppf(0.9995, n_seen, 0.95)
    assert held["plain"] < 0.85


def test_the_plain_estimates_are_the_boards_without_clusters():
    found = compare_estimators(3, *OFTEN)
    counts = PairwiseCounts.from_arrays(3, FIRST, SECOND, OUTCOME, COUNT)
    fit = fit_bradley_terry(counts)
    assert found.plain.strengths == pytest.approx(fit.strengths)
    assert found.plain.standard_errors == pytest.approx(np.sqrt(np.diag(independent_covariance(fit, counts))))
    assert found.standardised_differences == pytest.approx(
        (found.plain.strengths - found.weighted.strengths) / found.weighted.standard_errors
    )


def test_both_bad_enters_only_as_a_tie():
    columns = ([0, 0, 0], [1, 1, 1], [0, 1, 3])
    without = compare_estimators(2, *columns, [0.5, 0.5, 0.1], 2, [5, 3, 10])
    assert without.n_judgments == 8
    tied = compare_estimators(2, *columns, [0.5, 0.5, 0.1], 2, [5, 3, 10], both_bad_as_tie=True)
    assert tied.n_judgments == 18
    assert abs(tied.weighted.strengths[0]) < abs(without.weighted.strengths[0])


def test_one_heavy_judgment_is_told():
    found = compare_estimators(2, [0, 0, 1], [1, 1, 0], [0, 1, 0], [0.9, 0.9, 0.001], 2, [40, 40, 1])
    assert "heaviest judgment carries" in found.reading
    assert found.effective_sample_size < 2


@proves(Kind.DEGENERATE, compare_estimators)
def test_somebody_undefeated_is_told():
    found = compare_estimators(2, [0], [1], [0], [1.0], 1, [2])
    assert found.weighted.penalised and found.plain.penalised
    assert found.weighted.strengths[0] * 2 == pytest.approx(np.log(5))
    assert "never lost or never won" in found.reading


@proves(Kind.DEGENERATE, compare_estimators)
def test_ties_only_have_no_difference():
    found = compare_estimators(2, [0], [1], [2], [0.5], 2, [6])
    assert found.standardised_differences.tolist() == [0, 0]
    assert not found.differs


@proves(Kind.DEGENERATE, compare_estimators)
@pytest.mark.parametrize(
    ("probability", "n_candidates", "says"),
    [
        ([0.5, 0.0], 2, "outside 0..1, or 0"),
        ([0.5, 1e-320], 2, "as good as 0"),
        ([0.5, 1.5], 2, "outside 0..1, or 0"),
        ([0.5], 2, "equally long"),
        ([0.5, 0.5], [2, 2, 2], "equally long"),
        ([0.5, 0.5], 0, "below 1"),
    ],
)
def test_probabilities_that_cannot_be_are_refused(probability, n_candidates, says):
    with pytest.raises(InvalidInput, match=says):
        compare_estimators(2, [0, 0], [1, 1], [0, 1], probability, n_candidates)


@proves(Kind.DEGENERATE, compare_estimators)
def test_nothing_decided_and_nothing_connected():
    with pytest.raises(EmptyInput, match="decided or tied"):
        compare_estimators(2, [0], [1], [3], [0.5], 1)
    with pytest.raises(DisconnectedComparisons):
        compare_estimators(3, [0], [1], [0], [0.5], 3)


@proves(Kind.DEGENERATE, compare_estimators)
def test_a_variance_that_rounding_has_drowned_is_refused(monkeypatch):
    """Weights from 1 to 1e16 left one below 0, on some processors; here it is made so."""
    below = np.full((2, 2), -1e-9)
    for name in ("independent_covariance", "one_judgment_covariance"):
        monkeypatch.setattr(f"apps.stats.choosing.estimators.{name}", lambda *_: below)
    with pytest.raises(StatisticsError, match="weights differ so much"):
        compare_estimators(2, [0, 0], [1, 1], [0, 1], [0.5, 0.5], 1)
