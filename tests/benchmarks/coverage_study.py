"""`make coverage-study`: do 95 % intervals hold the truth in 95 of 100 simulated studies?

Four designs of six systems, a thousand studies each; raters differ in taste and items in leaning. The truth
is what a board of endless raters and items would show. Prints how often each kind of interval holds it, and
how wide it is; then how often the rank sets of ten equal systems hold the first rank. Everything is seeded.
"""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.stats.arrays import FloatArray
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import BradleyTerryFit, fit_bradley_terry
from apps.stats.pairwise import ComparisonRows
from apps.stats.simulation import expected_strengths, simulate_comparisons
from apps.stats.uncertainty import clustered_covariance, independent_covariance, robust_covariance
from tests.benchmarks.rank_set_study import rank_set_coverage
from tests.benchmarks.resampled_intervals import (
    left_out_raters,
    resampled_raters,
    resampled_raters_and_items,
)
from tests.benchmarks.results import print_table, write_results
from tests.stats.comparisons_for_tests import rows_of_study

STRENGTHS = np.array([0.8, 0.5, 0.1, -0.2, -0.5, -0.7])
TIE_WIDTH = 0.6
N_STUDIES = 1000
N_PARTS = 8
SEED = 2026


@dataclass(frozen=True)
class Scenario:
    """A design: who judges what how often, and how much raters and items differ (sd in log-odds)."""

    name: str
    n_raters: int
    n_items: int
    n_judgments: int
    taste_sd: float
    leaning_sd: float

    @property
    def title(self) -> str:
        return (
            f"{self.n_raters} raters, {self.n_items} items, N={self.n_judgments} ({self.taste_sd}, {self.leaning_sd})"
        )


SCENARIOS = (
    Scenario("r20_p100", 20, 100, 2000, 0.5, 1.0),
    Scenario("r8_p100", 8, 100, 1000, 0.5, 1.0),
    Scenario("r100_p100", 100, 100, 4000, 0.3, 1.0),
    Scenario("homogeneous", 20, 1000, 2000, 0.0, 0.0),
)

Ends = tuple[FloatArray, FloatArray]


def independent(fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator) -> Ends:
    """What most leaderboards print."""
    return _around(fit, np.diag(independent_covariance(fit, rows.counts)), None)


def by_rater(fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator) -> Ends:
    return _around(fit, np.diag(clustered_covariance(fit, rows, rows.raters)), rows.raters.n - 1)


def by_item(fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator) -> Ends:
    return _around(fit, np.diag(clustered_covariance(fit, rows, rows.items)), rows.items.n - 1)


def two_way(fit: BradleyTerryFit, rows: ComparisonRows, rng: np.random.Generator) -> Ends:
    """Ours."""
    covariance = robust_covariance(fit, rows)
    return _around(fit, covariance.variances(), covariance.degrees_of_freedom)


def _around(fit: BradleyTerryFit, variances: FloatArray, degrees_of_freedom: int | None) -> Ends:
    margin = two_sided_quantile(0.95, degrees_of_freedom) * np.sqrt(variances)
    return fit.strengths - margin, fit.strengths + margin


METHODS: dict[str, Callable[[BradleyTerryFit, ComparisonRows, np.random.Generator], Ends]] = {
    "independent": independent,
    "rater_cr1": by_rater,
    "rater_jackknife": left_out_raters,
    "rater_bootstrap": resampled_raters,
    "item_cr1": by_item,
    "two_way": two_way,
    "two_way_bootstrap": resampled_raters_and_items,
}


def some_studies(scenario: Scenario, seed: int) -> dict[str, FloatArray]:
    """For each method the share of strengths held, and the mean width, of a part of the studies. [n_studies, 2]"""
    rng = np.random.default_rng(seed)
    truth = expected_strengths(
        strengths=STRENGTHS,
        tie_width=TIE_WIDTH,
        rater_taste_sd=scenario.taste_sd,
        item_leaning_sd=scenario.leaning_sd,
    )
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in METHODS}
    for _ in range(N_STUDIES // N_PARTS):
        rows = _study(scenario, rng)
        fit = fit_bradley_terry(rows.counts)
        for name, method in METHODS.items():
            low, high = method(fit, rows, rng)
            found[name].append((float(np.mean((low <= truth) & (truth <= high))), float(np.mean(high - low))))
    return {name: np.array(pairs) for name, pairs in found.items()}


def _study(scenario: Scenario, rng: np.random.Generator) -> ComparisonRows:
    return rows_of_study(
        simulate_comparisons(
            strengths=STRENGTHS,
            tie_width=TIE_WIDTH,
            n_raters=scenario.n_raters,
            n_items=scenario.n_items,
            n_judgments=scenario.n_judgments,
            rater_taste_sd=scenario.taste_sd,
            item_leaning_sd=scenario.leaning_sd,
            rng=rng,
        )
    )


def main() -> None:
    with ProcessPoolExecutor(2) as pool:
        results = [row for scenario in SCENARIOS for row in _of_scenario(scenario, pool)]
        rank_sets = rank_set_coverage(pool, n_studies=N_STUDIES, seed=SEED)
    _print(results)
    print_table("Ten equal systems: sets that hold rank 1", ["method", "share"], list(rank_sets.items()))
    write_results("coverage", {"scenarios": results, "rank_sets": rank_sets, "n_studies": N_STUDIES})


def _of_scenario(scenario: Scenario, pool: ProcessPoolExecutor) -> list[dict[str, Any]]:
    """A row for each method; `monte_carlo_error` is the standard error of the coverage."""
    parts = list(pool.map(some_studies, [scenario] * N_PARTS, range(SEED, SEED + N_PARTS)))
    rows = []
    for name in METHODS:
        studies = np.concatenate([part[name] for part in parts])
        coverage, width = studies.mean(axis=0).tolist()
        error = float(studies[:, 0].std(ddof=1) / np.sqrt(len(studies)))
        row = {"name": scenario.name, "method": name, "coverage": coverage, "width": width}
        rows.append(row | {"monte_carlo_error": error})
    return rows


def _print(results: list[dict[str, Any]]) -> None:
    cells = {(row["method"], row["name"]): f"{row['coverage']:.3f} ({row['width']:.2f})" for row in results}
    largest = max(row["monte_carlo_error"] for row in results)
    print_table(
        f"Coverage (mean width) of 95 % intervals of strengths, {N_STUDIES} studies each, +- {largest:.3f}",
        ["method", *(scenario.title for scenario in SCENARIOS)],
        [[name, *(cells[name, scenario.name] for scenario in SCENARIOS)] for name in METHODS],
    )


if __name__ == "__main__":
    main()
