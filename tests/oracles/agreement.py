"""Chance-corrected agreement: Krippendorff's alpha, kappas and Gwet's coefficients, most with standard errors."""

from typing import Any

import evalica
import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from tests.oracles import tables

PACKAGES = ("evalica", "irrCAC", "krippendorff", "scikit-learn", "statsmodels")
LEVELS = ("nominal", "ordinal", "interval", "ratio")
# Of 200, in percent: Cohen 1968, table 1; and the distances by which he weighs disagreement.
COHEN_1968 = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
COHEN_1968_DISTANCES = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]])
FLEISS_COHEN_EVERITT_1969 = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
TWO_BY_TWO = np.array([[20, 5], [10, 15]])


def values() -> dict[str, Any]:
    return {"alpha": _alphas(), "kappa": _kappas(), "coefficients": _coefficients(), "fleiss": _fleiss()}


def _alphas() -> dict[str, Any]:
    """Tables of raters (down) by units (across)."""
    found: dict[str, Any] = {"gcl": _alpha(tables.gcl(), "nominal")}
    for name, table in (("codings", tables.codings()), ("simulated", tables.simulated_labels())):
        found[name] = {level: _alpha(table, level) for level in LEVELS}
    return found


def _alpha(table: np.ndarray, level: str) -> dict[str, float]:
    return {
        "krippendorff": krippendorff.alpha(reliability_data=table, level_of_measurement=level),
        "evalica": evalica.alpha(pd.DataFrame(table), distance=level).alpha,
    }


def _kappas() -> dict[str, Any]:
    squares = {
        "cohen_1968": COHEN_1968,
        "fleiss_cohen_everitt_1969": FLEISS_COHEN_EVERITT_1969,
        "two_by_two": TWO_BY_TWO,
    }
    found: dict[str, Any] = {
        name: {weights: _kappa(square, weights) for weights in ("none", "linear", "quadratic")}
        for name, square in squares.items()
    }
    weighed = cohens_kappa(COHEN_1968, weights=COHEN_1968_DISTANCES)
    found["cohen_1968"]["own"] = {"statsmodels": {"value": weighed.kappa, "standard_error": weighed.std_kappa}}
    return found


def _kappa(square: np.ndarray, weights: str) -> dict[str, Any]:
    plain = None if weights == "none" else weights
    found = cohens_kappa(square) if plain is None else cohens_kappa(square, wt=plain)
    first, second = np.indices(square.shape).reshape(2, -1)
    return {
        "statsmodels": {"value": found.kappa, "standard_error": found.std_kappa},
        "scikit-learn": {"value": cohen_kappa_score(first, second, weights=plain, sample_weight=square.ravel())},
    }


def _coefficients() -> dict[str, Any]:
    """Gwet's, Brennan and Prediger's, Fleiss's and Krippendorff's, by units drawn at random from infinitely many."""
    frames = {"codings": tables.codings(), "simulated": tables.simulated_labels()}
    weights = ("identity", "linear", "quadratic", "ordinal")
    return {
        name: {weight: {"irrCAC": _cac(pd.DataFrame(table.T), weight)} for weight in weights}
        for name, table in frames.items()
    }


def _cac(frame: pd.DataFrame, weights: str) -> dict[str, Any]:
    def of(method: str) -> dict[str, float]:
        # An object for each: the package keeps the last result in it.
        found = getattr(CAC(frame, weights=weights, digits=12), method)()["est"]
        return {"value": found["coefficient_value"], "standard_error": found["se"]}

    return {method: of(method) for method in ("gwet", "bp", "fleiss", "krippendorff")}


def _fleiss() -> dict[str, Any]:
    return {"fleiss_10x14": {"statsmodels": fleiss_kappa(tables.fleiss(), method="fleiss")}}
