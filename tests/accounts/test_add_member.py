"""People come into a workspace by command."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from apps.accounts.management.commands import add_member
from apps.accounts.models import Membership, User

pytestmark = pytest.mark.slow


def run(*words: str) -> str:
    out = StringIO()
    call_command("add_member", *words, stdout=out)
    return out.getvalue()


@pytest.mark.slow
def test_a_new_person_signs_in(db: None, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add_member, "getpass", lambda prompt: "quite-long-secret-words")
    assert run("Ana@Example.org", "--role", "manager", "--name", "Ana") == "Ana is manager in workspace main.\n"
    sent = {"login": "ana@example.org", "password": "quite-long-secret-words"}
    assert client.post(reverse("account_login"), sent).status_code == 302


def test_a_known_person_gets_another_role(db: None) -> None:
    run("ana@example.org", "--role", "rater", "--no-password")
    run("ANA@example.org", "--role", "analyst", "--no-password")
    assert Membership.objects.get().role == "analyst"
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(("email", "password"), [("no-address", "quite-long-secret-words"), ("a@b.example", "short")])
def test_what_will_not_do_is_said(db: None, monkeypatch: pytest.MonkeyPatch, email: str, password: str) -> None:
    monkeypatch.setattr(add_member, "getpass", lambda prompt: password)
    with pytest.raises(CommandError):
        run(email, "--role", "rater")
    assert not User.objects.exists()
