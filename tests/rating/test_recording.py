"""What a rater says is stored once, as she said it, or refused in words."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Conflict, NotFound, Refused
from apps.rating.choices import Choice, choice_of, verdict_of
from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Enrolment, Judgment, JudgmentComment
from apps.rating.services import (
    AnsweredDifferently,
    Receipt,
    change_standing,
    give_assignment,
    mark_shown,
    prefetch_assignment,
    record_judgment,
    release_assignment,
    skip_assignment,
    take_cut,
)
from apps.rating.serving import desk_state
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

from .desk_for_tests import lab_with, work_through

CHOICES = st.sampled_from(list(Choice))


@given(choice=CHOICES, a_on_left=st.booleans())
def test_a_choice_and_its_verdict_are_each_others_way_back(choice: Choice, a_on_left: bool) -> None:
    assert choice_of(verdict_of(choice, a_on_left=a_on_left), a_on_left=a_on_left) == choice


@given(choice=CHOICES)
def test_swapped_sides_swap_the_verdict(choice: Choice) -> None:
    swapped = {"A": "B", "B": "A"}
    here, there = verdict_of(choice, a_on_left=True), verdict_of(choice, a_on_left=False)
    assert there == swapped.get(here, here)


def answer(lab: Lab, assignment: Assignment, choice: str = "left", rater: int = 0, **more: object) -> Receipt:
    more.setdefault("submission", uuid4())
    return record_judgment(enrolment=lab.enrolments[rater], assignment_id=assignment.public_id, choice=choice, **more)


def stored(receipt: Receipt) -> Judgment:
    return Judgment.objects.select_related("assignment").get(pk=receipt.judgment_id)


def shown(receipt: Receipt) -> Assignment:
    return Assignment.objects.get(pk=receipt.assignment_id)


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(Refused, match="Answer with one of"):
        verdict_of("A", a_on_left=True)


def test_the_same_submission_gets_the_same_receipt(lab: Lab) -> None:
    task, submission = lab.assignment(), uuid4()
    first, again = (answer(lab, task, submission=submission) for _ in range(2))
    assert (first.repeated, again.repeated) == (False, True)
    assert (first.judgment_id, first.saved_at, first.public_id) == (again.judgment_id, again.saved_at, again.public_id)
    assert first.submission == again.submission == submission


def test_the_same_answer_from_another_tab_gets_the_same_receipt(lab: Lab) -> None:
    """It names the submission that is stored: the other tab's, which a change of mind in either of them supersedes."""
    task = lab.assignment()
    first, second = answer(lab, task), answer(lab, task)
    assert (first.judgment_id, first.submission) == (second.judgment_id, second.submission)
    assert Judgment.objects.count() == 1
    assert stored(answer(lab, task, "tie", supersedes=second.submission)).revision == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"flags": ["identified"]}),
        ({"flags": ["identified"]}, {}),
        ({}, {"comment": "so unclear"}),
        ({"comment": "clear"}, {"comment": "so unclear"}),
    ],
)
def test_a_submission_says_the_same_each_time(lab: Lab, first: dict[str, object], second: dict[str, object]) -> None:
    """What comes under a submission that is stored may not be acknowledged if it is not what was stored."""
    task, submission = lab.assignment(), uuid4()
    answer(lab, task, submission=submission, **first)
    with pytest.raises(AnsweredDifferently):
        answer(lab, task, submission=submission, **second)
    assert answer(lab, task, submission=submission, **first).repeated


def test_another_answer_meets_the_stored_one(lab: Lab) -> None:
    task = lab.assignment()
    stored = answer(lab, task, "left")
    with pytest.raises(AnsweredDifferently) as conflict:
        answer(lab, task, "right")
    assert (conflict.value.stored, conflict.value.public_id) == (stored.submission, task.public_id)
    with pytest.raises(AnsweredDifferently):
        answer(lab, task, "right", submission=stored.submission)


def test_a_change_of_mind_is_a_revision_and_both_stay(lab: Lab) -> None:
    task = lab.assignment()
    first = stored(answer(lab, task, "left"))
    second = stored(answer(lab, task, "both_bad", supersedes=first.submission, comment=" now I see "))
    assert (second.revision, second.supersedes) == (2, first)
    assert JudgmentComment.objects.get(judgment=second).text == "now I see"
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 1}
    with pytest.raises(AnsweredDifferently):
        answer(lab, task, "tie", supersedes=first.submission)


def test_there_must_be_something_to_change(lab: Lab) -> None:
    with pytest.raises(Conflict, match="no earlier answer"):
        answer(lab, lab.assignment(), supersedes=UUID(int=1))


def test_only_the_last_ten_answers_change(db: None) -> None:
    lab = Lab.set_up(n_items=6)
    receipts = []
    for _ in range(11):
        task = lab.assignment()
        mark_shown(assignment=task)
        receipts.append(answer(lab, task, "left"))
    first, second = receipts[:2]
    with pytest.raises(Refused, match="last 10"):
        answer(lab, shown(first), "tie", supersedes=first.submission)
    assert stored(answer(lab, shown(second), "tie", supersedes=second.submission)).revision == 2


def test_a_foreign_assignment_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFound):
        answer(lab, lab.assignment(0), rater=1)
    assert not Judgment.objects.exists()


def test_a_lease_that_ran_out_still_fills_a_free_draw(lab: Lab) -> None:
    task = lab.assignment()
    Assignment.objects.filter(pk=task.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    receipt = answer(lab, task)
    assert receipt.outcome == shown(receipt).outcome == "judged"


def test_a_paused_study_counts_what_was_given_out(lab: Lab) -> None:
    task = lab.assignment()
    change_state(study_id=lab.study.pk, to="paused", by=None)
    answer(lab, task)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 1}


def test_after_the_close_answers_are_kept_a_week_and_set_aside(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = lab.assignment(0), lab.assignment(1)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    answer(lab, first)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"after_close": 1}
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(desk_state.timezone, "now", lambda: later)
    with pytest.raises(Refused, match="more than 7 days ago"):
        answer(lab, second, rater=1)


def test_a_quarantined_raters_answer_is_stored_and_set_aside(lab: Lab) -> None:
    task = lab.assignment()
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    answer(lab, task)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"quarantined": 1}
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="active", reason="released", by=None)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 1}
    assert give_assignment(enrolment=lab.enrolments[1]) is not None


# What comes after the lease is over -----------------------------------------------------------------------------


def end(lab: Lab, given: Assignment, how: str) -> None:
    """The lease of rater 0 is over."""
    if how == "skipped":
        skip_assignment(enrolment=lab.enrolments[0], assignment=given, reason="technical")
    elif how == "released":
        release_assignment(enrolment=lab.enrolments[0], assignment=given)
    else:
        Assignment.objects.filter(pk=given.pk).update(expires_at=timezone.now() - timedelta(minutes=1))


ENDINGS = ["skipped", "released", "expired"]


@pytest.mark.parametrize("how", ENDINGS)
def test_an_answer_after_the_end_fills_a_draw_that_is_free(lab: Lab, how: str) -> None:
    given = lab.assignment()
    mark_shown(assignment=given)
    end(lab, given, how)
    receipt = answer(lab, given)
    row = shown(receipt)
    assert (receipt.outcome, row.outcome, row.skip_reason, row.done_number, row.shown_number) == (
        "judged", "judged", None, 1, 1,
    )  # fmt: skip
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 1}


@pytest.mark.parametrize("how", ENDINGS)
def test_an_answer_after_another_took_over_is_kept_as_late(db: None, how: str) -> None:
    lab = lab_with(n_items=1, overlap_share=0.0)
    given = lab.assignment()
    mark_shown(assignment=given)
    end(lab, given, how)
    assert work_through(lab.enrolments[1]) == 3
    receipt = answer(lab, given)
    assert (receipt.outcome, receipt.repeated, shown(receipt).outcome) == ("late", False, "late")
    assert answer(lab, given, submission=receipt.submission).repeated
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 3, "surplus": 1}
    changed = answer(lab, given, "tie", supersedes=receipt.submission)
    assert (changed.outcome, stored(changed).revision) == ("late", 2)


@pytest.mark.parametrize("how", ["skipped", "released"])
def test_an_answer_while_another_holds_the_draw_is_late_and_hers_still_fills_it(db: None, how: str) -> None:
    lab = lab_with(n_items=1, overlap_share=0.0)
    given = lab.assignment()
    end(lab, given, how)
    other = hold(lab.enrolments[1], given.draw_id)
    assert answer(lab, given).outcome == "late"
    assert answer(lab, other, rater=1).outcome == "judged"


def hold(enrolment: Enrolment, draw: int | None) -> Assignment:
    """Let go of everything until this draw comes."""
    for _ in range(200):
        given = give_assignment(enrolment=enrolment)
        assert given is not None
        if given.draw_id == draw:
            return given
        release_assignment(enrolment=enrolment, assignment=given)
    raise AssertionError("the draw never came")


def test_an_answer_that_was_never_painted_is_a_showing_with_a_number(lab: Lab) -> None:
    """Both held tasks may be answered while the network is down: the server hears of the painting with the answer."""
    first = lab.assignment()
    second = prefetch_assignment(enrolment=lab.enrolments[0], painted=first.public_id)
    assert second is not None
    rows = [shown(answer(lab, given)) for given in (second, first)]
    assert [(row.shown_number, row.done_number) for row in rows] == [(2, 1), (1, 2)]
    assert all(row.shown_at for row in rows)


def test_a_submission_used_for_another_task_is_a_conflict(lab: Lab) -> None:
    first = lab.assignment()
    receipt = answer(lab, first)
    second = lab.assignment()
    with pytest.raises(AnsweredDifferently) as conflict:
        answer(lab, second, submission=receipt.submission)
    assert conflict.value.public_id == second.public_id
    second.refresh_from_db()
    assert second.outcome is None


def test_another_rater_s_submission_is_no_answer_of_mine(lab: Lab) -> None:
    theirs = answer(lab, lab.assignment(1), rater=1)
    with pytest.raises(AnsweredDifferently):
        answer(lab, lab.assignment(0), submission=theirs.submission)
    assert Judgment.objects.count() == 1


def test_a_submission_that_was_changed_since_still_gets_its_receipt(lab: Lab) -> None:
    given = lab.assignment()
    first = answer(lab, given, "left")
    second = answer(lab, given, "tie", supersedes=first.submission)
    again = answer(lab, given, "left", submission=first.submission)
    assert (again.judgment_id, again.repeated) == (first.judgment_id, True)
    assert answer(lab, given, "tie", submission=second.submission, supersedes=first.submission).repeated
    assert Judgment.objects.count() == 2


def test_a_change_does_not_use_up_the_undo_window(db: None) -> None:
    lab = lab_with(n_items=6)
    receipts = []
    for _ in range(10):
        receipts.append(answer(lab, lab.assignment()))
    last = receipts[0].submission
    for choice in ("tie", "right", "left"):
        changed = answer(lab, shown(receipts[0]), choice, supersedes=last)
        last = changed.submission
    assert stored(changed).revision == 4
    assert [row.done_number for row in map(shown, receipts)] == list(range(1, 11))


def test_an_answer_from_before_the_close_stands(lab: Lab) -> None:
    """A change would be set aside as after the close, and take the counted answer off the board with it."""
    first = answer(lab, lab.assignment())
    change_state(study_id=lab.study.pk, to="closed", by=None)
    with pytest.raises(Refused, match="the answer you gave before stands"):
        answer(lab, shown(first), "tie", supersedes=first.submission)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"used": 1}


def test_an_answer_from_after_the_close_can_be_changed_for_a_week(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    held = lab.assignment()
    change_state(study_id=lab.study.pk, to="closed", by=None)
    first = answer(lab, held)
    second = answer(lab, shown(first), "tie", supersedes=first.submission)
    assert counts_at(take_cut(study_id=lab.study.pk)) == {"after_close": 1}
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(desk_state.timezone, "now", lambda: later)
    assert answer(lab, shown(first), "tie", submission=second.submission).repeated, "what is stored stays acknowledged"
    with pytest.raises(Refused, match="more than 7 days ago"):
        answer(lab, shown(first), "left", supersedes=second.submission)


@pytest.mark.parametrize("more", [{"flags": ["identified"]}, {"comment": "so unclear"}])
def test_the_same_choice_with_more_to_it_is_not_said_to_be_saved(lab: Lab, more: dict[str, object]) -> None:
    """Two tabs hold one task: what the second adds would be lost behind the word 'saved'."""
    first = answer(lab, lab.assignment(), flags=["unsafe"])
    with pytest.raises(AnsweredDifferently):
        answer(lab, shown(first), **more)
    assert answer(lab, shown(first), flags=["unsafe"]).repeated


@pytest.mark.parametrize("to", ["paused", "closed"])
def test_what_she_holds_when_work_stops_is_hers_until_its_lease_ends(lab: Lab, to: str) -> None:
    held = lab.assignment()
    change_state(study_id=lab.study.pk, to=to, by=None)
    mine = Enrolment.objects.get(pk=lab.enrolments[0].pk)
    assert give_assignment(enrolment=mine) == held
    assert Assignment.objects.get(pk=held.pk).expires_at == held.expires_at, "and it is not renewed for ever"
    Assignment.objects.filter(pk=held.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert give_assignment(enrolment=mine) is None
