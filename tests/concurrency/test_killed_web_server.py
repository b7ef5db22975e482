"""Eight people rate through a real web server, which is killed with SIGKILL and started again in the middle."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as Browser

from apps.accounts.models import User
from apps.config.demo.processes import commands, end, free_port
from apps.config.integrity import CHECKS
from apps.rating.choices import verdict_of
from apps.rating.models import Assignment, Draw, Judgment
from tests.rating.desk_for_tests import lab_with

from .clients_for_tests import CHOICES
from .threads_for_tests import together

pytestmark = pytest.mark.slow
N_CLIENTS = 8
N_KILLS = 2
REPOSITORY = Path(__file__).resolve().parents[2]
TOKEN = "a" * 32  # the cookie and the header must agree; which one it is says nothing


@dataclass
class WebServer:
    """The web server of the product on the database of the test."""

    port: int
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        environment = {**os.environ, "DATABASE_URL": database_url()}
        self.processes.append(
            subprocess.Popen(
                commands(self.port)["web"], cwd=REPOSITORY, env=environment, start_new_session=True, stdout=sys.stderr
            )
        )

    def kill(self) -> None:
        """No farewell: the process and its workers, in the middle of whatever they do."""
        os.killpg(self.processes[-1].pid, signal.SIGKILL)
        self.processes[-1].wait()


def database_url() -> str:
    given = connection.settings_dict
    where = urlencode({"host": given["HOST"], "port": given["PORT"]})
    return f"postgresql://{quote(given['USER'])}:{quote(given['PASSWORD'])}@/{quote(given['NAME'])}?{where}"


@pytest.fixture
def web_server(fresh_database: str) -> Iterator[WebServer]:
    server = WebServer(free_port(9500 + os.getpid() % 300))
    server.start()
    yield server
    end(server.processes)


@dataclass
class Page:
    """A rater's page: what it has not had a word on, it sends again."""

    port: int
    session: str
    rng: random.Random
    shown: str | None = None
    held: str | None = None
    acknowledged: dict[str, str] = field(default_factory=dict)
    n_failed: int = 0

    def work(self) -> None:
        """Rate until nothing comes."""
        self.shown = task_in(self.insist("GET", ""))
        self.fetch()
        while self.shown is not None:
            brought = self.answer()
            self.shown, self.held = (self.held, brought) if self.held else (brought, None)
            if self.held is None:
                self.fetch()

    def fetch(self) -> None:
        if self.shown is not None:
            self.held = task_in(self.insist("POST", "next", painted=self.shown))

    def answer(self) -> str | None:
        """Choose, send until it is saved, note it; the task that came."""
        assert self.shown is not None
        choice, submission = self.rng.choice(CHOICES), str(uuid4())
        reply = self.insist(
            "POST", "answer", assignment=self.shown, submission=submission, choice=choice, painted=self.held or ""
        )
        assert f'data-submission="{submission}"' in reply
        assert re.search(r'data-saved="\d', reply)
        self.acknowledged[submission] = choice
        return task_in(reply)

    def insist(self, method: str, where: str, **sent: str) -> str:
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.ask(method, where, sent)
            except (OSError, HTTPException):
                assert time.monotonic() < deadline, "the web server is gone"
                self.n_failed += 1
                time.sleep(0.1)

    def ask(self, method: str, where: str, sent: Mapping[str, str]) -> str:
        """One request, whose answer must be a good one; OSError where none came."""
        server = HTTPConnection("127.0.0.1", self.port, timeout=15)
        headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; {settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
            **({"X-Desk": "1"} if method == "POST" else {}),
        }
        try:
            server.request(method, f"/rate/lab/trial/{where}", urlencode(sent), headers)
            response = server.getresponse()
            text = response.read().decode()
        finally:
            server.close()
        assert response.status == 200, f"{response.status}: {text[:2000]}"
        return text


def task_in(page: str) -> str | None:
    found = re.search(r'data-task="([0-9a-f-]{36})"', page)
    return found and found[1]


def session_of(user: User) -> str:
    browser = Browser()
    browser.force_login(user)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def kill_in_the_middle(server: WebServer, pages: list[Page]) -> None:
    """Each time a third of the work is done, the server dies, and comes back a moment later."""
    n_draws, deadline = Draw.objects.count(), time.monotonic() + 60
    for number in range(1, N_KILLS + 1):
        while sum(len(page.acknowledged) for page in pages) < number * n_draws // (N_KILLS + 1):
            assert time.monotonic() < deadline, "nobody gets on"
            time.sleep(0.01)
        server.kill()
        time.sleep(0.3)
        server.start()


def test_nothing_is_lost_or_doubled_when_the_web_server_is_killed(web_server: WebServer) -> None:
    lab = lab_with(n_items=24, n_raters=N_CLIENTS)
    pages = [Page(web_server.port, session_of(user), random.Random(n)) for n, user in enumerate(lab.raters)]
    together(lambda: kill_in_the_middle(web_server, pages), *(page.work for page in pages))
    assert len(web_server.processes) == N_KILLS + 1
    assert sum(page.n_failed for page in pages) >= N_KILLS, "somebody noticed"
    assert_each_stored_once({key: choice for page in pages for key, choice in page.acknowledged.items()})
    assert [told for check in CHECKS for told in check.violations()] == []


def assert_each_stored_once(acknowledged: dict[str, str]) -> None:
    stored = Judgment.objects.values_list("submission", "verdict", "assignment__a_on_left")
    assert len(stored) == len(acknowledged) == Draw.objects.count()
    for submission, verdict, on_left in stored:
        assert verdict_of(acknowledged[str(submission)], a_on_left=on_left) == verdict
    assert not Assignment.objects.exclude(outcome="judged").exists()
