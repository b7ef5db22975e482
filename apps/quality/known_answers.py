"""What a rater says where it can be held against something: known answers, and her own earlier ones."""

from dataclasses import dataclass

import numpy as np

from apps.stats.raters import gold_accuracy, self_consistency, watch_rater

from .estimates import CONFIDENCE_LEVEL, NOT_KNOWN, Estimate, Share
from .rows import UNKNOWN, GoldAnswers, Retests

LEAST_GOLD = 0.7  # the accuracy that the readings speak of


@dataclass(frozen=True, slots=True)
class Gold:
    """Right answers of gold tasks scored, with Jeffreys' ends. `advice` survives being looked at every day."""

    n_right: int
    n: int
    share: Estimate
    advice: str | None
    reading: str


@dataclass(frozen=True, slots=True)
class Again:
    """How a rater judged the same tasks twice.

    `kappa` is of the `n_sided` repeats that had their sides swapped, `same_side` of those that named a side both times.
    """

    same: Share
    same_side: Share
    kappa: Estimate
    n_sided: int
    reading: str


NO_GOLD = Gold(0, 0, NOT_KNOWN, None, "")


def gold_of(answers: GoldAnswers, n_verdicts: int) -> dict[int, Gold]:
    """Each rater's accuracy on gold. `n_verdicts` fixes beforehand how often a coin would be right."""
    if not len(answers.rater):
        return {}
    found = gold_accuracy(answers.rater, answers.right, threshold=LEAST_GOLD, confidence_level=CONFIDENCE_LEVEL)
    alone = found.alone
    return {
        int(rater): Gold(
            int(found.n_correct[place]),
            int(found.n[place]),
            Estimate.at(place, alone.accuracy, alone.low, alone.high),
            *_watched(answers, int(rater), n_verdicts),
        )
        for place, rater in enumerate(found.rater)
    }


def _watched(answers: GoldAnswers, rater: int, n_verdicts: int) -> tuple[str | None, str]:
    """What the evidence allows, and its reading; of comparisons alone, whose chance of luck is known."""
    hers = (answers.rater == rater) & answers.is_comparison
    if not hers.any() or n_verdicts < 2:
        return None, ""
    found = watch_rater(answers.right[hers], by_chance=1 / n_verdicts, confidence_level=CONFIDENCE_LEVEL)
    return found.advice.value, found.reading


def again_of(retests: Retests, rater: int) -> Again:
    """One rater's repeats. Sides are looked at where the second showing had them swapped."""
    hers = retests.rater == rater
    sided = hers & retests.mirrored & (retests.first != UNKNOWN) & (retests.second != UNKNOWN)
    found = self_consistency(retests.first[sided], retests.second[sided], confidence_level=CONFIDENCE_LEVEL)
    return Again(
        same=Share.of(np.asarray(retests.same[hers])),
        same_side=Share.like(found.same_side),
        kappa=Estimate.of(found.kappa),
        n_sided=found.n,
        reading=found.reading if sided.any() else "",
    )
