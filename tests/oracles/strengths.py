"""Bradley-Terry strengths, a tie being half a win; natural log-odds with mean zero."""

from typing import Any

import choix
import evalica
import numpy as np
import pandas as pd
import statsmodels.api as sm
from arena_rank.models.bradley_terry import BradleyTerry
from arena_rank.utils.data_utils import PairDataset

from tests.oracles import tables

PACKAGES = ("arena-rank", "choix", "evalica", "statsmodels")


def values() -> dict[str, Any]:
    frames = {
        "food": tables.games("food"),
        "simple": tables.games("simple"),
        "baseball": tables.baseball(),
        "simulated": tables.simulated_games(),
    }
    return {name: _of(frame) for name, frame in frames.items()} | {"baseball_at_home": _at_home(tables.baseball())}


def _of(frame: pd.DataFrame) -> dict[str, Any]:
    arena = _arena(frame)
    return {
        "choix": {"strengths": _choix(frame)},
        "evalica": {"strengths": _evalica(frame)},
        "arena-rank": arena,
        "statsmodels": {"strengths": _centred(np.append(_logit(frame, tables.design(frame)).params, 0.0))},
    }


def _centred(strengths: np.ndarray) -> np.ndarray:
    return strengths - strengths.mean()


def _choix(frame: pd.DataFrame) -> np.ndarray:
    n = tables.n_competitors(frame)
    half_wins = np.zeros((n, n))
    np.add.at(half_wins, (frame["left"], frame["right"]), frame["earned"])
    np.add.at(half_wins, (frame["right"], frame["left"]), 1 - frame["earned"])
    return _centred(choix.ilsr_pairwise_dense(half_wins, tol=1e-13))


def _evalica(frame: pd.DataFrame) -> np.ndarray:
    winners = frame["earned"].map({1.0: evalica.Winner.X, 0.0: evalica.Winner.Y, 0.5: evalica.Winner.Draw})
    found = evalica.bradley_terry(
        list(frame["left"]), list(frame["right"]), list(winners), tolerance=1e-13, limit=100_000
    )
    return _centred(np.log(found.scores.sort_index().to_numpy()))


def _arena(frame: pd.DataFrame) -> dict[str, Any]:
    """Strengths, and the roots of the diagonal of its sandwich for independent judgments.

    From its own information and its own variance of the score: the ridge that it adds to the information, with
    which the constant direction cannot be left out exactly, is set to zero.
    """
    named = frame.assign(model_a=frame["left"], model_b=frame["right"])
    named["winner"] = frame["earned"].map({1.0: "model_a", 0.0: "model_b", 0.5: "tie"})
    data = PairDataset.from_pandas(named)
    n = tables.n_competitors(frame)
    ratings = BradleyTerry(n, ftol=0.0, gtol=1e-14).fit(data).params["ratings"]
    information, meat = BradleyTerry.compute_hessian_and_covariance(
        ratings, data.pairs, data.outcomes, data.counts, data.opt_weights, 0.0, n
    )
    bread = np.linalg.pinv(np.asarray(information), hermitian=True)
    return {
        "strengths": _centred(np.asarray(ratings)),
        "standard_errors": np.sqrt(np.diag(bread @ np.asarray(meat) @ bread)),
    }


def _logit(frame: pd.DataFrame, design: np.ndarray) -> Any:
    return sm.GLM(frame["earned"].to_numpy(), design, family=sm.families.Binomial()).fit(tol=1e-14)


def _at_home(frame: pd.DataFrame) -> dict[str, Any]:
    """Strengths against the last team, and the advantage of playing at home, with the model's standard errors."""
    found = _logit(frame, np.column_stack([tables.design(frame), np.ones(len(frame))]))
    return {
        "statsmodels": {
            "against_last": found.params[:-1],
            "against_last_errors": found.bse[:-1],
            "home": found.params[-1],
            "home_error": found.bse[-1],
            "log_likelihood": found.llf,
        }
    }
