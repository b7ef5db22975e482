"""What shows in one rater's ordinary work by itself: time, pace, sides, ties, and how all of it moved over time."""

from dataclasses import dataclass

import numpy as np

from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.raters import RaterSpeed, left_share, rater_speed, tie_share

from .estimates import CONFIDENCE_LEVEL, NOT_KNOWN, Estimate, Share, known
from .rows import UNKNOWN, Ints, Work

LONGEST_COUNTED_MS = 10 * 60 * 1000  # a task left open over lunch says nothing about pace
BLOCKS, LEAST_IN_BLOCK = 10, 20
# Lower ends in seconds: each about twice the one before, as times of people spread.
TIME_BINS = (0, 2, 5, 10, 20, 40, 80, 160, 320)
# Only a look at who ties how often is wanted of tie_share, not its test by lot.
FEWEST_DRAWS = 100


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds for a task: the median with its ends, and how many were faster than nearly all of the others'."""

    median: Estimate
    n: int
    n_missing: int
    fast_below: float | None
    fast: Estimate
    hours: float
    per_hour: float | None


@dataclass(frozen=True, slots=True)
class Ties:
    """Her share of ties beside that of the others' `n_others` verdicts, and the difference with its 95 % ends."""

    share: Estimate
    n: int
    others: float | None
    n_others: int
    difference: Estimate


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of her work, first to last; moments are milliseconds since 1970, None where unknown."""

    n: int
    first_at: int | None
    last_at: int | None
    seconds: Estimate
    n_timed: int
    left: Share
    ties: Share
    agreed: Share


@dataclass(frozen=True, slots=True)
class Bin:
    """How many of her times lie here, and which share of the others' does."""

    low: int
    high: int | None
    n: int
    others: float | None


def times_of(work: Work) -> dict[int, Times]:
    """Each rater's times, against everybody else's of these judgments."""
    seconds = np.where(work.shown_ms == UNKNOWN, np.nan, work.shown_ms / 1000)
    speed = rater_speed(work.rater, seconds, confidence_level=CONFIDENCE_LEVEL)
    counted = np.where(work.shown_ms == UNKNOWN, 0, np.minimum(work.shown_ms, LONGEST_COUNTED_MS)) / 3_600_000
    hours = np.bincount(np.searchsorted(speed.rater, work.rater), weights=counted, minlength=len(speed.rater))
    return {int(rater): _times(speed, place, float(hours[place])) for place, rater in enumerate(speed.rater)}


def _times(speed: RaterSpeed, place: int, hours: float) -> Times:
    n = int(speed.n[place])
    return Times(
        median=Estimate.at(place, speed.median, speed.median_low, speed.median_high),
        n=n,
        n_missing=int(speed.n_missing[place]),
        fast_below=known(speed.fast_below[place]),
        fast=Estimate.at(place, speed.fast_share, speed.fast_low, speed.fast_high),
        hours=hours,
        per_hour=n / hours if hours > 0 else None,
    )


def sides_of(work: Work) -> dict[int, Share]:
    """How often each rater chose what stood left, of what she decided with a side known."""
    if not (work.screen != UNKNOWN).any():
        return {}
    seen = work.where(work.screen != UNKNOWN)
    found = left_share(_counted(seen.rater, seen.screen), confidence_level=CONFIDENCE_LEVEL)
    columns = (found.rater, found.share, found.low, found.high, found.n)
    return {
        int(rater): Share(known(share), known(low), known(high), round(share * n) if n else 0, int(n))
        for rater, share, low, high, n in zip(*columns, strict=True)
    }


def ties_of(work: Work, seed: int) -> dict[int, Ties]:
    """How often each rater called a tie, against the others; whether it is known what stood left does not matter."""
    said = work.where(work.verdict != UNKNOWN)
    if not len(said):
        return {}
    rng = np.random.default_rng(seed)
    rows = _counted(said.rater, said.verdict)
    found = tie_share(rows, rng=rng, n_draws=FEWEST_DRAWS, confidence_level=CONFIDENCE_LEVEL)
    return {
        int(rater): Ties(
            share=Estimate.at(at, found.share, found.low, found.high),
            n=int(found.n[at]),
            others=known(found.others[at]),
            n_others=len(said) - int(found.n[at]),
            difference=Estimate.at(at, found.difference, found.difference_low, found.difference_high),
        )
        for at, rater in enumerate(found.rater)
    }


def _counted(rater: Ints, outcome: Ints) -> ComparisonRows:
    """Outcomes gathered, as if all were of two competitors: on the screen, the left one and the right one."""
    cells, count = np.unique(rater * len(Outcome) + outcome, return_counts=True)
    who, what = np.divmod(cells, len(Outcome))
    left = np.zeros_like(who)
    return ComparisonRows.from_arrays(
        n_competitors=2, first=left, second=left + 1, outcome=what, rater=who, count=count
    )


def blocks_of(work: Work, agreed: Ints) -> list[Block]:
    """One rater's work in at most ten stretches of equal length, first to last; `agreed` as in apps.quality.others."""
    order = in_time(work)
    n_blocks = max(1, min(BLOCKS, len(work) // LEAST_IN_BLOCK))
    return [_block(work, agreed, part) for part in np.array_split(order, n_blocks) if len(part)]


def in_time(work: Work) -> Ints:
    """The places of the judgments in the order in which they were given; those of unknown moment last, as stored."""
    moment = np.where(work.at == UNKNOWN, np.iinfo(np.int64).max, work.at)
    return np.lexsort((work.judgment, moment))


def _block(work: Work, agreed: Ints, part: Ints) -> Block:
    columns = (work.at, work.shown_ms, work.screen, work.verdict)
    at, ms, screen, verdict = (one[part][one[part] != UNKNOWN] for one in columns)
    decided = screen[screen <= Outcome.SECOND_WINS]
    compared = agreed[part][agreed[part] != UNKNOWN]
    return Block(
        n=len(part),
        first_at=int(at.min()) if len(at) else None,
        last_at=int(at.max()) if len(at) else None,
        seconds=_median_seconds(ms),
        n_timed=len(ms),
        left=Share.of(decided == Outcome.FIRST_WINS),
        ties=Share.of(verdict == Outcome.TIE),
        agreed=Share.of(compared == 1),
    )


def _median_seconds(shown_ms: Ints) -> Estimate:
    if not len(shown_ms):
        return NOT_KNOWN
    found = rater_speed(np.zeros_like(shown_ms), shown_ms / 1000, confidence_level=CONFIDENCE_LEVEL)
    return Estimate.at(0, found.median, found.median_low, found.median_high)


def bins_of(seconds: Ints, everybody: Ints) -> list[Bin]:
    """How one rater's times (in milliseconds) spread, beside those of everybody else; `everybody` counts by bin."""
    own = counted_by_bin(seconds)
    others = everybody - own
    total = int(others.sum())
    highs = (*TIME_BINS[1:], None)
    return [
        Bin(low, high, int(n), n_others / total if total else None)
        for low, high, n, n_others in zip(TIME_BINS, highs, own.tolist(), others.tolist(), strict=True)
    ]


def counted_by_bin(shown_ms: Ints) -> Ints:
    """How many of these times lie in each bin. [n_bins]"""
    timed = shown_ms[shown_ms != UNKNOWN]
    place = np.searchsorted(np.array(TIME_BINS) * 1000, timed, side="right") - 1
    return np.bincount(place, minlength=len(TIME_BINS)).astype(np.int64)
