"""Training ends, whatever becomes of its tasks: retired or barred, before, while and after she answers them."""

from collections.abc import Callable, Iterable

import pytest

from apps.rating.models import Assignment, Enrolment, Gold, StandingChange, Task
from apps.rating.selectors import may_be_served, why_no_task
from apps.rating.services import (
    Exchange,
    bar_items,
    change_standing,
    fetch_next,
    give_assignment,
    lift_bars,
    mark_shown,
    open_desk,
    qualification_of,
    release_assignment,
    retire_gold,
    set_gold,
    settle_qualification,
)
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, lab_with, train

pytestmark = pytest.mark.slow

NOTHING_LEFT = "no training task is left"
GoingOn = Callable[[Enrolment], Exchange]


def mine(lab: Lab) -> Enrolment:
    """Her enrolment as a new request finds it."""
    return Enrolment.objects.select_related("study", "rater").get(pk=lab.enrolments[0].pk)


def standing(lab: Lab) -> tuple[str, str]:
    """Her standing, and the reason of its last change."""
    return mine(lab).standing, StandingChange.objects.filter(rater=lab.enrolments[0].rater).latest("pk").reason


def retire(golds: Iterable[Gold]) -> None:
    for gold in golds:
        retire_gold(gold=gold, reason="ambiguous", by=None)


def bar(lab: Lab, golds: Iterable[Gold]) -> None:
    items = [gold.task.item.external_id for gold in golds]
    bar_items(enrolment=mine(lab), items=items, reason="she wrote them", by=None)


def left_over() -> list[Gold]:
    """The training gold nobody has been given yet."""
    return list(Gold.objects.filter(use="training", task__assignments__isnull=True))


def of_answers(right: bool) -> list[Gold]:
    """The gold she answered right, or wrong."""
    said = {True: "A", False: "B"}[right]
    answered = Assignment.objects.filter(judgments__verdict=said)
    return list(Gold.objects.filter(task__in=answered.values("task")))


GOING_ON: list[GoingOn] = [
    lambda enrolment: open_desk(enrolment=enrolment),
    lambda enrolment: fetch_next(enrolment=enrolment, painted=None),
]


# Nothing is left ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("go_on", GOING_ON, ids=["opening her desk", "asking for the next task"])
@pytest.mark.parametrize("gone", ["retired", "barred"])
def test_who_has_no_training_task_left_goes_to_work(db: None, go_on: GoingOn, gone: str) -> None:
    lab = lab_with(n_training=3)
    if gone == "retired":
        retire(Gold.objects.all())
    else:
        bar(lab, Gold.objects.all())
    enrolment = mine(lab)
    exchange = go_on(enrolment)
    assert standing(lab) == ("active", NOTHING_LEFT)
    assert enrolment.standing == "active", "what the page says next speaks of the new standing"
    assert Assignment.objects.get(pk=exchange.given).purpose in ("base", "overlap")
    go_on(mine(lab))
    assert StandingChange.objects.filter(rater=enrolment.rater).count() == 2, "it is stored once"


def test_skipping_the_only_task_once_it_is_retired_goes_to_work(db: None) -> None:
    lab = lab_with(n_training=1)
    page = Page(mine(lab))
    page.open()
    assert page.painted().purpose == "training"
    retire(Gold.objects.all())
    exchange = page.skip()
    assert standing(lab) == ("active", NOTHING_LEFT)
    assert Assignment.objects.get(pk=exchange.given).purpose in ("base", "overlap")


def test_answering_the_only_task_once_it_is_retired_lets_her_in(db: None) -> None:
    lab = lab_with(n_training=1)
    page = Page(mine(lab))
    page.open()
    retire(Gold.objects.all())
    exchange = page.answer("tie")
    assert exchange.qualification is not None
    assert exchange.qualification.nothing_left
    assert standing(lab) == ("active", NOTHING_LEFT)


def test_each_rater_is_let_in_by_what_is_barred_for_her(db: None) -> None:
    lab = lab_with(n_training=2)
    bar(lab, Gold.objects.all())
    for enrolment in lab.enrolments:
        open_desk(enrolment=enrolment)
    assert [Enrolment.objects.get(pk=enrolment.pk).standing for enrolment in lab.enrolments] == ["active", "training"]


def test_gold_that_is_exchanged_while_the_study_is_paused_lets_nobody_in(db: None) -> None:
    lab = lab_with(n_training=2, n_items=6)
    tasks = [gold.task for gold in Gold.objects.all()]
    change_state(study_id=lab.study.pk, to="paused", by=None)
    retire(Gold.objects.all())
    assert open_desk(enrolment=mine(lab)).given is None
    assert "paused" in why_no_task(mine(lab)).sentence
    set_gold(task=tasks[0], verdict="B", use="training", by=None)
    change_state(study_id=lab.study.pk, to="open", by=None)
    exchange = open_desk(enrolment=mine(lab))
    assert Assignment.objects.get(pk=exchange.given).task_id == tasks[0].pk
    assert standing(lab) == ("training", "enrolled")


def test_a_pause_lets_nobody_in_by_the_rest_either(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "++")
    change_state(study_id=lab.study.pk, to="paused", by=None)
    (unclear,) = left_over()
    retire([unclear])
    open_desk(enrolment=mine(lab))
    fetch_next(enrolment=mine(lab), painted=None)
    assert standing(lab) == ("training", "enrolled")
    set_gold(task=unclear.task, verdict="A", use="training", by=None)
    change_state(study_id=lab.study.pk, to="open", by=None)
    train(lab, "-")
    assert standing(lab) == ("training", "enrolled"), "she was tested on all three"


def test_what_is_not_retired_for_good_is_still_her_test(db: None) -> None:
    """A newer gold on the same task takes the place of a retired one, and a bar may be lifted."""
    lab = lab_with(n_training=1)
    gold = Gold.objects.get()
    retire([gold])
    set_gold(task=gold.task, verdict="B", use="training", by=None)
    bar(lab, [gold])
    lift_bars(enrolment=mine(lab), items=[gold.task.item.external_id], by=None)
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("training", "enrolled")


def test_whoever_begins_active_is_never_settled(db: None) -> None:
    """In a study without training, and where its training comes later than she."""
    lab = lab_with(n_training=0, n_items=6)
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("active", "enrolled")


@pytest.mark.parametrize("set_aside", ["quarantined", "left"])
def test_whoever_was_set_aside_is_not_let_in(db: None, set_aside: str) -> None:
    lab = lab_with(n_training=2)
    change_standing(enrolment_id=mine(lab).pk, standing=set_aside, reason="a test", by=None)
    retire(Gold.objects.all())
    assert open_desk(enrolment=mine(lab)).given is None
    settle_qualification(enrolment=mine(lab))
    assert standing(lab) == (set_aside, "a test")


# A part is retired -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("go_on", GOING_ON, ids=["opening her desk", "asking for the next task"])
@pytest.mark.parametrize(
    ("answers", "after"),
    [("++", ("active", "qualified: 2 of 2 right, 2 needed")), ("+-", ("training", "enrolled"))],
)
def test_the_rest_decides_once_a_part_is_retired(
    db: None, go_on: GoingOn, answers: str, after: tuple[str, str]
) -> None:
    lab = lab_with(n_training=3)
    train(lab, answers)
    retire(left_over())
    exchange = go_on(mine(lab))
    assert standing(lab) == after
    assert (exchange.given is None) == (after[0] == "training")


def test_what_is_barred_in_the_middle_ends_it_as_well(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "++")
    bar(lab, left_over())
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("active", "qualified: 2 of 2 right, 2 needed")


def test_a_task_she_holds_when_it_is_barred_is_hers_to_finish_and_counts(db: None) -> None:
    lab = lab_with(n_training=2)
    train(lab, "+")
    page = Page(mine(lab))
    page.open()
    held = page.painted()
    bar(lab, Gold.objects.filter(task=held.task))
    assert page.open().given == held.pk
    assert standing(lab) == ("training", "enrolled")
    page.answer("tie")
    found = qualification_of(mine(lab))
    assert (found.n_all, found.n_done, found.passed) == (2, 2, False)


def test_a_task_she_saw_and_left_for_good_does_not_keep_her(db: None) -> None:
    """It never comes back as new. What she says of it later still counts."""
    lab = lab_with(n_training=2)
    train(lab, "+")
    seen = give_assignment(enrolment=mine(lab))
    assert seen is not None
    mark_shown(assignment=seen)
    release_assignment(enrolment=mine(lab), assignment=seen)
    assert open_desk(enrolment=mine(lab)).given is not None
    assert standing(lab) == ("active", "qualified: 1 of 1 right, 1 needed")


# After the test ----------------------------------------------------------------------------------------------------


def test_retired_gold_that_she_failed_is_held_against_nobody(db: None) -> None:
    lab = lab_with(n_training=4)
    train(lab, "++-+")
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("training", "enrolled"), "3 of 4, and 4 are needed"
    retire(of_answers(right=False))
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("active", "qualified: 3 of 3 right, 3 needed")


def test_retired_gold_that_she_had_right_counts_no_more(db: None) -> None:
    lab = lab_with(n_training=4, qualification_pass=0.6)
    train(lab, "+--+")
    retire(of_answers(right=True)[:1])
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("training", "enrolled")
    found = qualification_of(mine(lab))
    assert (found.n_right, found.n_all, found.needed) == (1, 3, 2)


def test_who_failed_on_gold_that_is_all_retired_is_let_in_as_a_newcomer_is(db: None) -> None:
    lab = lab_with(n_training=2)
    train(lab, "--")
    retire(Gold.objects.all())
    assert lab.add_rater("newcomer").standing == "active"
    open_desk(enrolment=mine(lab))
    assert standing(lab) == ("active", NOTHING_LEFT)


def test_who_failed_is_tested_anew_where_new_gold_stands_before_the_old_is_retired(db: None) -> None:
    lab = lab_with(n_training=2, n_items=6)
    train(lab, "--")
    old = of_answers(right=False)
    fresh = Task.objects.filter(study=lab.study, golds__isnull=True).latest("pk")
    set_gold(task=fresh, verdict="A", use="training", by=None)
    retire(old)
    exchange = open_desk(enrolment=mine(lab))
    assert Assignment.objects.get(pk=exchange.given).task_id == fresh.pk
    train(lab, "+")
    assert standing(lab) == ("active", "qualified: 1 of 1 right, 1 needed")


# What she reads ----------------------------------------------------------------------------------------------------


def sentence(lab: Lab) -> str:
    return why_no_task(mine(lab)).sentence


def test_with_nothing_left_she_reads_that_work_begins(db: None) -> None:
    lab = lab_with(n_training=2)
    retire(Gold.objects.all())
    assert sentence(lab).startswith("You were in training, and no training task is left for you. Look again")
    assert may_be_served(mine(lab)), "her own page leads her to the desk"
    open_desk(enrolment=mine(lab))
    assert standing(lab)[0] == "active", "the sentence was true"


def test_passed_by_what_was_retired_she_reads_that_work_begins(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "++")
    retire(left_over())
    assert sentence(lab) == "You have passed the training. Look again, and your work begins."


def test_failed_by_what_is_left_she_reads_the_result(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "+-")
    retire(left_over())
    assert open_desk(enrolment=mine(lab)).given is None
    why = why_no_task(mine(lab))
    assert "1 of 2 were right, and 2 are needed" in why.sentence
    assert why.qualification == qualification_of(mine(lab))


def test_with_a_task_before_her_she_reads_that_the_next_one_waits_for_it(db: None) -> None:
    lab = lab_with(n_training=3)
    page = Page(mine(lab))
    page.open()
    assert page.held is None, "nothing comes behind a training task"
    assert sentence(lab).startswith("In training one task comes at a time")


def test_with_a_task_that_could_not_be_brought_she_reads_that_it_comes(db: None) -> None:
    lab = lab_with(n_training=3)
    assert sentence(lab) == "Your next training task could not be brought at this moment. Please look again."
