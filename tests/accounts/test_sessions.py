"""Who a session belongs to: read by our own statement, with what Django's promises."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.sessions import SessionStore

pytestmark = pytest.mark.slow


@pytest.fixture
def ana(db: None) -> User:
    return User.objects.create_user("ana@example.org", "a very long secret", name="Ana")


def test_what_was_put_in_comes_out_in_another_request(db: None) -> None:
    session = SessionStore()
    session["seen"] = {"n": 3}
    session.create()
    assert SessionStore(session.session_key)["seen"] == {"n": 3}


def test_a_session_that_is_over_is_empty_and_its_key_is_not_used_again(db: None) -> None:
    session = SessionStore()
    session["seen"] = True
    session.create()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(session.session_key)
    assert dict(late.items()) == {}
    assert late.session_key is None


@pytest.mark.parametrize("key", ["nothing-of-this-name-was-ever-given", "x' OR true --"])
def test_a_key_nobody_gave_opens_nothing(ana: User, key: str) -> None:
    client = Client()
    client.force_login(ana)
    client.cookies["sessionid"] = key
    assert client.get("/").status_code == 302


def test_the_person_is_the_one_who_signed_in(ana: User, client: Client) -> None:
    client.force_login(ana)
    assert client.get("/").context["user"] == ana


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!changed"}])
def test_whoever_may_not_sign_in_any_more_is_signed_out_at_once(ana: User, client: Client, change: dict) -> None:
    client.force_login(ana)
    get_user_model().objects.filter(pk=ana.pk).update(**change)
    assert client.get("/").status_code == 302


def test_a_password_signs_in_through_the_same_backend(ana: User, client: Client) -> None:
    assert client.login(email="ana@example.org", password="a very long secret")
    assert client.session["_auth_user_backend"] == settings.AUTHENTICATION_BACKENDS[0]
