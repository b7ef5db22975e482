"""What a rater says beside her verdict: criteria, flags, a comment, times, which pane came first; and rubrics."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Refused
from apps.rating.answers import Answer, Asked, criteria_for, said, screen_value
from apps.rating.dispositions import judgments_at
from apps.rating.models import Assignment, Judgment, JudgmentComment
from apps.rating.services import AnsweredDifferently, Receipt, record_judgment, recording, take_cut
from apps.studies.models import Criterion, Verdict
from tests.studies_for_tests import Lab

from .desk_for_tests import CLEAR, POLITE, SHORTER, Page, lab_with

pytestmark = pytest.mark.slow

BOTH_KINDS = (SHORTER, CLEAR, POLITE)
COMPARISON = Asked("comparison", list(Verdict.values), [Criterion(**row) for row in BOTH_KINDS], True)


def send(lab: Lab, given: Assignment, **said: Any) -> Receipt:
    said.setdefault("submission", uuid4())
    return record_judgment(enrolment=lab.enrolments[0], assignment_id=given.public_id, **said)


def answered(receipt: Receipt) -> Judgment:
    return Judgment.objects.select_related("assignment").get(pk=receipt.judgment_id)


@pytest.fixture
def comparing(db: None) -> Lab:
    """Comparisons with a question about the two outputs, and nothing about one."""
    return lab_with(criteria=(SHORTER,))


@pytest.fixture
def rubrics(db: None) -> Lab:
    """Nothing is compared: each output is rated by two criteria."""
    return lab_with(verdicts=(), criteria=(CLEAR, POLITE))


# Criteria about a comparison ------------------------------------------------------------------------------------


@given(value=st.sampled_from(["A", "B", "SAME"]), a_on_left=st.booleans())
def test_a_sided_answer_finds_its_way_back(value: str, a_on_left: bool) -> None:
    criterion = Criterion(**SHORTER)
    asked = Asked("comparison", ["A", "B"], [criterion], a_on_left)
    on_screen = screen_value(criterion, value, a_on_left=a_on_left)
    assert on_screen in {"left", "right", "SAME"}
    answer = Answer(assignment=uuid4(), submission=uuid4(), choice="left", criteria={"shorter": on_screen})
    assert said(answer, asked).answers == {"shorter": value}


@pytest.mark.parametrize(
    ("clicked", "a_left", "b_left"), [("left", "A", "B"), ("right", "B", "A"), ("SAME", "SAME", "SAME")]
)
def test_sides_are_turned_into_the_task_s_own_letters(comparing: Lab, clicked: str, a_left: str, b_left: str) -> None:
    page, meant = Page(comparing.enrolments[0]), {True: a_left, False: b_left}
    page.open()
    for _ in range(6):
        showing = page.painted()
        page.answer("tie", criteria={"shorter": clicked})
        assert Judgment.objects.get(assignment=showing).answers == {"shorter": meant[showing.a_on_left]}


@pytest.mark.parametrize("raw", ["A", "B"])
def test_letters_of_the_task_are_no_answer_of_the_screen(comparing: Lab, raw: str) -> None:
    """On her screen A is the left one: what the task calls A may stand right."""
    with pytest.raises(Refused, match="which side"):
        send(comparing, comparing.assignment(), choice="left", criteria={"shorter": raw})
    assert not Judgment.objects.exists()


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ({}, "not answered yet: Which is shorter"),
        ({"shorter": ""}, "no answer to: Which is shorter"),
        ({"shorter": "C"}, "no answer to: Which is shorter"),
        ({"shorter": "tie"}, "no answer to: Which is shorter"),
        ({"shorter": "left", "longer": "left"}, "does not ask 'longer'"),
        ({"shorter": "left", "clear": "3"}, "does not ask 'clear'"),
    ],
)
def test_what_does_not_answer_the_questions_is_refused_in_words(
    comparing: Lab, criteria: dict[str, str], words: str
) -> None:
    given = comparing.assignment()
    with pytest.raises(Refused, match=words):
        send(comparing, given, choice="left", criteria=criteria)
    given.refresh_from_db()
    assert (given.outcome, given.done_number) == (None, None)
    assert not Judgment.objects.exists()


def test_each_kind_of_task_is_asked_its_own_questions() -> None:
    rows = [Criterion(**row) for row in BOTH_KINDS]
    assert [row.key for row in criteria_for("comparison", rows)] == ["shorter"]
    assert [row.key for row in criteria_for("rubric", rows)] == ["clear", "polite"]


def test_the_same_verdict_with_another_criterion_is_another_answer(comparing: Lab) -> None:
    given = comparing.assignment()
    first = send(comparing, given, choice="left", criteria={"shorter": "left"})
    with pytest.raises(AnsweredDifferently):
        send(comparing, given, choice="left", criteria={"shorter": "right"})
    again = send(comparing, given, choice="left", criteria={"shorter": "left"})
    assert (again.judgment_id, again.repeated) == (first.judgment_id, True)
    changed = send(comparing, given, choice="left", criteria={"shorter": "SAME"}, supersedes=first.submission)
    assert answered(changed).answers == {"shorter": "SAME"}


def test_a_verdict_comes_with_its_criteria_and_not_without(comparing: Lab) -> None:
    with pytest.raises(Refused, match="Choose which output is better"):
        send(comparing, comparing.assignment(), choice=None, criteria={"shorter": "left"})


def test_a_verdict_the_study_does_not_offer_is_refused(db: None) -> None:
    lab = lab_with(verdicts=("A", "B"))
    for choice in ("tie", "both_bad"):
        with pytest.raises(Refused, match="does not offer"):
            send(lab, lab.assignment(), choice=choice)
    assert send(lab, lab.assignment(), choice="right").outcome == "judged"


# Rubrics ---------------------------------------------------------------------------------------------------------


def test_a_rubric_goes_the_whole_way(rubrics: Lab) -> None:
    page = Page(rubrics.enrolments[0])
    page.open()
    showing = page.painted()
    assert (showing.task.kind, showing.a_on_left, showing.task.output_b_id) == ("rubric", None, None)
    receipt = page.answer(None, criteria={"clear": "3", "polite": "n"}).receipt
    assert receipt is not None
    stored = answered(receipt)
    assert (stored.verdict, stored.answers) == (None, {"clear": 3, "polite": "n"})
    changed = send(rubrics, showing, criteria={"clear": "1", "polite": "n"}, supersedes=receipt.submission)
    assert answered(changed).revision == 2
    n_done = 1
    while page.shown is not None:
        page.answer(None, criteria={"clear": "2", "polite": "y"})
        n_done += 1
    assert n_done == 12, "three systems, four items, none twice"
    judged = judgments_at(take_cut(study_id=rubrics.study.pk))
    rows = recording.rows(
        f"WITH {judged.sql} SELECT disposition, verdict, answers::text FROM judged", judged.parameters
    )
    assert {row[:2] for row in rows} == {("used", None)}
    assert len(rows) == 12


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"choice": "left", "criteria": {"clear": "3", "polite": "y"}}, "nothing to compare"),
        ({"criteria": {"clear": "3"}}, "not answered yet: Is it polite"),
        ({"criteria": {}}, "not answered yet: Is it clear"),
        ({"criteria": {"clear": "4", "polite": "y"}}, "'4' is no answer to: Is it clear"),
        ({"criteria": {"clear": "left", "polite": "y"}}, "'left' is no answer"),
        ({"criteria": {"clear": "3", "polite": "y", "shorter": "left"}}, "does not ask 'shorter'"),
    ],
)
def test_a_rubric_that_is_not_filled_in_is_refused(rubrics: Lab, said: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        send(rubrics, rubrics.assignment(), **said)
    assert not Judgment.objects.exists()


def test_a_study_may_compare_and_rate(db: None) -> None:
    lab = lab_with(criteria=BOTH_KINDS, n_items=3)
    page, kinds = Page(lab.enrolments[0]), set()
    page.open()
    while page.shown is not None:
        kind = page.painted().task.kind
        kinds.add(kind)
        if kind == "rubric":
            page.answer(None, criteria={"clear": "3", "polite": "y"})
        else:
            page.answer("left", criteria={"shorter": "left"})
    assert kinds == {"comparison", "rubric"}
    for row in Judgment.objects.select_related("assignment__task"):
        assert (row.verdict is None) == (row.assignment.task.kind == "rubric")
        assert set(row.answers) == ({"clear", "polite"} if row.verdict is None else {"shorter"})


def test_anchors_keep_the_type_they_have(rubrics: Lab) -> None:
    stored = answered(send(rubrics, rubrics.assignment(), criteria={"clear": "2", "polite": "y"}))
    assert stored.answers == {"clear": 2, "polite": "y"}


# What else she sends -------------------------------------------------------------------------------------------------


def test_flags_are_stored_in_one_order_and_unknown_ones_refused(lab: Lab) -> None:
    stored = answered(send(lab, lab.assignment(), choice="tie", flags=["broken", "identified"]))
    assert stored.flags == ["identified", "broken"]
    with pytest.raises(Refused, match="There are these flags"):
        send(lab, lab.assignment(), choice="tie", flags=["identified", "ugly"])
    assert Judgment.objects.count() == 1


def test_a_comment_is_stored_beside_and_an_empty_one_is_not(lab: Lab) -> None:
    first = send(lab, lab.assignment(), choice="tie", comment="  A is left here  \n")
    send(lab, lab.assignment(), choice="tie", comment=" \n ")
    assert list(JudgmentComment.objects.values_list("judgment", "text")) == [(first.judgment_id, "A is left here")]


def test_what_waited_for_the_network_was_judged_when_it_was_said(lab: Lab) -> None:
    before = timezone.now()
    stored = answered(send(lab, lab.assignment(), choice="tie", waited_ms=90_000))
    assert stored.created_at - stored.judged_at == timedelta(seconds=90)
    assert stored.created_at >= before
    at_once = answered(send(lab, lab.assignment(), choice="tie"))
    assert at_once.judged_at == at_once.created_at


def test_no_clock_makes_an_answer_older_than_a_month(lab: Lab) -> None:
    stored = answered(send(lab, lab.assignment(), choice="tie", waited_ms=2_000_000_000 * 30))
    assert stored.created_at - stored.judged_at == recording.MAX_WAITED


@pytest.mark.parametrize("side", ["left", "right", None])
def test_which_pane_came_first_is_kept(lab: Lab, side: str | None) -> None:
    receipt = send(lab, lab.assignment(), choice="tie", first_seen=side)
    assert Assignment.objects.get(pk=receipt.assignment_id).first_seen == side


def test_an_answer_of_another_revision_keeps_its_own_flags_and_comment(lab: Lab) -> None:
    given = lab.assignment()
    first = send(lab, given, choice="tie", flags=["unsafe"], comment="hm")
    second = send(lab, given, choice="tie", flags=[], comment="better so", supersedes=first.submission)
    assert (answered(first).flags, answered(second).flags) == (["unsafe"], [])
    assert [answered(r).comment.text for r in (first, second)] == ["hm", "better so"]


def test_no_unasked_question_is_known() -> None:
    answer = Answer(
        assignment=uuid4(), submission=uuid4(), choice="left", criteria={"shorter": "left", "zz": "1", "aa": "1"}
    )
    with pytest.raises(Refused, match="'aa'"):
        said(answer, COMPARISON)
