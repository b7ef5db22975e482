"""Comparisons from a few plain rows."""

from collections.abc import Sequence

import numpy as np

from apps.analysis.comparisons import Comparisons, Items
from apps.stats.pairwise import Outcome

OUTCOMES = {
    "1": Outcome.FIRST_WINS,
    "2": Outcome.SECOND_WINS,
    "=": Outcome.TIE,
    "x": Outcome.BOTH_BAD,
}


def comparisons_of(
    systems: Sequence[str],
    rows: Sequence[tuple[str, str, str, int, int]],
    slices: Sequence[dict[str, str]] | None = None,
) -> Comparisons:
    """Rows are first, second, a letter of `OUTCOMES`, rater, item; each output is its item's place and its system's."""
    first = np.array([systems.index(row[0]) for row in rows], dtype=np.int64)
    second = np.array([systems.index(row[1]) for row in rows], dtype=np.int64)
    item = np.array([row[4] for row in rows], dtype=np.int64)
    n_items = int(item.max(initial=-1)) + 1
    return Comparisons(
        systems=tuple(systems),
        items=Items(
            ids=np.arange(n_items), group=np.arange(n_items), slices=tuple(slices) if slices else ({},) * n_items
        ),
        first=first,
        second=second,
        first_output=item * len(systems) + first,
        second_output=item * len(systems) + second,
        outcome=np.array([OUTCOMES[row[2]] for row in rows], dtype=np.int64),
        rater=np.array([row[3] for row in rows], dtype=np.int64),
        item=item,
        unblinded=np.zeros(len(rows), dtype=np.int64),
    )
