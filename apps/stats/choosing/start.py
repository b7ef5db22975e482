"""The start of a study: balanced draws until results can say which pair is worth more than another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import connected_components

from apps.stats.arrays import BoolArray, IntArray
from apps.stats.choosing.candidates import (
    candidate_pairs,
    few_showings,
    shown_per_pair,
    take_part,
)
from apps.stats.errors import InvalidInput
from apps.stats.pairwise.counts import PairwiseCounts

PER_PAIR = 5
# Balanced judgments beyond it cost a wide field more than their better start saves (docs/methods/efficiency.md).
PER_COMPETITOR = 20


@dataclass(frozen=True)
class StartProgress:
    """How far the start of a study has come.

    `complete` says that pairs may be chosen by results. `fewest_per_pair` and `fewest_per_competitor` are the
    judgments of the pair and the competitor that have fewest; `apart` names the competitors that have not both
    lost to (or tied) and beaten (or tied) the main body of the others, directly or through a chain. `n_missing`
    judgments, drawn balanced, are the least that can complete the start; where only `apart` holds it up, joining
    them sooner takes fewer. `reading` says the same in a sentence.
    """

    complete: bool
    fewest_per_pair: int
    fewest_per_competitor: int
    apart: tuple[int, ...]
    n_missing: int
    reading: str


def start_progress(
    counts: PairwiseCounts, *, candidates: npt.ArrayLike | None = None, both_bad_as_tie: bool = False
) -> StartProgress:
    """What the start still lacks before pairs may be chosen by results.

    Complete with 5 judgments of every candidate pair and all competitors strongly connected, or with 20 judgments
    of every competitor. Strongly connected: each beat or tied each other one, directly or through a chain, so that
    strengths are finite (Ford 1957, American Mathematical Monthly 64). With 20 judgments of everybody someone who
    always won or always lost is not waited for: balanced draws teach least about such a one, and Firth's penalty
    keeps its strength finite. Newcomers (shown fewer than 30 times and less than a quarter of the others' median of
    30 or more) are not waited for either: `pair_probabilities` boosts them. Judgments count however they end.
    `candidates` [n, n] is true where a pair may be drawn. Raises InvalidInput where candidates are no such table or
    fall into groups that can never meet, EmptyInput where there is no pair.
    """
    pairs = candidate_pairs(counts.n_competitors, candidates)
    drawn = take_part(counts.n_competitors, pairs)
    _check_connectable(counts, pairs, drawn, both_bad_as_tie)
    waited_for = drawn & ~few_showings(counts, pairs)
    between = waited_for[pairs].all(axis=1)
    if not between.any():
        waited_for, between = drawn, np.ones(len(pairs), dtype=bool)
    of_pair, of_competitor = shown_per_pair(counts, pairs[between]), counts.showings_per_competitor()[waited_for]
    apart = _apart(counts, waited_for, both_bad_as_tie)
    missing = _missing(of_pair, of_competitor, apart)
    fewest = int(of_pair.min()), int(of_competitor.min())
    return StartProgress(not missing, *fewest, apart, missing, _reading(missing, *fewest, apart))


def _check_connectable(counts: PairwiseCounts, pairs: IntArray, drawn: BoolArray, both_bad_as_tie: bool) -> None:
    joined = counts.half_wins(both_bad_as_tie=both_bad_as_tie) > 0
    joined[pairs[:, 0], pairs[:, 1]] = True
    _, label = connected_components(joined, directed=True, connection="weak")
    groups = [np.flatnonzero(drawn & (label == each)).tolist() for each in np.unique(label[drawn])]
    if len(groups) > 1:
        told = "; ".join("{" + ", ".join(map(str, group)) + "}" for group in groups)
        raise InvalidInput(
            f"`candidates` splits the competitors into groups that can never be compared: {told}. Allow a pair "
            "between the groups, or choose pairs for each group by itself."
        )


def _apart(counts: PairwiseCounts, waited_for: BoolArray, both_bad_as_tie: bool) -> tuple[int, ...]:
    """Who is outside the largest group in which everyone reached everyone by wins or ties."""
    half_wins = counts.half_wins(both_bad_as_tie=both_bad_as_tie)
    _, label = connected_components(half_wins, directed=True, connection="strong")
    body = np.bincount(label[waited_for]).argmax()
    return tuple(int(each) for each in np.flatnonzero(waited_for & (label != body)))


def _missing(of_pair: IntArray, of_competitor: IntArray, apart: tuple[int, ...]) -> int:
    """The least number of judgments after which every competitor, or if nobody is apart every pair, has enough."""
    lacking = np.maximum(PER_COMPETITOR - of_competitor, 0)
    # A judgment shows two of them; nobody can be shown to herself.
    by_competitor = int(max((lacking.sum() + 1) // 2, lacking.max()))
    by_pair = int(np.maximum(PER_PAIR - of_pair, 0).sum())
    # What pairs still lack may join who is apart; where they lack nothing, enough of everybody ends the wait.
    return by_competitor if apart and not by_pair else min(by_pair, by_competitor)


def _reading(missing: int, of_pair: int, of_competitor: int, apart: tuple[int, ...]) -> str:
    so_far = f"every pair has at least {of_pair} and every competitor {of_competitor} judgments"
    names = f"{', '.join(map(str, apart))} only won, only lost or were never decided against the main body"
    if not missing:
        aside = f" Competitors {names}: their strengths are penalised ones." if apart else ""
        return f"The start is complete: {so_far}. Pairs may be chosen by results.{aside}"
    if of_pair >= PER_PAIR:
        return (
            f"The start waits, though {so_far}: competitors {names}. About {missing} more balanced judgments, or fewer "
            "once that changes."
        )
    return (
        f"The start lacks at least {missing} balanced judgments: so far {so_far}, and {PER_PAIR} a pair or "
        f"{PER_COMPETITOR} a competitor are needed."
    )
