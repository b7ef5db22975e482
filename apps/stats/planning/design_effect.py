"""How many times larger a variance is because judgments hang together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import as_numbers, same_length
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.planning.checks import as_count
from apps.stats.planning.words import count


@dataclass(frozen=True)
class DesignEffect:
    """The median design effect of some figures, the `smallest` and the `largest` of them.

    `n_judgments` of the study carry as much as `n_effective` independent ones. `n_figures` is how many were compared.
    """

    design_effect: float
    smallest: float
    largest: float
    n_effective: int
    n_judgments: int
    n_figures: int
    reading: str


def observed_design_effect(
    standard_errors: npt.ArrayLike, independent_standard_errors: npt.ArrayLike, n_judgments: int
) -> DesignEffect:
    """The design effect of a pilot: squared ratios of standard errors (Kish 1965, Survey Sampling, chapter 8).

    `standard_errors` [n_figures] allow for judgments of one rater or item that hang together (two-way
    cluster-robust), `independent_standard_errors` [n_figures] take the same `n_judgments` as independent. The median
    over the figures is what plans want as `design_effect`. Raises EmptyInput without figures, InvalidInput for
    standard errors that are not above 0.
    """
    clustered = as_numbers("standard_errors", standard_errors)
    independent = as_numbers("independent_standard_errors", independent_standard_errors)
    n_figures = same_length(standard_errors=clustered, independent_standard_errors=independent)
    n_judgments = as_count("n_judgments", n_judgments, at_least=1)
    if not n_figures:
        raise EmptyInput("A design effect needs at least one figure with both standard errors.")
    if min(clustered.min(), independent.min()) <= 0:
        raise InvalidInput("A standard error is 0 or negative; leave out figures without one.")
    effects = (clustered / independent) ** 2
    middle = float(np.median(effects))
    effective = max(1, round(n_judgments / middle))
    reading = (
        f"Because judgments of one rater or on one item resemble each other, {count(n_judgments)} judgments say as "
        f"much as {count(effective)} independent ones: plan with a design effect of {middle:.3g}."
    )
    return DesignEffect(middle, float(effects.min()), float(effects.max()), effective, n_judgments, n_figures, reading)
