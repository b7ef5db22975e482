"""With which probability each pair is drawn next."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.choosing.candidates import both_bad_per_pair, candidate_pairs, shown_per_pair, take_part
from apps.stats.choosing.ranking import RankedPairs, ranked_pairs
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level, two_sided_quantile, wilson_of_share
from apps.stats.pairwise.counts import PairwiseCounts

DEFAULT_FLOOR = 0.3
DEFAULT_NEWCOMER_SHARE = 0.5
# Below so many judgments of a pair nothing is concluded from their ending both-bad.
_ENOUGH_TO_GIVE_UP = 10


class PairReason(StrEnum):
    """What a pair has beyond the floor, and why."""

    SCORED = "scored"  # its share of the scores
    NEWCOMER = "newcomer"  # its share of the draws kept for newcomers
    MOSTLY_BOTH_BAD = "mostly_both_bad"  # nothing: more than half of its judgments end both-bad
    WITHIN_MARGIN = "within_margin"  # nothing: its gap is shown to be too small to matter
    NOT_RANKED = "not_ranked"  # nothing: no two competitors can be ranked yet


@dataclass(frozen=True, eq=False)
class PairPolicy:
    """The pairs that may be drawn and the probability of each, the same at every draw.

    `pairs` [m, 2] holds competitors i < j, `probability` [m] sums to 1 and is at least floor / m; `reason` (m of
    them) says what each pair has beyond that. `newcomers` names the competitors whose draws are boosted.
    `reading` sums up.
    """

    pairs: IntArray
    probability: FloatArray
    reason: tuple[PairReason, ...]
    floor: float
    newcomers: tuple[int, ...]
    reading: str


def pair_probabilities(
    counts: PairwiseCounts,
    *,
    candidates: npt.ArrayLike | None = None,
    floor: float = DEFAULT_FLOOR,
    newcomer_share: float = DEFAULT_NEWCOMER_SHARE,
    margin: float = 0.0,
    design_effect: float = 1.0,
    both_bad_as_tie: bool = False,
    confidence_level: float = 0.95,
) -> PairPolicy:
    """P = floor / m + (1 - floor) (newcomer_share * newcomers' share + (1 - newcomer_share) * score share).

    m is the number of candidate pairs (`candidates` [n, n] is true where a pair may be drawn; None: all). The score
    share is `pair_scores` over their sum, from a Bradley-Terry fit of those who can be ranked against each other.
    Two kinds of pairs have the floor only: those mostly both-bad (at least 10 judgments, and the lower end of
    Wilson's interval of their both-bad share above one half), and those whose gap is shown to lie within `margin`
    log-odds either way. Newcomers, shown fewer than 30 times and less than a quarter of the others' median (itself
    30 or more), or not yet joined to them by results, have no score; while there are any, each gets an equal part
    of the `newcomer_share`, spread evenly over its opponents. A share that finds no pair goes to the other
    component, and to the floor where neither does. `design_effect`, the board's, widens the variances for judgments
    that depend on each other. All components enter the one number told, so that the weight 1 / (m P) is exact; it
    is never above 1 / floor. Raises InvalidInput for shares outside their range or candidates that are no such
    table, EmptyInput where there is no pair.
    """
    check_settings(floor, newcomer_share, margin, design_effect)
    check_confidence_level(confidence_level)
    pairs = candidate_pairs(counts.n_competitors, candidates)
    ranked = ranked_pairs(counts, pairs, both_bad_as_tie=both_bad_as_tie, design_effect=design_effect)
    both_bad = _mostly_both_bad(counts, pairs, confidence_level)
    settled = _within_margin(ranked, margin, confidence_level)
    hopeful = pairs[~both_bad]
    newcomers = _newcomers(hopeful, ranked.body)
    boosts = np.where(both_bad, 0.0, _newcomer_shares(pairs, hopeful, newcomers))
    scores = np.where(both_bad | settled, 0.0, ranked.score)
    reason = _reasons(ranked, both_bad, settled, boosts > 0)
    return PairPolicy(
        pairs,
        _mixture(scores, boosts, floor, newcomer_share),
        reason,
        floor,
        newcomers,
        _reading(reason, len(newcomers), floor),
    )


def check_settings(floor: float, newcomer_share: float, margin: float, design_effect: float) -> None:
    """Refuse what no policy can have."""
    if not 0 < floor <= 1:
        raise InvalidInput(
            f"floor is {floor}; give a share above 0 and up to 1, as 0.3: without a floor some pairs could never be "
            "drawn, and no weight could make up for them."
        )
    if not 0 <= newcomer_share <= 1:
        raise InvalidInput(f"newcomer_share is {newcomer_share}; give a share between 0 and 1, as 0.5.")
    if not 0 <= margin < math.inf:
        raise InvalidInput(f"margin is {margin}; give log-odds, 0 or more.")
    if not 1 <= design_effect < math.inf:
        raise InvalidInput(f"design_effect is {design_effect}; give the board's, 1 or more.")


def _mostly_both_bad(counts: PairwiseCounts, pairs: IntArray, confidence_level: float) -> BoolArray:
    """Which pairs are hopeless: it is shown that most of their judgments end both-bad. [m]"""
    shown = shown_per_pair(counts, pairs)
    n = np.maximum(shown, 1).astype(np.float64)
    low, _ = wilson_of_share(both_bad_per_pair(counts, pairs) / n, n, two_sided_quantile(confidence_level))
    return np.asarray((low > 0.5) & (shown >= _ENOUGH_TO_GIVE_UP))


def _within_margin(ranked: RankedPairs, margin: float, confidence_level: float) -> BoolArray:
    """Which pairs are settled: the whole interval of their gap is too small to matter. [m]"""
    quantile = two_sided_quantile(confidence_level, ranked.degrees_of_freedom)
    settled = np.isfinite(ranked.error)
    settled[settled] = ranked.gap[settled] + quantile * ranked.error[settled] < margin
    return settled


def _newcomers(hopeful: IntArray, body: BoolArray) -> tuple[int, ...]:
    """Who has a hopeful pair and is not ranked yet, while others are."""
    return tuple(np.flatnonzero(take_part(len(body), hopeful) & ~body).tolist()) if body.any() else ()


def _newcomer_shares(pairs: IntArray, hopeful: IntArray, newcomers: tuple[int, ...]) -> FloatArray:
    """How draws kept for newcomers are spread: evenly over newcomers, then over their hopeful pairs. [m]"""
    shares = np.zeros(len(pairs))
    for newcomer in newcomers:
        shares += (pairs == newcomer).any(axis=1) / (hopeful == newcomer).sum()
    return shares


def _mixture(scores: FloatArray, boosts: FloatArray, floor: float, newcomer_share: float) -> FloatArray:
    """The probability of each pair, all components together; they sum to 1 exactly (math.fsum). [m]"""
    uniform = np.full(len(scores), 1 / len(scores))
    if boosts.any() and scores.any():
        beyond = newcomer_share * boosts / boosts.sum() + (1 - newcomer_share) * scores / scores.sum()
    else:
        only = boosts if boosts.any() else scores
        beyond = only / only.sum() if only.any() else uniform
    probability = floor * uniform + (1 - floor) * beyond
    # What is missing, exactly: 1 less the sum would be rounded before it is made up for.
    probability[np.argmax(probability)] += math.fsum([1.0, *-probability])
    return np.asarray(probability)


def _reasons(
    ranked: RankedPairs, both_bad: BoolArray, settled: BoolArray, boosted: BoolArray
) -> tuple[PairReason, ...]:
    """The first that holds, pair by pair."""
    cases = {
        PairReason.MOSTLY_BOTH_BAD: both_bad,
        PairReason.WITHIN_MARGIN: settled,
        PairReason.NEWCOMER: boosted,
        PairReason.SCORED: np.isfinite(ranked.error),
    }
    chosen = np.select(list(cases.values()), [reason.value for reason in cases], PairReason.NOT_RANKED.value)
    return tuple(PairReason(each) for each in chosen)


_CLAUSES = {
    PairReason.SCORED: "by score",
    PairReason.NEWCOMER: "boosted for a newcomer",
    PairReason.MOSTLY_BOTH_BAD: "at the floor, being mostly both-bad",
    PairReason.WITHIN_MARGIN: "at the floor, the gap being within the margin",
    PairReason.NOT_RANKED: "evenly, nobody being ranked yet",
}


def _reading(reason: tuple[PairReason, ...], n_newcomers: int, floor: float) -> str:
    told = ", ".join(f"{reason.count(each)} {clause}" for each, clause in _CLAUSES.items() if each in reason)
    newcomers = f" Newcomers: {n_newcomers}." if n_newcomers else ""
    return (
        f"{len(reason)} pairs are drawn: {told}. {100 * floor:g} % of draws are spread evenly over all pairs, so "
        f"no judgment weighs more than {1 / floor:.1f}.{newcomers}"
    )
