"""The peers of `make bench-stats`, timed in their own environment on arrays that somebody else has drawn.

    python -m tests.oracles.time_peers FOLDER

FOLDER holds the arrays as .npy; each peer's answer is written beside them, and a line of JSON tells its time. A peer
that cannot be imported is named on the standard error and left out.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

_TOLERANCE = 1e-10
_REPLICATES = 20
_WANTED = 1000
Answer = np.ndarray | None
Job = Callable[[], Answer]


class Arrays:
    """What was drawn, by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __getattr__(self, name: str) -> np.ndarray:
        return np.load(self.folder / f"{name}.npy")


def main(folder: Path) -> None:
    arrays = Arrays(folder)
    missing = {name for name in ("arena_rank", "choix", "evalica", "krippendorff", "sklearn") if not find_spec(name)}
    for name in sorted(missing):
        sys.stderr.write(f"{name} is not installed in tests/oracles/.venv: its rows are left out.\n")
    for number, (needs, job, engine, times, scale, run) in enumerate(_jobs(arrays)):
        if needs in missing:
            continue
        sys.stderr.write(f"  {job}: {engine}\n")
        milliseconds, answer = _timed(run, times)
        line = {"job": job, "engine": engine, "ms": milliseconds * scale, "answer": None}
        if answer is not None:
            line["answer"] = f"answer-{number}.npy"
            np.save(folder / line["answer"], answer)
        sys.stdout.write(json.dumps(line) + "\n")


def _jobs(arrays: Arrays) -> Iterator[tuple[str, str, str, int, float, Job]]:
    """Package, job, what was asked, how often it is run (the best counts), factor of its time, how to run it."""
    scaled = _WANTED / _REPLICATES
    names = ("first", "second", "outcome")
    board = tuple(getattr(arrays, f"board_{name}") for name in names)
    yield "choix", "board", "choix on our counts, no interval", 5, 1, lambda: _choix(arrays.board_half_wins)
    yield "evalica", "board", "evalica, no interval", 3, 1, lambda: _evalica(*board)
    yield "sklearn", "board", "scikit-learn, sparse rows, no interval", 1, 1, lambda: _logit(*board)
    yield "arena_rank", "board", "arena-rank, warm, independent intervals", 3, 1, lambda: _arena(*board)
    small = tuple(getattr(arrays, f"bootstrap_{name}") for name in names)
    yield (
        "evalica",
        "bootstrap",
        f"evalica, {_REPLICATES} replicates x {scaled:g}",
        1,
        scaled,
        lambda: _evalica_again(*small),
    )
    yield (
        "arena_rank",
        "bootstrap",
        f"arena-rank, {_REPLICATES} replicates x {scaled:g}",
        1,
        scaled,
        lambda: _arena_again(*small),
    )
    yield "krippendorff", "alpha", "krippendorff, no interval", 3, 1, lambda: _alpha(arrays.alpha_table)
    yield (
        "krippendorff",
        "alpha",
        "krippendorff on counts of values, no interval",
        3,
        1,
        lambda: _alpha_counts(arrays.alpha_values),
    )
    yield "evalica", "alpha", "evalica, no interval", 3, 1, lambda: _evalica_alpha(arrays.alpha_table)
    yield "evalica", "alpha", f"evalica, bootstrap of {_WANTED}", 1, 1, lambda: _evalica_alpha_again(arrays.alpha_table)
    style = (*(getattr(arrays, f"style_{name}") for name in names), arrays.style_features)
    yield "sklearn", "style", "scikit-learn, sparse rows, no interval", 2, 1, lambda: _logit(*style)
    yield "arena_rank", "style", "arena-rank, warm, reg=0, independent intervals", 2, 1, lambda: _arena_style(*style)


def _timed(run: Job, times: int) -> tuple[float, Answer]:
    """Milliseconds of the best of so many runs, and the answer."""
    milliseconds = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = run()
        milliseconds.append((time.perf_counter() - begun) * 1000)
    return min(milliseconds), answer


def _earned(outcome: np.ndarray) -> np.ndarray:
    return np.array([1.0, 0.0, 0.5])[outcome]


def _centred(strengths: np.ndarray) -> np.ndarray:
    return strengths - strengths.mean()


def _choix(half_wins: np.ndarray) -> np.ndarray:
    import choix

    return _centred(choix.ilsr_pairwise_dense(half_wins, tol=1e-12))


def _evalica(first: np.ndarray, second: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    import evalica

    winners = np.array([evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw], dtype=object)[outcome].tolist()
    index = pd.RangeIndex(int(max(first.max(), second.max())) + 1)
    found = evalica.bradley_terry(first, second, winners, index=index, tolerance=_TOLERANCE, limit=100_000)
    return _centred(np.log(found.scores.sort_index().to_numpy()))


def _evalica_again(first: np.ndarray, second: np.ndarray, outcome: np.ndarray) -> None:
    import evalica

    winners = np.array([evalica.Winner.X, evalica.Winner.Y, evalica.Winner.Draw], dtype=object)[outcome].tolist()
    evalica.bootstrap(
        evalica.bradley_terry, first.tolist(), second.tolist(), winners,
        n_resamples=_REPLICATES, bootstrap_method="percentile", random_state=1,
    )  # fmt: skip


def _logit(
    first: np.ndarray, second: np.ndarray, outcome: np.ndarray, features: np.ndarray | None = None
) -> np.ndarray:
    """Logistic regression without a penalty; a tie is half a win and half a loss."""
    from sklearn.linear_model import LogisticRegression

    rows, n = np.arange(len(first)), int(max(first.max(), second.max())) + 1
    ones = np.ones(len(first))
    where = (np.concatenate([rows, rows]), np.concatenate([first, second]))
    design = sparse.csr_matrix((np.concatenate([ones, -ones]), where), shape=(len(first), n))
    if features is not None:
        design = sparse.hstack([design, sparse.csr_matrix(features)], format="csr")
    tied = outcome == 2
    stacked = sparse.vstack([design, design[tied]], format="csr")
    target = np.concatenate([outcome != 1, np.zeros(tied.sum())]).astype(int)
    weight = np.concatenate([np.where(tied, 0.5, 1.0), np.full(tied.sum(), 0.5)])
    fit = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-8, max_iter=1000).fit(stacked, target, weight)
    found = fit.coef_[0]
    return np.concatenate([_centred(found[:n]), found[n:]])


def _games(first: np.ndarray, second: np.ndarray, outcome: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"model_a": first, "model_b": second, "winner": _earned(outcome)})


def _arena(first: np.ndarray, second: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    from arena_rank.models.bradley_terry import BradleyTerry
    from arena_rank.utils.data_utils import PairDataset

    data = PairDataset.from_pandas(_games(first, second, outcome), outcome_map=float)
    model = BradleyTerry(len(data.competitors))
    model.compute_ratings_and_cis(data)["rating_lower"].block_until_ready()
    return _centred(np.asarray(model.params["ratings"]))


def _arena_again(first: np.ndarray, second: np.ndarray, outcome: np.ndarray) -> None:
    import multiprocessing

    from arena_rank.models.bradley_terry import BradleyTerry
    from arena_rank.utils.data_utils import PairDataset

    # Its processes would hang if they were forked: the library that it stands on has threads by then.
    multiprocessing.set_start_method("spawn", force=True)
    data = PairDataset.from_pandas(_games(first, second, outcome), outcome_map=float)
    model = BradleyTerry(len(data.competitors))
    model.compute_ratings_and_cis(data, ci_method="bootstrap", num_bootstrap=_REPLICATES)


def _arena_style(first: np.ndarray, second: np.ndarray, outcome: np.ndarray, features: np.ndarray) -> np.ndarray:
    from arena_rank.models.contextual_bradley_terry import ContextualBradleyTerry
    from arena_rank.utils.data_utils import ContextualPairDataset

    columns = [f"feature_{number}" for number in range(features.shape[1])]
    frame = pd.concat([_games(first, second, outcome), pd.DataFrame(features, columns=columns)], axis=1)
    data = ContextualPairDataset.from_pandas(
        frame, columns, outcome_map=float, reweighted=False, normalize_features=False
    )
    model = ContextualBradleyTerry(len(data.competitors), len(columns), reg=0.0)
    model.compute_ratings_and_cis(data)["rating_lower"].block_until_ready()
    return np.concatenate([_centred(np.asarray(model.params["ratings"])), np.asarray(model.params["coeffs"])])


def _alpha(table: np.ndarray) -> np.ndarray:
    import krippendorff

    return np.array([krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")])


def _alpha_counts(values: np.ndarray) -> np.ndarray:
    import krippendorff

    return np.array([krippendorff.alpha(value_counts=values, level_of_measurement="nominal")])


def _evalica_alpha(table: np.ndarray) -> np.ndarray:
    import evalica

    return np.array([evalica.alpha(pd.DataFrame(table)).alpha])


def _evalica_alpha_again(table: np.ndarray) -> np.ndarray:
    import evalica

    found = evalica.alpha_bootstrap(pd.DataFrame(table), n_resamples=_WANTED, random_state=1)
    return np.array([found.alpha])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
