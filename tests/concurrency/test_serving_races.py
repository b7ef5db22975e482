"""Real threads on real PostgreSQL: no draw twice, no judgment lost or doubled, no cut that changes."""

import threading
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Draw, Enrolment, Judgment
from apps.rating.services import Receipt, give_assignment, mark_shown, record_judgment, take_cut
from tests.studies_for_tests import Lab

from .threads_for_tests import fresh, together

pytestmark = pytest.mark.slow
N_THREADS = 32


def drain(enrolment: Enrolment) -> list[Receipt]:
    """Rate until the desk is empty."""
    mine, receipts = fresh(enrolment), []
    while (given := give_assignment(enrolment=mine)) is not None:
        mark_shown(assignment=given)
        receipts.append(
            record_judgment(enrolment=mine, assignment_id=given.public_id, submission=uuid4(), choice="left")
        )
    return receipts


def test_raters_drain_a_pool(fresh_database: str) -> None:
    lab = Lab.set_up(n_items=20, n_raters=N_THREADS)
    receipts = together(*(lambda e=e: drain(e) for e in lab.enrolments))
    acknowledged = [receipt.submission for mine in receipts for receipt in mine]
    assert len(acknowledged) == Draw.objects.count() == Judgment.objects.count()
    assert set(acknowledged) == set(Judgment.objects.values_list("submission", flat=True))
    filled = Counter(Assignment.objects.filter(outcome="judged").values_list("draw", flat=True))
    assert set(filled.values()) == {1}
    assert set(filled) == set(Draw.objects.values_list("pk", flat=True))
    seen = Counter(Assignment.objects.values_list("task", "rater"))
    assert set(seen.values()) == {1}, "nobody met a task twice"


def test_one_submission_sent_five_times_at_once_is_one_row(committed_lab: Lab) -> None:
    given, submission = committed_lab.assignment(), uuid4()
    mine = committed_lab.enrolments[0]
    receipts = together(
        *(
            lambda: record_judgment(
                enrolment=fresh(mine), assignment_id=given.public_id, submission=submission, choice="tie"
            )
            for _ in range(5)
        )
    )
    assert Judgment.objects.count() == 1
    assert {receipt.judgment_id for receipt in receipts} == {Judgment.objects.get().pk}
    assert sorted(receipt.repeated for receipt in receipts) == [False, True, True, True, True]


def test_two_tabs_of_one_rater_share_a_lease(committed_lab: Lab) -> None:
    mine = committed_lab.enrolments[0]
    given = together(*(lambda: give_assignment(enrolment=fresh(mine)) for _ in range(8)))
    assert len({assignment.pk for assignment in given}) == 1
    assert Assignment.objects.filter(outcome__isnull=True).count() == 1


def test_two_tabs_answering_everything_lose_and_double_nothing(committed_lab: Lab) -> None:
    mine = committed_lab.enrolments[0]
    both = together(lambda: drain_in_a_tab(mine), lambda: drain_in_a_tab(mine))
    assert Judgment.objects.count() == Assignment.objects.filter(outcome="judged").count()
    assert {pk for tab in both for pk in tab} == set(Judgment.objects.values_list("pk", flat=True))


def drain_in_a_tab(enrolment: Enrolment) -> set[int]:
    mine, acknowledged = fresh(enrolment), set()
    while (given := give_assignment(enrolment=mine)) is not None:
        receipt = record_judgment(enrolment=mine, assignment_id=given.public_id, submission=uuid4(), choice="right")
        acknowledged.add(receipt.judgment_id)
    return acknowledged


def test_an_expired_lease_is_taken_over_and_the_late_answer_kept(fresh_database: str) -> None:
    lab = Lab.set_up(n_items=1, n_raters=N_THREADS, opened=True)
    first, others = lab.enrolments[0], lab.enrolments[1:]
    held = give_assignment(enrolment=first)
    assert held is not None
    mark_shown(assignment=held)
    Assignment.objects.filter(pk=held.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    together(
        lambda: record_judgment(
            enrolment=fresh(first), assignment_id=held.public_id, submission=uuid4(), choice="left"
        ),
        *(lambda e=e: drain(e) for e in others),
    )
    filled = Counter(Assignment.objects.filter(outcome="judged").values_list("draw", flat=True))
    assert set(filled.values()) == {1}
    assert len(filled) == Draw.objects.count(), "every draw was filled"
    counts = counts_at(take_cut(study_id=lab.study.pk))
    n_late = Assignment.objects.filter(outcome="late").count()
    assert counts["used"] == Draw.objects.count(), "the board is never over plan"
    assert counts.get("surplus", 0) == n_late
    assert sum(counts.values()) == Judgment.objects.count() == Draw.objects.count() + n_late


def test_a_late_answer_is_surplus_when_another_has_judged(fresh_database: str) -> None:
    lab = Lab.set_up(n_items=1)  # too few for an overlap draw, which could go to the second rater instead
    first, second = lab.enrolments
    held = lab.assignment(0)
    mark_shown(assignment=held)
    Assignment.objects.filter(pk=held.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    drain(second)
    receipt = record_judgment(enrolment=fresh(first), assignment_id=held.public_id, submission=uuid4(), choice="left")
    assert receipt.outcome == "late"
    assert counts_at(take_cut(study_id=lab.study.pk))["surplus"] == 1


def test_a_cut_never_changes_afterwards(fresh_database: str) -> None:
    lab = Lab.set_up(n_items=15, n_raters=8)
    cuts: list[tuple[object, dict[str, int]]] = []

    def cutting() -> None:
        for _ in range(25):
            cut = take_cut(study_id=lab.study.pk)
            cuts.append((cut, counts_at(cut)))

    together(cutting, *(lambda e=e: drain(e) for e in lab.enrolments))
    assert len({cut.pk for cut, _ in cuts}) > 1
    assert [counts_at(cut) for cut, _ in cuts] == [counts for _, counts in cuts]


def test_a_cut_waits_for_a_judgment_that_is_not_committed_yet(committed_lab: Lab) -> None:
    """Ids are given before commits: the later judgment is committed first, and the cut must not split them."""
    slow, quick = committed_lab.enrolments
    held, wanted = given_to(slow), given_to(quick)
    stored, may_commit, cuts = threading.Event(), threading.Event(), []

    def judge_slowly() -> None:
        with transaction.atomic():
            judge(slow, held)
            stored.set()
            assert may_commit.wait(30)

    def judge_quickly_and_cut() -> None:
        assert stored.wait(30)
        judge(quick, wanted)
        threading.Timer(0.5, may_commit.set).start()
        cut = take_cut(study_id=committed_lab.study.pk)
        cuts.append((cut, counts_at(cut)))

    together(judge_slowly, judge_quickly_and_cut)
    ((cut, counts),) = cuts
    assert counts == counts_at(cut) == {"used": 2}


def given_to(enrolment: Enrolment) -> Assignment:
    given = give_assignment(enrolment=fresh(enrolment))
    assert given is not None
    return given


def judge(enrolment: Enrolment, given: Assignment) -> None:
    record_judgment(enrolment=fresh(enrolment), assignment_id=given.public_id, submission=uuid4(), choice="left")
