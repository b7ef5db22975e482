"""How many ratings, raters, hours and euros? The planner's answer while a study is being set up.

Numbers before a study are guesses on assumptions that are said beside them; the board says later what came of it.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from apps.rating.serving.insertions import GOLD_RETURNS_AFTER
from apps.stats.planning import DetectionPlan, detectable_share, half_width_of_score, judgments_to_detect

POWER = 0.8
MAX_ROUNDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A study as it is being set up.

    `n_comparisons` and `n_rubrics` are the tasks there are to draw from, `n_pairs` the pairs of systems that meet.
    `win_share` is the smallest share of decided comparisons that would matter, `tie_share` a guess. An adaptive
    study goes on round by round: its plan is the first round, which takes the `n_compared_first` tasks that slice
    quotas ask for in any case.
    """

    n_systems: int
    n_pairs: int
    n_comparisons: int
    n_rubrics: int
    replication: int
    overlap_share: float
    gold_share: float
    retest_share: float
    is_adaptive: bool = False
    round_size: int = 200
    n_compared_first: int = 0
    n_hidden: int = 0
    n_raters: int = 0
    win_share: float = 0.6
    tie_share: float = 0.2
    seconds: float = 60.0
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Judgments and what they take. `showings` are the judgments with gold and retests among them."""

    judgments: int
    showings: int
    hours: float
    cost: Decimal | None
    hours_each: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningAnswer:
    """What the plan will draw, what it will show, and what would be needed for more.

    `needed_per_pair` shows `win_share` with 80 % power for one pair chosen beforehand; `needed_in_all` for every
    pair; `needed` is the work of that, with the ratings of single outputs as they are planned. `detectable` is what
    the plan as it is shows for a pair, None where even a clean sweep shows nothing. `half_width` is how closely it
    pins down the share of a system's outputs with an answer, of rubrics.
    """

    planned: Work
    n_overlap: int
    per_pair: int | None
    per_system: int | None
    needed_per_pair: int | None
    needed_in_all: int | None
    needed: Work | None
    needed_replication: int | None
    detectable: float | None
    half_width: float | None
    gold_lasts: int | None
    showings_each: int | None
    gold_runs_out: bool
    is_enough: bool | None


def answer_for(design: Design) -> PlanningAnswer:
    """The answer for this design. Raises InvalidInput (a ValueError) for shares that cannot be."""
    base = _base_compared(design) + design.n_rubrics * design.replication
    n_overlap = round(design.overlap_share * base / design.replication)
    planned = _work(base + n_overlap, design)
    comparisons = _compared(design)
    per_pair = comparisons // design.n_pairs if design.n_pairs else None
    wanted = _wanted(design)
    gold_lasts, runs_out, each = _gold(design, planned)
    needed_in_all = wanted.n_judgments * design.n_pairs if wanted else None
    return PlanningAnswer(
        planned=planned,
        n_overlap=n_overlap,
        per_pair=per_pair,
        per_system=_per_system(design),
        needed_per_pair=wanted.n_judgments if wanted else None,
        needed_in_all=needed_in_all,
        needed=_work(needed_in_all + _rated(design), design) if needed_in_all else None,
        needed_replication=_replication_for(wanted, design),
        detectable=_detectable(per_pair, design),
        half_width=_half_width(design),
        gold_lasts=gold_lasts,
        showings_each=each,
        gold_runs_out=runs_out,
        is_enough=per_pair >= wanted.n_judgments if wanted and per_pair is not None else None,
    )


def _base_compared(design: Design) -> int:
    """The comparisons that are drawn, those for agreement aside. An adaptive study begins with a round of them."""
    tasks = design.n_comparisons
    if design.is_adaptive:
        tasks = min(max(-(-design.round_size // design.replication), design.n_compared_first), tasks)
    return tasks * design.replication


def _compared(design: Design) -> int:
    """Comparisons the plan draws, those for agreement among them."""
    base = _base_compared(design)
    return base + round(design.overlap_share * base / design.replication)


def _rated(design: Design) -> int:
    """Ratings of single outputs the plan draws, those for agreement among them."""
    return design.n_rubrics * design.replication + round(design.overlap_share * design.n_rubrics)


def _per_system(design: Design) -> int | None:
    if not design.n_rubrics:
        return None
    return _rated(design) // max(design.n_systems, 1)


def _wanted(design: Design) -> DetectionPlan | None:
    if not design.n_pairs or design.win_share == 0.5:
        return None
    return judgments_to_detect(design.win_share, power=POWER, tie_share=design.tie_share)


def _detectable(per_pair: int | None, design: Design) -> float | None:
    if not per_pair:
        return None
    return detectable_share(per_pair, power=POWER, tie_share=design.tie_share).win_share


def _half_width(design: Design) -> float | None:
    """Of a share: the widest it can be, at one half. Several ratings of one output say less than as many outputs."""
    if not design.n_rubrics:
        return None
    return half_width_of_score(max(design.n_rubrics // max(design.n_systems, 1), 1)).half_width


def _replication_for(wanted: DetectionPlan | None, design: Design) -> int | None:
    """How often each comparison would have to be judged, where that alone would do; None where it is enough now."""
    if wanted is None or not design.n_comparisons or design.is_adaptive:
        return None
    tasks_per_pair = design.n_comparisons / design.n_pairs
    needed = math.ceil(wanted.n_judgments / tasks_per_pair - design.overlap_share)
    return needed if design.replication < needed <= MAX_ROUNDS else None


def _work(judgments: int, design: Design) -> Work:
    ordinary = 1 - design.gold_share - design.retest_share
    showings = math.ceil(judgments / ordinary) if ordinary > 0 else judgments
    hours = showings * design.seconds / 3600
    return Work(
        judgments=judgments,
        showings=showings,
        hours=hours,
        cost=None if design.price is None else design.price * showings,
        hours_each=hours / design.n_raters if design.n_raters else None,
    )


def _gold(design: Design, planned: Work) -> tuple[int | None, bool, int | None]:
    """After how many tasks a rater has met all gold; whether that is too soon; how many tasks she gets."""
    each = math.ceil(planned.showings / design.n_raters) if design.n_raters else None
    if not design.gold_share or not design.n_hidden:
        return None, False, each
    lasts = round(design.n_hidden / design.gold_share)
    expected = math.inf if design.is_adaptive else (each or planned.showings)
    return lasts, expected > lasts and design.gold_share * GOLD_RETURNS_AFTER > design.n_hidden, each
