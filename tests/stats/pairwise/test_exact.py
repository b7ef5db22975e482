"""Exact intervals against tables in print, the package's own, and the sum over everything that could happen."""

import numpy as np
import pytest
from scipy.stats import binomtest, multinomial

from apps.stats.pairwise import exact
from apps.stats.pairwise.exact import clopper_pearson, score_interval, sign_test
from tests.stats.oracle_values import oracle_values


def all_results(n):
    """Every (wins, ties, losses) of n comparisons."""
    return np.array([(wins, ties, n - wins - ties) for wins in range(n + 1) for ties in range(n - wins + 1)])


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_exact_interval_as_printed(successes, n, low, high):
    """Newcombe 1998, Statistics in Medicine 17, table I, method 5."""
    found = clopper_pearson(successes, n, 0.95)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_another_package_gives_the_same_exact_interval():
    """statsmodels, at three levels, none and all succeeding among them."""
    for said in oracle_values("shares")["intervals"]:
        found = clopper_pearson(said["successes"], said["n"], said["confidence_level"])
        assert (found.low, found.high) == pytest.approx(said["statsmodels"]["clopper_pearson"], abs=1e-9)


@pytest.mark.parametrize(("wins", "losses"), [(9, 1), (1, 9), (5, 5), (0, 4), (30, 17), (0, 1)])
def test_the_sign_test_is_the_binomial_test(wins, losses):
    p_value, mid_p = sign_test(wins, losses)
    assert p_value == pytest.approx(binomtest(wins, wins + losses).pvalue)
    assert mid_p < p_value or wins == losses
    assert 0 < mid_p <= 1


def test_the_mid_p_value_counts_half_of_what_was_seen():
    """9 to 1: two tails of (1/2 x 10 + 1) / 1024 in place of (10 + 1) / 1024."""
    assert sign_test(9, 1) == pytest.approx((2 * 11 / 1024, 2 * 6 / 1024))


def test_no_decided_comparison_speaks_for_neither():
    assert sign_test(0, 0) == (1.0, 1.0)
    assert sign_test(3, 3) == (1.0, 1.0)


@pytest.mark.parametrize(("wins", "ties", "losses"), [(6, 2, 1), (0, 5, 2), (4, 0, 3), (3, 6, 0), (0, 7, 0)])
def test_the_lower_end_by_the_sum_over_everything_that_could_happen(wins, ties, losses):
    """At the end the most probable case has a chance of .025 (less what is spent on ties) of so high a score."""
    n = wins + ties + losses
    found = score_interval(wins, ties, losses, 0.95)
    spent = 0.025 * 0.02
    tie_range = binomtest(ties, n).proportion_ci(1 - spent)
    results = all_results(n)
    as_high = 2 * results[:, 0] + results[:, 1] >= 2 * wins + ties

    def worst(mean):
        tries = np.linspace(tie_range.low, min(tie_range.high, 2 * min(mean, 1 - mean)), 200)
        return max(
            multinomial.pmf(results, n, [mean - tie / 2, tie, max(1 - mean - tie / 2, 0)])[as_high].sum()
            for tie in tries
        )

    if found.low > tie_range.low / 2 + 1e-6:
        assert worst(found.low) == pytest.approx(0.025 - spent, rel=2e-3)
    else:
        assert worst(tie_range.low / 2 + 1e-6) > 0.025 - spent


@pytest.mark.parametrize("n", [1, 4, 11])
def test_whatever_the_truth_the_interval_holds_it_as_often_as_promised(n):
    results = all_results(n)
    intervals = [score_interval(*map(int, each), 0.9) for each in results]
    low, high = (np.array([getattr(each, end) for each in intervals]) for end in ("low", "high"))
    for mean in np.linspace(0.05, 0.95, 19):
        held = (low <= mean) & (mean <= high)
        for tie in np.linspace(0, 2 * min(mean, 1 - mean), 9):
            chance = multinomial.pmf(results, n, [mean - tie / 2, tie, max(1 - mean - tie / 2, 0)])
            assert chance[held].sum() >= 0.9


def test_where_many_were_compared_few_tie_probabilities_do(monkeypatch):
    few_tried = score_interval(1500, 600, 400, 0.95)
    monkeypatch.setattr(exact, "_FEW", 10_000)
    assert score_interval(1500, 600, 400, 0.95) == few_tried


def test_of_many_the_interval_is_the_textbook_one():
    wins, ties, losses = 40_000, 30_000, 30_000
    score, n = 0.55, 100_000
    error = np.sqrt((wins * (1 - score) ** 2 + ties * (0.5 - score) ** 2 + losses * score**2) / n**2)
    found = score_interval(wins, ties, losses, 0.95)
    assert (found.low, found.high) == pytest.approx(
        (score - 1.96 * error, score + 1.96 * error), abs=0.02 * error + 5e-5
    )


@pytest.mark.parametrize("result", [(1, 0, 0), (2, 3, 0), (6, 1, 10), (0, 1, 40)])
def test_an_interval_hardly_confident_still_holds_the_score(result):
    found = score_interval(*result, 0.01)
    assert found.low <= (result[0] + result[1] / 2) / sum(result) <= found.high
