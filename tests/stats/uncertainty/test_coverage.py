"""Do intervals hold the truth as often as they promise? Simulated studies, many times over."""

import numpy as np
import pytest

from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise.shares import both_bad_shares
from apps.stats.simulation import expected_strengths, simulate_comparisons
from apps.stats.uncertainty import (
    bootstrap_strengths,
    clustered_covariance,
    independent_covariance,
    marginal_rank_sets,
    robust_covariance,
    simultaneous_rank_sets,
)
from tests.stats.comparisons_for_tests import rows_of_study
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import study_rows

pytestmark = pytest.mark.slow

STRENGTHS = np.array([0.8, 0.5, 0.1, -0.2, -0.5, -0.7])
TIE_WIDTH = 0.6


def tolerance(n_studies, promised=0.95):
    """Four standard deviations of a binomial share: a right interval fails this once in 30,000 runs."""
    return 4 * np.sqrt(promised * (1 - promised) / n_studies)


def luck(held):
    """Four standard errors of the share held, [n_studies, n_competitors]: the studies are independent, not the
    competitors of one. With one competitor a study this is the binomial tolerance."""
    return 4 * np.mean(held, axis=1).std(ddof=1) / np.sqrt(len(held))


def coverages(n_studies, *, rater_taste_sd=0.0, item_leaning_sd=0.0, **settings):
    """Whether the two-way and the independent interval hold the truth. [n_studies, n_competitors] each"""
    spreads = {"tie_width": TIE_WIDTH, "rater_taste_sd": rater_taste_sd, "item_leaning_sd": item_leaning_sd}
    truth, rng = expected_strengths(STRENGTHS, **spreads), np.random.default_rng(20)
    two_way, independent = [], []
    for _ in range(n_studies):
        rows = study_rows(STRENGTHS, rng=rng, **settings, **spreads)
        fit = fit_bradley_terry(rows.counts)
        covariance = robust_covariance(fit, rows)
        off = np.abs(fit.strengths - truth)
        quantile = two_sided_quantile(0.95, covariance.degrees_of_freedom)
        two_way.append(off <= quantile * np.sqrt(covariance.variances()))
        alone = np.diag(independent_covariance(fit, rows.counts))
        independent.append(off <= two_sided_quantile(0.95) * np.sqrt(alone))
    return np.array(two_way), np.array(independent)


@proves(Kind.RECOVERY, robust_covariance)
@pytest.mark.parametrize(
    ("n_raters", "n_items", "n_judgments", "taste", "leaning"),
    [(20, 100, 2000, 0.5, 1.0), (100, 100, 4000, 0.3, 1.0), (8, 100, 1000, 0.5, 1.0)],
)
def test_two_way_intervals_hold_their_promise_where_independent_ones_do_not(
    n_raters, n_items, n_judgments, taste, leaning
):
    """With modest differences between raters and items; judgments taken as independent hold 75 of 100."""
    two_way, independent = coverages(
        400,
        n_raters=n_raters,
        n_items=n_items,
        n_judgments=n_judgments,
        rater_taste_sd=taste,
        item_leaning_sd=leaning,
    )
    assert np.mean(two_way) > 0.95 - luck(two_way)
    assert np.mean(independent) < 0.85


def test_independent_judgments_are_covered_too():
    """Both intervals; the two-way one, which floors its variances, a little too often."""
    two_way, independent = coverages(300, n_raters=20, n_items=1000, n_judgments=2000)
    assert np.mean(independent) == pytest.approx(0.95, abs=luck(independent))
    assert np.mean(two_way) > 0.95 - luck(two_way)


@proves(Kind.RECOVERY, independent_covariance)
def test_small_independent_studies_are_covered():
    _, independent = coverages(400, n_raters=20, n_items=60, n_judgments=150)
    assert np.mean(independent) == pytest.approx(0.95, abs=luck(independent))


@proves(Kind.RECOVERY, clustered_covariance)
def test_one_way_intervals_are_covered_where_only_raters_differ():
    spreads = {"tie_width": TIE_WIDTH, "rater_taste_sd": 0.5}
    truth, rng, held = expected_strengths(STRENGTHS, **spreads), np.random.default_rng(20), []
    for _ in range(200):
        rows = study_rows(STRENGTHS, 2000, rng, n_raters=40, n_items=300, **spreads)
        fit = fit_bradley_terry(rows.counts)
        covariance = clustered_covariance(fit, rows, rows.raters)
        held.append(np.abs(fit.strengths - truth) <= two_sided_quantile(0.95, 39) * np.sqrt(np.diag(covariance)))
    assert np.mean(held) == pytest.approx(0.95, abs=luck(held))


@proves(Kind.RECOVERY, marginal_rank_sets, simultaneous_rank_sets)
def test_ten_equals_may_hold_any_rank():
    """Marginally each one in 95 of 100 studies, simultaneously all of them; percentiles of bootstrapped ranks, the
    usual way, leave the first rank out of every third set."""
    rng, n_studies = np.random.default_rng(12), 250
    each, together, bootstrapped = [], [], []
    for _ in range(n_studies):
        rows = study_rows(np.zeros(10), 1200, rng, n_raters=30, n_items=60)
        fit = fit_bradley_terry(rows.counts)
        covariance = robust_covariance(fit, rows)
        one = marginal_rank_sets(fit.strengths, covariance, rng=rng, n_draws=1000)
        both = simultaneous_rank_sets(fit.strengths, covariance, rng=rng, n_draws=1000)
        each.append((one.low == 1) & (one.high == 10))
        together.append(((both.low == 1) & (both.high == 10)).all())
        bootstrapped.append(bootstrap_strengths(rows.counts, rng=rng, n_replicates=200).rank_low == 1)
    assert np.mean(each) > 0.95 - luck(each)
    assert np.mean(together) > 0.95 - tolerance(n_studies)
    assert np.mean(bootstrapped) < 0.75


def test_both_bad_shares_hold_their_promise_where_items_differ():
    rng = np.random.default_rng(8)
    held = []
    for _ in range(200):
        study = simulate_comparisons(
            strengths=STRENGTHS,
            n_raters=15,
            n_items=80,
            n_judgments=1500,
            both_bad_probability=rng.beta(0.5, 2.0, 80),
            rng=rng,
        )
        found = both_bad_shares(rows_of_study(study), 0.95)
        held.append((found.low <= 0.2) & (found.high >= 0.2))
    assert np.mean(held) > 0.95 - tolerance(200)
