"""Gwet's AC1 and AC2, and Brennan & Prediger's coefficient: chance that does not grow with one category."""

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.chance_corrected import AgreementCoefficient, Measure, chance_corrected
from apps.stats.agreement.weights import Weights, WeightsLike, name_of
from apps.stats.arrays import FloatArray


def gwet_ac(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    weights: WeightsLike = Weights.NONE,
    categories: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> AgreementCoefficient:
    """Gwet's AC1; AC2 with weights (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61).

    Columns, `cluster`, `weights`, `categories` and interval as in `fleiss_kappa`, every unit weighing the
    same. Chance is taken to be at work only where a unit is hard to tell, so that it stays small when one
    category is common: AC1 stays near the percentage of agreement where kappa and alpha collapse (the kappa
    paradox). `categories` matters: it counts the categories there are, also those nobody gave.
    """
    name = "AC1" if name_of(weights) == Weights.NONE else "AC2"
    measure = Measure(name, _where_it_is_hard)
    return chance_corrected(measure, unit, label, count, cluster, weights, categories, confidence_level)


def brennan_prediger(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    weights: WeightsLike = Weights.NONE,
    categories: npt.ArrayLike | None = None,
    confidence_level: float = 0.95,
) -> AgreementCoefficient:
    """Agreement beyond blind picking (Brennan & Prediger 1981, Educational and Psychological Measurement 41).

    Columns, `cluster`, `weights`, `categories` and interval as in `gwet_ac`. Chance is 1 in the number of
    categories, however common each is, so `categories` matters here too.
    """
    measure = Measure("Brennan and Prediger's coefficient", _blindly)
    return chance_corrected(measure, unit, label, count, cluster, weights, categories, confidence_level)


def _where_it_is_hard(shares: FloatArray, disagreement: FloatArray) -> tuple[float, FloatArray]:
    """Blind agreement, at work for the share of units in which labels vary at all."""
    q = len(shares)
    blind = (q * q - float(disagreement.sum())) / (q * (q - 1))
    return 1 - blind * float(shares @ (1 - shares)), blind * (2 * shares - 1)


def _blindly(shares: FloatArray, disagreement: FloatArray) -> tuple[float, FloatArray]:
    """Every category equally likely."""
    return float(disagreement.mean()), np.zeros(len(shares))
