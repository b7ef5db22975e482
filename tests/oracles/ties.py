"""Ties as an outcome of their own.

Davidson's model is a log-linear model of the table pair by outcome: the log of the expected number is the pair's
own constant plus the winner's strength, or for a tie half of both strengths and log nu. A Poisson regression with
a constant for each pair therefore gives its maximum and its covariance. evalica's `newman` is the same model with
nu = 2 v. Rao and Kupper's is the cumulative logit with the two thresholds equal but for their sign; giving every
judgment twice, once from each side, makes them so.
"""

import warnings
from typing import Any

import evalica
import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

from tests.oracles import tables

PACKAGES = ("evalica", "statsmodels")


def values() -> dict[str, Any]:
    frames = {"puddings": tables.puddings(), "simulated": tables.simulated_games()}
    return {name: {"davidson": _davidson(frame), "rao_kupper": _rao_kupper(frame)} for name, frame in frames.items()}


def _davidson(frame: pd.DataFrame) -> dict[str, Any]:
    exog, numbers = _log_linear(frame)
    fit = sm.GLM(numbers, exog, family=sm.families.Poisson()).fit(tol=1e-14, maxiter=200)
    n = tables.n_competitors(frame)
    covariance = fit.cov_params()
    return {
        "statsmodels": {
            # All but the first competitor, which is the reference, then log nu.
            "against_first": fit.params[: n - 1],
            "log_nu": fit.params[n - 1],
            "covariance": covariance[:n, :n],
        },
        "evalica": _newman(frame),
    }


def _log_linear(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A row for each pair and outcome: strengths of all but the first, tie or not, a constant for each pair."""
    n = tables.n_competitors(frame)
    swapped = frame["left"] > frame["right"]
    low, high = frame[["left", "right"]].min(axis=1), frame[["left", "right"]].max(axis=1)
    by_low = np.where(swapped, 1 - frame["earned"], frame["earned"])
    pairs = sorted(set(zip(low, high, strict=True)))
    rows, numbers = [], []
    for place, (i, j) in enumerate(pairs):
        here = by_low[(low == i) & (high == j)]
        for earned, share in ((1.0, (1.0, 0.0)), (0.0, (0.0, 1.0)), (0.5, (0.5, 0.5))):
            row = np.zeros(n + 1 + len(pairs))
            row[[i, j]] = share
            row[n], row[n + 1 + place] = float(earned == 0.5), 1.0
            rows.append(row[1:])
            numbers.append(float((here == earned).sum()))
    return np.array(rows), np.array(numbers)


def _newman(frame: pd.DataFrame) -> dict[str, Any]:
    winners = frame["earned"].map({1.0: evalica.Winner.X, 0.0: evalica.Winner.Y, 0.5: evalica.Winner.Draw})
    found = evalica.newman(list(frame["left"]), list(frame["right"]), list(winners), tolerance=1e-13, limit=100_000)
    strengths = np.log(found.scores.sort_index().to_numpy())
    return {"strengths": strengths - strengths.mean(), "nu": 2 * found.v}


def _rao_kupper(frame: pd.DataFrame) -> dict[str, Any]:
    design = tables.design(frame)
    levels = (2 * frame["earned"]).astype(int).to_numpy()
    model = OrderedModel(np.concatenate([levels, 2 - levels]), np.concatenate([design, -design]), distr="logit")
    with warnings.catch_warnings():
        # The first road ends a little short of the top, and says so; the second goes on from there.
        warnings.simplefilter("ignore")
        near = model.fit(method="bfgs", gtol=1e-6, maxiter=1000, disp=False)
    fit = model.fit(start_params=near.params, method="newton", tol=1e-12, disp=False)
    below, above = model.transform_threshold_params(fit.params)[1:-1]
    return {
        "statsmodels": {
            "against_last": fit.params[:-2],
            # Every judgment was given twice.
            "against_last_errors": np.sqrt(2) * fit.bse[:-2],
            "threshold": float(above - below) / 2,
        }
    }
