"""Dawid and Skene's model of raters who confuse labels, by expectation-maximisation."""

from typing import Any

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene

from tests.oracles import tables

PACKAGES = ("crowd-kit",)
_STEPS = 300


def values() -> dict[str, Any]:
    labelled = pd.DataFrame(
        [(int(row["patient"]), int(row["observer"]), int(row["label"])) for row in tables.rows_of("dawid_skene_1979")],
        columns=["task", "worker", "label"],
    )
    return {"dawid_skene_1979": {"crowd-kit": _fit(labelled)}, "simulated": {"crowd-kit": _fit(_simulated())}}


def _simulated() -> pd.DataFrame:
    table = tables.simulated_labels()
    rater, unit = np.nonzero(~np.isnan(table))
    return pd.DataFrame({"task": unit, "worker": rater, "label": table[rater, unit].astype(int)})


def _fit(labelled: pd.DataFrame) -> dict[str, Any]:
    """Shares of the true labels; for each rater P(label given | true label); for each task P(true label)."""
    # Its own rule stops on the first step back of its bound, far from the top: all the steps are taken.
    fit = DawidSkene(n_iter=_STEPS, tol=-np.inf).fit(labelled)
    labels, raters = sorted(set(labelled["label"])), sorted(set(labelled["worker"]))
    posterior = fit.probas_.sort_index()[labels]
    return {
        "shares": fit.priors_[labels].to_numpy(),
        "confusion": [fit.errors_.loc[rater].reindex(labels, fill_value=0.0)[labels].to_numpy().T for rater in raters],
        "posterior": posterior.to_numpy(),
    }
