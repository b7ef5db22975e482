"""Labels of units by several raters, each with a confusion matrix of her own; the truth is known."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray, as_numbers
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.simulation.parameters import per_rater


class Errors(StrEnum):
    """Where wrong labels land."""

    NOMINAL = "nominal"  # on any other label alike
    ORDINAL = "ordinal"  # half as often with every step away


@dataclass(frozen=True, eq=False)
class SimulatedLabels:
    """Parallel arrays, one row a label that was given: `unit`, `rater`, `label`. [n_given]

    The truth: `true_label` [n_units]; `prevalence` [n_labels], how common each is; `confusion` [n_raters, n_labels,
    n_labels], the probability that a rater gives a label (last axis) to a unit of a true label.
    """

    unit: IntArray
    rater: IntArray
    label: IntArray
    true_label: IntArray
    prevalence: FloatArray
    confusion: FloatArray

    @property
    def shares(self) -> FloatArray:
        """How often each rater gives each label, over endless units. [n_raters, n_labels]"""
        return np.asarray(np.einsum("t,rtl->rl", self.prevalence, self.confusion))

    @property
    def joint(self) -> FloatArray:
        """How often two raters give two labels to one unit, over endless units. [n_raters, n_raters, l, l]"""
        return np.asarray(np.einsum("t,rtl,stm->rslm", self.prevalence, self.confusion, self.confusion))

    def kappa(self) -> FloatArray:
        """Cohen's kappa of every two raters over endless units. [n_raters, n_raters]

        nan with oneself, and where chance alone would always agree.
        """
        agreed = np.einsum("rsll->rs", self.joint)
        beyond = 1 - self.shares @ self.shares.T
        defined = ~np.eye(len(agreed), dtype=bool) & (beyond > 0)
        return np.asarray(1 - np.divide(1 - agreed, beyond, out=np.full(agreed.shape, np.nan), where=defined))

    def alpha(self, level: str = "nominal") -> float:
        """Krippendorff's alpha over endless units, labels missing at random: "nominal", "ordinal" or "interval".

        1 - (disagreement of two raters on a unit) / (disagreement of two labels from anywhere), the raters equally
        often present. Raises InvalidInput for one rater, or one label: there alpha is undefined.
        """
        pooled = self.shares.mean(axis=0)
        distance = _squared_distances(pooled, level)
        different = ~np.eye(len(self.confusion), dtype=bool)
        by_chance = float(pooled @ distance @ pooled)
        if not different.any() or not by_chance > 0:
            raise InvalidInput("Alpha needs two raters and two labels; simulate more of them.")
        return 1 - float(np.einsum("rslm,lm->rs", self.joint, distance)[different].mean()) / by_chance


def simulate_labels(
    *,
    n_units: int,
    n_raters: int,
    prevalence: npt.ArrayLike,
    rng: np.random.Generator,
    confusion: npt.ArrayLike | None = None,
    accuracy: npt.ArrayLike = 0.8,
    errors: Errors | str = Errors.NOMINAL,
    missing_share: float = 0.0,
) -> SimulatedLabels:
    """Labels by the model of Dawid & Skene (1979, Applied Statistics 28): given the true label, raters err alone.

    True labels are drawn by `prevalence` [n_labels], shares that sum to 1. Either `confusion` gives the probability of
    every label (last axis) for every true one, [n_labels, n_labels] for all raters alike or [n_raters, n_labels,
    n_labels]; or `accuracy`, one number or [n_raters], says how often a rater is right, and `errors` where the wrong
    labels land: "nominal" on any other label alike, "ordinal" half as often with every step away. Every cell of
    units by raters is missing with probability `missing_share`. Labels are codes from 0. Raises InvalidInput for
    probabilities that are none, EmptyInput without units or raters.
    """
    if n_units < 1 or n_raters < 1:
        raise EmptyInput("Simulated labels need at least one unit and one rater.")
    common = _checked_prevalence(prevalence)
    if not 0 <= missing_share < 1:
        raise InvalidInput(f"`missing_share` is {missing_share:g}; give a share from 0 to below 1.")
    tables = _by_accuracy(accuracy, errors, n_raters, len(common)) if confusion is None else confusion
    checked = _checked_confusion(tables, n_raters, len(common))
    true_label = _draw(np.broadcast_to(common, (n_units, len(common))), rng)
    unit, rater = np.nonzero(rng.random((n_units, n_raters)) >= missing_share)
    label = _draw(checked[rater, true_label[unit]], rng)
    return SimulatedLabels(unit, rater, label, true_label, common, checked)


def _draw(probabilities: FloatArray, rng: np.random.Generator) -> IntArray:
    """One label a row, with the row's probabilities. [n]"""
    ends = np.cumsum(probabilities, axis=1)[:, :-1]
    return np.asarray((rng.random(len(probabilities))[:, None] >= ends).sum(axis=1))


def _by_accuracy(accuracy: npt.ArrayLike, errors: Errors | str, n_raters: int, n_labels: int) -> FloatArray:
    right = per_rater("accuracy", accuracy, n_raters)
    if errors not in list(Errors):
        raise InvalidInput(f"`errors` is {errors!r}; give one of {', '.join(Errors)}.")
    places = np.arange(n_labels)
    steps = np.abs(places[:, None] - places[None, :])
    odds = np.where(steps == 0, 0.0, 0.5**steps if errors == Errors.ORDINAL else 1.0)
    wrong = odds / odds.sum(axis=1, keepdims=True)
    return np.asarray(right[:, None, None] * np.eye(n_labels) + (1 - right[:, None, None]) * wrong)


def _checked_prevalence(prevalence: npt.ArrayLike) -> FloatArray:
    common = as_numbers("prevalence", prevalence)
    if len(common) < 2 or common.min() < 0 or abs(common.sum() - 1) > 1e-6:
        raise InvalidInput("`prevalence` must be the shares of two or more labels, each 0 or more, summing to 1.")
    return np.asarray(common / common.sum())


def _checked_confusion(confusion: npt.ArrayLike, n_raters: int, n_labels: int) -> FloatArray:
    given = np.asarray(confusion, dtype=np.float64)
    if given.shape not in ((n_labels, n_labels), (n_raters, n_labels, n_labels)):
        raise InvalidInput(
            f"`confusion` has shape {given.shape}; give {(n_labels, n_labels)} for all raters alike, or "
            f"{(n_raters, n_labels, n_labels)}."
        )
    if not ((given >= 0).all() and np.allclose(given.sum(axis=-1), 1, atol=1e-6)):
        raise InvalidInput(
            "`confusion` or `accuracy` holds no probabilities; each true label's must be 0..1 and sum to 1."
        )
    return np.broadcast_to(given, (n_raters, n_labels, n_labels)).copy()


def _squared_distances(pooled: FloatArray, level: str) -> FloatArray:
    """How far apart two labels are, squared, by Krippendorff (2011). [n_labels, n_labels]"""
    places = {
        "nominal": np.zeros(len(pooled)),
        "interval": np.arange(len(pooled), dtype=np.float64),
        # A label stands in the middle of the ranks that it takes up.
        "ordinal": np.cumsum(pooled) - pooled / 2,
    }
    if level not in places:
        raise InvalidInput(f"`level` is {level!r}; give one of {', '.join(places)}.")
    if level == "nominal":
        return 1 - np.eye(len(pooled))
    apart: FloatArray = places[level][:, None] - places[level][None, :]
    return apart**2
