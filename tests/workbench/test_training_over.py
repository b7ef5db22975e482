"""At the desk itself: training that has lost its tasks, and an explanation by the gold that stands."""

from uuid import uuid4

import pytest
from django.test import Client

from apps.rating.models import Assignment, Enrolment, Gold
from apps.rating.services import retire_gold, set_gold
from tests.rating.desk_for_tests import lab_with, right_choice
from tests.studies_for_tests import Lab

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


def send(client: Client, given: Assignment, choice: str) -> str:
    sent = {"assignment": given.public_id, "submission": uuid4(), "choice": choice, "painted": ""}
    return client.post(f"{DESK}answer", sent, headers=SCRIPT).content.decode()


def skip(client: Client, given: Assignment) -> str:
    sent = {"assignment": given.public_id, "reason": "broken", "painted": ""}
    return client.post(f"{DESK}skip", sent, headers=SCRIPT).content.decode()


def retire(*golds: Gold) -> None:
    for gold in golds:
        retire_gold(gold=gold, reason="ambiguous", by=None)


def is_work(text: str) -> bool:
    return "data-task=" in text and "data-training" not in text


def test_the_desk_gives_work_once_no_training_is_left(training: Lab, client: Client) -> None:
    retire(*Gold.objects.all())
    assert is_work(client.get(DESK).content.decode())
    assert Enrolment.objects.get(pk=training.enrolments[0].pk).standing == "active"


def test_going_on_from_an_explanation_gives_work_once_the_rest_is_retired(training: Lab, client: Client) -> None:
    given = painted(client)
    assert 'data-kind="feedback"' in send(client, given, right_choice(given))
    retire(*Gold.objects.exclude(task=given.task))
    assert is_work(client.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT).content.decode())


def test_skipping_gives_work_once_no_training_is_left(training: Lab, client: Client) -> None:
    given = painted(client)
    retire(*Gold.objects.all())
    assert is_work(skip(client, given))


def test_who_failed_what_is_left_reads_the_result_and_no_promise(training: Lab, client: Client) -> None:
    given = painted(client)
    send(client, given, "tie")
    retire(*Gold.objects.exclude(task=given.task))
    text = client.get(DESK).content.decode()
    assert "0 of 1 were right" in text
    assert "data-task=" not in text


@pytest.mark.parametrize("retired_first", [False, True])
def test_an_answer_is_explained_by_the_gold_that_stands(training: Lab, client: Client, retired_first: bool) -> None:
    """The newer gold on the same task was a mistake and is retired, before she answers or after."""
    given = painted(client)
    mistake = set_gold(task=given.task, verdict="B", use="training", rationale="By mistake **B**.", by=None)
    if retired_first:
        retire(mistake)
    first = send(client, given, right_choice(given))
    retire(mistake)
    later = client.get(f"{DESK}?feedback={given.public_id}").content.decode()
    assert ("By mistake" in first) is not retired_first
    for text in [first, later] if retired_first else [later]:
        assert "Because <strong>A</strong> is right." in text
        assert "By mistake" not in text
        assert 'lesson-head is-right"' in text
