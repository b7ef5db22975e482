"""The planner's answer while a study is set up, against the statistics and against counting by hand."""

from dataclasses import replace
from decimal import Decimal

import pytest

from apps.analysis.planning_answers import Design, answer_for
from apps.stats.planning import judgments_to_detect

TWO = Design(
    n_systems=2,
    n_pairs=1,
    n_comparisons=100,
    n_rubrics=0,
    replication=2,
    overlap_share=0.1,
    gold_share=0.1,
    retest_share=0.1,
    n_hidden=5,
    n_raters=4,
    win_share=0.6,
    tie_share=0.2,
    seconds=36,
    price=Decimal("0.5"),
)


def test_what_the_plan_takes_is_counted() -> None:
    answer = answer_for(TWO)
    assert (answer.planned.judgments, answer.n_overlap, answer.per_pair) == (210, 10, 210)
    assert answer.planned.showings == 263, "210 of 80 % of what raters see"
    assert answer.planned.hours == pytest.approx(2.63)
    assert answer.planned.hours_each == pytest.approx(2.63 / 4)
    assert answer.planned.cost == Decimal("131.5")
    assert answer.showings_each == 66


def test_what_is_needed_is_the_statistics_for_each_pair() -> None:
    needed = judgments_to_detect(0.6, power=0.8, tie_share=0.2).n_judgments
    answer = answer_for(replace(TWO, n_systems=4, n_pairs=6, n_comparisons=600))
    assert (answer.needed_per_pair, answer.needed_in_all) == (needed, 6 * needed)
    assert answer.is_enough == (answer.per_pair is not None and answer.per_pair >= needed)
    assert answer.needed_replication is not None
    more = answer_for(replace(TWO, n_systems=4, n_pairs=6, n_comparisons=600, replication=answer.needed_replication))
    assert more.is_enough
    fewer = replace(TWO, n_systems=4, n_pairs=6, n_comparisons=600, replication=answer.needed_replication - 1)
    assert not answer_for(fewer).is_enough


def test_what_the_plan_shows_agrees_with_what_is_needed() -> None:
    answer = answer_for(TWO)
    assert answer.detectable is not None
    asked = answer_for(replace(TWO, win_share=answer.detectable))
    assert asked.needed_per_pair == pytest.approx(210, abs=1)
    assert answer_for(replace(TWO, n_comparisons=2, replication=1)).detectable is None


def test_gold_lasts_or_runs_out() -> None:
    assert (answer_for(TWO).gold_lasts, answer_for(TWO).gold_runs_out) == (50, True)
    assert not answer_for(replace(TWO, n_hidden=30)).gold_runs_out
    assert answer_for(replace(TWO, gold_share=0)).gold_lasts is None
    assert answer_for(replace(TWO, n_hidden=5, is_adaptive=True, n_raters=1000)).gold_runs_out, "rounds go on"


def test_a_rubric_is_about_shares_and_has_no_pairs() -> None:
    answer = answer_for(replace(TWO, n_pairs=0, n_comparisons=0, n_rubrics=200, overlap_share=0))
    assert (answer.planned.judgments, answer.per_system, answer.per_pair) == (400, 200, None)
    assert answer.half_width == pytest.approx(1.96 * 0.5 / 10, abs=1e-4), "100 outputs a system"
    assert (answer.needed, answer.is_enough) == (None, None)


def test_an_adaptive_study_begins_with_a_round() -> None:
    answer = answer_for(replace(TWO, is_adaptive=True, round_size=50, overlap_share=0))
    assert answer.planned.judgments == 50
    assert answer.needed_replication is None


@pytest.mark.parametrize("change", [{"n_raters": 0}, {"price": None}, {"n_comparisons": 0}, {"win_share": 0.5}])
def test_what_is_not_known_is_left_out(change: dict[str, object]) -> None:
    answer = answer_for(replace(TWO, **change))  # type: ignore[arg-type]
    assert (answer.planned.hours_each is None) == ("n_raters" in change)
    assert (answer.planned.cost is None) == ("price" in change)


def test_what_single_outputs_take_is_part_of_what_is_needed() -> None:
    both = answer_for(replace(TWO, n_rubrics=50))
    assert both.planned.judgments == 210 + 105
    assert both.needed is not None
    assert both.needed_in_all is not None
    assert both.needed.judgments == both.needed_in_all + 105


def test_quotas_make_the_first_round_longer() -> None:
    usual = replace(TWO, is_adaptive=True, round_size=40, overlap_share=0)
    assert answer_for(usual).planned.judgments == 40
    assert answer_for(replace(usual, n_compared_first=10)).planned.judgments == 40, "they fit into it"
    assert answer_for(replace(usual, n_compared_first=60)).planned.judgments == 120
    assert answer_for(replace(usual, n_compared_first=500)).planned.judgments == 200, "no more than there are"
