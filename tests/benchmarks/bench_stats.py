"""`make bench-stats`: our statistics beside their peers, in one run, on the same arrays.

Peers run in the environment of `tests/oracles`, since their pins fight ours. A time is the best of a few runs in
one process; where a peer is too slow for the whole job, a part of it is timed and scaled, and its name says so. The
error is the largest distance from an exact solution.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.stats.agreement import bootstrap_alpha, krippendorff_alpha
from apps.stats.arrays import FloatArray, IntArray
from apps.stats.boards import fit_board
from apps.stats.models import fit_bradley_terry, fit_covariates
from apps.stats.pairwise import ComparisonRows, PairwiseCounts
from apps.stats.simulation import draw_outcomes, simulate_labels
from apps.stats.uncertainty import bootstrap_strengths
from apps.stats.uncertainty.refits import refitted
from tests.benchmarks.exact import exact_alpha, exact_strengths, exact_strengths_and_coefficients
from tests.benchmarks.results import print_table, write_results

ROOT = Path(__file__).parents[2]
ORACLES = ROOT / "tests" / "oracles" / ".venv" / "bin" / "python"
SEED = 2026
OURS = "Touchstone"
_NO_PEERS = "The peers could not be installed (see `make oracles`): they are left out, and our rows stand alone.\n"
# The engine that each job's others are compared with.
FIRST_OF_JOB = {
    "board": f"{OURS}, independent intervals, rank sets",
    "board_two_way": f"{OURS}, two-way intervals, rank sets",
    "bootstrap": f"{OURS}, 1000 replicates",
    "alpha": f"{OURS}, with interval",
    "style": f"{OURS}, with intervals",
}


@dataclass(frozen=True, eq=False)
class Games:
    """Comparisons of n competitors, drawn from Davidson's model; integers as a database would hand them over."""

    n: int
    first: IntArray
    second: IntArray
    outcome: IntArray

    @property
    def counts(self) -> PairwiseCounts:
        return PairwiseCounts.from_arrays(self.n, self.first, self.second, self.outcome)


Row = dict[str, Any]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows, exact = _ours(Path(folder))
        rows += _peers(Path(folder), exact)
    _print(rows)
    write_results(
        "stats", {"rows": [{name: row[name] for name in ("job", "engine", "ms", "max_error")} for row in rows]}
    )


def _ours(folder: Path) -> tuple[list[Row], dict[str, FloatArray]]:
    """Our rows, and the exact answers; the arrays are left in the folder for the peers."""
    parts = [_board(folder), _bootstrap(folder), _alpha(folder), _style(folder)]
    rows = [row for part, _ in parts for row in part]
    return rows, {job: exact for part, exact in parts for job in {row["job"] for row in part}}


def _row(job: str, engine: str, run: Callable[[], Any], error: Callable[[Any], float | None], times: int = 5) -> Row:
    milliseconds = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = run()
        milliseconds.append((time.perf_counter() - begun) * 1000)
    return {"job": job, "engine": engine, "ms": min(milliseconds), "max_error": error(answer)}


def _games(n: int, n_judgments: int, rng: np.random.Generator, extra: FloatArray | float = 0.0) -> Games:
    strengths = rng.normal(0.0, 1.0, n)
    first = rng.integers(0, n, n_judgments)
    second = (first + rng.integers(1, n, n_judgments)) % n
    gap = strengths[first] - strengths[second] + extra
    outcome = draw_outcomes(gap=gap, tie_width=0.8, rng=rng)
    return Games(n, first.astype(np.int32), second.astype(np.int32), outcome.astype(np.int8))


def _saved(folder: Path, job: str, games: Games, **more: np.ndarray[Any, Any]) -> None:
    for name, array in {"first": games.first, "second": games.second, "outcome": games.outcome, **more}.items():
        np.save(folder / f"{job}_{name}.npy", array)


def _board(folder: Path) -> tuple[list[Row], FloatArray]:
    """Ten million comparisons of 200 competitors by 1,000 raters on 2,000 items."""
    rng = np.random.default_rng(SEED)
    games = _games(200, 10_000_000, rng)
    rater, item = (rng.integers(0, n, len(games.first)).astype(np.int32) for n in (1000, 2000))
    half_wins = games.counts.half_wins()
    _saved(folder, "board", games, half_wins=half_wins)
    exact = exact_strengths(half_wins)

    def error(board: Any) -> float:
        return float(np.abs(np.array([row.strength for row in board.rows]) - exact).max())

    given = {"n_competitors": 200, "first": games.first, "second": games.second, "outcome": games.outcome}

    def board(**clusters: IntArray) -> Any:
        return fit_board(**given, **clusters, rng=np.random.default_rng(SEED))

    rows = [
        _row("board", FIRST_OF_JOB["board"], board, error),
        _row("board_two_way", FIRST_OF_JOB["board_two_way"], lambda: board(rater=rater, item=item), error, times=3),
    ]
    return rows, exact


def _bootstrap(folder: Path) -> tuple[list[Row], None]:
    """A hundred thousand comparisons of 20 competitors, drawn anew a thousand times; the error is of 20 refits."""
    rng = np.random.default_rng(SEED + 1)
    games = _games(20, 100_000, rng)
    _saved(folder, "bootstrap", games)
    counts = games.counts
    fit = fit_bradley_terry(counts)
    again = np.array([_drawn_anew(games, rng).half_wins() for _ in range(20)])
    worst = np.abs(refitted(fit, [again]).strengths - [exact_strengths(table) for table in again]).max()

    def run() -> object:
        return bootstrap_strengths(counts, rng=np.random.default_rng(SEED), n_replicates=1000)

    return [_row("bootstrap", FIRST_OF_JOB["bootstrap"], run, lambda _: float(worst))], None


def _drawn_anew(games: Games, rng: np.random.Generator) -> PairwiseCounts:
    rows = rng.integers(0, len(games.first), len(games.first))
    return Games(games.n, games.first[rows], games.second[rows], games.outcome[rows]).counts


def _alpha(folder: Path) -> tuple[list[Row], FloatArray]:
    """A hundred thousand units, a hundred raters, five labels, one cell in twenty filled."""
    labels = simulate_labels(
        n_units=100_000,
        n_raters=100,
        prevalence=[0.4, 0.3, 0.15, 0.1, 0.05],
        accuracy=0.7,
        missing_share=0.95,
        rng=np.random.default_rng(SEED + 2),
    )
    table = np.full((100, 100_000), np.nan)
    table[labels.rater, labels.unit] = labels.label
    values = np.zeros((100_000, 5), dtype=np.int64)
    np.add.at(values, (labels.unit, labels.label), 1)
    np.save(folder / "alpha_table.npy", table)
    np.save(folder / "alpha_values.npy", values)
    exact = exact_alpha(values)

    def error(alpha: Any) -> float:
        return abs(alpha.value - exact)

    def resampled() -> Any:
        return bootstrap_alpha(labels.unit, labels.label, rng=np.random.default_rng(SEED), n_replicates=1000)

    rows = [
        _row("alpha", FIRST_OF_JOB["alpha"], lambda: krippendorff_alpha(labels.unit, labels.label), error),
        _row("alpha", f"{OURS}, bootstrap of 1000", resampled, error),
    ]
    return rows, np.array([exact])


def _style(folder: Path) -> tuple[list[Row], FloatArray]:
    """A million comparisons of 200 competitors, four differences of style."""
    rng = np.random.default_rng(SEED + 3)
    features = rng.normal(0.0, 1.0, (1_000_000, 4))
    games = _games(200, 1_000_000, rng, features @ np.array([0.25, 0.1, -0.05, 0.02]))
    _saved(folder, "style", games, features=features)
    earned = np.array([1.0, 0.0, 0.5])[games.outcome]
    exact = exact_strengths_and_coefficients(200, games.first, games.second, earned, features)
    names = ("tokens", "headers", "lists", "bold")

    def run() -> Any:
        rows = ComparisonRows.from_arrays(
            n_competitors=200, first=games.first, second=games.second, outcome=games.outcome
        )
        return fit_covariates(rows, features, names=names)

    def error(fit: Any) -> float:
        return float(np.abs(np.concatenate([fit.strengths, fit.coefficients]) - exact).max())

    return [_row("style", FIRST_OF_JOB["style"], run, error)], exact


def _peers(folder: Path, exact: dict[str, FloatArray]) -> list[Row]:
    """The rows of the peers, timed in their own environment."""
    command = [str(ORACLES), "-W", "ignore", "-m", "tests.oracles.time_peers", str(folder)]
    if not ORACLES.exists():
        sys.stderr.write(_NO_PEERS)
        return []
    timed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    rows = []
    for line in map(json.loads, timed.stdout.splitlines()):
        answer = line.pop("answer")
        error = None if answer is None else float(np.abs(np.load(folder / answer) - exact[line["job"]]).max())
        rows.append({**line, "max_error": error})
    return rows


def _print(rows: list[Row]) -> None:
    order = {job: place for place, job in enumerate(FIRST_OF_JOB)}
    rows.sort(key=lambda row: (order[row["job"]], row["engine"] != FIRST_OF_JOB[row["job"]], row["ms"]))
    ours = {row["job"]: row["ms"] for row in rows if row["engine"] == FIRST_OF_JOB[row["job"]]}
    cells = []
    for row in rows:
        error = "-" if row["max_error"] is None else f"{row['max_error']:.0e}"
        cells.append([row["job"], row["engine"], f"{row['ms']:,.0f}", f"{row['ms'] / ours[row['job']]:,.1f}", error])
    print_table("Milliseconds", ["job", "engine", "ms", "times ours", "largest error"], cells)


if __name__ == "__main__":
    main()
