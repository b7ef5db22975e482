"""Fleiss' kappa for any number of raters."""

import numpy.typing as npt

from apps.stats.agreement.chance_corrected import AgreementCoefficient, Measure, chance_corrected
from apps.stats.agreement.weights import Weights, WeightsLike
from apps.stats.arrays import FloatArray


def fleiss_kappa(
    unit: npt.ArrayLike,
    label: npt.ArrayLike,
    *,
    count: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    weights: WeightsLike = Weights.NONE,
    categories: npt.ArrayLike | None = None,
    pooled: bool = False,
    confidence_level: float = 0.95,
) -> AgreementCoefficient:
    """Kappa of labels of units, chance drawing both of a pair from one urn (Fleiss 1971, Psychological Bulletin 76).

    `unit` and `label` are integer codes, one row a label or, by `count`, several equal ones; who gave a label
    does not matter. Fleiss had the same number of raters for every unit; where numbers differ there are two
    conventions. By default every unit weighs the same: the agreement seen is the mean over units with two
    labels or more, and the shares of the categories are means over all units (Gwet 2014). With `pooled`
    every pair of labels, and every label, weighs the same, so units with many labels count for more.
    `cluster` says which units hang together (one code for all rows of a unit; None: every unit by itself).
    `weights` and `categories` as in `cohen_kappa`: disagreement weights, and the codes that could have been
    given. The standard error is the linearised one over clusters, with the t quantile of their number less
    one (those that hold a unit with two labels); where all units are alike the ends are taken as if one more
    unit had disagreed, or agreed. Raises InvalidInput for columns, weights or categories that do not match.
    """
    measure = Measure("Fleiss' kappa", _one_urn, pooled)
    return chance_corrected(measure, unit, label, count, cluster, weights, categories, confidence_level)


def _one_urn(shares: FloatArray, disagreement: FloatArray) -> tuple[float, FloatArray]:
    """Both labels of a pair drawn by the shares of the categories."""
    apart = disagreement @ shares
    return float(shares @ apart), 2 * apart
