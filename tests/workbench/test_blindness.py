"""Nothing a rater's browser gets tells the systems apart: systems named like canaries, looked for everywhere."""

import json
import re
from collections import defaultdict
from uuid import uuid4

import pytest
from django.test import Client

from apps.rating.models import Assignment
from tests.rating.desk_for_tests import lab_with
from tests.studies_for_tests import SYSTEMS, Lab

pytestmark = pytest.mark.slow

DESK = "/rate/lab/trial/"
SCRIPT = {"X-Desk": "1"}
CANARIES = (*SYSTEMS, "canary", "family-", "latency", "cost_usd")


def everything(reply) -> str:
    """Body, headers and cookies of a reply as one text."""
    cookies = {name: morsel.OutputString() for name, morsel in reply.cookies.items()}
    return "\n".join([reply.content.decode(), json.dumps(dict(reply.headers)), json.dumps(cookies)]).lower()


def test_no_rater_facing_response_names_a_system(lab: Lab, client: Client) -> None:
    client.force_login(lab.raters[0])
    replies = [client.get("/"), client.get(DESK), client.get(f"{DESK}guideline")]
    while (given := Assignment.objects.filter(outcome__isnull=True).first()) is not None:
        sent = {"assignment": given.public_id, "submission": uuid4(), "choice": "tie"}
        kind = Assignment.objects.count() % 3
        if kind == 0:
            sent["reason"] = "broken"
        headers = {"X-Desk": "1"} if kind else {}
        replies.append(client.post(f"{DESK}{'answer' if kind else 'skip'}", sent, headers=headers))
        replies.append(client.post(f"{DESK}answer", {**sent, "submission": uuid4(), "choice": "left"}))
        replies.append(client.get(f"{DESK}?change={given.public_id}"))
        replies.append(client.get(DESK))
    replies += [client.get("/studies/lab/trial/"), client.get("/api/v1/studies/trial/leaderboard")]
    assert len(replies) > 30
    for reply in replies:
        text = everything(reply)
        assert not [canary for canary in CANARIES if canary in text]


def test_no_internal_id_reaches_the_page(lab: Lab, client: Client) -> None:
    """Ids of tasks, outputs and systems would tell two showings of one system apart from another."""
    client.force_login(lab.raters[0])
    page = client.get(DESK).content.decode()
    names = [part.split('"')[0] for part in page.split('name="')[1:]]
    known = (
        "viewport color-scheme htmx-config csrfmiddlewaretoken assignment submission supersedes shown_ms choice reason "
        "first_seen flags comment menu"
    )
    assert set(names) <= set(known.split())
    values = set(re.findall(r' (?:id|value|href|for|data-[a-z-]+)="[^"]*?(\d{2,})"', page))
    given = Assignment.objects.select_related("task").get()
    task = given.task
    internal = {given.pk, given.draw_id, given.rater_id, task.pk, task.item_id, task.output_a_id, task.output_b_id}
    assert not values & {str(number) for number in internal if number is not None and number > 9}


def test_both_panes_have_the_same_markup(lab: Lab, client: Client) -> None:
    client.force_login(lab.raters[0])
    page = client.get(DESK).content.decode()
    panes = [part.split("</article>")[0] for part in page.split("<article ")[1:]]
    assert len(panes) == 2
    shapes = [re.findall(r"<(?!p>|/p>)(/?\w+)([^>]*)>", pane) for pane in panes]
    neutral = [[(tag, re.sub(r"-[ab]\b", "", attributes)) for tag, attributes in shape] for shape in shapes]
    assert neutral[0] == neutral[1]


def test_raters_cannot_open_results(lab: Lab, client: Client) -> None:
    client.force_login(lab.raters[0])
    for path in ("/studies/lab/trial/", "/studies/lab/trial/leaderboard", "/api/v1/studies/trial/leaderboard"):
        assert client.get(path).status_code == 404


# What was inserted looks like any other task --------------------------------------------------------------------

UUID_LIKE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)?")
TEXT = re.compile(r"(Answer \d to question|Question number) \d+[.?]")
TOKEN = re.compile(r"\b[A-Za-z0-9]{64}\b")
CLOCK = re.compile(r"\d\d:\d\d(:\d\d)? UTC")
BREAK = re.compile(r'<p class="break-line".*?</p>', re.DOTALL)
PROGRESS = re.compile(r'<div id="progress".*?</div>', re.DOTALL)


def alike(text: str) -> str:
    """Without what is new in every reply: ids, moments, tokens, texts, and how far she is."""
    for pattern, stand_in in (
        (UUID_LIKE, "ID"),
        (MOMENT, "MOMENT"),
        (TEXT, "TEXT"),
        (TOKEN, "TOKEN"),
        (CLOCK, "CLOCK"),
    ):
        text = pattern.sub(stand_in, text)
    return PROGRESS.sub("PROGRESS", BREAK.sub("", text)).strip()


def without_blank_lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


@pytest.fixture
def mixed(db: None) -> Lab:
    return lab_with(n_items=24, n_raters=1, n_gold=8, gold_share=0.2, retest_share=0.25)


def test_gold_retests_and_ordinary_work_are_the_same_in_every_byte(mixed: Lab, client: Client) -> None:
    """Only ids, moments and texts differ: in the page, in what is fetched, in an answer opened again, in headers."""
    client.force_login(mixed.raters[0])
    seen: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    client.get(DESK)
    for n in range(55):
        given = Assignment.objects.get(outcome__isnull=True)
        page = client.get(DESK)
        fetched = client.post(f"{DESK}next", {"painted": ""}, headers=SCRIPT)
        assert str(given.public_id) in page.content.decode()
        assert str(given.public_id) in fetched.content.decode()
        submission = uuid4()
        sent = {"assignment": given.public_id, "submission": submission, "choice": "left", "shown_ms": 900}
        stored = client.post(f"{DESK}answer", {**sent, "painted": ""}, headers=SCRIPT)
        again = client.post(f"{DESK}answer", {**sent, "painted": ""}, headers=SCRIPT)
        conflict = client.post(f"{DESK}answer", {**sent, "submission": uuid4(), "choice": "tie"}, headers=SCRIPT)
        changing = client.get(f"{DESK}?change={given.public_id}")
        kind = "gold" if given.purpose == "gold" else "retest" if given.purpose == "retest" else "ordinary"
        replies = {"page": page, "fetched": fetched, "stored": stored, "again": again, "conflict": conflict}
        if n == 0:
            continue  # nothing is saved yet, and the page says so
        for name, reply in {**replies, "changing": changing}.items():
            headers = {key: value for key, value in reply.headers.items() if key not in VARYING}
            seen[name][kind].add(
                f"{reply.status_code}\n{headers}\n{without_blank_lines(alike(reply.content.decode()))}"
            )
    assert set(seen) == {"page", "fetched", "stored", "again", "conflict", "changing"}
    for name, kinds in seen.items():
        assert set(kinds) == {"gold", "retest", "ordinary"}
        assert kinds["gold"] == kinds["ordinary"], name
        assert kinds["retest"] == kinds["ordinary"], name


VARYING = {"Content-Length", "Expires", "Last-Modified", "ETag"}


def test_gold_and_retests_can_be_skipped_changed_and_are_in_the_list_like_all(mixed: Lab, client: Client) -> None:
    client.force_login(mixed.raters[0])
    client.get(DESK)
    purposes = set()
    while purposes < {"gold", "retest", "base"}:
        given = Assignment.objects.get(outcome__isnull=True)
        first = {"assignment": given.public_id, "submission": uuid4(), "choice": "left"}
        client.post(f"{DESK}answer", first)
        reply = client.post(
            f"{DESK}answer", {**first, "submission": uuid4(), "choice": "tie", "supersedes": first["submission"]}
        )
        assert reply.status_code == 302
        assert str(given.public_id) in client.get(f"{DESK}recent").content.decode()
        purposes.add(given.purpose)
        client.get(DESK)


def test_a_beat_tells_nothing_of_purposes(mixed: Lab, client: Client) -> None:
    client.force_login(mixed.raters[0])
    client.get(DESK)
    given = Assignment.objects.get()
    told = client.post(f"{DESK}beat", {"holds": [given.public_id]}).json()
    assert set(told) == {"now", "state", "standing", "expires"}
