"""The desk, view by view: works, stranger, wrong person, bad input, fragment, no JavaScript, query count."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.rating.models import Assignment, Judgment
from apps.rating.services import change_standing
from apps.studies.models import StudyState
from apps.studies.services import change_state
from apps.workbench.addresses import urls_of
from tests.studies_for_tests import Lab

DESK = "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}


@pytest.fixture
def rater(lab: Lab, client: Client) -> Client:
    client.force_login(lab.raters[0])
    return client


def answer_for(assignment: Assignment, choice: str = "left", **more: object) -> dict[str, object]:
    return {"assignment": assignment.public_id, "submission": uuid4(), "choice": choice, "shown_ms": 1200, **more}


def test_the_desk_shows_a_task_and_counts_it_as_shown(rater: Client) -> None:
    page = rater.get(DESK)
    given = Assignment.objects.get()
    assert page.status_code == 200
    assert str(given.public_id) in page.content.decode()
    assert given.shown_at is not None
    for label in ("A is better", "Tie", "Both bad", "B is better"):
        assert label in page.content.decode()


def test_a_plain_form_stores_the_answer_and_goes_back_to_the_desk(rater: Client) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    reply = rater.post(f"{DESK}answer", answer_for(given))
    assert reply.status_code == 302
    assert reply["Location"] == DESK
    stored = Judgment.objects.get()
    assert stored.verdict == ("A" if given.a_on_left else "B")
    assert stored.shown_ms == 1200


def test_for_the_script_the_answer_brings_the_next_task_as_a_fragment(rater: Client) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    reply = rater.post(f"{DESK}answer", answer_for(given), headers=SCRIPT)
    text = reply.content.decode()
    assert reply.status_code == 200
    assert "<html" not in text
    assert 'id="desk"' not in text
    assert text.count('id="reply"') == text.count('<template id="next" data-kind="task">') == 1
    assert str(Assignment.objects.get(outcome__isnull=True).public_id) in text


def test_the_same_submission_twice_is_stored_once(rater: Client) -> None:
    rater.get(DESK)
    sent = answer_for(Assignment.objects.get())
    assert [rater.post(f"{DESK}answer", sent).status_code for _ in range(2)] == [302, 302]
    assert Judgment.objects.count() == 1


def test_another_answer_from_a_second_tab_gets_409_and_the_next_task(rater: Client) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    rater.post(f"{DESK}answer", answer_for(given, "left"))
    reply = rater.post(f"{DESK}answer", answer_for(given, "right"), headers=SCRIPT)
    assert reply.status_code == 409
    assert "that answer stands" in reply.content.decode()
    assert Judgment.objects.count() == 1


def test_an_earlier_answer_can_be_changed(rater: Client) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    rater.post(f"{DESK}answer", answer_for(given, "left"))
    first = Judgment.objects.get()
    page = rater.get(f"{DESK}?change={given.public_id}").content.decode()
    assert str(first.submission) in page
    assert 'class="choice chosen" name="choice" value="left"' in page
    rater.post(f"{DESK}answer", answer_for(given, "tie", supersedes=first.submission))
    assert list(Judgment.objects.order_by("revision").values_list("revision", "supersedes")) == [
        (1, None),
        (2, first.pk),
    ]


def test_skipping_frees_the_task_and_shows_another(rater: Client) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    reply = rater.post(f"{DESK}skip", {"assignment": given.public_id, "reason": "cannot_judge"}, headers=SCRIPT)
    given.refresh_from_db()
    assert (given.outcome, given.skip_reason) == ("skipped", "cannot_judge")
    assert str(given.public_id) not in reply.content.decode()


@pytest.mark.parametrize("path", [DESK, f"{DESK}guideline"])
def test_strangers_sign_in_and_others_find_nothing(lab: Lab, client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith(reverse("account_login"))
    client.force_login(lab.stranger)
    assert client.get(path).status_code == 404
    client.force_login(lab.manager)
    assert client.get(path).status_code == 404, "a manager who is not enrolled is no rater"


@pytest.mark.parametrize("action", ["answer", "skip"])
def test_nobody_acts_on_another_raters_task(lab: Lab, client: Client, action: str) -> None:
    given = lab.assignment(0)
    client.force_login(lab.raters[1])
    reply = client.post(f"{DESK}{action}", {**answer_for(given), "reason": "broken"})
    assert reply.status_code == 404
    assert Judgment.objects.count() == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"choice": "A"},
        {"assignment": "not-a-uuid"},
        {"submission": ""},
        {"choice": "left", "supersedes": "x"},
    ],
)
def test_a_broken_answer_gets_a_sentence_and_stores_nothing(rater: Client, bad: dict[str, str]) -> None:
    rater.get(DESK)
    reply = rater.post(f"{DESK}answer", {**answer_for(Assignment.objects.get()), **bad})
    assert reply.status_code == 400
    assert "choose again" in reply.content.decode()
    assert Judgment.objects.count() == 0


def test_get_does_not_answer(rater: Client) -> None:
    assert rater.get(f"{DESK}answer").status_code == 405


def test_an_unknown_change_address_is_refused_in_words(rater: Client) -> None:
    assert rater.get(f"{DESK}?change=nonsense").status_code == 400
    assert rater.get(f"{DESK}?change={UUID(int=5)}").status_code == 404


def test_paused_and_closed_studies_say_so(lab: Lab, rater: Client) -> None:
    change_state(study_id=lab.study.pk, to=StudyState.PAUSED, by=None)
    assert "paused" in rater.get(DESK).content.decode()
    change_state(study_id=lab.study.pk, to=StudyState.CLOSED, by=None)
    assert "closed" in rater.get(DESK).content.decode()
    assert Assignment.objects.count() == 0


def test_a_quarantined_rater_gets_no_new_task(lab: Lab, rater: Client) -> None:
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="test", by=None)
    assert "on hold" in rater.get(DESK).content.decode()
    assert Assignment.objects.count() == 0


def test_an_answer_takes_a_bounded_number_of_queries(lab: Lab, rater: Client, django_assert_max_num_queries) -> None:
    rater.get(DESK)
    for _ in range(3):
        given = Assignment.objects.get(outcome__isnull=True)
        with django_assert_max_num_queries(24):
            rater.post(f"{DESK}answer", answer_for(given), headers=SCRIPT)


@pytest.mark.parametrize(
    "measured",
    [
        {"shown_ms": "-5"},
        {"shown_ms": "99999999999999999999"},
        {"waited_ms": "soon"},
        {"waited_ms": str(10**15)},
        {"first_seen": "top"},
        {"comment": "\x00"},
        {"shown_ms": "\u0663"},
    ],
)
def test_what_only_measures_never_costs_an_answer(rater: Client, measured: dict[str, str]) -> None:
    rater.get(DESK)
    given = Assignment.objects.get()
    assert rater.post(f"{DESK}answer", {**answer_for(given), **measured}).status_code == 302
    stored = Judgment.objects.get()
    assert stored.judged_at >= stored.created_at - timedelta(days=30)
    assert not hasattr(stored, "comment")


def test_only_the_last_ten_answers_can_be_opened_again(rater: Client) -> None:
    rater.get(DESK)
    answered = []
    while len(answered) < 11:
        given = Assignment.objects.get(outcome__isnull=True)
        rater.post(f"{DESK}answer", answer_for(given), follow=True)
        answered.append(given)
    assert rater.get(f"{DESK}?change={answered[1].public_id}").status_code == 200
    refused = rater.get(f"{DESK}?change={answered[0].public_id}")
    assert refused.status_code == 400
    assert "your last 10 answers" in refused.content.decode()


def test_the_addresses_of_the_page_are_those_of_the_views(lab: Lab) -> None:
    for name, address in urls_of(lab.enrolments[0]).items():
        assert address == reverse(f"workbench:{name}", args=["lab", "trial"])
