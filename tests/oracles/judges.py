"""A few human verdicts and many of a judge: prediction-powered means (Angelopoulos et al. 2023)."""

from typing import Any

import numpy as np
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate

from tests.oracles import tables

PACKAGES = ("ppi-python",)


def values() -> dict[str, Any]:
    rows = tables.rows_of("simulated_judge")
    human = np.array([float(row["human"]) for row in rows if row["human"]])
    judge = np.array([float(row["judge"]) for row in rows])
    both, alone = judge[: len(human)], judge[len(human) :]
    return {
        "simulated": {
            name: {
                "ppi-python": {
                    "mean": float(ppi_mean_pointestimate(human, both, alone, lam=share)[0]),
                    "ends": np.ravel(ppi_mean_ci(human, both, alone, alpha=0.05, lam=share)),
                }
            }
            # None: the share of the judge's verdicts that makes the interval narrowest.
            for name, share in (("tuned", None), ("all", 1.0), ("none", 0.0))
        }
    }
