"""Do intervals hold the truth as often as they promise? Simulated studies, many times over."""

import numpy as np
import pytest

from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import newton_ascent
from apps.stats.pairwise import ComparisonRows
from apps.stats.pairwise.shares import both_bad_shares
from apps.stats.simulation import simulate_comparisons
from apps.stats.uncertainty import independent_covariance, marginal_rank_sets, robust_covariance

pytestmark = pytest.mark.slow

STRENGTHS = np.array([0.8, 0.5, 0.1, -0.2, -0.5, -0.7])
TIE_WIDTH = 0.6


def tolerance(n_studies, promised=0.95):
    """Four standard deviations of a binomial share: a right interval fails this once in 30,000 runs."""
    return 4 * np.sqrt(promised * (1 - promised) / n_studies)


def seen_strengths(taste_sd, leaning_sd):
    """The strengths a board of endless raters and items would show: the fit to expected half-wins."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    gaps = STRENGTHS[:, None] - STRENGTHS[None, :]
    spread = np.sqrt(2 * (taste_sd**2 + leaning_sd**2))
    seen = gaps[..., None] + spread * nodes
    won, lost = np.exp(seen / 2), np.exp(-seen / 2)
    expected = (won + TIE_WIDTH / 2) / (won + lost + TIE_WIDTH)
    half_wins = expected @ (weights / weights.sum())
    np.fill_diagonal(half_wins, 0)
    return newton_ascent(half_wins, np.zeros(6)).strengths


def studies(n_studies, **settings):
    rng = np.random.default_rng(20)
    for _ in range(n_studies):
        yield simulate_comparisons(strengths=STRENGTHS, tie_width=TIE_WIDTH, rng=rng, **settings)


def rows_of(study):
    return ComparisonRows.from_arrays(
        n_competitors=study.n_competitors,
        first=study.first,
        second=study.second,
        outcome=study.outcome,
        rater=study.rater,
        item=study.item,
    )


def coverages(n_studies, *, rater_taste_sd=0.0, item_leaning_sd=0.0, **settings):
    """How often the two-way and the independent interval hold the truth, over studies and competitors."""
    truth = seen_strengths(rater_taste_sd, item_leaning_sd)
    two_way, independent = [], []
    settings |= {"rater_taste_sd": rater_taste_sd, "item_leaning_sd": item_leaning_sd}
    for study in studies(n_studies, **settings):
        rows = rows_of(study)
        fit = fit_bradley_terry(rows.counts)
        covariance = robust_covariance(fit, rows)
        off = np.abs(fit.strengths - truth)
        quantile = two_sided_quantile(0.95, covariance.degrees_of_freedom)
        two_way.append(off <= quantile * np.sqrt(covariance.variances()))
        alone = np.diag(independent_covariance(fit, rows.counts))
        independent.append(off <= two_sided_quantile(0.95) * np.sqrt(alone))
    return np.mean(two_way), np.mean(independent)


@pytest.mark.parametrize(
    ("n_raters", "n_items", "n_judgments", "taste", "leaning"),
    [(20, 100, 2000, 0.5, 1.0), (100, 100, 4000, 0.3, 1.0), (8, 100, 1000, 0.5, 1.0)],
)
def test_two_way_intervals_hold_their_promise_where_independent_ones_do_not(
    n_raters, n_items, n_judgments, taste, leaning
):
    two_way, independent = coverages(
        200,
        n_raters=n_raters,
        n_items=n_items,
        n_judgments=n_judgments,
        rater_taste_sd=taste,
        item_leaning_sd=leaning,
    )
    assert two_way > 0.95 - tolerance(200)
    assert independent < 0.85


def test_independent_judgments_are_covered_too():
    """Both intervals; the two-way one, which floors its variances, a little too often."""
    two_way, independent = coverages(300, n_raters=20, n_items=1000, n_judgments=2000)
    assert independent == pytest.approx(0.95, abs=tolerance(300))
    assert two_way > 0.95 - tolerance(300)


def test_small_independent_studies_are_covered():
    _, independent = coverages(400, n_raters=20, n_items=60, n_judgments=150)
    assert independent == pytest.approx(0.95, abs=tolerance(400))


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
        found = both_bad_shares(rows_of(study), 0.95)
        held.append((found.low <= 0.2) & (found.high >= 0.2))
    assert np.mean(held) > 0.95 - tolerance(200)


def test_rank_sets_of_equals_hold_the_first_rank():
    rng = np.random.default_rng(9)
    held = []
    for _ in range(300):
        study = simulate_comparisons(strengths=np.zeros(6), n_raters=30, n_items=50, n_judgments=600, rng=rng)
        rows = rows_of(study)
        fit = fit_bradley_terry(rows.counts)
        ranks = marginal_rank_sets(fit.strengths, robust_covariance(fit, rows), rng=rng, n_draws=1000)
        held.append(ranks.low == 1)
    assert np.mean(held) > 0.95 - tolerance(300)
