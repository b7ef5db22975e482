"""What the raters and items of a simulated study are like, and which judgments are made beside the plain ones."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import FloatArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput


class Purpose(IntEnum):
    """Why a judgment was made. The value is the code in arrays."""

    BASE = 0  # one rater judges a task
    OVERLAP = 1  # another rater judges the task of a base judgment
    RETEST = 2  # the same rater judges it again, mirrored
    GOLD = 3  # a task with a known answer


@dataclass(frozen=True, eq=False)
class RaterTraits:
    """`n` raters. Every trait is one number for all, or one each [n], unless said otherwise.

    `skill` 0 flips coins, 1 sees the gaps as they are; it changes by `drift` from a rater's first judgment to the
    last, in a straight line. `left_bias` is added, in log-odds, to whatever stands left. `taste_sd` (one number)
    spreads each rater's liking for single competitors. Who judges is drawn in proportion to `load`. A judgment takes
    `median_seconds`, lognormal with `seconds_sd` (one number) on the log scale.
    """

    n: int
    skill: npt.ArrayLike = 1.0
    left_bias: npt.ArrayLike = 0.0
    drift: npt.ArrayLike = 0.0
    taste_sd: float = 0.0
    load: npt.ArrayLike = 1.0
    median_seconds: npt.ArrayLike = 27.0
    seconds_sd: float = 0.5


@dataclass(frozen=True, eq=False)
class ItemTraits:
    """`n` items. `leaning_sd` spreads how much single competitors are at home on an item.

    `both_bad_probability` is one number, [n], or [n, n_competitors, n_competitors] by item and pair.
    """

    n: int
    leaning_sd: float = 0.0
    both_bad_probability: npt.ArrayLike = 0.0


@dataclass(frozen=True)
class Extras:
    """Judgments made beside the base ones, as shares of all judgments; what is left is base.

    A task with overlap is judged by `raters_per_overlap` different raters, the base one among them. A retest shows a
    rater one of her own base judgments again, later and mirrored. Gold judgments are on `n_gold` tasks on items of
    their own, where one output is better by `gold_gap` log-odds and never both are bad.
    """

    overlap_share: float = 0.0
    retest_share: float = 0.0
    gold_share: float = 0.0
    raters_per_overlap: int = 2
    n_gold: int = 20
    gold_gap: float = 4.0

    def numbers(self, n_judgments: int, n_raters: int) -> IntArray:
        """How many judgments of each `Purpose`. [4]"""
        shares = np.array([self.overlap_share, self.retest_share, self.gold_share])
        if not ((shares >= 0).all() and shares.sum() < 1):
            raise InvalidInput(
                "The shares of overlap, retests and gold must be 0 or more and sum to less than 1; the rest is base."
            )
        extra = np.round(shares * n_judgments).astype(np.int64)
        numbers = np.array([n_judgments - extra.sum(), *extra])
        self._check(numbers, n_raters)
        return numbers

    def _check(self, numbers: IntArray, n_raters: int) -> None:
        base, overlap, retest, gold = numbers.tolist()
        if overlap and not 2 <= self.raters_per_overlap <= n_raters:
            raise InvalidInput(
                f"`raters_per_overlap` is {self.raters_per_overlap} with {n_raters} raters able to judge; give 2 or "
                "more, and not more than there are."
            )
        if self.n_overlapping(overlap) > base or retest > base:
            raise InvalidInput(
                f"{overlap} overlapping judgments and {retest} retests have only {base} base judgments to repeat; make "
                "their shares smaller."
            )
        if gold and self.n_gold < 1:
            raise EmptyInput("Gold judgments need at least one gold task; raise `n_gold`.")

    def n_overlapping(self, n_overlap: int) -> int:
        """How many base judgments are repeated by others, for so many overlapping judgments."""
        return -(-n_overlap // max(self.raters_per_overlap - 1, 1))


@dataclass(frozen=True, eq=False)
class StudyTruth:
    """What a simulated study was drawn from.

    `strengths` [n_competitors] with mean zero; `skill` (at the first judgment), `left_bias`, `drift`, `load` (shares)
    and `median_seconds` [n_raters]; `tastes` [n_raters, n_competitors]; `leanings` [n_items, n_competitors];
    `tie_width`. Gold items are numbered from n_items on: of gold item n_items + g, `gold_better[g]` is the better and
    `gold_worse[g]` the worse competitor. [n_gold]
    """

    strengths: FloatArray
    skill: FloatArray
    left_bias: FloatArray
    drift: FloatArray
    load: FloatArray
    median_seconds: FloatArray
    tastes: FloatArray
    leanings: FloatArray
    tie_width: float
    gold_better: IntArray
    gold_worse: IntArray
