"""What people's judgments say beside the ranking: pairs, slices, style, separation, Elo; and what outputs cost."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.stats.boards import Board

from .comparisons import Comparisons
from .elo import elo_of
from .inputs import StudyInputs
from .pairs import pairs_of
from .separation import separation_of
from .slices import slices_of
from .spending import spending_of
from .style import style_of


def details_of(
    inputs: StudyInputs,
    comparisons: Comparisons,
    *,
    boards: Sequence[Board],
    ranked: list[dict[str, Any]],
    baseline: str | None,
    level: float,
    seed: int,
) -> dict[str, Any]:
    """The keys of a leaderboard beyond systems and agreement; `ranked` are its systems, made from `boards`."""
    systems, rows = comparisons.systems, comparisons.rows()
    # Each part draws from a stream of its own: another part, or one draw more in it, leaves the others as they are.
    separating, styling, ordering = (np.random.default_rng([seed, part]) for part in range(3))
    return {
        "pairs": pairs_of(rows, systems, level),
        "slices": slices_of(comparisons, baseline, level),
        "style": style_of(comparisons, _style_counts(inputs, comparisons), boards, level, styling),
        "separation": separation_of(rows, systems, baseline, level, separating),
        "elo": elo_of(comparisons, ordering),
        "spending": spending_of(inputs.output_costs(), ranked, level),
    }


def _style_counts(inputs: StudyInputs, comparisons: Comparisons) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The counts of the first and the second output of each judgment; each text is read once."""
    both = np.concatenate([comparisons.first_output, comparisons.second_output])
    outputs, place = np.unique(both, return_inverse=True)
    counts = inputs.style_counts(outputs)
    return counts[place[: comparisons.n_judgments]], counts[place[comparisons.n_judgments :]]
