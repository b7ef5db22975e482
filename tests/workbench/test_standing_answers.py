"""An answer that meets another one: what is stored is shown in the words of her screen, and how to change it."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.test.html import Element
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.rating.models import Assignment, Flag, Judgment
from apps.studies.services import change_state
from tests.rating.desk_for_tests import CLEAR, POLITE, SHORTER, lab_with, right_choice
from tests.studies_for_tests import SYSTEMS, Lab
from tests.workbench.markup_for_tests import attributes, elements, find, words

pytestmark = pytest.mark.slow

OWN, DESK = "/rate/", "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}
BOTH_WAYS = pytest.mark.parametrize("headers", [{}, SCRIPT], ids=["plain", "script"])
OTHER_SIDE = {"left": "right", "right": "left"}


def painted(client: Client) -> Assignment:
    client.get(DESK)
    return Assignment.objects.select_related("task__item").get(outcome__isnull=True)


def send(client: Client, given: Assignment, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
    sent = {"assignment": given.public_id, "submission": uuid4(), **more}
    return client.post(f"{DESK}answer", sent, headers=headers or {})


def notice(reply: Any) -> str:
    """The notice of the reply, as one line of words."""
    (found,) = find(reply.content.decode(), "div", class_="callout stands")
    return re.sub(r"\s+", " ", html.unescape(words(found))).strip()


def ways(reply: Any) -> list[str]:
    """Where the notice leads."""
    (found,) = find(reply.content.decode(), "div", class_="callout stands")
    return [attributes(link)["href"] for link in elements(found) if link.name == "a"]


def change_link(given: Assignment) -> str:
    return f"{DESK}?change={given.public_id}"


def painted_on_side(client: Client, *, a_on_left: bool, **more: str) -> Assignment:
    """The next task whose A stands there; those before it are answered, with `more` where the study asks it."""
    for _ in range(10):
        given = painted(client)
        if given.a_on_left is a_on_left:
            return given
        send(client, given, choice="tie", **more)
    raise AssertionError("sides alternate")


@pytest.fixture
def rater(lab: Lab, client: Client) -> Client:
    client.force_login(lab.raters[0])
    return client


# What is said --------------------------------------------------------------------------------------------------


@BOTH_WAYS
@pytest.mark.parametrize("choice", ["left", "right"])
@pytest.mark.parametrize("a_on_left", [True, False])
def test_a_verdict_stands_in_the_letters_of_her_screen(
    rater: Client, headers: dict[str, str], choice: str, a_on_left: bool
) -> None:
    given = painted_on_side(rater, a_on_left=a_on_left)
    send(rater, given, choice=choice)
    stored = Judgment.objects.get(assignment=given)
    assert stored.verdict == ("A" if (choice == "left") is a_on_left else "B")
    reply = send(rater, given, choice=OTHER_SIDE[choice], headers=headers)
    letter = "A" if choice == "left" else "B"
    said = notice(reply)
    assert reply.status_code == 409
    assert said.startswith(f"You have answered this task already: “{letter} is better” (")
    assert "that answer stands. What you sent now was not stored." in said
    assert given.task.item.messages[-1]["content"] in said
    assert ways(reply) == [change_link(given)]
    assert Judgment.objects.filter(assignment=given).count() == 1


@BOTH_WAYS
@pytest.mark.parametrize("a_on_left", [True, False])
def test_criteria_flags_and_comment_stand_beside_the_verdict(
    client: Client, db: None, headers: dict[str, str], a_on_left: bool
) -> None:
    client.force_login(lab_with(criteria=(SHORTER,)).raters[0])
    given = painted_on_side(client, a_on_left=a_on_left, **{"criterion.shorter": "SAME"})
    first = {"choice": "left", "flags": ["unsafe", "broken"], "comment": "<b>odd</b>", "criterion.shorter": "right"}
    send(client, given, **first)
    assert Judgment.objects.get(assignment=given).answers == {"shorter": "B" if a_on_left else "A"}
    reply = send(client, given, choice="left", headers=headers, **{"criterion.shorter": "left"})
    said = notice(reply)
    assert "“A is better”" in said
    assert "Which is shorter? B Flags:" in said
    labels = [label for value, label in Flag.choices if value in {"unsafe", "broken"}]
    assert all(label in said for label in labels)
    assert "<b>odd</b>" in said
    assert "&lt;b&gt;odd&lt;/b&gt;" in reply.content.decode()


@BOTH_WAYS
def test_a_rubric_stands_question_by_question(client: Client, db: None, headers: dict[str, str]) -> None:
    client.force_login(lab_with(verdicts=(), criteria=(CLEAR, POLITE)).raters[0])
    given = painted(client)
    send(client, given, **{"criterion.clear": "2", "criterion.polite": "y"})
    reply = send(client, given, headers=headers, **{"criterion.clear": "3", "criterion.polite": "y"})
    assert reply.status_code == 409
    assert notice(reply).startswith("You have answered this task already (")
    assert "Is it clear? partly Is it polite? yes" in notice(reply)
    assert ways(reply) == [change_link(given)]


def test_a_second_flag_or_comment_is_another_answer_and_shows_that_the_first_had_none(rater: Client) -> None:
    given = painted(rater)
    send(rater, given, choice="tie")
    reply = send(rater, given, choice="tie", flags=["unsafe"], comment="It names a drug.")
    assert reply.status_code == 409
    assert "“Tie”" in notice(reply)
    assert not re.search("Flags|Comment|drug", notice(reply))


def test_the_latest_revision_stands_at_the_time_she_gave_it(rater: Client) -> None:
    given = painted(rater)
    first = uuid4()
    send(rater, given, submission=first, choice="left")
    send(rater, given, choice="tie", supersedes=first, waited_ms=3_600_000)
    reply = send(rater, given, choice="right", headers=SCRIPT)
    assert "“Tie”" in notice(reply)
    (at,) = re.findall(r'<time datetime="([^"]+)" data-clock="minutes">', reply.content.decode())
    last = Judgment.objects.get(revision=2)
    assert parse_datetime(at) == last.judged_at
    assert last.created_at - last.judged_at == timedelta(hours=1)


# Where it leads ------------------------------------------------------------------------------------------------


def test_the_link_opens_what_stands_and_the_change_is_its_second_revision(rater: Client) -> None:
    given = painted(rater)
    send(rater, given, choice="left")
    (link,) = ways(send(rater, given, choice="right"))
    page = rater.get(link).content.decode()
    first = Judgment.objects.get()
    assert 'class="choice chosen" name="choice" value="left"' in page
    assert send(rater, given, choice="right", supersedes=first.submission).status_code == 302
    stored = Judgment.objects.order_by("revision").values_list("revision", "supersedes")
    assert list(stored) == [(1, None), (2, first.pk)]


def test_the_page_without_a_script_shows_the_next_task_below(rater: Client) -> None:
    given = painted(rater)
    send(rater, given, choice="left")
    reply = send(rater, given, choice="right")
    text = reply.content.decode()
    following = Assignment.objects.get(outcome__isnull=True)
    assert reply.status_code == 409
    assert text.index("data-stands") < text.index(f'data-task="{following.public_id}"')
    (region,) = find(text, "div", id="notices")
    assert attributes(region)["role"] == "status"
    assert "that answer stands" in words(region)


def test_the_script_gets_the_notice_before_the_task_and_outside_of_it(rater: Client) -> None:
    given = painted(rater)
    send(rater, given, choice="left")
    reply = send(rater, given, choice="right", headers=SCRIPT)
    (root,) = find(reply.content.decode(), "div", id="reply")
    assert [attributes(child).get("data-stands") for child in root.children if isinstance(child, Element)].count(
        str(given.public_id)
    ) == 1


@BOTH_WAYS
def test_training_is_told_in_words_only(client: Client, db: None, headers: dict[str, str]) -> None:
    client.force_login(lab_with(n_training=2).raters[0])
    given = painted(client)
    right = right_choice(given)
    send(client, given, choice=right)
    reply = send(client, given, choice=OTHER_SIDE[right], headers=headers)
    assert reply.status_code == 409
    assert f"“{'A' if right == 'left' else 'B'} is better”" in notice(reply)
    assert "cannot be changed once its explanation was shown" in notice(reply)
    assert ways(reply) == []
    assert "Because" not in reply.content.decode(), "the explanation is no part of the notice"


@BOTH_WAYS
def test_what_was_given_before_the_close_stands_for_good(lab: Lab, rater: Client, headers: dict[str, str]) -> None:
    given = painted(rater)
    send(rater, given, choice="left")
    change_state(study_id=lab.study.pk, to="closed", by=None)
    reply = send(rater, given, choice="right", headers=headers)
    assert reply.status_code == 409
    assert "“A is better”" in notice(reply)
    assert "The study is closed" in notice(reply)
    assert ways(reply) == []
    opened = rater.get(change_link(given))
    assert (opened.status_code, "The study is closed" in opened.content.decode()) == (400, True)


def test_the_list_offers_no_change_of_what_was_given_before_the_close(lab: Lab, rater: Client) -> None:
    before = painted(rater)
    send(rater, before, choice="left")
    after = painted(rater)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    assert "Nothing here can be changed any more." in rater.get(f"{DESK}recent").content.decode()
    send(rater, after, choice="left")
    for address in (f"{DESK}recent", OWN):
        text = rater.get(address).content.decode()
        assert change_link(after) in text
        assert change_link(before) not in text
        assert "Nothing here can be changed" not in text


@BOTH_WAYS
def test_a_week_after_the_close_no_way_leads_to_a_change(
    lab: Lab, rater: Client, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = painted(rater)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    send(rater, given, choice="left")
    assert change_link(given) in rater.get(f"{DESK}recent").content.decode()
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert change_link(given) not in rater.get(f"{DESK}recent").content.decode()
    reply = send(rater, given, choice="right", headers=headers)
    assert (reply.status_code, ways(reply)) == (409, [])
    assert "closed more than 7 days ago" in notice(reply)
    opened = rater.get(change_link(given))
    assert (opened.status_code, "closed more than 7 days ago" in opened.content.decode()) == (400, True)


def test_what_was_given_after_the_close_may_be_changed(lab: Lab, rater: Client) -> None:
    given = painted(rater)
    change_state(study_id=lab.study.pk, to="closed", by=None)
    send(rater, given, choice="left")
    first = Judgment.objects.get()
    (link,) = ways(send(rater, given, choice="right"))
    assert str(first.submission) in rater.get(link).content.decode()
    assert send(rater, given, choice="right", supersedes=first.submission).status_code == 302


@BOTH_WAYS
def test_only_the_last_ten_lead_anywhere(client: Client, db: None, headers: dict[str, str]) -> None:
    client.force_login(lab_with(n_items=8, n_raters=1).raters[0])
    answered = []
    for _ in range(11):
        answered.append(painted(client))
        send(client, answered[-1], choice="left")
    eleventh, tenth = (send(client, given, choice="right", headers=headers) for given in answered[:2])
    assert (eleventh.status_code, ways(eleventh)) == (409, [])
    assert "“A is better”" in notice(eleventh)
    assert "Only your last 10 answers can be changed." in notice(eleventh)
    assert ways(tenth) == [change_link(answered[1])]
    assert client.get(change_link(answered[0])).status_code == 400
    assert client.get(change_link(answered[1])).status_code == 200


# What is not said ----------------------------------------------------------------------------------------------


@BOTH_WAYS
def test_no_notice_names_a_system(client: Client, db: None, headers: dict[str, str]) -> None:
    client.force_login(lab_with(criteria=(SHORTER,), n_gold=4, gold_share=0.5).raters[0])
    for _ in range(8):
        given = painted(client)
        send(client, given, choice="left", flags=["identified"], **{"criterion.shorter": "left"})
        reply = send(client, given, choice="right", headers=headers, **{"criterion.shorter": "left"})
        text = f"{reply.content.decode()}{dict(reply.headers)}".lower()
        assert reply.status_code == 409
        assert notice(reply)
        assert not [name for name in (*SYSTEMS, "canary", "family-", "gold") if name in without_styles(text)]


def without_styles(text: str) -> str:
    """The class `gold` is a colour, of every tag."""
    return re.sub(r'class="[^"]*"', "", text)


@BOTH_WAYS
def test_the_number_of_another_answer_brings_nothing_of_that_answer(
    lab: Lab, client: Client, headers: dict[str, str]
) -> None:
    """Nothing stands on this task: she is told so, and learns nothing of the other rater's."""
    theirs = uuid4()
    client.force_login(lab.raters[1])
    send(client, painted(client), submission=theirs, choice="left", comment="their secret")
    client.force_login(lab.raters[0])
    client.get(DESK)
    given = Assignment.objects.get(outcome__isnull=True, rater=lab.enrolments[0].rater)
    reply = send(client, given, submission=theirs, choice="left", headers=headers)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "Your answer was not stored" in text
    assert "data-stands" not in text
    assert "secret" not in text
    assert not Judgment.objects.filter(assignment=given).exists()


# A page of someone else ------------------------------------------------------------------------------------------


def outbox_of(client: Client) -> str:
    found = re.search(r'data-outbox="([^"]+)"', client.get(DESK).content.decode())
    assert found is not None
    return found[1]


@pytest.mark.parametrize("where", ["", "recent", "?change={}"])
def test_what_the_script_fetches_is_only_for_whose_page_it_is(lab: Lab, client: Client, where: str) -> None:
    client.force_login(lab.raters[1])
    theirs = outbox_of(client)
    client.force_login(lab.raters[0])
    given = lab.assignment(0)
    send(client, given, choice="left")
    address = f"{DESK}{where.format(given.public_id)}"
    mine = outbox_of(client)
    n_given = Assignment.objects.count()
    assert client.get(address, headers={**SCRIPT, "X-Outbox": mine}).status_code == 200
    assert client.get(address).status_code == 200
    misdirected = client.get(address, headers={**SCRIPT, "X-Outbox": theirs})
    assert misdirected.status_code == 421
    text = misdirected.content.decode()
    assert "data-sentence" in text
    assert "Someone else is signed in in this browser" in text
    assert str(given.public_id) not in text
    assert Assignment.objects.count() == n_given, "nothing is given out in the name of someone else"


@pytest.mark.parametrize("where", ["", "recent", f"?change={UUID(int=1)}"])
def test_who_does_not_rate_here_is_not_told_that_she_is_someone_else(lab: Lab, client: Client, where: str) -> None:
    """She may be the right one: her enrolment is gone, or the study has another address now."""
    client.force_login(lab.stranger)
    misdirected = client.get(f"{DESK}{where}", headers={**SCRIPT, "X-Outbox": "touchstone.of-another"})
    assert misdirected.status_code == 421
    text = html.unescape(misdirected.content.decode())
    assert "Someone else" not in text
    assert "or the study is no longer yours" in text
    assert "open it again from your home page" in text
    assert client.get(f"{DESK}{where}", headers=SCRIPT).status_code == 404
