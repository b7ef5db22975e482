"""A lease that ran out, its holder and whoever takes it over, all at the same moment."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.config.integrity import CHECKS
from apps.rating.answers import Answer
from apps.rating.models import Assignment, Draw, Enrolment, Judgment, Standing
from apps.rating.services import (
    answer_and_go_on,
    change_standing,
    fetch_next,
    give_assignment,
    mark_shown,
    open_desk,
    record_judgment,
    release_assignment,
    renew_leases,
)
from tests.rating.desk_for_tests import Page, lab_with, right_choice, work_through
from tests.studies_for_tests import Lab

from .threads_for_tests import fresh, run_out, together, uncommitted

pytestmark = pytest.mark.slow


def taken_over(enrolment: Enrolment, draw: int | None) -> None:
    """This rater gets the draw, which is the only one open to her."""
    given = give_assignment(enrolment=enrolment)
    assert given is not None
    assert given.draw_id == draw


def one_for_two(n_open: int = 1) -> tuple[Lab, Page]:
    """Three draws; the first rater holds one on her screen that ran out, the others are hers too or judged."""
    lab = lab_with(n_items=1, n_raters=3, overlap_share=0.0)
    page = Page(fresh(lab.enrolments[0]))
    page.shown = Assignment.objects.get(pk=open_desk(enrolment=page.enrolment).given).public_id
    if n_open == 2:
        page.fetch()
    assert work_through(lab.enrolments[2]) == 3 - n_open
    run_out(page.enrolment)
    return lab, page


def test_she_comes_back_while_her_lease_is_being_taken_over(fresh_database: str) -> None:
    """What another transaction took must not be painted for her as if it were still hers."""
    lab, page = one_for_two()
    with uncommitted(lambda: taken_over(lab.enrolments[1], page.painted().draw_id)):
        again = open_desk(enrolment=page.enrolment)
    assert again.given is None
    assert page.painted().outcome == "expired"


def test_the_task_behind_is_taken_over_while_it_is_fetched(fresh_database: str) -> None:
    lab, page = one_for_two(n_open=2)
    held = Assignment.objects.get(public_id=page.held)
    Assignment.objects.filter(public_id=page.shown).update(expires_at=timezone.now() + timedelta(minutes=5))
    with uncommitted(lambda: taken_over(lab.enrolments[1], held.draw_id)):
        behind = fetch_next(enrolment=page.enrolment, painted=page.shown)
    assert behind.given is None


def test_what_is_held_ready_is_never_handed_out_with_a_lease_that_has_ended(fresh_database: str) -> None:
    _, page = one_for_two(n_open=2)
    behind = fetch_next(enrolment=page.enrolment, painted=page.shown).given
    held = Assignment.objects.get(pk=behind)
    assert held.public_id == page.held
    assert held.expires_at > timezone.now()


def test_what_is_on_her_screen_is_a_showing_even_where_its_lease_was_taken_over(fresh_database: str) -> None:
    """She was offline for long: the task that was painted meanwhile must not come to her as the next one."""
    lab = lab_with(n_items=1, n_raters=2, overlap_share=0.0, replication=2)
    page = Page(lab.enrolments[0])
    page.open()
    painted = Assignment.objects.get(public_id=page.held)
    run_out(page.enrolment)
    assert work_through(lab.enrolments[1]) == 3
    given = page.answer().given
    assert given not in {None, painted.pk}
    painted.refresh_from_db()
    assert (painted.outcome, painted.shown_number) == ("expired", 2)
    assert page.shown == painted.public_id
    assert work_from(page) == 2
    assert set(Assignment.objects.values_list("outcome", flat=True)) <= {"judged", "late"}


def work_from(page: Page) -> int:
    """Answer on, each task differently from the one before."""
    n_done = 0
    while page.shown is not None:
        assert page.answer(["tie", "both_bad"][n_done % 2]).conflict is None
        n_done += 1
    return n_done


def test_a_beat_promises_nothing_that_is_being_taken_over(fresh_database: str) -> None:
    lab, page = one_for_two()
    assert page.shown is not None
    with uncommitted(lambda: taken_over(lab.enrolments[1], page.painted().draw_id)):
        _, until = renew_leases(enrolment=page.enrolment, holds=[page.shown])
    assert until == {page.shown: None}


def test_a_page_that_leaves_gives_nothing_back_that_was_just_painted(fresh_database: str) -> None:
    """The view looked at the task before another tab painted it."""
    _, page = one_for_two(n_open=2)
    held = Assignment.objects.get(public_id=page.held)
    fetch_next(enrolment=page.enrolment, painted=held.public_id)
    held.refresh_from_db()
    release_assignment(enrolment=page.enrolment, assignment=held, until=held.expires_at)
    held.refresh_from_db()
    assert held.outcome is None


def ran_out(enrolment: Enrolment, given: Assignment) -> None:
    mark_shown(assignment=given)
    run_out(enrolment)


def given_back(enrolment: Enrolment, given: Assignment) -> None:
    release_assignment(enrolment=enrolment, assignment=given)


@pytest.mark.parametrize("end", [ran_out, given_back])
def test_two_answer_what_is_not_theirs_any_more_and_reach_for_each_others(
    fresh_database: str, end: Callable[[Enrolment, Assignment], None]
) -> None:
    """Each has filled one of the two open draws, uncommitted, and asks for the other: nobody waits for ever."""
    lab = lab_with(n_items=1, n_raters=3, overlap_share=0.0)
    pair = lab.enrolments[:2]
    held = [give_assignment(enrolment=enrolment) for enrolment in pair]
    assert work_through(lab.enrolments[2]) == 1
    for enrolment, given in zip(pair, held, strict=True):
        assert given is not None
        end(enrolment, given)
    both_stored = threading.Barrier(2)

    def answer_and_ask(number: int) -> Assignment | None:
        with transaction.atomic():
            record_judgment(
                enrolment=fresh(pair[number]), assignment_id=held[number].public_id, submission=uuid4(), choice="left"
            )
            both_stored.wait(30)
            return give_assignment(enrolment=fresh(pair[number]))

    begun = time.monotonic()
    assert together(lambda: answer_and_ask(0), lambda: answer_and_ask(1)) == [None, None]
    assert time.monotonic() - begun < deadlock_seconds(), "PostgreSQL had to untie a knot"
    assert Judgment.objects.count() == Draw.objects.count() == 3
    assert set(Assignment.objects.exclude(outcome="released").values_list("outcome", flat=True)) == {"judged"}


def deadlock_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::float / 1000 FROM pg_settings WHERE name = 'deadlock_timeout'")
        return float(cursor.fetchone()[0])


def test_an_answer_that_is_not_committed_keeps_nobody_from_the_rest(fresh_database: str) -> None:
    """One draw of the first band is in doubt: the next rater takes one of a later band, and waits for nobody."""
    lab = lab_with(n_items=8, n_raters=3, overlap_share=0.0, slice_quotas={"topic=odd": 4})
    slow, quick, other = map(fresh, lab.enrolments)
    held = give_assignment(enrolment=slow)
    assert held is not None
    assert held.draw is not None
    first = held.draw.band
    n_first = Draw.objects.filter(band=first).count()
    assert work_through(other, n_first - 1) == n_first - 1 < Draw.objects.count() - 1
    ran_out(slow, held)

    def judge() -> None:
        record_judgment(enrolment=slow, assignment_id=held.public_id, submission=uuid4(), choice="tie")

    with uncommitted(judge) as waited:
        given = give_assignment(enrolment=quick)
    assert not waited.is_set()
    assert given is not None
    assert given.draw is not None
    assert given.draw.band != first
    held.refresh_from_db()
    assert held.outcome == "judged"


def test_a_quarantine_in_the_middle_of_a_training_answer_stands(fresh_database: str) -> None:
    """She passes her qualification in a request that began before she was set aside."""
    lab = lab_with(n_training=1)
    begun = fresh(lab.enrolments[0])
    given = Assignment.objects.get(pk=open_desk(enrolment=begun).given)
    change_standing(enrolment_id=begun.pk, standing=Standing.QUARANTINED, reason="a test", by=None)
    answer_and_go_on(
        enrolment=begun,
        answer=Answer(assignment=given.public_id, submission=uuid4(), choice=right_choice(given)),
        painted=None,
        wants_next=True,
    )
    assert fresh(begun).standing == Standing.QUARANTINED
    assert [told for check in CHECKS for told in check.violations()] == []
