"""The bootstrap of raters or of items: whole clusters of judgments drawn anew."""

from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_array, csr_array

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput, TooFewClusters
from apps.stats.models.bradley_terry import BradleyTerryFit
from apps.stats.models.same_judgments import require_same_judgments
from apps.stats.pairwise.clusters import Clusters
from apps.stats.pairwise.rows import ComparisonRows
from apps.stats.uncertainty.bootstrap import BootstrapStrengths, Drawn, check_replicates, summarised
from apps.stats.uncertainty.covariance import Clustering, residuals
from apps.stats.uncertainty.refits import Refits, refitted, replicates_at_once
from apps.stats.uncertainty.resampling import resampled_clusters


def bootstrap_clusters(
    fit: BradleyTerryFit,
    rows: ComparisonRows,
    *,
    by: Clustering,
    rng: np.random.Generator,
    n_replicates: int = 1000,
    exact: bool = False,
    confidence_level: float = 0.95,
) -> BootstrapStrengths:
    """The bootstrap of whole raters, or of whole items, each with all its judgments.

    `fit` is the fit to `rows`; `by` is Clustering.RATER or Clustering.ITEM. A replicate draws as many clusters
    as there are, with replacement. By default its strengths are one step from the fit, theta + H+ times the scores
    of the clusters drawn (after Kline & Santos 2012, Journal of Econometric Methods 1): quick, and never without a
    solution, but it does not see who then never met whom. `exact` fits each replicate (Efron & Tibshirani 1993,
    An Introduction to the Bootstrap, chapter 8). The standard errors match `clustered_covariance` without its
    small-sample factors, so below about 30 clusters they are too small. There is no two-way bootstrap here:
    drawing raters and items both counts the noise of single judgments about three times (Owen 2007, Annals of
    Applied Statistics 1), and its intervals are too wide; use `robust_covariance`. Equal bits for an equal `rng`.
    Raises TooFewClusters below two, EmptyInput where nothing was decided or tied, InvalidInput for another `by`
    or rows that are not those of the fit.
    """
    check_replicates(n_replicates, confidence_level)
    require_same_judgments(fit, rows)
    scored = rows.scored(both_bad_as_tie=fit.both_bad_as_tie)
    clusters = _clusters(scored, by)
    if exact:
        refits = refitted(fit, _tables(scored, clusters, rng, n_replicates))
    else:
        refits = Refits(_one_step(fit, scored, clusters, rng, n_replicates), 0, 0)
    drawn = Drawn(f"{by}s", clusters.n, scored.n_judgments)
    return summarised(fit, refits, drawn, n_replicates, confidence_level)


def _clusters(scored: ComparisonRows, by: Clustering) -> Clusters:
    if by not in (Clustering.RATER, Clustering.ITEM):
        raise InvalidInput(
            f"`by` is {by!r}; give Clustering.RATER or Clustering.ITEM. Drawing both gives intervals that are too "
            "wide: for both, use robust_covariance."
        )
    if not scored.n_judgments:
        raise EmptyInput("No judgment was decided or tied; collect some before bootstrapping.")
    clusters = scored.raters if by == Clustering.RATER else scored.items
    if clusters.n < 2:
        raise TooFewClusters(
            f"All judgments share one {by}, and drawing it again changes nothing; resample by something of which "
            "there are several."
        )
    return clusters


def _one_step(
    fit: BradleyTerryFit, scored: ComparisonRows, clusters: Clusters, rng: np.random.Generator, n_replicates: int
) -> FloatArray:
    residual = residuals(fit, scored)
    cells = [(scored.first, residual), (scored.second, -residual)]
    scores = _per_cluster(cells, clusters, scored.n_competitors).T.tocsr()
    # Less one each: what the clusters as they are add up to is not a move.
    parts = [
        np.asarray(scores @ (resampled_clusters(clusters.n, rng, at_once) - 1).T, dtype=np.float64)
        for at_once in replicates_at_once(n_replicates, clusters.n)
    ]
    moves = np.concatenate(parts, axis=1).T @ fit.likelihood.inverse_information
    return np.asarray(fit.strengths + moves)


def _tables(
    scored: ComparisonRows, clusters: Clusters, rng: np.random.Generator, n_replicates: int
) -> Iterator[FloatArray]:
    """Half-wins of resampled clusters, some replicates at a time. [n_at_once, n, n]"""
    n = scored.n_competitors
    forth, back = scored.first * n + scored.second, scored.second * n + scored.first
    cells = [(forth, scored.earned * scored.count), (back, (1 - scored.earned) * scored.count)]
    half_wins = _per_cluster(cells, clusters, n * n).T.tocsr()
    for at_once in replicates_at_once(n_replicates, max(n * n, clusters.n)):
        drawn = half_wins @ resampled_clusters(clusters.n, rng, at_once).T
        yield np.ascontiguousarray(drawn.T).reshape(at_once, n, n)


def _per_cluster(cells: list[tuple[IntArray, FloatArray]], clusters: Clusters, n_cells: int) -> "csr_array[np.float64]":
    """For each cluster the sum of the amounts in each cell. [n_clusters, n_cells], sparse"""
    amounts = np.concatenate([amount for _, amount in cells])
    places = (np.tile(clusters.dense, len(cells)), np.concatenate([place for place, _ in cells]))
    return coo_array((amounts, places), shape=(clusters.n, n_cells)).tocsr()
