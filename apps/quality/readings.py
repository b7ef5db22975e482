"""What an agreement says, in words. By the ends of its interval: a figure that may lie on either side says so."""

from typing import Protocol

from .estimates import Estimate

GUIDELINE = 0.6
RELIABLE = 0.8


class WithKappa(Protocol):
    """What a judge is read by."""

    @property
    def kappa(self) -> Estimate: ...

    @property
    def n_pairs(self) -> int: ...


NO_PAIRS = (
    "There is nothing to read yet: no two people judged the same task, or all answers are the same. Let tasks overlap."
)
NO_INTERVAL = (
    "The tasks that overlap are all of one item: no interval, so this figure says nothing yet. Let more items overlap."
)
FAULT = (
    "Below .6, and surely so: a fault of the guideline, not of the raters. Read what is mixed up most, and say in the "
    "guideline which is which."
)
PREFERENCES = (
    "Below .6, and surely so, as preferences mostly are: outputs were close, tastes differ, or the guideline leaves "
    "open what counts. That is a fault of the guideline, not of the raters: read what is mixed up most."
)
LOPSIDED = (
    "One answer is very common and nearly all give it, so alpha tells only how well the rare ones are told apart: read "
    "AC1 and the percentage for agreement as a whole. If the rare ones matter, say in the guideline when to give them."
)
OPEN = (
    "It may lie below .6 or above: too few tasks overlap to say. Below .6 would be a fault of the guideline, not of "
    "the raters."
)
ENOUGH = "At least .6: raters understand the question alike. For a conclusion about one task, ask more than one."
HIGH = "At least .8: conclusions may rest on single answers."


def reading_of(alpha: Estimate, *, is_preference: bool, is_lopsided: bool = False) -> str:
    """Below .6 is a fault of the guideline before it is one of the raters; preferences are rarely above.

    `is_lopsided` where one answer is so common that alpha is low although nearly all agree: the kappa paradox.
    """
    if is_lopsided:
        return LOPSIDED
    if alpha.value is None:
        return NO_PAIRS
    if alpha.low is None or alpha.high is None:
        return NO_INTERVAL
    if alpha.high < GUIDELINE:
        return PREFERENCES if is_preference else FAULT
    if alpha.low < GUIDELINE:
        return OPEN
    return HIGH if alpha.low >= RELIABLE else ENOUGH


def reading_of_judge(name: str, judge: WithKappa, people: WithKappa) -> str:
    """A judge beside people on the same tasks: it can be told apart only where the intervals do not meet."""
    if not judge.n_pairs:
        return f"{name} and people have no task in common."
    low, high, people_low, people_high = judge.kappa.low, judge.kappa.high, people.kappa.low, people.kappa.high
    if low is None or high is None or people_low is None or people_high is None:
        return "There are too few tasks that two people judged, and the judge too, to compare them."
    if high < people_low:
        return f"{name} agrees with people less than people do with one another, on the same tasks."
    if low > people_high:
        return (
            f"{name} agrees with people more than people do with one another, on the same tasks: perhaps it is steady "
            "where they are not."
        )
    return f"{name} cannot be told apart from people by agreement: the intervals of both kappas overlap."
