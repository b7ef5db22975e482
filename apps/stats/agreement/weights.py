"""How bad each confusion of two categories is."""

from enum import StrEnum

import numpy as np
import numpy.typing as npt

from apps.stats.agreement.columns import label_codes
from apps.stats.arrays import FloatArray
from apps.stats.errors import InvalidInput


class Weights(StrEnum):
    """Named weights; the distance of two categories is that of their places in ascending order."""

    NONE = "none"  # every disagreement counts the same
    LINEAR = "linear"  # as the distance
    QUADRATIC = "quadratic"  # as its square


# A name, or a table of disagreement weights [n_categories, n_categories].
WeightsLike = Weights | str | npt.ArrayLike

OWN_TABLE = "table"


def name_of(weights: WeightsLike) -> str:
    """The name of the weights, checked; "table" for a table."""
    if not isinstance(weights, str):
        return OWN_TABLE
    if weights not in list(Weights):
        raise InvalidInput(
            f"`weights` is {weights!r}; give one of {', '.join(Weights)}, or a square table of disagreement weights."
        )
    return Weights(weights).value


def disagreement_weights(weights: WeightsLike, n_categories: int) -> FloatArray:
    """The weight of each disagreement, 0 on the diagonal and at most 1. [n_categories, n_categories]

    A table is Cohen's (1968): 0 for agreement, otherwise how bad a confusion is; only proportions matter, and
    it is divided by its largest entry. Raises InvalidInput for a table of another shape, with a diagonal
    other than 0 (a table of agreement weights w is 1 - w here), a negative entry, or nothing but 0.
    """
    known = name_of(weights)
    if known == OWN_TABLE:
        return _checked(_table(weights), n_categories)
    places = np.arange(n_categories)
    apart: FloatArray = np.abs(places[:, None] - places[None, :]) / max(n_categories - 1, 1)
    return apart ** {Weights.NONE: 0, Weights.LINEAR: 1, Weights.QUADRATIC: 2}[Weights(known)] * (apart > 0)


def commonest_confusion(given: FloatArray, disagreement: FloatArray) -> tuple[int, int]:
    """The two categories given most often among those whose confusion is a disagreement."""
    together = np.where(disagreement + disagreement.T > 0, given[:, None] + given[None, :], -1.0)
    one, other = np.unravel_index(int(together.argmax()), together.shape)
    return int(one), int(other)


def _table(weights: npt.ArrayLike) -> FloatArray:
    try:
        return np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInput("`weights` is not a table of numbers; give one row a category, all equally long.") from None


def _checked(table: FloatArray, n_categories: int) -> FloatArray:
    if table.shape != (n_categories, n_categories):
        raise InvalidInput(
            f"`weights` has shape {table.shape} and there are {n_categories} categories; give a row and a column for "
            "each, in ascending order, and name in `categories` those that were never given."
        )
    if not np.isfinite(table).all() or table.min(initial=0.0) < 0:
        raise InvalidInput("`weights` holds a negative, missing or infinite number; give 0 or more each.")
    if np.diag(table).any():
        raise InvalidInput(
            "`weights` is not 0 on its diagonal; give disagreement weights, 0 where both agree (1 - w for "
            "agreement weights w)."
        )
    if n_categories > 1 and not table.any():
        raise InvalidInput("`weights` is 0 throughout, so nothing would be a disagreement; give one positive weight.")
    return np.asarray(table / table.max()) if n_categories > 1 else table


def checked_categories(categories: npt.ArrayLike | None, given: FloatArray) -> FloatArray:
    """The categories in ascending order: those named, or else those given. [n_categories]"""
    if categories is None:
        return given
    named = np.unique(label_codes("categories", categories))
    strangers = np.setdiff1d(given, named)
    if strangers.size:
        raise InvalidInput(f"Label {strangers[0]:g} is not among `categories`; name every label that was given.")
    return named.astype(np.float64)
