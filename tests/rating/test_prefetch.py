"""The task behind the one on her screen: held ready, never more than two, and gone with her share or standing."""

from uuid import uuid4

import pytest
from django.utils import timezone

from apps.rating.answers import Answer
from apps.rating.models import Assignment, Draw, Enrolment
from apps.rating.services import (
    answer_and_go_on,
    change_standing,
    fetch_next,
    give_assignment,
    open_desk,
    prefetch_assignment,
    release_assignment,
    renew_leases,
)
from apps.rating.services.recording import record
from apps.rating.serving.desk_state import desk_state
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, lab_with, work_through

pytestmark = pytest.mark.slow


def live(enrolment: Enrolment) -> list[Assignment]:
    return list(Assignment.objects.filter(rater=enrolment.rater, outcome__isnull=True).order_by("leased_at", "pk"))


def test_opening_the_desk_shows_and_fetching_holds(lab: Lab) -> None:
    mine = lab.enrolments[0]
    given = open_desk(enrolment=mine).given
    painted = Assignment.objects.get()
    assert (given, painted.shown_number) == (painted.pk, 1)
    behind = fetch_next(enrolment=mine, painted=painted.public_id).given
    held = Assignment.objects.get(pk=behind)
    assert held.pk != painted.pk
    assert held.shown_at is held.shown_number is None


def test_there_are_never_three(lab: Lab) -> None:
    mine = lab.enrolments[0]
    page = Page(mine)
    page.open()
    for painted in (page.shown, page.held, None, uuid4(), page.shown):
        fetch_next(enrolment=mine, painted=painted)
        prefetch_assignment(enrolment=mine, painted=painted)
        give_assignment(enrolment=mine)
        open_desk(enrolment=mine)
        assert len(live(mine)) == 2
    assert prefetch_assignment(enrolment=mine, painted=page.shown).public_id == page.held


def test_painting_marks_shown_once_and_asking_again_brings_the_same(lab: Lab) -> None:
    mine = lab.enrolments[0]
    first = give_assignment(enrolment=mine)
    assert first is not None
    assert first.shown_at is None
    behind = prefetch_assignment(enrolment=mine, painted=first.public_id)
    first.refresh_from_db()
    shown_at = first.shown_at
    assert first.shown_number == 1
    assert prefetch_assignment(enrolment=mine, painted=first.public_id) == behind
    first.refresh_from_db()
    assert (first.shown_at, first.shown_number) == (shown_at, 1)


def test_with_nothing_painted_the_next_to_paint_comes(lab: Lab) -> None:
    mine = lab.enrolments[0]
    page = Page(mine)
    page.open()
    assert fetch_next(enrolment=mine, painted=None).given == Assignment.objects.get(public_id=page.held).pk
    fetch_next(enrolment=mine, painted=page.held)
    assert fetch_next(enrolment=mine, painted=page.held).given == Assignment.objects.get(public_id=page.shown).pk


def test_one_request_stores_paints_and_brings_the_one_after(lab: Lab) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    answered, painted = page.shown, page.held
    exchange = page.answer("tie")
    assert exchange.receipt is not None
    assert (exchange.receipt.public_id, exchange.receipt.outcome, exchange.n_done) == (answered, "judged", 1)
    assert Assignment.objects.get(public_id=painted).shown_number == 2
    assert Assignment.objects.get(pk=exchange.given).public_id not in {answered, painted}
    assert {held.public_id for held in live(lab.enrolments[0])} == {page.shown, page.held}


def test_an_answer_that_wants_nothing_brings_nothing(lab: Lab) -> None:
    mine = lab.enrolments[0]
    given = give_assignment(enrolment=mine)
    assert given is not None
    answer = Answer(assignment=given.public_id, submission=uuid4(), choice="left")
    exchange = answer_and_go_on(enrolment=mine, answer=answer, painted=None, wants_next=False)
    assert exchange.given is None
    assert live(mine) == []


def test_a_conflict_stores_nothing_and_goes_on(lab: Lab) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    answered = page.shown
    page.answer("left")
    other = Answer(assignment=answered, submission=uuid4(), choice="right")
    exchange = answer_and_go_on(enrolment=page.enrolment, answer=other, painted=page.shown, wants_next=True)
    assert exchange.receipt is None
    assert exchange.conflict is not None
    assert exchange.given == Assignment.objects.get(public_id=page.held).pk
    assert exchange.n_done == 1


@pytest.mark.parametrize("target", [1, 2, 3, 5])
def test_a_target_holds_with_prefetching_too(lab: Lab, target: int) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=target)
    assert work_through(lab.enrolments[0]) == target
    assert Assignment.objects.count() == target, "nothing was leased beyond her share"


def test_skipping_does_not_count_towards_the_target(lab: Lab) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=2)
    page = Page(lab.enrolments[0])
    page.open()
    page.skip()
    page.skip()
    for _ in range(2):
        page.answer()
    assert (page.shown, page.held) == (None, None)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_study_that_rests_lets_her_finish_and_prefetches_nothing(lab: Lab, state: str) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    change_state(study_id=lab.study.pk, to=state, by=None)
    finish_both(page)


@pytest.mark.parametrize("standing", ["quarantined", "left"])
def test_who_is_set_aside_finishes_what_she_holds(lab: Lab, standing: str) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    change_standing(enrolment_id=lab.enrolments[0].pk, standing=standing, reason="a test", by=None)
    finish_both(page)


def finish_both(page: Page) -> None:
    """Both tasks she holds are taken, and no third is given."""
    assert page.shown is not None
    assert page.held is not None
    for _ in range(2):
        assert page.answer().receipt is not None
    assert (page.shown, page.held) == (None, None)
    assert Assignment.objects.count() == 2


def test_in_training_one_task_at_a_time(db: None) -> None:
    lab = lab_with(n_training=3)
    mine = lab.enrolments[0]
    page = Page(mine)
    page.open()
    assert page.held is None
    for _ in range(3):
        assert fetch_next(enrolment=mine, painted=page.shown).given is None
        assert len(live(mine)) == 1
    assert page.painted().purpose == "training"


def test_what_goes_back_on_leaving_is_free_for_others_at_once(db: None) -> None:
    lab = lab_with(n_items=1, overlap_share=0.0)
    page = Page(lab.enrolments[0])
    page.open()
    held = Assignment.objects.get(public_id=page.held)
    release_assignment(enrolment=page.enrolment, assignment=held, until=held.expires_at)
    assert work_through(lab.enrolments[1]) == 2
    assert held.draw_id in Assignment.objects.filter(outcome="judged").values_list("draw", flat=True)


def test_a_lease_renewed_since_is_not_released_by_a_page_that_left(lab: Lab) -> None:
    """Two tabs: one beats on, the other says goodbye with the time it last heard."""
    mine, held = lab.enrolments[0], lab.assignment()
    heard = held.expires_at
    state, until = renew_leases(enrolment=mine, holds=[held.public_id])
    assert until[held.public_id] is not None
    assert until[held.public_id] > heard
    release_assignment(enrolment=mine, assignment=held, until=heard)
    held.refresh_from_db()
    assert held.outcome is None
    release_assignment(enrolment=mine, assignment=held, until=until[held.public_id])
    held.refresh_from_db()
    assert held.outcome == "released"
    assert state.study_state == "open"


def test_a_beat_renews_both_and_tells_what_is_gone(lab: Lab) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    before = {held.public_id: held.expires_at for held in live(page.enrolment)}
    foreign = give_assignment(enrolment=lab.enrolments[1])
    assert foreign is not None
    holds = [page.shown, page.held, foreign.public_id, uuid4()]
    _, until = renew_leases(enrolment=page.enrolment, holds=holds)
    assert [until[hold] is not None for hold in holds] == [True, True, False, False]
    for held in live(page.enrolment):
        assert held.expires_at == until[held.public_id] > before[held.public_id]
    was = foreign.expires_at
    foreign.refresh_from_db()
    assert foreign.expires_at == was, "nobody renews another's lease"


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_beat_where_no_work_is_given_tells_when_the_leases_end_in_truth(lab: Lab, state: str) -> None:
    """They are not renewed: a page that believed otherwise would show a task that is somebody else's by then."""
    page = Page(lab.enrolments[0])
    page.open()
    before = {held.public_id: held.expires_at for held in live(page.enrolment)}
    change_state(study_id=lab.study.pk, to=state, by=None)
    _, until = renew_leases(enrolment=page.enrolment, holds=[page.shown, page.held])
    assert until == before


def test_a_prefetched_task_that_ran_out_is_taken_over_and_her_beat_tells_her(db: None) -> None:
    lab = lab_with(n_items=1, overlap_share=0.0)
    page = Page(lab.enrolments[0])
    page.open()
    gone = Assignment.objects.get(public_id=page.held)
    Assignment.objects.filter(pk=gone.pk).update(expires_at=timezone.now())
    assert work_through(lab.enrolments[1]) == 2
    _, until = renew_leases(enrolment=page.enrolment, holds=[page.shown, page.held])
    assert until[page.held] is None
    gone.refresh_from_db()
    assert gone.outcome == "expired"
    late = page.enrolment
    answer = Answer(assignment=gone.public_id, submission=uuid4(), choice="left")
    exchange = answer_and_go_on(enrolment=late, answer=answer, painted=page.shown, wants_next=True)
    assert exchange.receipt is not None
    assert exchange.receipt.outcome == "late"
    assert Assignment.objects.filter(outcome="judged", draw=gone.draw_id).count() == 1


def test_a_beat_keeps_a_lease_that_ran_out_while_nobody_took_it(lab: Lab) -> None:
    held = lab.assignment()
    Assignment.objects.filter(pk=held.pk).update(expires_at=timezone.now())
    _, until = renew_leases(enrolment=lab.enrolments[0], holds=[held.public_id])
    assert until[held.public_id] > timezone.now()


def test_two_raters_with_prefetching_fill_every_draw_once(db: None) -> None:
    lab = lab_with(n_items=5, n_raters=3, overlap_share=0.5)
    for enrolment in lab.enrolments:
        work_through(enrolment)
    filled = Assignment.objects.filter(outcome="judged").values_list("draw", flat=True)
    assert sorted(filled) == sorted(Draw.objects.values_list("pk", flat=True))


def test_what_came_to_her_screen_is_shown_also_where_her_answer_came_too_late(lab: Lab) -> None:
    """Somebody takes her lease over after the desk was read, and before her answer is stored."""
    page = Page(lab.enrolments[0])
    page.open()
    assert page.shown is not None
    state = desk_state(lab.enrolments[0])
    Assignment.objects.filter(public_id=page.shown).update(outcome="expired", ended_at=timezone.now())
    answer = Answer(assignment=page.shown, submission=uuid4(), choice="left")
    record(state, answer, state.lease(page.held))
    assert Assignment.objects.get(public_id=page.held).shown_number == 2
