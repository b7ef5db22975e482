"""What is hers: her studies, her last answers, her day."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.rating.models import Assignment, Enrolment, Judgment
from apps.rating.selectors import progress_of, recent_answers
from apps.rating.services import change_standing, record_judgment, withdraw_judgment
from apps.studies.services import change_state
from apps.workbench import her_day
from tests.rating.desk_for_tests import Page, lab_with, work_through
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

OWN, DESK = "/rate/", "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}


@pytest.fixture
def rater(lab: Lab, client: Client) -> Client:
    client.force_login(lab.raters[0])
    return client


def text_of(client: Client, path: str = OWN, **more: Any) -> str:
    reply = client.get(path, **more)
    assert reply.status_code == 200
    return reply.content.decode()


# Her own page ----------------------------------------------------------------------------------------------------


def test_her_studies_and_how_far_she_is(lab: Lab, rater: Client) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=20)
    work_through(Enrolment.objects.get(pk=lab.enrolments[0].pk), most=3)
    text = text_of(rater)
    assert "A study" in text
    assert re.search(r"<b>3</b> of 20", text)
    assert "3 today" in text
    assert f'href="{DESK}"' in text
    assert text.count("?change=") == 3


def test_others_have_their_own_page(lab: Lab, rater: Client, client: Client) -> None:
    work_through(lab.enrolments[1], most=2)
    assert "?change=" not in text_of(rater)
    client.force_login(lab.stranger)
    assert "not enrolled" in text_of(client)
    client.logout()
    assert client.get(OWN)["Location"].startswith(reverse("account_login"))
    assert client.post(OWN).status_code in (302, 405)


@pytest.mark.parametrize(("state", "words"), [("paused", "paused"), ("closed", "closed")])
def test_a_study_that_rests_says_why(lab: Lab, rater: Client, state: str, words: str) -> None:
    change_state(study_id=lab.study.pk, to=state, by=None)
    assert f"is {words}" in text_of(rater)


def test_who_is_set_aside_reads_it_and_who_holds_her_last_task_may_go_on(lab: Lab, rater: Client) -> None:
    Enrolment.objects.filter(pk=lab.enrolments[0].pk).update(target=1)
    page = Page(Enrolment.objects.get(pk=lab.enrolments[0].pk))
    page.open()
    assert f'class="button primary" href="{DESK}"' in text_of(rater), "her share is held, not done"
    page.answer()
    assert "done your share" in text_of(rater)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    assert "on hold" in text_of(rater)


def test_her_qualification_is_told(client: Client, db: None) -> None:
    lab = lab_with(n_training=3)
    client.force_login(lab.raters[0])
    page = Page(lab.enrolments[0])
    page.open()
    page.answer()
    assert "Qualification: 1 of 3 done" in text_of(client)


def test_the_page_takes_a_bounded_number_of_queries_a_study(
    lab: Lab, rater: Client, django_assert_max_num_queries: Any
) -> None:
    work_through(lab.enrolments[0], most=12)
    with django_assert_max_num_queries(9):
        rater.get(OWN)


# Her last answers --------------------------------------------------------------------------------------------------


def test_the_last_ten_newest_first_in_the_words_of_her_screen(lab: Lab, rater: Client) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    said = []
    for choice in ["left", "right", "tie", "both_bad"] * 3:
        said.append((page.shown, choice))
        page.answer(choice, flags=["unsafe"] if choice == "tie" else [], comment="hm" if choice == "left" else "")
    words = {"left": "A is better", "right": "B is better", "tie": "Tie", "both_bad": "Both bad"}
    text = text_of(rater, f"{DESK}recent")
    found = re.findall(r'\?change=([0-9a-f-]{36})".*?recent-said">([^<]+)<', text, re.DOTALL)
    assert found == [(str(public_id), words[choice]) for public_id, choice in reversed(said[2:])]
    assert text.count("commented") == 2
    assert text.count("Unsafe") == 3


def test_the_list_says_what_stands_now(lab: Lab, rater: Client) -> None:
    given = lab.assignment()
    mine = lab.enrolments[0]
    first = record_judgment(enrolment=mine, assignment_id=given.public_id, submission=uuid4(), choice="left")
    record_judgment(
        enrolment=mine, assignment_id=given.public_id, submission=uuid4(), choice="tie", supersedes=first.submission
    )
    withdraw_judgment(judgment=Judgment.objects.latest("pk"), reason="a test", by=None)
    (row,) = recent_answers(mine)
    assert (row.verdict, row.revision, row.may_change) == ("TIE", 2, True)
    assert "changed" in text_of(rater, f"{DESK}recent")


def test_the_list_is_a_page_or_a_fragment(rater: Client) -> None:
    assert "<html" in text_of(rater, f"{DESK}recent")
    assert "Nothing yet" in text_of(rater, f"{DESK}recent")
    for headers in (SCRIPT,):
        fragment = text_of(rater, f"{DESK}recent", headers=headers)
        assert fragment.strip().startswith('<div id="recent"')
        assert "<html" not in fragment


@pytest.mark.parametrize("name", ["recent", "guideline"])
def test_strangers_find_no_list(client: Client, lab: Lab, name: str) -> None:
    assert client.get(f"{DESK}{name}").status_code == 302
    client.force_login(lab.stranger)
    assert client.get(f"{DESK}{name}").status_code == 404


def test_changing_is_a_page_or_a_fragment(lab: Lab, rater: Client) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    changing = page.shown
    page.answer("right", comment="because")
    n_leases = Assignment.objects.filter(outcome__isnull=True).count()
    fragment = text_of(rater, f"{DESK}?change={changing}", headers=SCRIPT)
    assert fragment.strip().startswith('<div id="reply"')
    whole = text_of(rater, f"{DESK}?change={changing}")
    for text in (fragment, whole):
        assert f'data-task="{changing}"' in text
        assert "because" in text
        assert re.search(r'class="choice chosen"[^>]*value="right"', text)
        assert f'name="supersedes" value="{Judgment.objects.get().submission}"' in text
    assert Assignment.objects.filter(outcome__isnull=True).count() == n_leases, "looking gives nothing out"


def test_without_a_script_undo_opens_the_last_answer(rater: Client) -> None:
    assert undo_link(rater) == f"{DESK}recent", "there is none yet"
    answered: list[str] = []
    for _ in range(2):
        given = Assignment.objects.get(outcome__isnull=True)
        rater.post(f"{DESK}answer", {"assignment": given.public_id, "submission": uuid4(), "choice": "left"})
        answered.append(f"{DESK}?change={given.public_id}")
        assert undo_link(rater) == answered[-1]
    assert undo_link(rater, answered[-1]) == f"{DESK}recent", "from there the list leads further back"


def test_in_training_undo_opens_the_list(client: Client, db: None) -> None:
    lab = lab_with(n_training=2)
    client.force_login(lab.raters[0])
    page = Page(lab.enrolments[0])
    page.open()
    page.answer()
    assert undo_link(client) == f"{DESK}recent"


def undo_link(client: Client, path: str = DESK) -> str:
    found = re.search(r'data-undo href="([^"]+)"', text_of(client, path))
    assert found is not None
    return found[1]


def test_only_what_was_answered_can_be_changed(lab: Lab, rater: Client) -> None:
    open_task, foreign = lab.assignment(0), lab.assignment(1)
    assert rater.get(f"{DESK}?change={open_task.public_id}").status_code == 400
    assert rater.get(f"{DESK}?change={foreign.public_id}").status_code == 404


# Her day -------------------------------------------------------------------------------------------------------------


def answered_at(assignment: Assignment, moment: datetime) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=moment, shown_at=moment)


def test_today_is_her_own_day(lab: Lab, rater: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 23:30 UTC it is tomorrow in Tokyo and still yesterday evening's work in Los Angeles."""
    work_through(lab.enrolments[0], most=4)
    rows = Assignment.objects.filter(done_number__isnull=False).order_by("done_number")
    for row, hour in zip(rows, (1, 9, 16, 23), strict=True):
        answered_at(row, datetime(2026, 3, 3, hour, 15, tzinfo=UTC))
    monkeypatch.setattr(her_day.timezone, "now", lambda: datetime(2026, 3, 3, 23, 30, tzinfo=UTC))
    for zone, n_today in (
        ("UTC", 4), ("Asia/Tokyo", 2), ("America/Los_Angeles", 3), ("Etc%2FGMT%2B5", 3), ("Europe/Berlin", 1),
    ):  # fmt: skip
        rater.cookies["tz"] = zone
        assert f"{n_today} today" in text_of(rater), zone


@pytest.mark.parametrize(
    "zone", ["", "Nowhere/Town", "../../etc/passwd", "/etc/passwd", "x" * 500, "a\x00b", "%00", "."]
)
def test_a_strange_time_zone_is_utc(lab: Lab, rater: Client, zone: str) -> None:
    work_through(lab.enrolments[0], most=2)
    rater.cookies["tz"] = zone
    assert "2 today" in text_of(rater)


def test_progress_counts_and_times(lab: Lab) -> None:
    mine = lab.enrolments[0]
    assert (progress_of(mine).n_done, progress_of(mine).n_today, progress_of(mine).last_saved_at) == (0, 0, None)
    Enrolment.objects.filter(pk=mine.pk).update(target=30)
    mine = Enrolment.objects.get(pk=mine.pk)
    page = Page(mine)
    page.open()
    for shown_ms in (1000, 3000, 90_000, 3_600_000, None):
        page.answer(shown_ms=shown_ms)
    progress = progress_of(mine, with_pace=True)
    assert (progress.n_done, progress.n_today, progress.percent) == (5, 5, 17)
    assert progress.seconds_per_task == 3.0, "the median, without the hour she was at lunch"
    assert progress.minutes_left == 1
    assert progress.last_saved_at == Assignment.objects.get(done_number=5).ended_at
    assert progress_of(mine, midnight=timezone.now() + timedelta(seconds=1)).n_today == 0


def test_every_tenth_answer_is_a_break(lab: Lab, rater: Client) -> None:
    page = rater.get(DESK).content.decode()
    assert "data-break" not in page
    for n in range(1, 12):
        given = Assignment.objects.filter(outcome__isnull=True).earliest("leased_at")
        sent = {"assignment": given.public_id, "submission": uuid4(), "choice": "left", "painted": ""}
        text = rater.post(f"{DESK}answer", sent, headers=SCRIPT).content.decode()
        assert ("data-break" in text) == (n == 10)
