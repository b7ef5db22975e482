"""The target and the group of a rater, changed on her page."""

import pytest
from django.test import Client

from apps.core.models import AuditEvent
from apps.rating.models import Enrolment
from apps.rating.services import Terms, change_terms
from tests.console.test_raters import page_of, text
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

SEEN = {"seen_target": "", "seen_group": ""}


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


def terms_of(lab: Lab) -> tuple[int | None, str]:
    return Enrolment.objects.values_list("target", "group").get(pk=lab.enrolments[0].pk)


def test_they_are_stored_and_shown(lab: Lab, manager: Client) -> None:
    sent = {"target": "40", "group": " night <shift> ", **SEEN}
    page = manager.post(f"{page_of(lab)}/terms", sent, follow=True).content.decode()
    assert terms_of(lab) == (40, "night <shift>")
    assert "target 40 judgments" in page
    assert 'value="night &lt;shift&gt;"' in page
    assert "moved from no group to group" in page
    assert AuditEvent.objects.filter(verb="enrolment changed", by=lab.manager.uuid).count() == 1
    again = {"target": "", "group": "night <shift>", "seen_target": "40", "seen_group": "night <shift>"}
    manager.post(f"{page_of(lab)}/terms", again)
    assert terms_of(lab) == (None, "night <shift>")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"target": "many", "group": "kept"}, "a whole number"),
        ({"target": "0", "group": "kept"}, "at least 1"),
        ({"target": "1000001", "group": "kept"}, "at most 1,000,000"),
        ({"target": "1" * 30, "group": "kept"}, "at most 1,000,000"),
        ({"target": "5", "group": "x" * 81}, "Shorten the name"),
        ({"target": "5", "group": "kept", "seen_target": "?"}, "page again"),
        ({"target": "5", "group": "a\x00b"}, "Null characters"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_stored(lab: Lab, manager: Client, sent: dict, sentence: str) -> None:
    reply = manager.post(f"{page_of(lab)}/terms", {**SEEN, **sent})
    page = reply.content.decode()
    assert reply.status_code == 400
    assert sentence in page
    assert terms_of(lab) == (None, "")
    if sent["group"] == "kept":
        assert 'value="kept"' in page


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_written_over(lab: Lab, manager: Client) -> None:
    theirs = Terms(None, "night")
    change_terms(enrolment_id=lab.enrolments[0].pk, terms=theirs, seen=Terms(None, ""), by=None)
    reply = manager.post(f"{page_of(lab)}/terms", {"target": "60", "group": "", **SEEN})
    page = reply.content.decode()
    assert reply.status_code == 409
    assert "meanwhile" in page
    assert "Now stored: no target, group night." in page
    assert 'name="seen_group" value="night"' in page  # who sends it once more has seen it
    assert terms_of(lab) == (None, "night")


def test_only_who_runs_the_study_may(lab: Lab, client: Client) -> None:
    sent = {"target": "60", "group": "", **SEEN}
    assert client.post(f"{page_of(lab)}/terms", sent).status_code == 302
    for user in (lab.stranger, lab.raters[0], lab.analyst):
        client.force_login(user)
        assert client.post(f"{page_of(lab)}/terms", sent).status_code == 404
    client.force_login(lab.manager)
    assert client.get(f"{page_of(lab)}/terms").status_code == 405
    assert terms_of(lab) == (None, "")
    client.force_login(lab.analyst)
    assert "Store target and group" not in text(client, page_of(lab))
