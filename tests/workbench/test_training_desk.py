"""Training at the desk: the same page, with the answer explained after each task, and never another rater's."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from apps.rating.models import Assignment, Enrolment, Judgment
from apps.rating.services import set_gold
from tests.rating.desk_for_tests import CLEAR, POLITE, lab_with, right_choice
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

DESK = "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}


@pytest.fixture
def training(db: None, client: Client) -> Lab:
    lab = lab_with(n_training=2)
    client.force_login(lab.raters[0])
    return lab


def painted(client: Client) -> Assignment:
    client.get(DESK)
    return Assignment.objects.select_related("task").get(outcome__isnull=True)


def send(client: Client, given: Assignment, choice: str | None = None, **more: Any) -> Any:
    headers = more.pop("headers", {})
    sent = {"assignment": given.public_id, "submission": uuid4(), "choice": choice or right_choice(given), **more}
    return client.post(f"{DESK}answer", sent, headers=headers)


def test_without_a_script_she_is_led_to_the_explanation_and_on(training: Lab, client: Client) -> None:
    given = painted(client)
    reply = send(client, given)
    assert (reply.status_code, reply["Location"]) == (302, f"{DESK}?feedback={given.public_id}")
    text = client.get(reply["Location"]).content.decode()
    assert "data-feedback" in text
    assert "Right" in text
    assert "Because <strong>A</strong> is right." in text
    assert "<b>1</b> of 2" in text
    assert f'href="{DESK}"' in text
    assert Assignment.objects.filter(outcome__isnull=True).count() == 0


def test_for_the_script_the_explanation_comes_in_the_reply(training: Lab, client: Client) -> None:
    given = painted(client)
    wrong = {"left": "right", "right": "left"}[right_choice(given)]
    reply = send(client, given, wrong, painted="", headers=SCRIPT)
    text = reply.content.decode()
    assert reply.status_code == 200
    assert 'data-kind="feedback"' in text
    assert "data-task=" not in text, "no task comes before she has read it"
    assert "Not what we would have said" in text
    shown = {"left": "A is better", "right": "B is better"}
    assert f"You said <b>{shown[wrong]}</b>" in text
    assert f"We say <b>{shown[right_choice(given)]}</b>" in text
    going_on = client.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT).content.decode()
    assert "data-training" in going_on


def test_the_last_explanation_holds_the_result_and_then_work_comes(training: Lab, client: Client) -> None:
    for _ in range(2):
        reply = send(client, painted(client), headers=SCRIPT)
    text = reply.content.decode()
    assert "2 of 2" in text
    assert Enrolment.objects.get(pk=training.enrolments[0].pk).standing == "active"
    assert "data-training" not in client.get(DESK).content.decode()
    assert Assignment.objects.get(outcome__isnull=True).purpose in ("base", "overlap")


def test_who_failed_reads_so_on_an_empty_desk(training: Lab, client: Client) -> None:
    for _ in range(2):
        send(client, painted(client), "tie")
    text = client.get(DESK).content.decode()
    assert "0 of 2 were right" in text
    assert not Assignment.objects.filter(outcome__isnull=True).exists()


def test_an_explained_answer_is_not_opened_again(training: Lab, client: Client) -> None:
    given = painted(client)
    send(client, given)
    assert client.get(f"{DESK}?change={given.public_id}").status_code == 400
    first = Judgment.objects.get()
    reply = send(client, given, "tie", supersedes=first.submission, headers=SCRIPT)
    assert reply.status_code == 400
    assert "explanation" in reply.content.decode()
    listed = client.get(f"{DESK}recent").content.decode()
    assert "?change=" not in listed
    assert "recent-said" in listed


def test_sending_a_training_answer_twice_explains_it_twice(training: Lab, client: Client) -> None:
    given, submission = painted(client), uuid4()
    texts = [send(client, given, submission=submission, headers=SCRIPT).content.decode() for _ in range(2)]
    assert all('data-kind="feedback"' in text for text in texts)
    assert Judgment.objects.count() == 1


def test_no_answer_is_explained_before_it_is_given_nor_to_others(training: Lab, client: Client) -> None:
    given = painted(client)
    reply = client.get(f"{DESK}?feedback={given.public_id}")
    assert (reply.status_code, reply["Location"]) == (302, DESK)
    client.force_login(training.raters[1])
    assert client.get(f"{DESK}?feedback={given.public_id}").status_code == 404
    assert client.get(f"{DESK}?feedback=nonsense").status_code == 400


def test_ordinary_work_is_never_explained_even_if_it_becomes_training_later(client: Client, lab: Lab) -> None:
    """She could still change that answer."""
    client.force_login(lab.raters[0])
    given = painted(client)
    send(client, given)
    set_gold(task=given.task, verdict="A", use="training", rationale="the secret", by=None)
    reply = client.get(f"{DESK}?feedback={given.public_id}")
    assert (reply.status_code, reply["Location"]) == (302, DESK)


def test_hidden_gold_is_never_explained(client: Client, db: None) -> None:
    lab = lab_with(n_items=10, n_gold=6, gold_share=0.5)
    client.force_login(lab.raters[0])
    while (given := painted(client)).purpose != "gold":
        send(client, given)
    text = send(client, given, headers=SCRIPT).content.decode()
    assert 'data-kind="task"' in text
    assert "Because" not in text
    assert client.get(f"{DESK}?feedback={given.public_id}").status_code == 302


def test_a_rubric_is_explained_question_by_question(client: Client, db: None) -> None:
    lab = lab_with(verdicts=(), criteria=(CLEAR, POLITE), n_training=1, kind="rubric")
    client.force_login(lab.raters[0])
    page = client.get(DESK).content.decode()
    assert 'data-kind="rubric"' in page
    assert re.search(r'name="criterion.clear"', page)
    given = Assignment.objects.get()
    sent = {"assignment": given.public_id, "submission": uuid4(), "criterion.clear": "1", "criterion.polite": "y"}
    text = client.post(f"{DESK}answer", sent, headers=SCRIPT).content.decode()
    assert "Is it clear?" in text
    assert "Is it polite?" not in text, "the gold says nothing of it"
    assert "Not what we would have said" in text
    assert "0 of 1" in text
