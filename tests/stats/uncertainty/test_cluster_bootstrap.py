"""The bootstrap of raters and items: by hand, against the sandwich, and against fits to the rows drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.stats.errors import EmptyInput, InvalidInput, TooFewClusters
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import ComparisonRows, PairwiseCounts
from apps.stats.uncertainty import Clustering, bootstrap_clusters, clustered_covariance
from apps.stats.uncertainty.resampling import resampled_clusters
from tests.stats.comparisons_for_tests import comparison_rows
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import study_rows


def bootstrapped(rows, by=Clustering.RATER, seed=1, **settings):
    fit = fit_bradley_terry(rows.counts)
    return bootstrap_clusters(fit, rows, by=by, rng=np.random.default_rng(seed), **settings)


def two_raters():
    """One says 3 to 1, the other 1 to 3."""
    return ComparisonRows.from_arrays(
        n_competitors=2, first=[0] * 4, second=[1] * 4, outcome=[0, 1, 0, 1], count=[3, 1, 1, 3], rater=[0, 0, 1, 1]
    )


@proves(Kind.WORKED, bootstrap_clusters)
def test_two_raters_who_contradict_each_other():
    """By hand: scores 3 - 2 = 1 and -1, information 8/4 = 2; the first rater comes up 0, 1 or 2 times (chances
    1/4, 1/2, 1/4), and the gap moves by -1, 0 or 1. Fitted exactly it is log(1/3), 0 or log 3.
    """
    for exact, far in ((False, 1.0), (True, np.log(3))):
        found = bootstrapped(two_raters(), n_replicates=8000, exact=exact)
        gaps = found.strengths[:, 0] - found.strengths[:, 1]
        values, counts = np.unique(gaps.round(9), return_counts=True)
        np.testing.assert_allclose(values, [-far, 0, far], atol=1e-9)
        np.testing.assert_allclose(counts / 8000, [0.25, 0.5, 0.25], atol=0.03)
        assert (found.n_drawn, found.n_judgments, found.n_disconnected) == (2, 8, 0)


@proves(Kind.TWO_WAYS, bootstrap_clusters)
@pytest.mark.parametrize("by", [Clustering.RATER, Clustering.ITEM])
@pytest.mark.parametrize("exact", [False, True])
def test_the_clustered_sandwich_says_the_same(by, exact):
    """Without its small-sample factors."""
    rng = np.random.default_rng(2)
    rows = study_rows(
        np.linspace(-1, 1, 6), 6000, rng, n_raters=80, n_items=120, rater_taste_sd=0.4, item_leaning_sd=0.4
    )
    fit = fit_bradley_terry(rows.counts)
    clusters = rows.raters if by == Clustering.RATER else rows.items
    sandwich = np.sqrt(np.diag(clustered_covariance(fit, rows, clusters)) * (clusters.n - 1) / clusters.n)
    found = bootstrapped(rows, by, n_replicates=3000, exact=exact)
    np.testing.assert_allclose(found.standard_errors, sandwich, rtol=0.08)


@proves(Kind.TWO_WAYS, bootstrap_clusters)
def test_exact_replicates_are_fits_to_the_rows_drawn():
    rows = study_rows([0.5, 0.0, -0.5], 200, np.random.default_rng(3), n_raters=12)
    found = bootstrapped(rows, seed=5, n_replicates=8, exact=True)
    drawn = resampled_clusters(12, np.random.default_rng(5), 8).astype(int)
    for times, strengths in zip(drawn, found.strengths, strict=True):
        counts = PairwiseCounts.from_arrays(
            3, rows.first, rows.second, rows.outcome, rows.count * times[rows.raters.dense]
        )
        np.testing.assert_allclose(strengths, fit_bradley_terry(counts).strengths, atol=1e-9)


@proves(Kind.GOLDEN, bootstrap_clusters)
def test_stored_bootstrap():
    rows = study_rows([0.5, 0.0, -0.5], 200, np.random.default_rng(3), n_raters=12)
    check_golden("uncertainty/bootstrap_clusters", bootstrapped(rows, n_replicates=12))


@proves(Kind.PROPERTY, bootstrap_clusters)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6), exact=st.booleans())
@settings(deadline=None, max_examples=25)
def test_names_of_clusters_and_order_of_rows_do_not_matter(rows, seed, exact):
    if rows.items.n < 2:
        return
    again = ComparisonRows.from_arrays(
        n_competitors=rows.n_competitors,
        first=rows.first[::-1],
        second=rows.second[::-1],
        outcome=rows.outcome[::-1],
        count=rows.count[::-1],
        item=3 * rows.item[::-1] + 7,
    )
    found, other = (bootstrapped(each, Clustering.ITEM, seed, n_replicates=15, exact=exact) for each in (rows, again))
    np.testing.assert_allclose(other.strengths, found.strengths, atol=1e-7)
    np.testing.assert_allclose(found.strengths.sum(axis=1), 0, atol=1e-8)
    assert len(found.strengths) == 15 - found.n_disconnected


@proves(Kind.RECOVERY, bootstrap_clusters)
@pytest.mark.slow
def test_percentiles_hold_the_truth_where_raters_differ():
    """60 raters with tastes of their own, two equal competitors: 95 of 100, where single judgments hold fewer."""
    rng, clustered, single = np.random.default_rng(6), [], []
    for _ in range(200):
        rows = study_rows([0.0, 0.0], 1200, rng, n_raters=60, n_items=400, rater_taste_sd=0.5)
        fit = fit_bradley_terry(rows.counts)
        found = bootstrap_clusters(fit, rows, by=Clustering.RATER, rng=rng, n_replicates=300)
        clustered.append(found.low[0] <= 0 <= found.high[0])
        each = ComparisonRows.from_arrays(
            n_competitors=2, first=rows.first, second=rows.second, outcome=rows.outcome, rater=np.arange(1200)
        )
        found = bootstrap_clusters(fit, each, by=Clustering.RATER, rng=rng, n_replicates=300)
        single.append(found.low[0] <= 0 <= found.high[0])
    assert np.mean(clustered) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 200))
    assert np.mean(single) < 0.85


def test_few_clusters_are_said_to_be_few():
    assert "With so few raters" in bootstrapped(two_raters(), n_replicates=5).reading
    many = study_rows([0.0, 0.0], 300, np.random.default_rng(1), n_raters=40)
    assert "so few" not in bootstrapped(many, n_replicates=5).reading


@proves(Kind.DEGENERATE, bootstrap_clusters)
def test_replicates_without_a_bridge_are_counted():
    """One rater of three compared the third competitor with anybody."""
    rows = ComparisonRows.from_arrays(
        n_competitors=3,
        first=[0, 0, 0, 0, 1, 1],
        second=[1, 1, 1, 1, 2, 2],
        outcome=[0, 1, 0, 1, 0, 1],
        rater=[0, 0, 1, 1, 2, 2],
    )
    found = bootstrapped(rows, n_replicates=300, exact=True)
    # The bridge is missing with chance (2/3)^3; everything else, with chance (1/3)^3.
    assert found.n_disconnected / 300 == pytest.approx(9 / 27, abs=0.12)
    assert len(found.strengths) == 300 - found.n_disconnected


@proves(Kind.DEGENERATE, bootstrap_clusters)
def test_one_rater_is_too_few():
    rows = ComparisonRows.from_arrays(n_competitors=2, first=[0, 0], second=[1, 1], outcome=[0, 1], rater=[4, 4])
    with pytest.raises(TooFewClusters, match="share one rater"):
        bootstrapped(rows)
    with pytest.raises(TooFewClusters, match="share one item"):
        bootstrapped(rows, Clustering.ITEM)


@proves(Kind.DEGENERATE, bootstrap_clusters)
@pytest.mark.parametrize("by", [Clustering.RATER_AND_ITEM, Clustering.INDEPENDENT])
def test_two_ways_at_once_are_refused(by):
    with pytest.raises(InvalidInput, match="too wide"):
        bootstrapped(two_raters(), by)


@proves(Kind.DEGENERATE, bootstrap_clusters)
def test_rows_of_another_fit_and_nothing_scored_are_refused():
    rows = two_raters()
    fit = fit_bradley_terry(rows.counts)
    with pytest.raises(InvalidInput, match="not that of these rows"):
        bootstrap_clusters(fit, rows.where(rows.rater == 0), by=Clustering.RATER, rng=np.random.default_rng(1))
    with pytest.raises(InvalidInput, match="n_replicates is 1"):
        bootstrapped(rows, n_replicates=1)
    alone = ComparisonRows.from_arrays(n_competitors=1, first=[], second=[], outcome=[])
    with pytest.raises(EmptyInput, match="decided or tied"):
        bootstrapped(alone)
