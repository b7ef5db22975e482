"""The bootstrap of judgments: against the binomial, the sandwich, and a plain loop of fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from apps.stats.errors import DisconnectedComparisons, EmptyInput, InvalidInput
from apps.stats.models import fit_bradley_terry
from apps.stats.pairwise import PairwiseCounts
from apps.stats.uncertainty import bootstrap_strengths, independent_covariance
from apps.stats.uncertainty import refits as refits_module
from tests.stats.comparisons_for_tests import comparison_rows, counts_of
from tests.stats.goldens import check_golden
from tests.stats.kinds import Kind, proves
from tests.stats.uncertainty.covariances_for_tests import study_rows


def bootstrapped(counts, seed=1, **settings):
    return bootstrap_strengths(counts, rng=np.random.default_rng(seed), **settings)


@proves(Kind.WORKED, bootstrap_strengths)
def test_of_two_competitors_it_is_the_binomial():
    """By hand: W* is binomial (100, .7) and the gap log(W* / (100 - W*)); its moments and percentiles exactly."""
    found = bootstrapped(counts_of(2, (0, 1, 70, 30)), n_replicates=20_000)
    wins = np.arange(1, 100)
    chance, gap = binom.pmf(wins, 100, 0.7), np.log(wins / (100 - wins))
    mean = chance @ gap
    exact = np.sqrt(chance @ (gap - mean) ** 2)
    gaps = found.strengths[:, 0] - found.strengths[:, 1]
    assert gaps.std() == pytest.approx(exact, rel=0.03)
    assert 2 * found.standard_errors[0] == pytest.approx(exact, rel=0.03)
    low, high = binom.ppf([0.025, 0.975], 100, 0.7)
    assert 2 * found.low[0] == pytest.approx(np.log(low / (100 - low)))
    assert 2 * found.high[0] == pytest.approx(np.log(high / (100 - high)))
    assert (found.rank_low.tolist(), found.rank_high.tolist()) == ([1, 2], [1, 2])
    assert (found.n_judgments, found.n_drawn, found.n_replicates) == (100, 100, 20_000)


@proves(Kind.TWO_WAYS, bootstrap_strengths)
def test_the_sandwich_says_the_same_where_judgments_are_many():
    counts = study_rows(np.linspace(-1, 1, 8), 8000, np.random.default_rng(2)).counts
    found = bootstrapped(counts, n_replicates=2000)
    fit = fit_bradley_terry(counts)
    sandwich = np.sqrt(np.diag(independent_covariance(fit, counts)))
    # Each has a simulation error of 1/sqrt(2 * 2000) = 1.6 %.
    np.testing.assert_allclose(found.standard_errors, sandwich, rtol=0.07)
    assert np.mean(found.standard_errors / sandwich) == pytest.approx(1, abs=0.03)
    np.testing.assert_allclose(found.estimates, fit.strengths)


@proves(Kind.TWO_WAYS, bootstrap_strengths)
@pytest.mark.slow
def test_drawing_single_judgments_and_fitting_each_time_gives_the_same_spread():
    rows = study_rows([0.5, 0.2, -0.7], 150, np.random.default_rng(3))
    rng, strengths = np.random.default_rng(4), []
    for _ in range(500):
        chosen = rng.integers(0, 150, 150)
        columns = (rows.first[chosen], rows.second[chosen], rows.outcome[chosen])
        strengths.append(fit_bradley_terry(PairwiseCounts.from_arrays(3, *columns)).strengths)
    found = bootstrapped(rows.counts, n_replicates=1500)
    np.testing.assert_allclose(found.standard_errors, np.std(strengths, axis=0, ddof=1), rtol=0.14)
    ends = np.quantile(strengths, [0.025, 0.975], axis=0)
    np.testing.assert_allclose([found.low, found.high], ends, atol=0.15)


@proves(Kind.GOLDEN, bootstrap_strengths)
def test_stored_bootstrap():
    counts = study_rows([0.5, 0.2, -0.7], 300, np.random.default_rng(3)).counts
    check_golden("uncertainty/bootstrap_strengths", bootstrapped(counts, n_replicates=20))


@proves(Kind.PROPERTY, bootstrap_strengths)
@given(rows=comparison_rows(), seed=st.integers(0, 10**6), as_tie=st.booleans())
@settings(deadline=None, max_examples=25)
def test_every_replicate_is_told_of(rows, seed, as_tie):
    found = bootstrapped(rows.counts, seed, n_replicates=15, both_bad_as_tie=as_tie)
    n = rows.n_competitors
    assert found.strengths.shape == (15 - found.n_disconnected, n)
    assert 0 <= found.n_penalised <= len(found.strengths)
    np.testing.assert_allclose(found.strengths.sum(axis=1), 0, atol=1e-8)
    assert (found.low <= found.high).all()
    assert (found.rank_low >= 1).all() and (found.rank_low <= found.rank_high).all() and (found.rank_high <= n).all()
    assert ("Firth" in found.reading) == (found.n_penalised > 0)
    assert ("never met" in found.reading) == (found.n_disconnected > 0)


@proves(Kind.RECOVERY, bootstrap_strengths)
@pytest.mark.slow
def test_percentiles_hold_the_truth():
    """200 studies of independent judgments; percentiles of few judgments hold a little less than promised."""
    rng, truth, held = np.random.default_rng(6), np.array([0.8, 0.2, -0.3, -0.7]), []
    for _ in range(200):
        counts = study_rows(truth, 600, rng, tie_width=0.0).counts
        found = bootstrap_strengths(counts, rng=rng, n_replicates=300)
        held.append((found.low <= truth) & (truth <= found.high))
    assert np.mean(held) == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 200))


def test_equal_seeds_give_equal_bits():
    counts = counts_of(3, (0, 1, 6, 3), (1, 2, 5, 4), (2, 0, 2, 2))
    assert bootstrapped(counts, 7).strengths.tolist() == bootstrapped(counts, 7).strengths.tolist()


def test_few_replicates_at_a_time_are_the_same_bootstrap(monkeypatch):
    counts = counts_of(3, (0, 1, 6, 3, 2), (1, 2, 5, 4), (2, 0, 2, 2, 1))
    together = bootstrapped(counts, n_replicates=50)
    monkeypatch.setattr(refits_module, "_MOST_NUMBERS", 70)
    np.testing.assert_allclose(bootstrapped(counts, n_replicates=50).strengths, together.strengths, atol=1e-9)


@proves(Kind.DEGENERATE, bootstrap_strengths)
def test_no_data_bound_the_undefeated_and_the_winless():
    found = bootstrapped(counts_of(3, (0, 1, 5, 0), (1, 2, 6, 0), (0, 2, 4, 0)), n_replicates=30)
    assert (found.high[0], found.low[2]) == (np.inf, -np.inf)
    assert np.isfinite([found.low[0], found.low[1], found.high[1], found.high[2]]).all()
    assert found.n_penalised == 30 - found.n_disconnected
    assert "undefeated or winless even with all judgments" in found.reading


@proves(Kind.DEGENERATE, bootstrap_strengths)
def test_one_competitor_never_moves():
    found = bootstrapped(PairwiseCounts.from_arrays(1, [], [], []), n_replicates=5)
    assert (found.estimates.tolist(), found.standard_errors.tolist()) == ([0], [0])
    assert (found.rank_low.tolist(), found.rank_high.tolist()) == ([1], [1])


@proves(Kind.DEGENERATE, bootstrap_strengths)
def test_a_chain_of_single_judgments_cannot_be_bootstrapped():
    chain = counts_of(9, *((i, i + 1, 1, 0) for i in range(8)))
    with pytest.raises(EmptyInput, match="20 fell into groups"):
        bootstrapped(chain, n_replicates=20)


@proves(Kind.DEGENERATE, bootstrap_strengths)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_replicates": 1}, "n_replicates is 1"),
        ({"n_replicates": 0}, "n_replicates is 0"),
        ({"confidence_level": 95}, "between 0 and 1"),
    ],
)
def test_what_says_nothing_is_refused(changes, message):
    with pytest.raises(InvalidInput, match=message):
        bootstrapped(counts_of(2, (0, 1, 3, 3)), **changes)


@proves(Kind.DEGENERATE, bootstrap_strengths)
def test_weights_and_islands_are_refused():
    weighted = PairwiseCounts.from_arrays(2, [0, 0], [1, 1], [0, 1], weight=[1.0, 2.0])
    with pytest.raises(InvalidInput, match="carry weights"):
        bootstrapped(weighted)
    with pytest.raises(DisconnectedComparisons):
        bootstrapped(counts_of(3, (0, 1, 3, 3)))
