"""A whole study whose truth is known: raters who differ, tire and lean, items that differ, overlap, retests, gold."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from apps.stats.arrays import BoolArray, FloatArray, IntArray
from apps.stats.errors import EmptyInput, InvalidInput
from apps.stats.pairwise.counts import Outcome
from apps.stats.simulation.comparisons import SimulatedComparisons
from apps.stats.simulation.outcomes import draw_outcomes
from apps.stats.simulation.parameters import (
    both_bad_of_rows,
    check_spreads,
    checked_strengths,
    gaps_of_rows,
    per_rater,
    random_pairs,
)
from apps.stats.simulation.showings import Showings, draw_showings
from apps.stats.simulation.traits import Extras, ItemTraits, Purpose, RaterTraits, StudyTruth

NO_GOLD = -1
# At 10 one judgment in 40 takes half a billion times the median; far beyond, seconds would overflow.
_LARGEST_SECONDS_SD = 10


@dataclass(frozen=True, eq=False)
class SimulatedStudy:
    """Parallel arrays, one row a judgment, in the order in which they were finished. [n_judgments]

    `first` was shown left. `position` counts a rater's judgments from 0; `seconds` is how long one took, `finished_at`
    when it was done, in seconds since all raters began. `purpose` holds codes of `Purpose`; `repeats` is the row of the
    base judgment that an overlap or a retest repeats, else -1. `gold_answer` is the outcome that is right for a gold
    task, else -1 (`NO_GOLD`). `skill_then` is the rater's skill at that judgment, `truth` what all was drawn from.
    """

    n_competitors: int
    first: IntArray
    second: IntArray
    outcome: IntArray
    rater: IntArray
    item: IntArray
    position: IntArray
    seconds: FloatArray
    finished_at: FloatArray
    purpose: IntArray
    repeats: IntArray
    gold_answer: IntArray
    skill_then: FloatArray
    truth: StudyTruth

    @property
    def gold_right(self) -> BoolArray:
        """Which judgments gave the known answer; False where there is none. [n_judgments]"""
        return np.asarray(self.outcome == self.gold_answer)

    def comparisons(self, *purposes: Purpose) -> SimulatedComparisons:
        """The judgments of these purposes, as a board takes them: without any named, those of base and overlap."""
        keep = np.isin(self.purpose, purposes or (Purpose.BASE, Purpose.OVERLAP))
        return SimulatedComparisons(
            n_competitors=self.n_competitors,
            first=self.first[keep],
            second=self.second[keep],
            outcome=self.outcome[keep],
            rater=self.rater[keep],
            item=self.item[keep],
            strengths=self.truth.strengths,
            skill=self.truth.skill,
            left_bias=self.truth.left_bias,
        )


def simulate_study(
    *,
    strengths: npt.ArrayLike,
    n_judgments: int,
    raters: RaterTraits,
    items: ItemTraits,
    rng: np.random.Generator,
    extras: Extras | None = None,
    tie_width: float = 0.5,
) -> SimulatedStudy:
    """A study drawn from a truth that is handed back with it.

    A judgment on an ordinary task ends as in `draw_outcomes` with the gap of `strengths` (log-odds, their mean taken
    out) plus the rater's tastes and the item's leanings, seen with the rater's skill at that time and bias; on a gold
    task the gap is `extras.gold_gap`, whoever is compared. Tasks are random pairs on random items. Each rater works
    without a pause, all from the same moment on. `extras` None: base judgments only. A million judgments take a
    second or two, and equal generators give equal bits. Davidson (1970, Journal of the American Statistical Association
    65). Raises InvalidInput and EmptyInput for what no study can have.
    """
    beside = Extras() if extras is None else extras
    _check_sizes(n_judgments, raters, items)
    truth = _draw_truth(strengths, raters, items, beside, tie_width, rng)
    numbers = beside.numbers(n_judgments, int((truth.load > 0).sum()))
    showings = draw_showings(truth, beside, numbers, rng)
    position, progress = _places(showings)
    skill = truth.skill[showings.rater] + truth.drift[showings.rater] * progress
    outcome = draw_outcomes(
        gap=_gaps(truth, showings, beside.gold_gap),
        skill=skill,
        left_bias=truth.left_bias[showings.rater],
        tie_width=tie_width,
        both_bad_probability=_both_bad(truth, showings, items),
        rng=rng,
    )
    seconds = truth.median_seconds[showings.rater] * np.exp(rng.normal(0.0, raters.seconds_sd, n_judgments))
    return _in_order(truth, showings, outcome, position, seconds, skill)


def _check_sizes(n_judgments: int, raters: RaterTraits, items: ItemTraits) -> None:
    if min(raters.n, items.n) < 1 or n_judgments < 1:
        raise EmptyInput("A simulated study needs at least one rater, one item and one judgment.")
    check_spreads(taste_sd=raters.taste_sd, leaning_sd=items.leaning_sd, seconds_sd=raters.seconds_sd)
    if raters.seconds_sd > _LARGEST_SECONDS_SD:
        raise InvalidInput(
            f"`seconds_sd` is {raters.seconds_sd:g}; on the log scale give at most {_LARGEST_SECONDS_SD}."
        )


def _draw_truth(
    strengths: npt.ArrayLike,
    raters: RaterTraits,
    items: ItemTraits,
    extras: Extras,
    tie_width: float,
    rng: np.random.Generator,
) -> StudyTruth:
    centred = checked_strengths(strengths)
    n = len(centred)
    load, seconds = (per_rater(name, getattr(raters, name), raters.n) for name in ("load", "median_seconds"))
    if load.min() < 0 or not load.sum() > 0 or seconds.min() <= 0:
        raise InvalidInput("`load` must be 0 or more, not all 0, and `median_seconds` above 0.")
    better, worse = random_pairs(n, max(extras.n_gold, 0), rng)
    return StudyTruth(
        strengths=centred,
        skill=per_rater("skill", raters.skill, raters.n),
        left_bias=per_rater("left_bias", raters.left_bias, raters.n),
        drift=per_rater("drift", raters.drift, raters.n),
        load=load / load.sum(),
        median_seconds=seconds,
        tastes=rng.normal(0.0, raters.taste_sd, (raters.n, n)),
        leanings=rng.normal(0.0, items.leaning_sd, (items.n, n)),
        tie_width=tie_width,
        gold_better=better,
        gold_worse=worse,
    )


def _places(showings: Showings) -> tuple[IntArray, FloatArray]:
    """The place of each showing in its rater's work: 0, 1, ..., and as a share from 0 to 1. [n_judgments]"""
    order = np.lexsort((showings.moment, showings.rater))
    per_rater_n = np.bincount(showings.rater)
    begins = np.cumsum(per_rater_n) - per_rater_n
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order)) - begins[showings.rater[order]]
    return position, position / np.maximum(per_rater_n[showings.rater] - 1, 1)


def _gaps(truth: StudyTruth, showings: Showings, gold_gap: float) -> FloatArray:
    """How far the left output is better, before skill and bias. [n_judgments]"""
    gold = showings.purpose == Purpose.GOLD
    gaps = gaps_of_rows(
        truth.strengths,
        truth.tastes,
        truth.leanings,
        rater=showings.rater,
        item=np.where(gold, 0, showings.item),
        first=showings.first,
        second=showings.second,
    )
    return np.where(gold, np.where(_better_is_left(truth, showings), gold_gap, -gold_gap), gaps)


def _better_is_left(truth: StudyTruth, showings: Showings) -> BoolArray:
    """Whether the better output of a gold task stands left; False on other tasks. [n_judgments]"""
    gold = showings.purpose == Purpose.GOLD
    left = np.zeros(len(gold), dtype=bool)
    left[gold] = truth.gold_better[showings.item[gold] - len(truth.leanings)] == showings.first[gold]
    return left


def _both_bad(truth: StudyTruth, showings: Showings, items: ItemTraits) -> FloatArray:
    gold = showings.purpose == Purpose.GOLD
    ordinary = np.where(gold, 0, showings.item)
    shape = (items.n, len(truth.strengths))
    given = both_bad_of_rows(items.both_bad_probability, shape, ordinary, showings.first, showings.second)
    return np.where(gold, 0.0, given)


def _in_order(
    truth: StudyTruth,
    showings: Showings,
    outcome: IntArray,
    position: IntArray,
    seconds: FloatArray,
    skill: FloatArray,
) -> SimulatedStudy:
    """The judgments in the order in which they were finished."""
    finished_at = _finished_at(showings.rater, position, seconds)
    order = np.argsort(finished_at, kind="stable")
    place = np.empty(len(order) + 1, dtype=np.int64)
    # The last place stands for "repeats nothing": -1 keeps pointing to itself.
    place[order], place[-1] = np.arange(len(order)), -1
    answer = np.where(_better_is_left(truth, showings), Outcome.FIRST_WINS, Outcome.SECOND_WINS)
    gold_answer = np.where(showings.purpose == Purpose.GOLD, answer, NO_GOLD)
    return SimulatedStudy(
        n_competitors=len(truth.strengths),
        first=showings.first[order],
        second=showings.second[order],
        outcome=outcome[order],
        rater=showings.rater[order],
        item=showings.item[order],
        position=position[order],
        seconds=seconds[order],
        finished_at=finished_at[order],
        purpose=showings.purpose[order],
        repeats=place[showings.repeats][order],
        gold_answer=gold_answer[order],
        skill_then=skill[order],
        truth=truth,
    )


def _finished_at(rater: IntArray, position: IntArray, seconds: FloatArray) -> FloatArray:
    """When each judgment was done: the rater's seconds so far. [n_judgments]"""
    order = np.lexsort((position, rater))
    so_far = np.cumsum(seconds[order])
    begins = np.flatnonzero(position[order] == 0)
    before = so_far[begins] - seconds[order][begins]
    finished = np.empty(len(order))
    finished[order] = so_far - np.repeat(before, np.diff([*begins, len(order)]))
    return finished
