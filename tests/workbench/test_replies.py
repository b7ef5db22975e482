"""What the page's script gets: fragments, statuses, receipts; and that each view keeps strangers and nonsense out."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.rating.models import Assignment, Enrolment, Judgment
from apps.rating.services import change_standing
from apps.studies.services import change_state
from tests.rating.desk_for_tests import SHORTER, lab_with, work_through
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

DESK = "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}
POSTS = ("next", "answer", "skip", "beat", "leave")
FIXED = {"choice": "left", "reason": "broken", "painted": ""}


@pytest.fixture
def rater(lab: Lab, client: Client) -> Client:
    client.force_login(lab.raters[0])
    return client


def live() -> list[Assignment]:
    return list(Assignment.objects.filter(outcome__isnull=True).order_by("leased_at", "pk"))


def fields(given: Assignment, **more: Any) -> dict[str, Any]:
    return {"assignment": given.public_id, "submission": uuid4(), "choice": "left", "shown_ms": 1200, **more}


def next_in(text: str) -> tuple[str, str]:
    """The kind and the task of the reply's template."""
    kind = re.search(r'<template id="next" data-kind="(\w+)"', text)
    task = re.search(r'data-task="([0-9a-f-]{36})"', text)
    return (kind[1] if kind else "", task[1] if task else "")


# next -------------------------------------------------------------------------------------------------------------


def test_next_brings_the_task_behind_the_painted_one(rater: Client) -> None:
    rater.get(DESK)
    (painted,) = live()
    reply = rater.post(f"{DESK}next", {"painted": painted.public_id}, headers=SCRIPT)
    held = live()[1]
    text = reply.content.decode()
    assert (reply.status_code, next_in(text)) == (200, ("task", str(held.public_id)))
    assert text.lstrip().startswith('<div id="reply"')
    assert 'data-saved=""' in text
    assert held.shown_at is None
    assert "no-store" in reply["Cache-Control"]


def test_next_counts_the_painted_one_as_shown(rater: Client) -> None:
    rater.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT)
    (held,) = live()
    assert held.shown_at is None
    rater.post(f"{DESK}next", {"painted": held.public_id}, headers=SCRIPT)
    held.refresh_from_db()
    assert held.shown_number == 1


def test_next_of_a_study_that_rests_says_so(lab: Lab, rater: Client) -> None:
    change_state(study_id=lab.study.pk, to="paused", by=None)
    text = rater.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT).content.decode()
    assert next_in(text)[0] == "empty"
    assert "paused" in text


def test_a_covered_target_is_told_with_the_last_task_on_the_screen(lab: Lab, rater: Client) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=1)
    rater.get(DESK)
    (painted,) = live()
    text = rater.post(f"{DESK}next", {"painted": painted.public_id}, headers=SCRIPT).content.decode()
    assert next_in(text)[0] == "empty"
    assert "done your share" in text


def test_next_refuses_nonsense(rater: Client) -> None:
    reply = rater.post(f"{DESK}next", {"painted": "x"}, headers=SCRIPT)
    assert reply.status_code == 400
    assert "data-sentence" in reply.content.decode()


# answer -----------------------------------------------------------------------------------------------------------


def test_an_answer_is_acknowledged_with_its_submission_and_time(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    sent = fields(given)
    text = rater.post(f"{DESK}answer", sent, headers=SCRIPT).content.decode()
    stored = Judgment.objects.get()
    saved = re.search(r'data-saved="([^"]+)"', text)
    assert saved is not None
    assert parse_datetime(saved[1]) == stored.created_at
    assert f'data-submission="{sent["submission"]}"' in text
    again = rater.post(f"{DESK}answer", sent, headers=SCRIPT).content.decode()
    assert f'data-saved="{saved[1]}"' in again, "the same submission gets the same word"
    assert Judgment.objects.count() == 1


def test_an_answer_paints_the_held_task_and_brings_the_one_after(rater: Client) -> None:
    rater.get(DESK)
    (first,) = live()
    rater.post(f"{DESK}next", {"painted": first.public_id}, headers=SCRIPT)
    held = live()[1]
    text = rater.post(f"{DESK}answer", fields(first, painted=held.public_id), headers=SCRIPT).content.decode()
    held.refresh_from_db()
    assert held.shown_number == 2
    assert next_in(text) == ("task", str(live()[1].public_id))


def test_a_change_brings_no_task(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    first = fields(given)
    rater.post(f"{DESK}answer", first, headers=SCRIPT)
    n_leases = len(live())
    changed = fields(given, choice="tie", supersedes=first["submission"])
    text = rater.post(f"{DESK}answer", changed, headers=SCRIPT).content.decode()
    assert next_in(text)[0] == ""
    assert f'data-submission="{changed["submission"]}"' in text
    assert len(live()) == n_leases


def test_a_conflict_is_a_fragment_with_a_notice_and_the_next_task(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    rater.post(f"{DESK}answer", fields(given), headers=SCRIPT)
    reply = rater.post(f"{DESK}answer", fields(given, choice="right"), headers=SCRIPT)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert '<div id="reply"' in text
    assert "<html" not in text
    assert "data-notice" in text
    assert 'data-saved=""' in text
    assert next_in(text)[0] == "task"


def test_a_conflict_without_a_script_is_a_page_with_the_notice_and_a_task(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    rater.post(f"{DESK}answer", fields(given))
    reply = rater.post(f"{DESK}answer", fields(given, choice="right"))
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "<html" in text
    assert "that answer stands" in text
    assert str(live()[0].public_id) in text


def test_criteria_flags_comment_and_times_arrive(client: Client, db: None) -> None:
    lab = lab_with(criteria=(SHORTER,))
    client.force_login(lab.raters[0])
    page = client.get(DESK).content.decode()
    assert 'name="criterion.shorter"' in page
    for value in ("left", "right", "SAME"):
        assert f'value="{value}"' in page
    (given,) = live()
    sent = fields(
        given, flags=["identified", "unsafe"], comment="so long", waited_ms=5000, first_seen="right",
        **{"criterion.shorter": "left"},
    )  # fmt: skip
    assert client.post(f"{DESK}answer", sent).status_code == 302
    stored = Judgment.objects.select_related("comment", "assignment").get()
    assert stored.answers == {"shorter": "A" if given.a_on_left else "B"}
    assert (stored.flags, stored.comment.text, stored.assignment.first_seen) == (
        ["identified", "unsafe"], "so long", "right",
    )  # fmt: skip
    assert stored.created_at - stored.judged_at == timedelta(seconds=5)
    changing = client.get(f"{DESK}?change={given.public_id}").content.decode()
    assert "so long" in changing
    assert len(re.findall(r"checked", changing)) >= 3, "her criterion and both flags are marked"


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"criterion.shorter": ""}, "no answer to"),
        ({"criterion.shorter": "A"}, "which side"),
        ({"criterion.unheard": "left"}, "does not ask"),
        ({"choice": ""}, "Choose which output"),
        ({"flags": ["ugly"]}, "There are these flags"),
        ({"comment": "x" * 10_001}, "longer than 10,000"),
        ({"painted": "x"}, "choose again"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_and_nothing_stored(
    client: Client, db: None, bad: dict[str, Any], words: str
) -> None:
    lab = lab_with(criteria=(SHORTER,))
    client.force_login(lab.raters[0])
    client.get(DESK)
    (given,) = live()
    for headers in ({}, SCRIPT):
        reply = client.post(f"{DESK}answer", {**fields(given), "criterion.shorter": "left", **bad}, headers=headers)
        text = reply.content.decode()
        assert reply.status_code == 400
        assert re.search(words, re.search(r"data-sentence[^>]*>([^<]*)", text)[1])
    given.refresh_from_db()
    assert (given.outcome, Judgment.objects.count()) == (None, 0)


# skip, beat, leave -------------------------------------------------------------------------------------------------


def test_a_skip_paints_the_held_task_and_brings_another(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    rater.post(f"{DESK}next", {"painted": given.public_id}, headers=SCRIPT)
    held = live()[1]
    sent = {"assignment": given.public_id, "reason": "not_my_topic", "painted": held.public_id}
    text = rater.post(f"{DESK}skip", sent, headers=SCRIPT).content.decode()
    assert next_in(text) == ("task", str(live()[1].public_id))
    held.refresh_from_db()
    assert held.shown_number == 2
    assert rater.post(f"{DESK}skip", sent, headers=SCRIPT).status_code == 200, "sent twice is skipped once"


def test_a_skip_without_a_script_goes_back_to_the_desk(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    reply = rater.post(f"{DESK}skip", {"assignment": given.public_id, "reason": "technical"})
    assert (reply.status_code, reply["Location"]) == (302, DESK)


@pytest.mark.parametrize("bad", [{"reason": "bored"}, {"reason": ""}, {"assignment": "x"}, {"painted": "x"}])
def test_a_broken_skip_is_refused_in_words(rater: Client, bad: dict[str, str]) -> None:
    rater.get(DESK)
    (given,) = live()
    reply = rater.post(f"{DESK}skip", {"assignment": given.public_id, "reason": "broken", **bad}, headers=SCRIPT)
    assert reply.status_code == 400
    assert "data-sentence" in reply.content.decode()
    given.refresh_from_db()
    assert given.outcome is None


def test_a_beat_renews_and_tells_the_state(lab: Lab, rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    gone = uuid4()
    told = rater.post(f"{DESK}beat", {"holds": [given.public_id, gone, "nonsense"]}).json()
    before, given = given.expires_at, live()[0]
    assert told["expires"] == {str(given.public_id): given.expires_at.isoformat(), str(gone): None}
    assert given.expires_at > before
    assert (told["state"], told["standing"]) == ("open", "active")
    assert abs(datetime.fromisoformat(told["now"]) - timezone.now()) < timedelta(minutes=1)
    change_state(study_id=lab.study.pk, to="paused", by=None)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    told = rater.post(f"{DESK}beat", {}).json()
    assert (told["state"], told["standing"], told["expires"]) == ("paused", "quarantined", {})


def test_leaving_gives_back_what_was_held_and_not_what_was_seen(rater: Client) -> None:
    page = rater.get(DESK)
    (painted,) = live()
    fetched = rater.post(f"{DESK}next", {"painted": painted.public_id}, headers=SCRIPT).content.decode()
    held = live()[1]
    until = re.search(r'data-expires="([^"]+)"', fetched)
    assert until is not None
    for given in (painted, held):
        sent = {"holds": given.public_id, "until": until[1]}
        assert rater.post(f"{DESK}leave", sent).status_code == 204
    painted.refresh_from_db()
    held.refresh_from_db()
    assert (painted.outcome, held.outcome) == (None, "released")
    assert page.status_code == 200


def test_leaving_with_an_old_time_gives_nothing_back(rater: Client) -> None:
    rater.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT)
    (held,) = live()
    rater.post(f"{DESK}beat", {"holds": held.public_id})
    assert (
        rater.post(f"{DESK}leave", {"holds": held.public_id, "until": held.expires_at.isoformat()}).status_code == 204
    )
    assert live() == [held]
    assert rater.post(f"{DESK}leave", {"holds": held.public_id}).status_code == 204
    assert live() == []


@pytest.mark.parametrize(
    "bad", [{}, {"holds": "x"}, {"until": "soon"}, {"until": "2026-13-45T00:00:00Z"}, {"until": "2026-01-01T00:00:00"}]
)
def test_a_broken_goodbye_is_refused_in_words(rater: Client, bad: dict[str, str]) -> None:
    rater.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT)
    sent = {"holds": live()[0].public_id, **bad} if bad else {}
    assert rater.post(f"{DESK}leave", sent).status_code == 400
    assert len(live()) == 1


# Everyone else ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POSTS)
def test_who_is_not_signed_in_is_sent_to_the_door(client: Client, lab: Lab, name: str) -> None:
    reply = client.post(f"{DESK}{name}", FIXED, headers=SCRIPT)
    assert reply.status_code == 302
    assert reply["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", POSTS)
def test_strangers_and_managers_find_nothing(client: Client, lab: Lab, name: str) -> None:
    for person in (lab.stranger, lab.manager):
        client.force_login(person)
        given = {"assignment": uuid4(), "submission": uuid4(), "holds": uuid4(), **FIXED}
        assert client.post(f"{DESK}{name}", given, headers=SCRIPT).status_code == 404
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("name", ["answer", "skip", "leave"])
def test_nobody_acts_on_what_another_rater_holds(client: Client, lab: Lab, name: str) -> None:
    given = lab.assignment(0)
    client.force_login(lab.raters[1])
    sent = {**FIXED, "assignment": given.public_id, "submission": uuid4(), "holds": given.public_id}
    assert client.post(f"{DESK}{name}", sent, headers=SCRIPT).status_code == 404
    given.refresh_from_db()
    assert given.outcome is None


def test_nobody_paints_or_renews_what_another_rater_holds(client: Client, lab: Lab) -> None:
    given = lab.assignment(0)
    client.force_login(lab.raters[1])
    client.post(f"{DESK}next", {"painted": given.public_id}, headers=SCRIPT)
    told = client.post(f"{DESK}beat", {"holds": given.public_id}).json()
    was = given.expires_at
    given.refresh_from_db()
    assert told["expires"] == {str(given.public_id): None}
    assert (given.shown_at, given.expires_at) == (None, was)


@pytest.mark.parametrize("name", POSTS)
def test_get_changes_nothing(rater: Client, name: str) -> None:
    assert rater.get(f"{DESK}{name}").status_code == 405
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("name", POSTS)
def test_a_post_needs_its_token(lab: Lab, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(lab.raters[0])
    assert client.post(f"{DESK}{name}", FIXED, headers=SCRIPT).status_code == 403


def test_the_same_work_takes_the_same_queries_however_much_was_done(
    lab: Lab, rater: Client, django_assert_max_num_queries: Any
) -> None:
    """Pinned a little above what was measured; what is rendered is kept after the first time."""
    work_through(lab.enrolments[0], most=5)
    rater.get(DESK)
    for most in (QUERIES["first"], QUERIES["answer"], QUERIES["answer"]):
        given = live()[0]
        with django_assert_max_num_queries(most):
            rater.post(f"{DESK}answer", fields(given, painted=""), headers=SCRIPT)
    with django_assert_max_num_queries(QUERIES["desk"]):
        rater.get(DESK)
    given = live()[0]
    with django_assert_max_num_queries(QUERIES["next"]):
        rater.post(f"{DESK}next", {"painted": given.public_id}, headers=SCRIPT)
    with django_assert_max_num_queries(QUERIES["beat"]):
        rater.post(f"{DESK}beat", {"holds": given.public_id})
    with django_assert_max_num_queries(QUERIES["skip"]):
        rater.post(f"{DESK}skip", {"assignment": given.public_id, "reason": "broken", "painted": ""}, headers=SCRIPT)
    with django_assert_max_num_queries(QUERIES["recent"]):
        rater.get(f"{DESK}recent", headers=SCRIPT)


QUERIES = {"first": 22, "answer": 20, "desk": 16, "next": 17, "beat": 9, "skip": 18, "recent": 7}


def test_uuids_come_in_one_spelling(rater: Client) -> None:
    rater.get(DESK)
    (given,) = live()
    sent = fields(given, assignment=str(given.public_id).upper())
    assert rater.post(f"{DESK}answer", sent, headers=SCRIPT).status_code == 200
    assert Judgment.objects.get().assignment.public_id == UUID(str(given.public_id))
