"""Intervals by resampling, as other leaderboards make them: compared with ours in the coverage study."""

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import BradleyTerryFit
from apps.stats.models.likelihood import laplacian
from apps.stats.pairwise import Clusters, ComparisonRows

N_REPLICATES = 400


def left_out_raters(
    fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The jackknife over raters (CR3): each left out in turn, by one Newton step."""
    n = fit.n_competitors
    scores = _scores_per_cluster(fit, rows, rows.raters)
    informations = np.array([_information_of(fit, rows, rater) for rater in range(rows.raters.n)])
    left = fit.likelihood.information - informations + np.ones((n, n)) / n
    moved = np.linalg.solve(left, -scores[:, :, None])[:, :, 0]
    n_raters = rows.raters.n
    variances = (n_raters - 1) / n_raters * (moved**2).sum(axis=0)
    margin = two_sided_quantile(0.95, n_raters - 1) * np.sqrt(variances)
    return fit.strengths - margin, fit.strengths + margin


def resampled_raters(
    fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Percentiles of a bootstrap over raters, each replicate by one Newton step."""
    times = _times(rows.raters, rng)
    return _percentiles(fit, times @ _scores_per_cluster(fit, rows, rows.raters))


def resampled_raters_and_items(
    fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """The pigeonhole bootstrap: raters and items drawn at once (Owen 2007, Annals of Applied Statistics 1)."""
    score = _scores(fit, rows)
    times = _times(rows.raters, rng)[:, rows.raters.dense] * _times(rows.items, rng)[:, rows.items.dense]
    return _percentiles(fit, times @ score)


def _times(clusters: Clusters, rng: np.random.Generator) -> FloatArray:
    """How often each cluster is drawn. [n_replicates, n_clusters]"""
    return rng.multinomial(clusters.n, np.full(clusters.n, 1 / clusters.n), N_REPLICATES).astype(np.float64)


def _percentiles(fit: BradleyTerryFit, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    replicates = fit.strengths + scores @ fit.likelihood.inverse_information
    low, high = np.quantile(replicates, [0.025, 0.975], axis=0)
    return low, high


def _scores(fit: BradleyTerryFit, rows: ComparisonRows) -> FloatArray:
    """What each row pulls at each strength. [n_rows, n]"""
    score = np.zeros((len(rows.first), fit.n_competitors))
    residual = (rows.earned - fit.probabilities[rows.first, rows.second]) * rows.count
    here = np.arange(len(rows.first))
    score[here, rows.first], score[here, rows.second] = residual, -residual
    return score


def _scores_per_cluster(fit: BradleyTerryFit, rows: ComparisonRows, clusters: Clusters) -> FloatArray:
    found = np.zeros((clusters.n, fit.n_competitors))
    np.add.at(found, clusters.dense, _scores(fit, rows))
    return found


def _information_of(fit: BradleyTerryFit, rows: ComparisonRows, rater: int) -> FloatArray:
    """The part of the information that one rater brought. [n, n]"""
    hers = rows.raters.dense == rater
    share = fit.probabilities[rows.first[hers], rows.second[hers]]
    weights = np.zeros((fit.n_competitors, fit.n_competitors))
    np.add.at(weights, (rows.first[hers], rows.second[hers]), share * (1 - share) * rows.count[hers])
    return laplacian(weights + weights.T)
