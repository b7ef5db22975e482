"""What is frozen about a rater is what she said, scored by the rules of the desk."""

import pytest

from apps.rating.models import Enrolment, Gold, Judgment
from apps.rating.services import change_standing, retire_gold, withdraw_judgment

from .quality_for_tests import ACCURACY, TONE, figures_of, frozen, gold, rated, said, study_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_habits_are_counted_with_their_n():
    answers = ["A"] * 12 + ["B"] * 4 + ["TIE"] * 3 + ["BOTH_BAD"]
    study = study_of(*(said("ada", item, verdict) for item, verdict in enumerate(answers)))
    found = figures_of(study, "ada")
    assert (found["n"], found["n_work"], found["dispositions"]) == (20, 20, {"used": 20})
    assert (found["left"]["n_yes"], found["left"]["n"]) == (12, 16)
    assert found["ties"]["share"]["value"] == pytest.approx(3 / 20)
    assert (found["times"]["median"]["value"], found["times"]["n"]) == (20.0, 20)
    assert found["times"]["per_hour"] == pytest.approx(180)  # twenty answers of twenty seconds each


def test_the_left_share_speaks_of_the_screen_and_not_of_the_systems():
    always_left = [
        said("ada", item, "A" if item % 2 else "B", left="amber" if item % 2 else "birch") for item in range(10)
    ]
    unknown = [said("ada", item, "A", left=None) for item in range(10, 15)]
    left = figures_of(study_of(*always_left, *unknown), "ada")["left"]
    assert (left["n_yes"], left["n"]) == (10, 10)


def test_ties_count_also_where_no_side_is_known():
    """A tie needs no side: leaving out winners of unknown sides alone would make her one who always ties."""
    answers = ["A", "B", "A", "B", "TIE", "BOTH_BAD"]
    hers = [said("ada", item, verdict, left=None) for item, verdict in enumerate(answers)]
    theirs = [said("bea", item, "A") for item in range(6)]
    found = figures_of(study_of(*hers, *theirs), "ada")
    assert (found["ties"]["share"]["value"], found["ties"]["n"]) == (pytest.approx(1 / 6), 6)
    assert (found["ties"]["others"], found["ties"]["n_others"]) == (0.0, 6)
    assert found["ties"]["difference"]["value"] == pytest.approx(1 / 6)
    (block,) = found["blocks"]
    assert (block["ties"]["n_yes"], block["ties"]["n"]) == (1, 6)
    assert found["left"]["n"] == 0


def test_a_stretch_has_its_time_with_its_ends():
    study = study_of(*(said("ada", item, "A", shown_ms=1000 * (item + 1)) for item in range(9)))
    (block,) = figures_of(study, "ada")["blocks"]
    # With nine times the binomial leaves one out at each end.
    assert block["seconds"] == {"value": 5.0, "low": 2.0, "high": 8.0}


def test_a_task_left_open_over_lunch_does_not_slow_the_pace():
    study = study_of(said("ada", 0, "A", shown_ms=3_600_000), said("ada", 1, "A", shown_ms=600_000))
    times = figures_of(study, "ada")["times"]
    assert times["hours"] == pytest.approx(1 / 3)
    assert times["median"]["value"] == 2100


def test_gold_is_scored_by_the_first_answer():
    changed = [
        said("ada", 0, "B", purpose="gold"),
        said("ada", 0, "A", purpose="gold", revision=2),
    ]
    study = study_of(*changed, said("ada", 1, "A", purpose="gold"), golds=(gold(0, "A"), gold(1, "A")))
    found = figures_of(study, "ada")["gold"]
    assert (found["n_right"], found["n"]) == (1, 2)


def test_a_returning_gold_task_counts_once_and_ordinary_work_on_it_never():
    study = study_of(
        said("ada", 0, "A", purpose="gold"),
        said("ada", 0, "B", purpose="gold", showing=1, left="birch"),
        said("bea", 0, "B"),
        golds=(gold(0, "A"),),
    )
    found = figures_of(study, "ada")
    assert (found["gold"]["n_right"], found["gold"]["n"], found["n_gold_unscored"]) == (1, 1, 1)
    assert figures_of(study, "bea")["gold"]["n"] == 0


def test_retired_gold_and_what_was_taken_back_score_nobody():
    study = study_of(
        *(said("ada", item, "B", purpose="gold") for item in range(3)),
        golds=tuple(gold(item, "A") for item in range(3)),
    )
    retire_gold(gold=Gold.objects.get(task__item__external_id="item-0"), reason="stale", by=None)
    taken_back = Judgment.objects.get(assignment__task__item__external_id="item-1")
    withdraw_judgment(judgment=taken_back, reason="by mistake", by=None)
    found = figures_of(study, "ada")
    assert (found["gold"]["n"], found["n_gold_unscored"]) == (1, 2)


def test_a_retest_is_held_against_what_she_said_first():
    pairs = [("A", "A"), ("A", "A"), ("A", "B"), ("TIE", "TIE")]
    first = [said("ada", item, one) for item, (one, _) in enumerate(pairs)]
    again = [
        said("ada", item, other, purpose="retest", showing=1, left="birch") for item, (_, other) in enumerate(pairs)
    ]
    found = figures_of(study_of(*first, *again), "ada")
    assert (found["again"]["same"]["n_yes"], found["again"]["same"]["n"]) == (3, 4)
    # Amber stood left, then right: to choose it and then the other one is to choose the left side twice.
    assert (found["again"]["same_side"]["n_yes"], found["again"]["same_side"]["n"]) == (1, 3)
    assert found["n_work"] == 4


def test_the_answers_to_a_criterion_do_not_make_a_changed_verdict_the_same():
    about = {"criteria": {"tone": "A"}}
    first = said("ada", 0, "A", **about)
    again = said("ada", 0, "B", purpose="retest", showing=1, left="birch", **about)
    found = figures_of(study_of(first, again, criteria=(TONE,)), "ada")["again"]["same"]
    assert (found["n_yes"], found["n"]) == (0, 1)


def test_rubrics_that_came_back_are_compared_without_sides():
    first = [rated("ada", item, 3) for item in range(3)]
    again = [rated("ada", item, 3 - item, purpose="retest", showing=1) for item in range(3)]
    found = figures_of(study_of(*first, *again, criteria=(ACCURACY,)), "ada")["again"]
    assert (found["same"]["n_yes"], found["same"]["n"], found["same_side"]["n"]) == (1, 3, 0)


def test_a_quarantined_rater_keeps_her_figures_and_measures_nobody_else():
    def both(name: str, verdict: str) -> list:
        return [said(name, item, verdict) for item in range(12)]

    study = study_of(*both("ada", "A"), *both("bea", "A"), *both("cleo", "B"))
    assert figures_of(study, "ada")["agreement"]["n_pairs"] == 24
    cleo = Enrolment.objects.get(rater__name="cleo")
    change_standing(enrolment_id=cleo.pk, standing="quarantined", reason="clicks through", by=None)
    ada, cleo_now = figures_of(study, "ada"), figures_of(study, "cleo")
    assert (ada["agreement"]["n_pairs"], ada["agreement"]["percent"]["value"]) == (12, 1.0)
    assert (cleo_now["agreement"]["n_pairs"], cleo_now["agreement"]["percent"]["value"]) == (24, 0.0)
    assert cleo_now["dispositions"] == {"quarantined": 12}


def test_drift_is_told_from_first_to_last():
    right = [said("bea", item, "A" if item % 2 else "B") for item in range(60)]
    hers = [
        said("ada", item, ("A" if item % 2 else "B") if item < 30 else ("B" if item % 2 else "A")) for item in range(60)
    ]
    found = figures_of(study_of(*right, *hers), "ada")
    assert [block["agreed"]["share"] for block in found["blocks"]] == [1.0, pytest.approx(0.5), 0.0]
    assert found["drift"]["difference"]["high"] < 0
    assert "drift" in {sign["name"] for sign in found["signs"]}


def test_times_are_spread_over_bins_that_add_up():
    hers = [said("ada", item, "A", shown_ms=ms) for item, ms in enumerate([0, 1999, 2000, 30_000, 400_000])]
    theirs = [said("bea", item, "A", shown_ms=15_000) for item in range(4)]
    bins = figures_of(study_of(*hers, *theirs), "ada")["bins"]
    assert [each["n"] for each in bins] == [2, 1, 0, 0, 1, 0, 0, 0, 1]
    assert [each["others"] for each in bins] == [0, 0, 0, 1, 0, 0, 0, 0, 0]


def test_judges_are_held_against_people_and_get_no_sign():
    people = [said(name, item, "A") for name in ("ada", "bea") for item in range(10)]
    judge = [said("mini", item, "B", kind="judge") for item in range(10)]
    found = figures_of(study_of(*people, *judge), "mini")
    assert (found["kind"], found["dispositions"], found["signs"]) == ("judge", {"judge": 10}, [])
    assert (found["agreement"]["n_pairs"], found["agreement"]["percent"]["value"]) == (20, 0.0)


def test_no_name_of_a_person_is_frozen():
    study = study_of(said("ada-lovelace", 0, "A"))
    assert "lovelace" not in str(frozen(study, "raters")) + str(frozen(study, "agreement"))


def test_a_study_without_judgments_has_figures_too():
    study = study_of()
    assert frozen(study, "raters")["raters"] == []
    assert frozen(study, "agreement")["questions"] == []
