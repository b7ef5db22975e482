"""The entry test: training tasks first, each answered for good; whoever passes goes on to the work."""

from uuid import uuid4

import pytest

from apps.core.errors import Refused
from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Enrolment, Gold, Standing, StandingChange
from apps.rating.selectors import why_no_task
from apps.rating.services import (
    change_standing,
    enrol_rater,
    give_assignment,
    open_desk,
    qualification_of,
    record_judgment,
    release_assignment,
    retire_gold,
    set_gold,
    settle_qualification,
    take_cut,
)
from apps.studies.services.protocol import ProtocolTerms, revise_protocol
from tests.studies_for_tests import Lab

from .desk_for_tests import CLEAR, POLITE, Page, lab_with, train

pytestmark = pytest.mark.slow


def standing(lab: Lab) -> str:
    return Enrolment.objects.get(pk=lab.enrolments[0].pk).standing


def test_who_enrols_where_there_is_training_begins_in_training(db: None) -> None:
    lab = lab_with(n_training=5)
    assert standing(lab) == "training"
    change = StandingChange.objects.filter(rater=lab.enrolments[0].rater).get()
    assert (change.standing, change.reason) == ("training", "enrolled")
    again = enrol_rater(study=lab.study, user=lab.raters[0], by=None)
    assert again.pk == lab.enrolments[0].pk
    assert StandingChange.objects.filter(rater=lab.enrolments[0].rater).count() == 1


def test_without_training_or_with_retired_training_she_begins_active(db: None) -> None:
    lab = lab_with(n_training=2, n_gold=2)
    for gold in Gold.objects.filter(use="training"):
        retire_gold(gold=gold, reason="a test", by=None)
    assert lab.add_rater("newcomer").standing == "active"


def test_passing_makes_her_active_with_the_reason(db: None) -> None:
    lab = lab_with(n_training=5)
    *before, last = train(lab, "++-++")
    assert all(exchange.qualification is not None for exchange in [*before, last])
    assert [exchange.qualification.is_over for exchange in [*before, last]] == [False] * 4 + [True]
    found = last.qualification
    assert (found.n_all, found.n_done, found.n_right, found.needed, found.passed) == (5, 5, 4, 4, True)
    change = StandingChange.objects.filter(rater=lab.enrolments[0].rater).latest("pk")
    assert (change.standing, change.reason) == ("active", "qualified: 4 of 5 right, 4 needed")
    page = Page(Enrolment.objects.get(pk=lab.enrolments[0].pk))
    page.open()
    assert page.painted().purpose in ("base", "overlap")
    assert page.held is not None


def test_no_work_comes_with_the_explanation(db: None) -> None:
    """The page shows what was right first; the next task is asked for afterwards."""
    lab = lab_with(n_training=2)
    assert [exchange.given for exchange in train(lab, "++")] == [None, None]
    assert Assignment.objects.count() == 2


def test_failing_leaves_her_in_training_and_tells_her(db: None) -> None:
    lab = lab_with(n_training=5)
    found = train(lab, "+-+-+")[-1].qualification
    assert found is not None
    assert (found.n_right, found.passed, standing(lab)) == (3, False, "training")
    mine = Enrolment.objects.get(pk=lab.enrolments[0].pk)
    assert give_assignment(enrolment=mine) is None
    why = why_no_task(mine)
    assert "3 of 5 were right, and 4 are needed" in why.sentence
    assert why.qualification == found
    settle_qualification(enrolment=mine)
    assert standing(lab) == "training"


@pytest.mark.parametrize(
    ("share", "n", "needed"), [(0.8, 5, 4), (0.8, 4, 4), (0.5, 5, 3), (1.0, 3, 3), (0.0, 3, 0), (0.1, 5, 1)]
)
def test_how_many_are_needed(db: None, share: float, n: int, needed: int) -> None:
    lab = lab_with(n_training=n, qualification_pass=share)
    assert qualification_of(lab.enrolments[0]).needed == needed


def test_a_skipped_training_task_is_done_and_not_right(db: None) -> None:
    lab = lab_with(n_training=5)
    train(lab, "s++s+")
    found = qualification_of(lab.enrolments[0])
    assert (found.n_done, found.n_right, found.is_over, standing(lab)) == (5, 3, True, "training")


def test_who_passes_by_skipping_the_last_goes_on_at_once(db: None) -> None:
    lab = lab_with(n_training=5)
    exchange = train(lab, "++++s")[-1]
    assert standing(lab) == "active"
    assert exchange.given is not None
    assert Assignment.objects.get(pk=exchange.given).purpose in ("base", "overlap")
    assert lab.enrolments[0].standing == "active", "what the page says next speaks of the new standing"


def test_an_unseen_training_task_that_went_back_is_not_done(db: None) -> None:
    lab = lab_with(n_training=2)
    train(lab, "+")
    given = give_assignment(enrolment=lab.enrolments[0])
    assert given is not None
    release_assignment(enrolment=lab.enrolments[0], assignment=given)
    found = settle_qualification(enrolment=lab.enrolments[0])
    assert (found.n_done, found.is_over, standing(lab)) == (1, False, "training")
    again = give_assignment(enrolment=lab.enrolments[0])
    assert again is not None
    assert again.pk == given.pk


def test_training_retired_after_it_was_left_over_ends_the_test(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "++")
    done = Assignment.objects.values_list("task", flat=True)
    retire_gold(gold=Gold.objects.exclude(task__in=done).get(), reason="ambiguous", by=None)
    exchange = open_desk(enrolment=Enrolment.objects.get(pk=lab.enrolments[0].pk))
    assert standing(lab) == "active"
    assert exchange.given is not None


def test_a_training_answer_stands_once_it_was_explained(db: None) -> None:
    lab = lab_with(n_training=2)
    first = train(lab, "-")[0].receipt
    assert first is not None
    with pytest.raises(Refused, match="once its explanation was shown"):
        record_judgment(
            enrolment=lab.enrolments[0], assignment_id=first.public_id, submission=uuid4(),
            choice="tie", supersedes=first.submission,
        )  # fmt: skip
    assert qualification_of(lab.enrolments[0]).n_right == 0


def test_training_answers_are_training(db: None) -> None:
    lab = lab_with(n_training=3)
    train(lab, "+++")
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"training": 3}


def test_all_are_trained_on_the_same_tasks_each_in_her_order(db: None) -> None:
    lab = lab_with(n_training=6, n_raters=4)
    orders = []
    for number in range(4):
        page, order = Page(lab.enrolments[number]), []
        for _ in range(6):
            page.open()
            order.append(page.painted().task_id)
            page.answer("tie")
        orders.append(order)
    assert len({tuple(sorted(order)) for order in orders}) == 1
    assert len({tuple(order) for order in orders}) > 1


def test_who_is_sent_back_to_training_is_not_tested_on_work_she_knows(db: None) -> None:
    lab = lab_with(n_items=5, n_training=0)
    page = Page(lab.enrolments[0])
    page.open()
    met = page.painted().task
    page.answer()
    set_gold(task=met, verdict="A", use="training", by=None)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing=Standing.TRAINING, reason="a test", by=None)
    assert qualification_of(lab.enrolments[0]).n_all == 0


def test_rubrics_are_trained_by_their_answers(db: None) -> None:
    lab = lab_with(verdicts=(), criteria=(CLEAR, POLITE), n_training=2, kind="rubric", qualification_pass=1.0)
    page = Page(lab.enrolments[0])
    for clear in ("3", "2"):
        page.open()
        page.answer(None, criteria={"clear": clear, "polite": "y"})
    found = qualification_of(lab.enrolments[0])
    assert (found.n_done, found.n_right) == (2, 1), "only what the gold states is compared"


def test_a_harder_test_is_the_one_of_the_current_protocol(db: None) -> None:
    lab = lab_with(n_training=4, qualification_pass=0.5)
    assert qualification_of(lab.enrolments[0]).needed == 2
    revise_protocol(study=lab.study, terms=ProtocolTerms(question="?", qualification_pass=1.0), by=None)
    assert qualification_of(lab.enrolments[0]).needed == 4
