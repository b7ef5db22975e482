"""Home, health, sign-in, refusals."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role
from apps.config.demo.people import DEMO_PEOPLE
from apps.core.errors import Refused
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


def test_health_answers_anyone(db: None, client: Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


def test_home_shows_each_person_her_own(lab: Lab, client: Client) -> None:
    assert client.get("/")["Location"].startswith(reverse("account_login"))
    client.force_login(lab.raters[0])
    assert "/rate/lab/trial/" in client.get("/").content.decode()
    assert "/studies/lab/trial/" not in client.get("/").content.decode()
    client.force_login(lab.manager)
    assert "/studies/lab/trial/" in client.get("/").content.decode()
    client.force_login(lab.stranger)
    page = client.get("/").content.decode()
    assert "/rate/lab" not in page
    assert "/studies/lab" not in page


def test_home_leads_managers_to_a_new_study_and_readers_to_the_work_behind(lab: Lab, client: Client) -> None:
    new, jobs = (reverse(f"console:{name}", args=["lab"]) for name in ("new_study", "jobs"))
    for person, leads in ((lab.manager, [True, True]), (lab.analyst, [False, True]), (lab.raters[0], [False, False])):
        client.force_login(person)
        page = client.get("/").content.decode()
        assert [f'href="{url}"' in page for url in (new, jobs)] == leads


def test_signing_in_with_a_password(db: None, client: Client) -> None:
    User.objects.create_user("Ana@Example.org", "long-secret-words", name="Ana")
    page = client.get(reverse("account_login")).content.decode()
    assert "demo_sign_in" not in page
    wrong = client.post(reverse("account_login"), {"login": "ana@example.org", "password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(reverse("account_login"), {"login": "ANA@example.org", "password": "long-secret-words"})
    assert (right.status_code, right["Location"]) == (302, "/")


def test_nobody_signs_herself_up(db: None, client: Client) -> None:
    fields = {"email": "new@example.org", "password1": "long-secret-words", "password2": "long-secret-words"}
    client.post(reverse("account_signup"), fields)
    assert not User.objects.exists()


@pytest.mark.parametrize("demo", [True, False])
def test_the_demos_door_exists_in_the_demo_only(db: None, client: Client, settings, demo: bool) -> None:
    settings.DEMO = demo
    person = DEMO_PEOPLE[0]
    User.objects.create_user(person.email, None, name=person.name)
    assert (person.email in client.get(reverse("account_login")).content.decode()) == demo
    reply = client.post(reverse("demo_sign_in"), {"email": person.email})
    assert reply.status_code == (302 if demo else 404)
    assert client.get("/").status_code == (200 if demo else 302)


def test_only_invented_people_use_that_door(lab: Lab, client: Client, settings) -> None:
    settings.DEMO = True
    assert client.post(reverse("demo_sign_in"), {"email": lab.manager.email}).status_code == 404
    assert client.get(reverse("demo_sign_in")).status_code == 405


def test_every_page_has_a_strict_policy(lab: Lab, client: Client) -> None:
    client.force_login(lab.raters[0])
    for path in ("/", "/rate/lab/trial/", "/nowhere"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_the_e_mail_is_unique_whatever_its_case(db: None) -> None:
    User.objects.create_user("ana@example.org", None)
    with pytest.raises(Exception, match="user_email_is_unique"):
        User.objects.create_user("ANA@example.org", None)


def test_roles_are_known(db: None) -> None:
    workspace = create_workspace(slug="w", name="W")
    user = User.objects.create_user("ana@example.org", None)
    give_role(workspace=workspace, user=user, role=Role.RATER)
    assert give_role(workspace=workspace, user=user, role=Role.ADMIN).role == Role.ADMIN
    assert user.memberships.count() == 1
    with pytest.raises(Refused, match="choose one of"):
        give_role(workspace=workspace, user=user, role="king")


def test_a_request_that_cannot_be_read_gets_a_sentence(client: Client, settings, db: None) -> None:
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    refused = client.get("/")
    assert refused.status_code == 400
    assert "What was sent is too large or not whole." in refused.content.decode()


# What is no refusal of ours ------------------------------------------------------------------------------------


def test_what_a_service_does_not_find_is_said_in_its_own_words(lab: Lab, client: Client) -> None:
    client.force_login(lab.raters[0])
    reply = client.post("/rate/lab/trial/skip", {"assignment": uuid4(), "reason": "broken"})
    text = reply.content.decode()
    assert reply.status_code == 404
    assert "This task was not given to you. Open the study again for your next one." in text
    assert "There is nothing here" in text
    assert "data-sentence" in text


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_what_never_reached_a_view_does_not_look_like_its_refusal(template: str) -> None:
    """The desk's script keeps an answer for which it reads no sentence of the desk."""
    page = render_to_string(template, {"user": AnonymousUser()})
    assert "data-sentence" not in page
    assert ("data-session-over" in page) == (template == "403_csrf.html")
    assert "data-sentence" in render_to_string("refused.html", {"user": AnonymousUser(), "sentence": "No."})
