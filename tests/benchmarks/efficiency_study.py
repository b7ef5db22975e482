"""How many judgments choosing pairs by results saves, and whether the weighted estimator undoes the choice.

`python -m tests.benchmarks.efficiency_study` prints two tables and writes `var/bench/efficiency.json`;
docs/methods/efficiency.md says how to read them.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from scipy.optimize import isotonic_regression
from scipy.special import expit

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.choosing import compare_estimators
from apps.stats.choosing.policy import DEFAULT_FLOOR
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import fit_bradley_terry
from apps.stats.models.likelihood import newton_ascent
from apps.stats.pairwise import PairwiseCounts
from apps.stats.uncertainty import independent_covariance
from tests.benchmarks.lockstep import Studies, kendall_taus, largest_deviation
from tests.benchmarks.results import print_table, write_results

N_PROCESSES = 2
N_COVERAGE_STUDIES = 800
# Studies run side by side in one process; their seeds depend on it.
AT_ONCE = 80
# Judgments planned at a time.
N_ROUND = 20
ELO = np.log(10) / 400
# The study of coverage.
N_COMPETITORS, STRENGTH_SD, N_JUDGMENTS = 8, 0.6, 3000
ESTIMATORS = ("weighted", "plain", "by_count")


@dataclass(frozen=True)
class Rule:
    """How pairs are chosen: "uniform", "balanced", or "chosen" by results above a floor."""

    name: str
    floor: float | None = None


UNIFORM = Rule("uniform")
RULES = (UNIFORM, Rule("balanced"), Rule("chosen", 0.1), Rule("chosen", 0.3))


@dataclass(frozen=True)
class Scenario:
    """A field of competitors, and the Kendall's taus wanted of it.

    `truth` draws true strengths for so many studies; a study goes on for `n_uniform` or `n_chosen` judgments, so
    that the taus are reached. Of `n_studies` there are more where the error would be too large.
    """

    field: str
    taus: tuple[float, ...]
    truth: Callable[[np.random.Generator, int], FloatArray]
    n_uniform: int
    n_chosen: int
    n_studies: int


def the_same(strengths: FloatArray) -> Callable[[np.random.Generator, int], FloatArray]:
    return lambda rng, n: np.tile(strengths, (n, 1))


def normal(spread: float) -> Callable[[np.random.Generator, int], FloatArray]:
    return lambda rng, n: rng.normal(0, spread, (n, 20))


SCENARIOS = {
    "A": Scenario("10 competitors, 43 Elo apart", (0.95, 0.98), the_same(np.arange(10) * -43 * ELO), 2600, 1600, 3200),
    "B": Scenario("20 competitors, sd 0.8", (0.90,), normal(0.8), 3800, 3000, 1600),
    "C": Scenario(
        "5 tied pairs, 86 Elo apart", (0.98,), the_same(np.repeat(np.arange(5), 2) * -86 * ELO), 1000, 800, 1600
    ),
    "D": Scenario("20 competitors, sd 2", (0.94,), normal(2.0), 3000, 1600, 4800),
}


def tau_curves(name: str, rule: Rule, part: int, n_studies: int = AT_ONCE) -> tuple[FloatArray, float]:
    """Kendall's tau of each study after each round, and how far the rule's arithmetic is from the package's.

    Studies of one part have the same true strengths under every rule.
    """
    scenario = SCENARIOS[name]
    truth = scenario.truth(np.random.default_rng((ord(name), part)), n_studies)
    rng = np.random.default_rng((ord(name), part, RULES.index(rule)))
    studies = Studies(truth[:, :, None] - truth[:, None, :], rng)
    taus = []
    for _ in range((scenario.n_chosen if rule.floor else scenario.n_uniform) // N_ROUND):
        studies.judge(next_rows(studies, rule, N_ROUND))
        taus.append(kendall_taus(studies.strengths, truth))
    return np.array(taus).T, largest_deviation(studies, rule.floor) if rule.floor else 0.0


def next_rows(studies: Studies, rule: Rule, n: int) -> IntArray:
    if rule.floor:
        return studies.chosen(n, rule.floor)[0]
    return studies.uniform(n) if rule is UNIFORM else studies.balanced(n)


def judgments_to_reach(tau: float, curves: FloatArray) -> float:
    """Where the mean over studies, smoothed to rise, crosses tau; nan where it does not."""
    mean = isotonic_regression(curves.mean(axis=0)).x
    after = int(np.searchsorted(mean, tau))
    if not 0 < after < len(mean):
        return float("nan")
    inside = (tau - mean[after - 1]) / (mean[after] - mean[after - 1])
    return float((after + inside) * N_ROUND)


def factor_error(tau: float, uniform: FloatArray, curves: FloatArray) -> float:
    """The standard error of the factor: studies are resampled, those of one truth together."""
    drawn = np.random.default_rng(0).integers(0, len(curves), (200, len(curves)))
    reached = [[judgments_to_reach(tau, each[draw]) for each in (uniform, curves)] for draw in drawn]
    return float(np.nanstd([one / other for one, other in reached]))


def efficiency(pool: ProcessPoolExecutor) -> Iterator[dict[str, object]]:
    """A row for each scenario, tau and rule."""
    tasks = [
        (name, rule, part)
        for name, scenario in SCENARIOS.items()
        for rule in RULES
        for part in range(scenario.n_studies // AT_ONCE)
    ]
    parts = dict(zip(tasks, pool.map(tau_curves, *zip(*tasks, strict=True)), strict=True))
    for name, scenario in SCENARIOS.items():
        curves = {
            rule: np.concatenate([found for task, (found, _) in parts.items() if task[:2] == (name, rule)])
            for rule in RULES
        }
        for tau in scenario.taus:
            uniform = judgments_to_reach(tau, curves[UNIFORM])
            for rule in RULES:
                needed = judgments_to_reach(tau, curves[rule])
                yield {
                    "name": name,
                    "field": scenario.field,
                    "tau": tau,
                    "rule": rule.name,
                    "floor": rule.floor,
                    "judgments": round(needed),
                    "n_studies": scenario.n_studies,
                    "factor": round(uniform / needed, 3),
                    "factor_error": round(factor_error(tau, curves[UNIFORM], curves[rule]), 3),
                    "deviation": max(off for task, (_, off) in parts.items() if task[:2] == (name, rule)),
                }


def errors_and_reaches(
    floor: float, misspecification: float, part: int, n_studies: int = AT_ONCE
) -> dict[str, FloatArray]:
    """For each estimator, study and competitor the error, and half the width of the interval. Each [n_studies, 2, n]

    The logit of every pair is off the difference of strengths by a normal error of its own; the truth is what
    fitting strengths to all pairs judged equally often, without end, would show.
    """
    rng = np.random.default_rng((round(100 * floor), round(100 * misspecification), part))
    truth = rng.normal(0, STRENGTH_SD, (n_studies, N_COMPETITORS))
    pair_errors = np.triu(rng.normal(0, misspecification, (n_studies, N_COMPETITORS, N_COMPETITORS)), 1)
    gaps = truth[:, :, None] - truth[:, None, :] + pair_errors - np.swapaxes(pair_errors, 1, 2)
    studies = Studies(gaps, rng)
    log = []
    for _ in range(N_JUDGMENTS // N_ROUND):
        rows, probability = studies.chosen(N_ROUND, floor)
        log.append((rows, np.where(studies.judge(rows), 0, 1), probability))
    columns = [np.concatenate(parts, axis=1) for parts in zip(*log, strict=True)]
    found = [_estimated(studies, gaps[study], *(column[study] for column in columns)) for study in range(n_studies)]
    return {name: np.array([each[name] for each in found]) for name in ESTIMATORS}


def _estimated(
    studies: Studies, gaps: FloatArray, rows: IntArray, outcome: IntArray, probability: FloatArray
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Errors and reaches of one study."""
    truth = newton_ascent(expit(gaps) * (1 - np.eye(len(gaps))), np.zeros(len(gaps))).strengths
    first, second = studies.one[rows], studies.other[rows]
    both = compare_estimators(len(gaps), first, second, outcome, probability, studies.n_pairs)
    by_count = len(rows) / (studies.n_pairs * np.bincount(rows, minlength=studies.n_pairs)[rows])
    counts = PairwiseCounts.from_arrays(len(gaps), first, second, outcome, weight=by_count)
    fit = fit_bradley_terry(counts)
    reach = two_sided_quantile(0.95) * np.sqrt(np.diag(independent_covariance(fit, counts)))
    return {
        "weighted": (both.weighted.strengths - truth, (both.weighted.high - both.weighted.low) / 2),
        "plain": (both.plain.strengths - truth, (both.plain.high - both.plain.low) / 2),
        "by_count": (fit.strengths - truth, reach),
    }


def coverage(pool: ProcessPoolExecutor) -> Iterator[dict[str, float]]:
    """A row for each floor and misspecification; the floor 1 draws uniformly throughout."""
    cells = [(floor, misspecification) for floor in (0.1, 0.3, 1.0) for misspecification in (0.0, 0.15, 0.3, 0.5)]
    tasks = [(*cell, part) for cell in cells for part in range(N_COVERAGE_STUDIES // AT_ONCE)]
    parts = dict(zip(tasks, pool.map(errors_and_reaches, *zip(*tasks, strict=True)), strict=True))
    for floor, misspecification in cells:
        row = {"floor": floor, "misspecification": misspecification}
        for name in ESTIMATORS:
            found = np.concatenate(
                [parts[task][name] for task in tasks if task[:2] == (floor, misspecification)],
            )
            error, reach = found[:, 0], found[:, 1]
            held = (np.abs(error) <= reach).mean(axis=1)
            row[name] = round(float(held.mean()), 4)
            row[f"{name}_error"] = round(float(held.std() / np.sqrt(len(held))), 4)
            row[f"{name}_rmse"] = round(float(np.sqrt((error**2).mean())), 4)
            row[f"{name}_half_width"] = round(float(reach.mean()), 4)
        yield row


def print_efficiency(rows: list[dict[str, object]]) -> None:
    table = [
        [
            f"{row['name']}: {row['field']}, tau {row['tau']}",
            row["rule"],
            row["floor"],
            row["n_studies"],
            row["judgments"],
            f"{row['factor']:.2f} +- {row['factor_error']:.2f}",
        ]
        for row in rows
    ]
    title = "Judgments until the mean tau of the studies is reached; factor: uniform / rule, +- standard error"
    print_table(title, ["scenario", "rule", "floor", "studies", "judgments", "factor"], table)


def print_coverage(rows: list[dict[str, float]]) -> None:
    table = [
        [
            f"{row['floor']:g}",
            f"{row['misspecification']:g}",
            *(f"{row[name]:.3f} +- {row[f'{name}_error']:.3f}" for name in ESTIMATORS),
            *(f"{row[f'{name}_rmse']:.3f}" for name in ESTIMATORS),
            f"{row['weighted_half_width'] / row['plain_half_width']:.2f}",
        ]
        for row in rows
    ]
    columns = ["floor", "misspecification", *ESTIMATORS, *(f"rmse {name}" for name in ESTIMATORS), "width ratio"]
    title = f"How often 95 % intervals hold the truth, {N_COVERAGE_STUDIES} studies a row; rmse; weighted / plain width"
    print_table(title, columns, table)


def main() -> None:
    begun = time.perf_counter()
    with ProcessPoolExecutor(N_PROCESSES) as pool:
        scenarios, covered = list(efficiency(pool)), list(coverage(pool))
    print_efficiency(scenarios)
    print_coverage(covered)
    seconds = time.perf_counter() - begun
    results = {
        "scenarios": scenarios,
        "weighted_coverage": next(
            row["weighted"] for row in covered if (row["floor"], row["misspecification"]) == (DEFAULT_FLOOR, 0.5)
        ),
        "coverage": covered,
        "n_coverage_studies": N_COVERAGE_STUDIES,
        "seconds": round(seconds, 1),
    }
    path = write_results("efficiency", results)
    deviation = max(row["deviation"] for row in scenarios)
    Console().print(f"{path}, in {seconds:.0f} s. Probabilities agree with the package's within {deviation:.0e}.")


if __name__ == "__main__":
    main()
