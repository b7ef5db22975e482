"""How common each answer is: where one is very common, alpha and kappa say little of agreement as a whole."""

from dataclasses import dataclass

import numpy as np

from apps.stats.agreement import percent_agreement

from .estimates import Estimate
from .figures_of_labels import Gathered
from .rows import Bools


@dataclass(frozen=True, slots=True)
class AnswerShare:
    """`n_given` of all `n` answers of people were this one; the share with its 95 % ends, clustered by item."""

    answer: str
    n_given: int
    n: int
    share: Estimate


def answer_shares(labels: Gathered, names: list[str], *, is_verdict: bool) -> list[AnswerShare]:
    """One for each answer there is, in order. Which of two systems stands first is a convention: either is a winner."""
    if not len(labels.label):
        return []
    if is_verdict:
        which = {"a winner": labels.label <= 1, "tie": labels.label == 2, "both bad": labels.label == 3}
        return [_share(labels, name, given) for name, given in which.items()]
    return [_share(labels, name, labels.label == place) for place, name in enumerate(names)]


def _share(labels: Gathered, answer: str, given: Bools) -> AnswerShare:
    """As percent_agreement says of pairs that are alike."""
    yes = given.astype(np.int64)
    found = percent_agreement(yes, np.ones_like(yes), labels.cluster, count=labels.count)
    return AnswerShare(answer, int((yes * labels.count).sum()), found.n_pairs, Estimate.of_percent(found))
