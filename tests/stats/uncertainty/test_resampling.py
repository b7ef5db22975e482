"""Judgments drawn anew: are they multinomial? And refits of what was drawn: are they exact?"""

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import newton_ascent
from apps.stats.models.penalised import penalised_ascent
from apps.stats.uncertainty import refits as module
from apps.stats.uncertainty.refits import refitted, replicates_at_once, strongly_connected
from apps.stats.uncertainty.resampling import drawn_singly, resampled_clusters, resampled_counts
from tests.stats.comparisons_for_tests import counts_of


@pytest.mark.parametrize("counts", [[3, 5, 2], [400, 1500, 100, 9]])
def test_resampled_counts_have_the_moments_of_the_multinomial(counts):
    """Both ways of drawing. Means, and covariances N (diag p - p p'), within five of their standard errors."""
    counts, n_replicates = np.array(counts), 20_000
    drawn = resampled_counts(counts, np.random.default_rng(1), n_replicates)
    n_judgments = counts.sum()
    assert (drawn.sum(axis=1) == n_judgments).all()
    assert drawn.min() >= 0
    share = counts / n_judgments
    expected = n_judgments * (np.diag(share) - np.outer(share, share))
    variances = np.diag(expected)
    np.testing.assert_array_less(np.abs(drawn.mean(axis=0) - counts), 5 * np.sqrt(variances / n_replicates))
    allowed = 5 * np.sqrt((np.outer(variances, variances) + expected**2) / n_replicates) + 0.02
    np.testing.assert_array_less(np.abs(np.cov(drawn.T) - expected), allowed)


def test_no_judgment_is_drawn_from_none():
    assert resampled_counts(np.zeros(0, dtype=np.int64), np.random.default_rng(1), 3).shape == (3, 0)


def test_resampled_clusters_are_as_many_as_before():
    drawn = resampled_clusters(5, np.random.default_rng(1), 4000)
    assert (drawn.sum(axis=1) == 5).all()
    np.testing.assert_allclose(drawn.mean(axis=0), 1, atol=0.06)
    np.testing.assert_allclose(drawn.var(axis=0), 0.8, atol=0.1)


def test_parts_add_up():
    assert replicates_at_once(10, 3) == [10]
    assert replicates_at_once(5, 10**9) == [1] * 5
    assert sum(replicates_at_once(1000, 200 * 200)) == 1000


def test_strong_connection_is_that_of_the_graph():
    rng = np.random.default_rng(3)
    beat = rng.random((300, 5, 5)) < 0.3
    expected = [connected_components(each, directed=True, connection="strong")[0] == 1 for each in beat]
    assert strongly_connected(beat).tolist() == expected
    assert 20 < sum(expected) < 280


COUNTS = counts_of(4, (0, 1, 6, 3), (1, 2, 5, 4, 2), (2, 3, 4, 4), (3, 0, 1, 5), (0, 2, 3, 3))


def tables_of(rng, n_tables):
    """Half-wins of tables with ever fewer judgments: some separated, some disconnected."""
    shares = COUNTS.half_wins() / COUNTS.half_wins().sum()
    drawn = [rng.multinomial(size, shares.ravel()).reshape(4, 4) for size in rng.integers(2, 30, n_tables)]
    return np.array(drawn, dtype=float)


@pytest.mark.parametrize("most_steps", [60, 1])
def test_refits_are_those_of_one_fit_after_another(monkeypatch, most_steps):
    """Also where the quick steps do not bring them home."""
    monkeypatch.setattr(module, "_MOST_STEPS", most_steps)
    half_wins = tables_of(np.random.default_rng(4), 200)
    expected, n_penalised, n_disconnected = [], 0, 0
    for table in half_wins:
        if connected_components(table, connection="weak")[0] > 1:
            n_disconnected += 1
        elif connected_components(table, connection="strong")[0] > 1:
            n_penalised += 1
            expected.append(penalised_ascent(table).strengths)
        else:
            expected.append(newton_ascent(table, np.zeros(4)).strengths)
    found = refitted(fit_bradley_terry(COUNTS), [half_wins[:90], half_wins[90:]])
    assert (found.n_penalised, found.n_disconnected) == (n_penalised, n_disconnected)
    assert min(n_penalised, n_disconnected) > 10
    np.testing.assert_allclose(found.strengths, expected, atol=1e-9)


def test_room_is_known_beforehand_however_many_judgments_there_are():
    """A thousand replicates of 10^10 judgments draw 3 * 10^8 of them one at a time: never all of them at once."""
    assert [drawn_singly(n) for n in (0, 999, 10_000, 10**10)] == [0, 0, 300, 300_000]
    counts = np.array([4 * 10**6, 6 * 10**6])
    drawn = resampled_counts(counts, np.random.default_rng(1), 50)
    assert (drawn.sum(axis=1) == 10**7).all()
    assert max(replicates_at_once(1000, drawn_singly(10**10))) <= 6
