"""Whole studies, chosen round by round: what the weighted estimator holds, and what choosing does to the plain one."""

import numpy as np
import pytest

from apps.stats.choosing import balanced_pairs, compare_estimators, draw_pairs, next_pairs, pair_probabilities
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import PairwiseCounts
from apps.stats.uncertainty import independent_covariance
from tests.stats.choosing.counts_for_tests import nothing
from tests.stats.choosing.fields_for_tests import chosen_study, true_strengths
from tests.stats.kinds import Kind, proves

pytestmark = pytest.mark.slow

N = 6
PAIRS = N * (N - 1) // 2
GAPS = np.subtract.outer(np.linspace(1, -1, N), np.linspace(1, -1, N))
# By how much each pair, (0, 1), (0, 2) ... (4, 5), is off the model, in log-odds.
OFF = np.zeros((N, N))
OFF[np.triu_indices(N, 1)] = [0.7, 0.3, -1.1, 0.7, 0.4, 0.4, -0.4, 0.4, -0.8, -0.3, -0.7, 0.6, -0.7, 0.1, 1.1]
BENT = GAPS + OFF - OFF.T


def studies(gaps, n_studies, seed):
    """Each study's two estimates. 2,000 judgments in rounds of 100, with the floor of .3."""
    rng = np.random.default_rng(seed)
    for _ in range(n_studies):
        log = chosen_study(gaps, 20, 100, rng)
        yield compare_estimators(N, log.first, log.second, log.outcome, log.probability, PAIRS)


def holds(estimates, truth):
    return ((estimates.low <= truth) & (truth <= estimates.high)).mean()


def luck(n_studies):
    """Four standard deviations of the share held: the competitors of one study depend on each other, half count."""
    return 4 * np.sqrt(0.95 * 0.05 / (n_studies * N / 2))


@proves(Kind.RECOVERY, next_pairs, pair_probabilities, draw_pairs, compare_estimators)
def test_the_weighted_estimator_holds_where_the_plain_one_does_not():
    """The model is wrong: 95 % intervals of the weighted fit hold what even judging would show, the plain ones not."""
    truth = true_strengths(BENT)
    found = list(studies(BENT, 60, 1))
    weighted, plain = ([holds(getattr(each, name), truth) for each in found] for name in ("weighted", "plain"))
    assert np.mean(weighted) == pytest.approx(0.95, abs=luck(60))
    assert np.mean(weighted) >= 0.93
    assert np.mean(plain) < 0.93 - 2 * luck(60)
    # And most studies say so themselves.
    assert np.mean([each.differs for each in found]) > 0.5


@proves(Kind.RECOVERY, compare_estimators)
def test_where_the_model_holds_both_do_and_no_study_is_warned_of():
    """Plain and weighted differ by more than two standard errors in few of 60 studies, and both hold the truth."""
    truth = true_strengths(GAPS)
    found = list(studies(GAPS, 60, 2))
    for name in ("weighted", "plain"):
        held = [holds(getattr(each, name), truth) for each in found]
        assert np.mean(held) == pytest.approx(0.95, abs=luck(60))
    assert np.mean([each.differs for each in found]) < 0.12
    # The price of weighing: wider intervals, by less than a half.
    widths = [(each.weighted.standard_errors / each.plain.standard_errors).mean() for each in found]
    assert 1 < np.mean(widths) < 1.5


@proves(Kind.RECOVERY, balanced_pairs)
def test_balanced_draws_need_no_weights():
    """The model is wrong, but pairs are judged equally often: plain intervals hold what even judging would show."""
    truth, rng = true_strengths(BENT), np.random.default_rng(3)
    held = []
    for _ in range(250):
        draws = balanced_pairs(nothing(N), 20 * PAIRS, rng=rng)
        won = rng.random(len(draws.first)) < 1 / (1 + np.exp(-BENT[draws.first, draws.second]))
        counts = PairwiseCounts.from_arrays(N, draws.first, draws.second, np.where(won, 0, 1))
        fit = fit_bradley_terry(counts)
        reach = two_sided_quantile(0.95) * np.sqrt(np.diag(independent_covariance(fit, counts)))
        held.append((np.abs(fit.strengths - truth) <= reach).mean())
    assert np.mean(held) == pytest.approx(0.95, abs=luck(250))
