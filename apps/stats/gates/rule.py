"""One rule of a gate: a share that must be reached, the interval that decides it, and what is still needed."""

import math
from dataclasses import dataclass
from enum import StrEnum

from scipy.special import betaincinv

from apps.stats.errors import InvalidInput
from apps.stats.gates.evidence import Evidence
from apps.stats.intervals import Interval, two_sided_quantile
from apps.stats.planning.checks import check_positive
from apps.stats.uncertainty import confidence_sequence

# Below these no interval of a share is to be trusted with a decision, whatever it says.
LEAST_ITEMS, LEAST_JUDGMENTS, LEAST_WATCHED = 10, 30, 100
# A share so near the bound that not even this many judgments would decide is taken to lie on it.
MOST_JUDGMENTS = 10_000_000


class Verdict(StrEnum):
    """What a rule, or a gate, says."""

    PASS = "PASS"  # noqa: S105 - a verdict
    BLOCK = "BLOCK"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class Rule:
    """The share of the evidence must be at least `least`.

    `most_useful_n` is None for a rule that is looked at once, when the judgments are in. Otherwise it may be looked at
    as often as one likes, and its interval is narrowest at that many judgments, a number chosen beforehand.
    """

    evidence: Evidence
    least: float
    most_useful_n: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no share can be measured against."""
        if not 0 < self.least < 1:
            raise InvalidInput(f"`least` is {self.least:g}; give a share between 0 and 1, as .95 for 95 %.")
        if self.most_useful_n is not None:
            check_positive("most_useful_n", self.most_useful_n)

    @property
    def n_missing(self) -> int:
        """Judgments that are missing before an interval of this rule is to be trusted at all."""
        # Items are reached one judgment each at best.
        return max(self._judgments_missing, LEAST_ITEMS - self.evidence.n_items)

    @property
    def _judgments_missing(self) -> int:
        return max(0, (LEAST_JUDGMENTS if self.most_useful_n is None else LEAST_WATCHED) - self.evidence.n)

    @property
    def counts_items(self) -> bool:
        """Whether what is still needed are items, and not judgments."""
        return self.evidence.counts_items

    def interval(self, confidence_level: float, n: int | None = None) -> Interval:
        """Clopper and Pearson's interval at the judgments it is worth (Korn & Graubard 1998).

        With `n` what it would be if so many judgments said the same. Wider standard errors than the normal ones are
        fewer judgments.
        """
        found, n = self.evidence, n or self.evidence.n
        if found.share is None:
            return Interval(0.0, 1.0)
        wider = self._quantile(confidence_level, n) / two_sided_quantile(confidence_level)
        return _exact(found.share, found.n_effective * n / found.n / wider**2, confidence_level)

    def _quantile(self, confidence_level: float, n: int) -> float:
        """Standard errors each side: Student's t, times the price of looking as often as one likes."""
        once = two_sided_quantile(confidence_level, self.evidence.degrees_of_freedom)
        if self.most_useful_n is None:
            return once
        looked = confidence_sequence(0.0, 1.0, n, most_useful_n=self.most_useful_n, confidence_level=confidence_level)
        return once * float(looked.price[0])

    def holds(self, confidence_level: float, n: int | None = None) -> bool:
        """Whether the interval leaves no share below the bound."""
        return self.interval(confidence_level, n).low >= self.least

    def breaks(self, confidence_level: float, n: int | None = None) -> bool:
        """Whether the interval leaves no share at the bound or above."""
        return self.interval(confidence_level, n).high < self.least

    def leans(self) -> Verdict:
        """Where it would end if the share stayed as it is."""
        if self.evidence.share is None or self.evidence.share == self.least:
            return Verdict.UNDECIDED
        return Verdict.PASS if self.evidence.share > self.least else Verdict.BLOCK

    def n_more(self, confidence_level: float, block_level: float) -> int | None:
        """Judgments still needed until it is decided, if the share stays as it is; None where none would do.

        Raters stay as few as they are: new ones may shorten it. Where (nearly) all judgments agree, more of them on the
        same items add nothing: then it is items that are counted (`counts_items`), each judged as often as so far.
        """
        leaning = self.leans()
        if leaning == Verdict.UNDECIDED:
            return None
        decided = self.holds if leaning == Verdict.PASS else self.breaks
        level = confidence_level if leaning == Verdict.PASS else block_level
        few, many = self.evidence.n, self.evidence.n
        while not decided(level, many):
            few, many = many, 2 * many
            if many > MOST_JUDGMENTS:
                return None
        while many - few > 1:
            middle = math.ceil((few + many) / 2)
            few, many = (few, middle) if decided(level, middle) else (middle, many)
        return self._as_counted(many - self.evidence.n)

    def _as_counted(self, n_more: int) -> int:
        """Judgments that would decide it, and no fewer than a verdict takes; as items where those are counted."""
        if not self.counts_items:
            return max(n_more, self.n_missing)
        items = max(n_more, self._judgments_missing) * self.evidence.n_items / self.evidence.n
        return max(math.ceil(items), LEAST_ITEMS - self.evidence.n_items)


def _exact(share: float, n: float, confidence_level: float) -> Interval:
    """From binomial tails, so that a rare failure is not taken for a shown one; `n` need not be whole."""
    tail, successes = (1 - confidence_level) / 2, share * n
    failures = n - successes
    low = 0.0 if share == 0 else float(betaincinv(successes, failures + 1, tail))
    high = 1.0 if share == 1 else float(betaincinv(successes + 1, failures, 1 - tail))
    return Interval(low, high)
