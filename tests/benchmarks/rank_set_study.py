"""Ten equal systems: how often does a set of ranks hold the first rank, which each of them has?"""

from concurrent.futures import ProcessPoolExecutor

import numpy as np

from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.simulation import simulate_comparisons
from apps.stats.uncertainty import (
    bootstrap_strengths,
    marginal_rank_sets,
    robust_covariance,
    simultaneous_rank_sets,
)
from tests.stats.comparisons_for_tests import rows_of_study

N_SYSTEMS = 10
N_PARTS = 8


def rank_set_coverage(pool: ProcessPoolExecutor, *, n_studies: int, seed: int) -> dict[str, float]:
    """By method the share of sets that hold rank 1."""
    parts = pool.map(_some_studies, [n_studies // N_PARTS] * N_PARTS, range(seed, seed + N_PARTS))
    found = list(parts)
    return {name: float(np.mean([part[name] for part in found])) for name in found[0]}


def _some_studies(n_studies: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    held: dict[str, list[float]] = {}
    for _ in range(n_studies):
        for name, share in _one_study(rng).items():
            held.setdefault(name, []).append(share)
    return {name: float(np.mean(shares)) for name, shares in held.items()}


def _one_study(rng: np.random.Generator) -> dict[str, float]:
    study = simulate_comparisons(strengths=np.zeros(N_SYSTEMS), n_raters=40, n_items=200, n_judgments=2000, rng=rng)
    rows = rows_of_study(study)
    fit = fit_bradley_terry(rows.counts)
    covariance = robust_covariance(fit, rows)
    quick = {"rng": rng, "n_draws": 2000}
    marginal = marginal_rank_sets(fit.strengths, covariance, **quick)
    simultaneous = simultaneous_rank_sets(fit.strengths, covariance, **quick)
    margin = two_sided_quantile(0.95, covariance.degrees_of_freedom) * np.sqrt(covariance.variances())
    clearly_better = (fit.strengths - margin)[None, :] > (fit.strengths + margin)[:, None]
    replicates = bootstrap_strengths(rows.counts, rng=rng, n_replicates=200).strengths
    ranks = 1 + (replicates[:, None, :] > replicates[:, :, None]).sum(axis=2)
    return {
        "simultaneous, all sets at once": float((simultaneous.low == 1).all()),
        "simultaneous": float(np.mean(simultaneous.low == 1)),
        "marginal": float(np.mean(marginal.low == 1)),
        "overlap of intervals": float(np.mean(~clearly_better.any(axis=1))),
        "bootstrap percentiles of ranks": float(np.mean(np.quantile(ranks, 0.025, axis=0) <= 1)),
    }
