"""The next round of draws: balanced at the start, by results afterwards."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.choosing.drawing import DrawnPairs, balanced_pairs, draw_pairs
from apps.stats.choosing.policy import (
    DEFAULT_FLOOR,
    DEFAULT_NEWCOMER_SHARE,
    PairPolicy,
    check_settings,
    pair_probabilities,
)
from apps.stats.choosing.start import StartProgress, start_progress
from apps.stats.pairwise.counts import PairwiseCounts


@dataclass(frozen=True, eq=False)
class NextPairs:
    """A round: its `draws`, how far the start had come before it, and the `policy`, None while draws are balanced."""

    draws: DrawnPairs
    start: StartProgress
    policy: PairPolicy | None
    reading: str


def next_pairs(
    counts: PairwiseCounts,
    n: int,
    *,
    rng: np.random.Generator,
    candidates: npt.ArrayLike | None = None,
    floor: float = DEFAULT_FLOOR,
    newcomer_share: float = DEFAULT_NEWCOMER_SHARE,
    margin: float = 0.0,
    design_effect: float = 1.0,
    both_bad_as_tie: bool = False,
    confidence_level: float = 0.95,
) -> NextPairs:
    """The next `n` pairs: `balanced_pairs` until the start is complete, then draws from `pair_probabilities`.

    One round has one rule: choose `n` small at the start (`start.n_missing`, or less). The other arguments are
    those of `start_progress` and `pair_probabilities`, and so are the errors.
    """
    # At once, and not only when the start is over.
    check_settings(floor, newcomer_share, margin, design_effect)
    start = start_progress(counts, candidates=candidates, both_bad_as_tie=both_bad_as_tie)
    if not start.complete:
        return NextPairs(balanced_pairs(counts, n, rng=rng, candidates=candidates), start, None, start.reading)
    policy = pair_probabilities(
        counts,
        candidates=candidates,
        floor=floor,
        newcomer_share=newcomer_share,
        margin=margin,
        design_effect=design_effect,
        both_bad_as_tie=both_bad_as_tie,
        confidence_level=confidence_level,
    )
    return NextPairs(draw_pairs(policy, n, rng=rng), start, policy, policy.reading)
