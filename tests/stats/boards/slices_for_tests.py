"""Studies in which competitors do better in some slices than in others."""

import numpy as np

from apps.stats.boards import compare_slices
from apps.stats.simulation import draw_outcomes


def sliced_study(rng, *, n_slices, n_judgments, shift_sd=0.0, taste_sd=0.0, n_raters=20, n_items=60, n_competitors=5):
    """Columns of a study, its slices by item, and the true differences of each slice from the rest. [n_slices, n]"""
    shifts = rng.normal(0, shift_sd, (n_slices, n_competitors))
    tastes = rng.normal(0, taste_sd, (n_raters, n_competitors))
    worths = np.linspace(0.6, -0.6, n_competitors)
    first = rng.integers(0, n_competitors, n_judgments)
    second = (first + rng.integers(1, n_competitors, n_judgments)) % n_competitors
    rater, item = rng.integers(0, n_raters, n_judgments), rng.integers(0, n_items, n_judgments)
    place = item % n_slices
    felt = worths + shifts[place] + tastes[rater]
    rows = np.arange(n_judgments)
    columns = {
        "n_competitors": n_competitors,
        "first": first,
        "second": second,
        "outcome": draw_outcomes(gap=felt[rows, first] - felt[rows, second], tie_width=0.0, rng=rng),
        "rater": rater,
        "item": item,
    }
    others = (shifts.sum(axis=0) - shifts) / max(n_slices - 1, 1)
    truth = shifts - others
    return columns, {f"slice {k}": place == k for k in range(n_slices)}, truth - truth.mean(axis=1, keepdims=True)


def compared(rows, slices, **settings):
    """Slices of rows, whatever of them is known."""
    columns = {name: getattr(rows, name) for name in ("first", "second", "outcome", "count", "rater", "item")}
    return compare_slices(n_competitors=rows.n_competitors, slices=slices, **{**columns, **settings})


def column(found, name, place=0):
    """A column of the rows of one slice."""
    return np.array([np.nan if (cell := getattr(row, name)) is None else cell for row in found.slices[place].rows])
