"""Strengths with style allowed for: what is left when outputs are equally long and carry equally much Markdown."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.stats.boards import Board
from apps.stats.errors import ConfoundedCovariates, SeparatedComparisons
from apps.stats.intervals import two_sided_quantile
from apps.stats.models import STYLE_NAMES, CovariateFit, StyleFeatures, fit_covariates, style_features
from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.uncertainty import marginal_rank_sets, robust_covariate_covariance

from .comparisons import Comparisons
from .style_counts import FEATURES

Counts = NDArray[np.int64]

NO_RANKING = "There is nothing to rank yet, and so nothing to allow for style in."
NO_DIFFERENCE = (
    "The outputs that were compared are alike in length, headings, lists and bold text, or differ just as their "
    "systems do: style cannot be told from the systems."
)
DECIDES_ALL = "A difference in style goes with the verdict in every judgment, so its effect has no limit yet."


def style_of(
    comparisons: Comparisons,
    counts: tuple[Counts, Counts],
    boards: Sequence[Board],
    confidence_level: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """The effect of each feature, and the systems of the largest island with style allowed for; or why there is none.

    `counts` [n_judgments, 4] are of the first and the second output of each judgment.
    """
    members = boards[0].competitors if boards else ()
    if len(members) < 2:
        return {"reason": NO_RANKING}
    lopsided = [comparisons.systems[row.competitor] for row in boards[0].rows if row.undefeated or row.winless]
    if lopsided:
        return {"reason": _undefeated_reason(lopsided)}
    kept = (comparisons.outcome != Outcome.BOTH_BAD) & np.isin(comparisons.first, members)
    kept &= np.isin(comparisons.second, members)
    rows = comparisons.rows().where(kept).among(members)
    try:
        features = style_features(first=counts[0][kept], second=counts[1][kept])
        fit = _fit(rows, features, confidence_level)
    except ConfoundedCovariates:
        return {"reason": NO_DIFFERENCE}
    except SeparatedComparisons:
        return {"reason": DECIDES_ALL}
    return _told(fit, [comparisons.systems[member] for member in members], rng)


def _undefeated_reason(names: list[str]) -> str:
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return (
        f"Style is allowed for once every system has both won and lost: {told} never lost, or never won, against the "
        "others."
    )


def _fit(rows: ComparisonRows, features: StyleFeatures, confidence_level: float) -> CovariateFit:
    """With every feature that can be told from the systems and from those before it, and whose effect has a limit.

    A feature that only a handful of judgments show, all with the same verdict, must not cost the others their answer.
    """
    used: list[int] = []
    fit, refused = None, None
    for place in range(len(features.names)):
        tried = [*used, place]
        names = [_feature(features.names[each]) for each in tried]
        try:
            fit = fit_covariates(rows, features.values[:, tried], names=names, confidence_level=confidence_level)
        except (ConfoundedCovariates, SeparatedComparisons) as error:
            refused = error
            continue
        used = tried
    if fit is None:
        raise refused or ConfoundedCovariates(NO_DIFFERENCE)
    return fit


def _feature(name: str) -> str:
    return FEATURES[STYLE_NAMES.index(name)]


def _told(fit: CovariateFit, names: list[str], rng: np.random.Generator) -> dict[str, Any]:
    found = robust_covariate_covariance(fit)
    covariance = found.strengths
    margin = two_sided_quantile(fit.confidence_level, covariance.degrees_of_freedom) * np.sqrt(covariance.variances())
    ranks = marginal_rank_sets(fit.strengths, covariance, rng=rng, confidence_level=fit.confidence_level)
    rows = zip(names, fit.strengths, margin, ranks.low, ranks.high, strict=True)
    effects = zip(found.names, found.coefficients, found.low, found.high, strict=True)
    systems = [
        {
            "system": name,
            "strength": float(strength),
            "low": float(strength - reach),
            "high": float(strength + reach),
            "rank_low": int(rank_low),
            "rank_high": int(rank_high),
        }
        for name, strength, reach, rank_low, rank_high in rows
    ]
    return {
        "effects": [
            {"feature": name, "coefficient": float(value), "low": float(low), "high": float(high)}
            for name, value, low, high in effects
        ],
        "left_out": [name for name in FEATURES if name not in found.names],
        "systems": sorted(systems, key=lambda row: -round(row["strength"], 9)),
    }
