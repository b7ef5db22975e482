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
from apps.rating.models import Assignment, Judgment, JudgmentComment
from apps.rating.services import (
    AnsweredDifferently,
    Receipt,
    change_standing,
    give_assignment,
    mark_shown,
    record_judgment,
    recording,
    take_cut,
)
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

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


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(Refused, match="Answer with one of"):
        verdict_of("A", a_on_left=True)


def test_the_same_submission_gets_the_same_receipt(lab: Lab) -> None:
    task, submission = lab.assignment(), uuid4()
    first, again = (answer(lab, task, submission=submission) for _ in range(2))
    assert (first.repeated, again.repeated) == (False, True)
    assert first.judgment == again.judgment


def test_the_same_answer_from_another_tab_gets_the_same_receipt(lab: Lab) -> None:
    task = lab.assignment()
    assert answer(lab, task).judgment == answer(lab, task).judgment


def test_another_answer_meets_the_stored_one(lab: Lab) -> None:
    task = lab.assignment()
    stored = answer(lab, task, "left").judgment
    with pytest.raises(AnsweredDifferently) as conflict:
        answer(lab, task, "right")
    assert conflict.value.stored == stored
    with pytest.raises(AnsweredDifferently):
        answer(lab, task, "right", submission=stored.submission)


def test_a_change_of_mind_is_a_revision_and_both_stay(lab: Lab) -> None:
    task = lab.assignment()
    first = answer(lab, task, "left").judgment
    second = answer(lab, task, "both_bad", supersedes=first.submission, comment=" now I see ").judgment
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
        answer(lab, first.assignment, "tie", supersedes=first.judgment.submission)
    assert answer(lab, second.assignment, "tie", supersedes=second.judgment.submission).judgment.revision == 2


def test_a_foreign_assignment_is_not_found(lab: Lab) -> None:
    with pytest.raises(NotFound):
        answer(lab, lab.assignment(0), rater=1)
    assert not Judgment.objects.exists()


def test_a_lease_that_ran_out_still_fills_a_free_draw(lab: Lab) -> None:
    task = lab.assignment()
    Assignment.objects.filter(pk=task.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    assert answer(lab, task).assignment.outcome == "judged"


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
    monkeypatch.setattr(recording.timezone, "now", lambda: later)
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
