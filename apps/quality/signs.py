"""Who needs a look first, and why in a sentence. Every sign rests on the end of an interval, never on an estimate.

A sign is for a person to look into: nothing here changes a standing.
"""

from dataclasses import dataclass

from apps.stats.raters import Drift

from .estimates import Estimate, Share
from .habits import Ties, Times
from .known_answers import LEAST_GOLD, Again, Gold
from .others import WithOthers

LEAST_SAME = 0.5
SIDES_LOW, SIDES_HIGH = 0.4, 0.6
TIES_APART = 0.15
FAST_FROM = 0.1  # twice what is usual by definition


@dataclass(frozen=True, slots=True)
class Sign:
    """One reason to look. `weight` orders them: the smallest is the most serious."""

    name: str
    weight: int
    sentence: str


def signs_of(
    *, gold: Gold, again: Again, agreement: WithOthers, people_kappa: Estimate, left: Share, ties: Ties | None,
    times: Times | None, drift: Drift,
) -> list[Sign]:  # fmt: skip
    """All signs of one rater, the most serious first."""
    found = (
        _gold(gold),
        _again(again),
        _side_again(again),
        _agreement(agreement, people_kappa),
        _drift(drift),
        _left(left),
        _times(times),
        _ties(ties),
    )
    return sorted((sign for sign in found if sign is not None), key=lambda sign: sign.weight)


def percent(share: float) -> str:
    """A share in a sentence."""
    return f"{100 * share:.0f} %"


def _gold(gold: Gold) -> Sign | None:
    if gold.share.high is not None and gold.share.high < LEAST_GOLD:
        told = f"{gold.n_right} of {gold.n} gold answers are right: the whole interval lies below {percent(LEAST_GOLD)}"
        return Sign("gold", 1, f"{told}, which is what we ask for. Check the gold first.")
    if gold.advice == "pause":
        return Sign("gold", 1, f"The evidence from gold is enough for a pause. {gold.reading}")
    return None


def _again(again: Again) -> Sign | None:
    same = again.same
    if same.high is None or same.high >= LEAST_SAME:
        return None
    told = f"Of {same.n} tasks that came back {same.n_yes} were answered as before"
    return Sign("consistency", 2, f"{told}: at most {percent(same.high)} in the long run.")


def _side_again(again: Again) -> Sign | None:
    side = again.same_side
    if side.low is None or side.low <= LEAST_SAME:
        return None
    told = f"When sides were swapped the same side was chosen in {side.n_yes} of {side.n} cases"
    return Sign("side again", 3, f"{told} (at least {percent(side.low)}): the choice follows the side, not the answer.")


def _agreement(found: WithOthers, people: Estimate) -> Sign | None:
    if found.kappa.high is None or people.low is None or found.kappa.high >= people.low:
        return None
    told = f"Agreement with the others is κ {found.kappa.high:.2f} at most ({found.n_pairs} pairs)"
    return Sign(
        "agreement", 4,
        f"{told}; people here agree with one another with at least {people.low:.2f}. Read the difference first: the "
        "minority may be right.",
    )  # fmt: skip


def _drift(drift: Drift) -> Sign | None:
    if drift.high is None or drift.high >= 0:
        return None
    told = f"Agreement with others fell from {drift.first} in the first third of the work"
    return Sign("drift", 5, f"{told} to {drift.last} in the last. The tasks may have become harder: look at both ends.")


def _left(left: Share) -> Sign | None:
    if left.low is None or left.high is None or (left.low <= SIDES_HIGH and left.high >= SIDES_LOW):
        return None
    side, least = ("left", left.low) if left.low > SIDES_HIGH else ("right", 1 - left.high)
    told = f"Of {left.n} decisions at least {percent(least)} go to the {side} in the long run"
    return Sign("side", 6, f"{told}. Where sides were drawn by lot, half would.")


def _times(times: Times | None) -> Sign | None:
    if times is None or times.fast.low is None or times.fast_below is None or times.fast.low <= FAST_FROM:
        return None
    told = f"At least {percent(times.fast.low)} of the answers come within {times.fast_below:.1f} s"
    return Sign("speed", 7, f"{told}, as only 5 % of the others' do. Fast is not careless: read it beside gold.")


def _ties(ties: Ties | None) -> Sign | None:
    if ties is None or ties.difference.low is None or ties.difference.high is None or ties.others is None:
        return None
    if ties.difference.low > TIES_APART:
        how = f"more often than the others ({percent(ties.others)}), by at least {percent(ties.difference.low)}"
    elif ties.difference.high < -TIES_APART:
        how = f"more rarely than the others ({percent(ties.others)}), by at least {percent(-ties.difference.high)}"
    else:
        return None
    return Sign("ties", 8, f"A tie is called {how}.")
