"""Sandwich covariances of logits: independent (HC0), by rater, by item and by both, with and without covariates.

Coefficients are those of all competitors but the last, which is the reference, then of the covariates.
statsmodels gives every part of a clustered sandwich the factor G/(G-1) (N-1)/(N-k), k being the number of
coefficients; its independent one has none (that of HC1 would be N/(N-k), but for such models it leaves it out).
"""

from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm

from tests.oracles import tables

PACKAGES = ("statsmodels",)


def values() -> dict[str, Any]:
    frame = tables.simulated_games()
    decided = frame[frame["outcome"] != 2]
    covariates = {"plain": [], "position": ["left_side"], "covariates": ["length", "lists"]}
    frames = {"simulated": frame, "simulated_decided": decided}
    return {
        name: {shape: {"statsmodels": _fit(each, columns)} for shape, columns in covariates.items()}
        for name, each in frames.items()
    }


def _fit(frame: pd.DataFrame, columns: list[str]) -> dict[str, Any]:
    extra = frame.assign(left_side=1.0)[columns].to_numpy(dtype=float)
    exog = np.column_stack([tables.design(frame), extra])
    model = sm.GLM(frame["earned"].to_numpy(), exog, family=sm.families.Binomial())
    plain = model.fit(tol=1e-14)
    groups = frame[["rater", "item"]].to_numpy()

    def clustered(by: np.ndarray) -> np.ndarray:
        return model.fit(tol=1e-14, cov_type="cluster", cov_kwds={"groups": by}).cov_params()

    return {
        "coefficients": plain.params,
        "log_likelihood": plain.llf,
        "model": plain.cov_params(),
        "independent": model.fit(tol=1e-14, cov_type="HC0").cov_params(),
        "rater": clustered(groups[:, 0]),
        "item": clustered(groups[:, 1]),
        "rater_and_item": clustered(groups),
    }
