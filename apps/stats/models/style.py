"""How two outputs differ in style: what fit_covariates takes to allow for length and markup."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray
from apps.stats.errors import ConfoundedCovariates, EmptyInput, InvalidInput

STYLE_NAMES = ("tokens", "headers", "lists", "bold")
# Markup is often absent: one more below keeps a single header against none from counting as all the difference.
_ADDED = np.array([0.0, 1.0, 1.0, 1.0])


@dataclass(frozen=True, eq=False)
class StyleFeatures:
    """Style differences for fit_covariates: `values` [n_rows, k] and their `names`.

    A unit is one standard deviation (about zero) of the relative difference, kept in `scales` [k]: 0 is two
    outputs alike, and swapping the two outputs of a row flips its sign. `constant` names the counts in which
    no two outputs ever differed; they have no column.
    """

    values: FloatArray
    names: tuple[str, ...]
    scales: FloatArray
    constant: tuple[str, ...]


def style_features(*, first: npt.ArrayLike, second: npt.ArrayLike) -> StyleFeatures:
    """Relative differences in tokens, headers, list items and bold spans, scaled alike.

    `first` and `second` [n_rows, 4] hold the counts of `STYLE_NAMES` in the output shown first and second. A
    difference is (a - b) / (a + b) in tokens and (a - b) / (a + b + 1) in the rest, as on the LMArena leaderboard
    (Li, Angelopoulos & Chiang 2024, Does style matter?), divided by the root of its mean square. Unlike there its
    mean is not taken out: that would make two equal outputs differ, and count a lean to one side of the screen as
    style. Raises InvalidInput, EmptyInput, and ConfoundedCovariates where no two outputs differ in anything.
    """
    one, two = _counts("first", first), _counts("second", second)
    if one.shape != two.shape:
        raise InvalidInput(f"`first` has {len(one)} rows and `second` {len(two)}; give one each for every comparison.")
    if not len(one):
        raise EmptyInput("There is no comparison to compute style from; give at least one row.")
    # Two outputs without a token are alike.
    differences = (one - two) / np.maximum(one + two + _ADDED, 1)
    scales = np.sqrt((differences**2).mean(axis=0))
    varies = scales > 0
    if not varies.any():
        raise ConfoundedCovariates("No two outputs differ in style, so style cannot be told from chance; fit without.")
    names = np.array(STYLE_NAMES)
    return StyleFeatures(
        values=differences[:, varies] / scales[varies],
        names=tuple(names[varies].tolist()),
        scales=scales[varies],
        constant=tuple(names[~varies].tolist()),
    )


def _counts(name: str, values: npt.ArrayLike) -> FloatArray:
    """[n_rows, 4]"""
    table = np.asarray(values)
    if table.ndim != 2 or table.shape[1] != len(STYLE_NAMES):
        told = ", ".join(STYLE_NAMES)
        raise InvalidInput(f"`{name}` has shape {table.shape}; give [n_rows, {len(STYLE_NAMES)}]: {told}.")
    if table.size and table.dtype.kind not in "iuf":
        raise InvalidInput(f"`{name}` holds {table.dtype}; give counts.")
    counts = table.astype(np.float64)
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise InvalidInput(f"`{name}` holds a negative or missing count; a count is 0 or more.")
    return counts
