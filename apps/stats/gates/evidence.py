"""What judgments say of one share: how large it is, and how many independent judgments they are worth."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import as_numbers, same_length
from apps.stats.errors import InvalidInput
from apps.stats.pairwise import ComparisonRows, Outcome
from apps.stats.pairwise.pair_shares import pair_shares

_OUTCOME_OF = {1.0: Outcome.FIRST_WINS, 0.5: Outcome.TIE, 0.0: Outcome.SECOND_WINS}


# With fewer items than these that anybody judged unlike the most, how alike the judgments of an item are cannot be
# seen: a single slip among many that agree would make every one of them look independent.
LEAST_DIFFERING = 7


@dataclass(frozen=True)
class Evidence:
    """A share of `n` judgments by `n_raters` on `n_items`; None where there is no judgment.

    `n_effective` independent judgments would leave the same variance, which is two-way by rater and item.
    `degrees_of_freedom` are those of the fewer clusters; None where the variance follows from the share. With
    `counts_items` an item counts as one judgment at most, so that more judgments of the same ones would add nothing.
    """

    share: float | None
    n: int
    n_raters: int
    n_items: int
    n_effective: float
    degrees_of_freedom: int | None
    counts_items: bool

    @classmethod
    def of(cls, earned: npt.ArrayLike, *, rater: npt.ArrayLike, item: npt.ArrayLike) -> "Evidence":
        """From what each judgment earned: 1, 0, or 1/2 for a tie; `rater` and `item` are any integer codes. [n]

        Where all earned the same, or the judgments that did not lie on fewer than 7 items, every item counts as one
        judgment: the cautious reading, as several raters of one item may all miss the same. Raises InvalidInput for
        another number.
        """
        values = as_numbers("earned", earned)
        who, what = np.asarray(rater), np.asarray(item)
        same_length(earned=values, rater=who, item=what)
        if not np.isin(values, list(_OUTCOME_OF)).all():
            raise InvalidInput("`earned` holds something other than 1, 1/2 and 0; give a half for a tie.")
        if not len(values):
            return cls(None, 0, 0, 0, 0.0, None, False)
        rows = _as_comparisons(values, who, what)
        found = pair_shares(rows, confidence_level=0.95)
        share, freedom, n_effective = (
            float(each[0]) for each in (found.share, found.degrees_of_freedom, found.n_effective)
        )
        counts_items = _n_differing(values, what) < LEAST_DIFFERING
        return cls(
            share=share,
            n=len(values),
            n_raters=rows.raters.n,
            n_items=rows.items.n,
            n_effective=min(n_effective, rows.items.n) if counts_items else n_effective,
            degrees_of_freedom=None if share in (0.0, 1.0) or np.isinf(freedom) else max(int(freedom), 1),
            counts_items=counts_items,
        )


def _n_differing(values: npt.NDArray[np.float64], item: npt.NDArray[np.int64]) -> int:
    """On how many items somebody judged otherwise than most judgments do."""
    each, count = np.unique(values, return_counts=True)
    return len(np.unique(item[values != each[np.argmax(count)]]))


def _as_comparisons(values: npt.NDArray[np.float64], rater: npt.ArrayLike, item: npt.ArrayLike) -> ComparisonRows:
    """As comparisons of 0 with 1, so that the share is what 0 earned and has the variance of every pair's."""
    outcome = np.select([values == each for each in _OUTCOME_OF], [int(code) for code in _OUTCOME_OF.values()])
    return ComparisonRows.from_arrays(
        n_competitors=2,
        first=np.zeros(len(values), dtype=np.int64),
        second=np.ones(len(values), dtype=np.int64),
        outcome=outcome,
        rater=rater,
        item=item,
    )
