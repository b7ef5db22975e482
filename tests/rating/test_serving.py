"""Giving out work: one live lease, sides, expiry, skips, empty desks."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.core.errors import Refused
from apps.rating.models import Assignment, Band, Draw, Enrolment, Outcome
from apps.rating.selectors import parked_tasks, why_no_task
from apps.rating.services import (
    change_standing,
    give_assignment,
    mark_shown,
    record_judgment,
    release_assignment,
    skip_assignment,
)
from apps.studies.services import change_state
from tests.studies_for_tests import Lab


def fresh(enrolment: Enrolment) -> Enrolment:
    """The enrolment as the next request would read it."""
    return Enrolment.objects.select_related("study__workspace", "rater").get(pk=enrolment.pk)


def run_out(assignment: Assignment) -> None:
    """The lease of this assignment ended a minute ago."""
    Assignment.objects.filter(pk=assignment.pk).update(expires_at=timezone.now() - timedelta(minutes=1))


def rate_everything(enrolment: Enrolment) -> list[Assignment]:
    """Judge until the desk is empty; the showings, in order."""
    showings = []
    while (given := give_assignment(enrolment=enrolment)) is not None:
        mark_shown(assignment=given)
        record_judgment(enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice="left")
        showings.append(given)
    return showings


def low_on_left(showing: Assignment) -> bool:
    """Whether the system with the lower id stood left."""
    return showing.a_on_left == (showing.task.system_a_id == showing.system_low)


def test_a_rater_gets_the_task_she_holds_again(lab: Lab) -> None:
    assert lab.assignment().pk == lab.assignment().pk
    assert Assignment.objects.count() == 1


def test_every_draw_is_served_once_over_all_raters(lab: Lab) -> None:
    for enrolment in lab.enrolments:
        rate_everything(enrolment)
    assert Assignment.objects.filter(outcome="judged").count() == Draw.objects.count()


def test_sides_alternate_for_each_pair_of_systems(lab: Lab) -> None:
    sides = defaultdict(list)
    for showing in rate_everything(lab.enrolments[0]):
        sides[showing.system_low, showing.system_high].append(low_on_left(showing))
    assert [len(shown) for shown in sides.values()] == [4, 4, 4]
    for shown in sides.values():
        assert all(here != there for here, there in pairwise(shown))


def test_the_first_side_is_a_coin_of_rater_and_pair(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=0)
    first = set()
    for n in range(24):
        enrolment = lab.add_rater(f"coin{n}")
        given = give_assignment(enrolment=enrolment)
        assert given is not None
        first.add(low_on_left(given))
        release_assignment(enrolment=enrolment, assignment=given)
    assert first == {True, False}


def test_a_side_that_was_never_seen_does_not_turn_the_next(lab: Lab) -> None:
    mine, sides = lab.enrolments[0], defaultdict(set)
    for _ in range(14):
        given = give_assignment(enrolment=mine)
        assert given is not None
        sides[given.system_low, given.system_high].add(low_on_left(given))
        release_assignment(enrolment=mine, assignment=given)
    assert all(len(seen) == 1 for seen in sides.values()), "the coin of a pair falls the same way each time"


def test_nobody_sees_a_pair_twice(lab: Lab) -> None:
    for enrolment in lab.enrolments:
        rate_everything(enrolment)
    met = Counter(Assignment.objects.values_list("task", "rater"))
    assert sum(met.values()) == Draw.objects.count()
    assert set(met.values()) == {1}


def test_an_overlap_draw_waits_for_another_rater(lab: Lab) -> None:
    n_tasks = Draw.objects.values("task").distinct().count()
    assert len(rate_everything(lab.enrolments[0])) == n_tasks < Draw.objects.count()
    assert len(rate_everything(lab.enrolments[1])) == Draw.objects.count() - n_tasks
    assert Band.objects.get().drained_at is not None, "nothing is left, so serving skips the band"


def test_an_unseen_showing_comes_back_as_it_was(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=1)
    mine, before = lab.enrolments[0], {}
    for _ in range(30):
        given = give_assignment(enrolment=mine)
        assert given is not None
        assert before.setdefault(given.task_id, (given.pk, given.public_id, given.a_on_left)) == (
            given.pk,
            given.public_id,
            given.a_on_left,
        )
        release_assignment(enrolment=mine, assignment=given)
    assert len(before) == Assignment.objects.count() == 3


def test_an_expired_showing_goes_to_another_rater(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=1)
    mine, other = lab.enrolments[0], lab.add_rater("other")
    held = give_assignment(enrolment=mine)
    assert held is not None
    run_out(held)
    taken = rate_everything(other)
    assert held.draw_id in {showing.draw_id for showing in taken}
    held.refresh_from_db()
    assert held.outcome == Outcome.EXPIRED
    assert held.ended_at is not None


def test_a_lease_that_ran_out_is_still_hers_until_it_is_taken(lab: Lab) -> None:
    held = lab.assignment()
    run_out(held)
    again = lab.assignment()
    assert again.pk == held.pk
    assert again.expires_at > timezone.now()


def test_a_live_lease_is_nobody_elses(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=2)
    held = lab.assignment(0)
    others = [showing.draw_id for showing in rate_everything(lab.enrolments[1])]
    assert held.draw_id not in others
    assert len(others) == 2


def test_what_three_raters_skipped_is_parked(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=4)
    task = Draw.objects.values_list("task", flat=True).first()
    for enrolment in lab.enrolments[:3]:
        skip_when_met(enrolment, task)
        expected = [] if enrolment != lab.enrolments[2] else [("item-0", 3)]
        assert [(parked.item, parked.n_skips) for parked in parked_tasks(lab.study)] == expected
    rated = rate_everything(lab.enrolments[3])
    assert task not in {showing.task_id for showing in rated}
    assert len(rated) == 2


def skip_when_met(enrolment: Enrolment, task: int | None) -> None:
    """Let go of everything until this task comes, and skip it."""
    for _ in range(200):
        given = give_assignment(enrolment=enrolment)
        assert given is not None
        if given.task_id == task:
            skip_assignment(enrolment=enrolment, assignment=given, reason="broken")
            return
        release_assignment(enrolment=enrolment, assignment=given)
    raise AssertionError("the task never came")


def test_a_skip_needs_a_known_reason_and_does_not_come_back(lab: Lab) -> None:
    held, mine = lab.assignment(), lab.enrolments[0]
    with pytest.raises(Refused, match="not a reason"):
        skip_assignment(enrolment=mine, assignment=held, reason="bored")
    for _ in range(2):
        skip_assignment(enrolment=mine, assignment=held, reason="not_my_topic")
    held.refresh_from_db()
    assert (held.outcome, held.skip_reason) == ("skipped", "not_my_topic")
    assert held.task_id not in {showing.task_id for showing in rate_everything(mine)}


@pytest.mark.parametrize(("state", "words"), [("paused", "is paused"), ("closed", "is closed")])
def test_a_study_that_rests_gives_nothing(lab: Lab, state: str, words: str) -> None:
    change_state(study_id=lab.study.pk, to=state, by=None)
    mine = fresh(lab.enrolments[0])
    assert give_assignment(enrolment=mine) is None
    assert words in why_no_task(mine).sentence


def test_a_draft_gives_nothing(db: None) -> None:
    mine = fresh(Lab.set_up(opened=False).enrolments[0])
    assert give_assignment(enrolment=mine) is None
    assert "has not started" in why_no_task(mine).sentence


@pytest.mark.parametrize(
    ("standing", "words"), [("training", "in training"), ("quarantined", "on hold"), ("left", "have left")]
)
def test_only_active_raters_get_work(lab: Lab, standing: str, words: str) -> None:
    change_standing(enrolment_id=lab.enrolments[0].pk, standing=standing, reason="a test", by=None)
    mine = fresh(lab.enrolments[0])
    assert give_assignment(enrolment=mine) is None
    assert words in why_no_task(mine).sentence


def test_a_target_is_an_end(lab: Lab) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=3)
    mine = fresh(lab.enrolments[0])
    assert len(rate_everything(mine)) == 3
    assert "done your share" in why_no_task(mine).sentence


def test_an_empty_desk_says_when_to_ask_again(db: None) -> None:
    lab = Lab.set_up(n_items=1, n_raters=2)
    held = lab.assignment(1)
    rate_everything(lab.enrolments[0])
    why = why_no_task(lab.enrolments[0])
    assert "1 task is with other raters" in why.sentence
    assert why.come_back_at == held.expires_at


def test_a_rater_who_has_done_everything_is_told_so(lab: Lab) -> None:
    rate_everything(lab.enrolments[0])
    why = why_no_task(lab.enrolments[0])
    assert "rated every task" in why.sentence
    assert why.come_back_at is None
