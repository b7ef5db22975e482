"""Studies of every kind behind one real web server, and raters of one's own for each test."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import create_workspace, give_role
from apps.config.demo.processes import commands, end, free_port
from apps.rating.exchange.rows import GoldRow
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Judgment
from apps.rating.services import enrol_rater, open_study
from apps.studies.material import Anchor, CriterionRow, StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import SYSTEMS, bundle_of

from .conftest import database_url, wait_for

PAIRS, CRITERIA, RUBRIC, TRAINING = "pairs", "criteria", "rubric", "training"
YES_NO = (Anchor(value="yes", label="Yes"), Anchor(value="no", label="No"))
POINTS = tuple(Anchor(value=n, label=f"{n} of 3", example=f"Like example {n}.") for n in (1, 2, 3))
SIDES = (Anchor(value="A", label="A"), Anchor(value="TIE", label="Same"), Anchor(value="B", label="B"))
COMPARED = (
    CriterionRow(key="truer", about="comparison", question="Which is truer?", anchors=SIDES),
    CriterionRow(key="close", about="comparison", question="Was it close?", anchors=YES_NO),
)
RATED = (
    CriterionRow(key="true", question="How true is it?", anchors=POINTS),
    CriterionRow(key="short", question="Is it short?", anchors=YES_NO),
    CriterionRow(key="kind", question="Is it kind?", anchors=YES_NO),
)
TRAINING_GOLD = tuple(
    GoldRow(
        item=f"item-{n}",
        output_a=SYSTEMS[0],
        output_b=SYSTEMS[1],
        verdict="TIE",
        rationale="Neither says **more**.",
        use="training",
    )
    for n in range(2)
)
# Whoever presses sooner after a task was painted cannot have meant it, and the desk does not listen.
LOOK_MS = 180
_numbers = count()


@dataclass
class Rater:
    """A rater of one test, signed in in one browser context."""

    user: User
    context: BrowserContext
    site: str
    desk: str
    errors: list[str] = field(default_factory=list)

    def open(self, query: str = "", *, holds: bool = True) -> Page:
        """A tab with her desk, once the task after the first is held ready, if there is one for her."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        with page.expect_response(re.compile(r"/next$")):
            page.goto(f"{self.site}{self.desk}{query}")
        if holds:
            wait_until_held(page)
        return page

    def sign_in(self) -> None:
        """A new session, as the sign-in page would set it."""
        client = Client()
        client.force_login(self.user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.site}])

    def judgments(self) -> list[Judgment]:
        """What is stored of her, in the order in which it was stored."""
        return list(
            Judgment.objects.filter(assignment__rater__user=self.user).select_related("assignment").order_by("pk")
        )

    def choices(self) -> list[str]:
        """The same, in the words of her screen."""
        return [on_screen(judgment) for judgment in self.judgments()]


def on_screen(judgment: Judgment) -> str:
    """`left`, `right`, `tie`, `both_bad`."""
    if judgment.verdict in {"A", "B"}:
        return "left" if (judgment.verdict == "A") == judgment.assignment.a_on_left else "right"
    return str(judgment.verdict).lower()


@dataclass
class House:
    """One server with all the studies."""

    site: str
    workspace: Workspace
    browser: Browser

    @contextmanager
    def rater(self, study: str = PAIRS, *, settings_: dict[str, bool] | None = None, **options: Any) -> Iterator[Rater]:
        """A new rater before a new browser. Breaks are off unless asked for; an error in the page fails the test."""
        user = self._enrolled(study)
        context = self.browser.new_context(**options)
        rater = Rater(user, context, self.site, f"/rate/house/{study}/")
        chosen = {"breaks": False, **(settings_ or {})}
        context.add_init_script(
            "if (!localStorage['touchstone.desk.settings']) "
            f"localStorage['touchstone.desk.settings'] = '{json.dumps(chosen)}'"
        )
        rater.sign_in()
        yield rater
        context.close()
        assert rater.errors == []

    def _enrolled(self, study: str) -> User:
        number = next(_numbers)
        user = User.objects.create_user(f"r{number}@house.example", None, name=f"Rater {number}")
        give_role(workspace=self.workspace, user=user, role=Role.RATER)
        enrol_rater(study=Study.objects.get(slug=study), user=user, by=None, target=60)
        return user


@contextmanager
def house(browser: Browser) -> Iterator[House]:
    """The studies, and the web server before them."""
    workspace = create_workspace(slug="house", name="House")
    for slug, file, n_items in (
        (PAIRS, StudyFile(name="Pairs", question="Which is better?", overlap_share=0), 120),
        (CRITERIA, StudyFile(name="Criteria", criteria=COMPARED, overlap_share=0), 12),
        (RUBRIC, StudyFile(name="Rubric", verdicts=(), criteria=RATED, overlap_share=0), 12),
        (TRAINING, StudyFile(name="Training", overlap_share=0, qualification_pass=0.5), 8),
    ):
        golds = TRAINING_GOLD if slug == TRAINING else ()
        import_bundle(bundle=bundle_of(n_items, study=file, golds=golds), workspace=workspace, slug=slug, by=None)
        open_study(study=Study.objects.select_related("workspace").get(slug=slug), by=None)
    with served() as site:
        yield House(site, workspace, browser)


@contextmanager
def served() -> Iterator[str]:
    """The product's web server on the database of this test; its address."""
    port = free_port(8700 + os.getpid() % 800)
    environment = {**os.environ, "TOUCHSTONE_DEMO": "1", "DATABASE_URL": database_url(), "PYTHONWARNINGS": "default"}
    web = subprocess.Popen(commands(port)["web"], env=environment, start_new_session=True, stdout=sys.stderr)
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        end([web])


def task_of(page: Page) -> str:
    """The assignment on her screen."""
    return page.locator("#now > [data-task]").get_attribute("data-task") or ""


def wait_until_held(page: Page) -> None:
    """The next task is held ready. Its own module is asked: a response alone does not say that the page has read it."""
    until(lambda: page.evaluate("import('/static/js/desk/holding.js').then((holding) => holding.heldTask() !== null)"))


def look(page: Page) -> None:
    """As long as it takes to see that there is another task."""
    page.wait_for_timeout(LOOK_MS)


def expect_all_sent(page: Page) -> None:
    """Everything is stored, by the server's word."""
    expect(page.locator("#saved")).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"), timeout=20_000)


def until(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to be so, in the database or in the page."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
