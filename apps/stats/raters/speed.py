"""How long raters take, and how often they are faster than almost everybody else."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrik

from apps.stats.arrays import FloatArray, IntArray, as_integers, same_length
from apps.stats.errors import InvalidInput
from apps.stats.intervals import check_confidence_level
from apps.stats.raters.share_ends import share_ends

_NO_TIME = "No judgment of this rater has a time, so nothing can be said about speed; record when a task was shown."


@dataclass(frozen=True, eq=False)
class RaterSpeed:
    """How fast each rater judges. All [n_raters]

    `rater` holds the codes, ascending; `median` seconds with its ends (nan with too few times for an interval, 6 at
    95 %). `fast_below` is the quantile of everybody else's seconds below which a judgment counts as fast;
    `fast_share` of her own are, with its ends (nan where nobody else has a time). A rater like the others has about
    `fast_quantile` of fast ones. `n` counts her judgments with a time, `n_missing` those without. `readings` says it
    in words.
    """

    rater: IntArray
    median: FloatArray
    median_low: FloatArray
    median_high: FloatArray
    fast_below: FloatArray
    fast_share: FloatArray
    fast_low: FloatArray
    fast_high: FloatArray
    n: IntArray
    n_missing: IntArray
    fast_quantile: float
    confidence_level: float
    readings: tuple[str, ...]


def rater_speed(
    rater: npt.ArrayLike, seconds: npt.ArrayLike, *, fast_quantile: float = 0.05, confidence_level: float = 0.95
) -> RaterSpeed:
    """Each rater's median seconds, and the share of judgments faster than nearly all of the others'.

    `rater` holds integer codes and `seconds` how long the judgment took, one row a judgment; nan where unknown.
    The interval of the median lies between two of the rater's own times (Thompson 1936, Annals of Mathematical
    Statistics 7) and supposes nothing about their distribution; that of the share is Wilson's, the quantile of the
    others taken as known. A share well above `fast_quantile` is a reason to look, a low median alone is none. Raises
    InvalidInput for columns that do not match, and for times that are negative or infinite.
    """
    check_confidence_level(confidence_level)
    if not 0 < fast_quantile < 1:
        raise InvalidInput(f"`fast_quantile` is {fast_quantile:g}; give a share between 0 and 1, as 0.05.")
    codes, place = np.unique(as_integers("rater", rater), return_inverse=True)
    seconds_of = _checked_seconds(place, seconds)
    known = ~np.isnan(seconds_of)
    n = np.bincount(place[known], minlength=len(codes))
    times = _SortedTimes.of(place[known], seconds_of[known], n)
    median, median_low, median_high = times.medians(confidence_level)
    fast_below, n_fast = times.fast(fast_quantile)
    fast = share_ends(n_fast, np.where(np.isnan(fast_below), 0, n), confidence_level)
    return RaterSpeed(
        rater=codes,
        median=median,
        median_low=median_low,
        median_high=median_high,
        fast_below=fast_below,
        fast_share=fast.middle,
        fast_low=fast.low,
        fast_high=fast.high,
        n=n,
        n_missing=np.bincount(place[~known], minlength=len(codes)),
        fast_quantile=fast_quantile,
        confidence_level=confidence_level,
        readings=tuple(
            _reading(each, fast_quantile)
            for each in np.column_stack([n, median, median_low, median_high, fast.middle, fast.low, fast.high]).tolist()
        ),
    )


def _checked_seconds(place: IntArray, seconds: npt.ArrayLike) -> FloatArray:
    times = np.asarray(seconds)
    if times.ndim != 1 or (times.size and times.dtype.kind not in "iuf"):
        raise InvalidInput("`seconds` must be a one-dimensional array of numbers; put nan where a time is unknown.")
    same_length(rater=place, seconds=times)
    if np.isinf(times).any() or (times < 0).any():
        raise InvalidInput("`seconds` holds a negative or infinite time; put nan where a time is unknown.")
    return times.astype(np.float64, copy=False)


@dataclass(frozen=True, eq=False)
class _SortedTimes:
    """Times by rater and, within, ascending; their ranks among all; where each rater begins, how many she has."""

    times: FloatArray
    rank: IntArray
    begin: IntArray
    n: IntArray

    @classmethod
    def of(cls, place: IntArray, times: FloatArray, n: IntArray) -> "_SortedTimes":
        rank = np.empty(len(times), dtype=np.int64)
        rank[np.argsort(times, kind="stable")] = np.arange(len(times))
        order = np.lexsort((rank, place))
        return cls(times[order], rank[order], np.cumsum(n) - n, n)

    def at(self, which: IntArray, where: npt.NDArray[np.bool_]) -> FloatArray:
        """The time of that rank (from 0) among each rater's own; nan elsewhere. [n_raters]"""
        found = np.full(len(self.n), np.nan)
        found[where] = self.times[(self.begin + which)[where]]
        return found

    def medians(self, confidence_level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """The median of each rater, and the two of her times that bound it."""
        some = self.n > 0
        median = self.at((self.n - 1) // 2, some) / 2 + self.at(self.n // 2, some) / 2
        outside = _times_outside(self.n, (1 - confidence_level) / 2)
        bounded = outside >= 0
        return median, self.at(outside, bounded), self.at(self.n - 1 - outside, bounded)

    def fast(self, quantile: float) -> tuple[FloatArray, IntArray]:
        """The quantile of everybody else's times (nan without), and how many of each rater's own lie below it."""
        below, n_fast = np.full(len(self.n), np.nan), np.zeros(len(self.n), dtype=np.int64)
        everybody = np.empty(len(self.times))
        everybody[self.rank] = self.times
        for r in np.flatnonzero((self.n > 0) & (self.n < len(self.times))):
            own = slice(self.begin[r], self.begin[r] + self.n[r])
            below[r] = _quantile_without(everybody, self.rank[own], quantile)
            n_fast[r] = np.searchsorted(self.times[own], below[r], side="left")
        return below, n_fast


def _quantile_without(everybody: FloatArray, own_ranks: IntArray, quantile: float) -> float:
    """The quantile (between neighbours on a straight line) of sorted times without those of some ranks."""
    target = quantile * (len(everybody) - len(own_ranks) - 1)
    wanted = np.array([np.floor(target), np.ceil(target)]).astype(np.int64)
    # Her j-th time comes before the k-th of the others where at most k others are faster.
    faster_others = own_ranks - np.arange(len(own_ranks))
    lower, upper = everybody[wanted + np.searchsorted(faster_others, wanted, side="right")]
    return float(lower + (target - wanted[0]) * (upper - lower))


def _times_outside(n: IntArray, tail: float) -> IntArray:
    """How many times may be left out at each end of the sorted ones; below 0 where the ends are not far enough.

    The largest j such that a binomial of n coin flips is at most j with probability `tail` or less.
    """
    flips = np.maximum(n, 1)[:, None]
    near = np.floor(np.nan_to_num(bdtrik(tail, flips.astype(np.float64), 0.5)))
    candidates = np.clip(near + np.array([1.0, 0.0, -1.0]), 0.0, flips - 1.0)
    found = np.where(bdtr(candidates, flips, 0.5) <= tail, candidates, -1.0).max(axis=1)
    return np.where(n > 0, found, -1).astype(np.int64)


def _reading(numbers: list[float], usual: float) -> str:
    n, median, low, high, share, share_low, share_high = numbers
    if not n:
        return _NO_TIME
    between = "too few for an interval" if np.isnan(low) else f"{low:.1f} to {high:.1f}"
    told = f"Over {n:.0f} timed judgments the median is {median:.1f} seconds ({between})."
    if np.isnan(share):
        return f"{told} Nobody else has a time to compare with."
    asked = "; look at these judgments" if share_low > usual else ""
    return (
        f"{told} {100 * share:.1f} % of them ({100 * share_low:.1f} to {100 * share_high:.1f} %) are faster than "
        f"nearly all of the others', where {100 * usual:g} % is usual{asked}."
    )
