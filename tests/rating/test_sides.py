"""Sides over simulated studies: no system is favoured by the left, for anyone, with gold and retests in between."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest
from django.db import transaction
from scipy.stats import binomtest

from apps.rating.models import Assignment
from apps.rating.services import give_assignment, mark_shown, prefetch_assignment, skip_assignment
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, lab_with, work_through

pytestmark = pytest.mark.slow

UNLIKELY = 1e-4


@pytest.fixture(scope="module")
def study(django_db_setup: None, django_db_blocker) -> Iterator[Lab]:
    """Eight raters of 45 answers each, with gold and retests: built once, never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        lab = lab_with(n_items=60, n_raters=8, n_gold=8, overlap_share=1.0, gold_share=0.1, retest_share=0.15)
        for enrolment in lab.enrolments:
            work_through(enrolment, most=45)
        yield lab
        transaction.set_rollback(True)


def shown(**only: object) -> list[Assignment]:
    found = Assignment.objects.filter(shown_number__isnull=False, **only).order_by("shown_number")
    return list(found.select_related("task"))


def left_system(showing: Assignment) -> int:
    """The system that stood left."""
    task = showing.task
    return task.system_a_id if showing.a_on_left else task.system_b_id


def low_left(showing: Assignment) -> bool:
    return left_system(showing) == showing.system_low


@pytest.mark.slow
def test_every_system_stands_left_half_the_time(study: Lab) -> None:
    left, shown_at_all = Counter(), Counter()
    for showing in shown():
        left[left_system(showing)] += 1
        shown_at_all.update([showing.system_low, showing.system_high])
    assert len(shown_at_all) == 3
    for system, n in shown_at_all.items():
        assert binomtest(left[system], n, 0.5).pvalue > UNLIKELY


@pytest.mark.parametrize("purpose", ["base", "overlap", "gold", "retest"])
def test_no_purpose_leans(study: Lab, purpose: str) -> None:
    sides = [low_left(showing) for showing in shown(purpose=purpose)]
    assert len(sides) > 20
    assert binomtest(sum(sides), len(sides), 0.5).pvalue > UNLIKELY


def test_the_task_s_own_a_does_not_lean_either(study: Lab) -> None:
    sides = [bool(showing.a_on_left) for showing in shown()]
    assert binomtest(sum(sides), len(sides), 0.5).pvalue > UNLIKELY


def test_ordinary_showings_alternate_for_each_rater_and_pair(study: Lab) -> None:
    """Whatever was inserted between them: the difference of left and right is never above one."""
    sides: dict[tuple[int, int, int], list[bool]] = defaultdict(list)
    for showing in shown(purpose__in=["base", "overlap"]):
        sides[showing.rater_id, showing.system_low, showing.system_high].append(low_left(showing))
    assert len(sides) == 8 * 3
    assert max(map(len, sides.values())) >= 8
    for pair in sides.values():
        balance = 0
        for is_left in pair:
            balance += 1 if is_left else -1
            assert abs(balance) <= 1


def test_the_coin_differs_between_raters_and_pairs(study: Lab) -> None:
    first = {}
    for showing in shown(purpose__in=["base", "overlap"]):
        first.setdefault((showing.rater_id, showing.system_low, showing.system_high), low_left(showing))
    assert {True, False} == set(first.values())
    assert binomtest(sum(first.values()), len(first), 0.5).pvalue > UNLIKELY


def test_a_skipped_showing_was_seen_and_turns_the_next(db: None) -> None:
    lab = lab_with(n_items=8, n_raters=1)
    sides: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for _ in range(12):
        given = give_assignment(enrolment=lab.enrolments[0])
        assert given is not None
        mark_shown(assignment=given)
        skip_assignment(enrolment=lab.enrolments[0], assignment=given, reason="technical")
        sides[given.system_low, given.system_high].append(low_left(given))
    for pair in sides.values():
        assert all(here != there for here, there in itertools.pairwise(pair))


def test_a_prefetched_task_stands_opposite_to_the_one_on_her_screen(db: None) -> None:
    lab = lab_with(n_items=30, n_raters=6)
    n_same_pair = 0
    for enrolment in lab.enrolments:
        page = Page(enrolment)
        page.open()
        painted, held = page.painted(), Assignment.objects.select_related("task").get(public_id=page.held)
        if (painted.system_low, painted.system_high) == (held.system_low, held.system_high):
            n_same_pair += 1
            assert low_left(painted) != low_left(held)
        again = prefetch_assignment(enrolment=enrolment, painted=page.shown)
        assert again is not None
        assert again.a_on_left == held.a_on_left
    while n_same_pair == 0:
        n_same_pair += alternates_with_the_one_behind(page)


def alternates_with_the_one_behind(page: Page) -> int:
    page.answer()
    painted, held = page.painted(), Assignment.objects.select_related("task").get(public_id=page.held)
    if (painted.system_low, painted.system_high) != (held.system_low, held.system_high):
        return 0
    assert low_left(painted) != low_left(held)
    return 1
