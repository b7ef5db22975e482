"""Nothing a rater's browser gets tells the systems apart: systems named like canaries, looked for everywhere."""

import json
import re
from uuid import uuid4

from django.test import Client

from apps.rating.models import Assignment
from tests.studies_for_tests import SYSTEMS, Lab

DESK = "/rate/lab/trial/"
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
        headers = {"HX-Request": "true"} if kind else {}
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
        "viewport color-scheme htmx-config csrfmiddlewaretoken assignment submission supersedes shown_ms choice reason"
    )
    assert set(names) <= set(known.split())


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
