"""Judgments, or clusters of them, drawn anew with replacement: as counts, never as lists."""

import numpy as np

from apps.stats.arrays import FloatArray, IntArray

# Below this many judgments the plain multinomial is quick enough.
_FEW = 1_000
# By how many standard deviations a Poisson total stays short of the judgments to be drawn.
_SHORT = 3.0


def resampled_counts(counts: IntArray, rng: np.random.Generator, n_replicates: int) -> IntArray:
    """How often each cell comes up when all judgments are drawn anew, with replacement. [n_replicates, n_cells]

    Multinomial with the cells' shares. For many judgments it is put together from two parts that are quicker to
    draw: Poisson counts with a total somewhat short (given their total, they are multinomial), and what is
    missing from it, one judgment at a time. The rare totals that are not short are drawn again; as any total
    would do, that changes nothing.
    """
    n_judgments = int(counts.sum())
    if not n_judgments:
        return np.zeros((n_replicates, len(counts)), dtype=np.int64)
    if n_judgments < _FEW:
        return np.asarray(rng.multinomial(n_judgments, counts / n_judgments, size=n_replicates), dtype=np.int64)
    means = counts * (1 - _SHORT / np.sqrt(n_judgments))
    drawn = rng.poisson(means, size=(n_replicates, len(counts)))
    missing = n_judgments - drawn.sum(axis=1)
    while (missing < 0).any():
        over = missing < 0
        drawn[over] = rng.poisson(means, size=(int(over.sum()), len(counts)))
        missing = n_judgments - drawn.sum(axis=1)
    cell = np.searchsorted(np.cumsum(counts), rng.integers(0, n_judgments, int(missing.sum())), side="right")
    place = np.repeat(np.arange(n_replicates), missing) * len(counts) + cell
    return np.asarray(drawn + np.bincount(place, minlength=drawn.size).reshape(drawn.shape), dtype=np.int64)


def drawn_singly(n_judgments: int) -> int:
    """About how many judgments of a replicate `resampled_counts` draws one at a time: what it needs room for."""
    return int(_SHORT * np.sqrt(n_judgments)) if n_judgments >= _FEW else 0


def resampled_clusters(n_clusters: int, rng: np.random.Generator, n_replicates: int) -> FloatArray:
    """How often each cluster comes up when as many are drawn anew, with replacement. [n_replicates, n_clusters]"""
    drawn = rng.integers(0, n_clusters, size=(n_replicates, n_clusters))
    drawn += np.arange(n_replicates)[:, None] * n_clusters
    return np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape).astype(np.float64)
