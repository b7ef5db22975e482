"""Hostile outputs before a rater, in both panes of the real desk, in a real browser: nothing runs, nothing leaves."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.test import Client
from markdown_it import MarkdownIt
from playwright.sync_api import Browser, BrowserContext, Error, Page, Request, Route

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role
from apps.config.demo.processes import commands, end, free_port
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import SkipReason
from apps.rating.services import enrol_rater, open_study
from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study

from .conftest import database_url, wait_for
from .hostile_outputs import DRAWINGS, ELEMENTS, HANDLERS, PAYLOADS

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DESK = "/rate/lab/hostile/"
A_GROUP = 12
GROUPS = [PAYLOADS[n : n + A_GROUP] for n in range(0, len(PAYLOADS), A_GROUP)]
SYSTEMS = ("one", "two")

# Before anything of the page runs: whoever asks for a dialog, a window or a policy's refusal is written down.
TRAPS = """
  window.__trapped = [];
  for (const name of ["alert", "confirm", "prompt", "print", "open"])
    window[name] = (...given) => { window.__trapped.push(name + " " + given); };
  document.addEventListener("securitypolicyviolation", (event) =>
    window.__trapped.push("the policy had to stop " + event.blockedURI + " " + event.violatedDirective));
"""
# What a rater's hand might do to everything in the panes, short of following a link to another site.
TOUCH_EVERYTHING = """
  document.addEventListener("click", (event) => event.target.closest?.("a") && event.preventDefault(), true);
  for (const element of document.querySelectorAll(".pane .prose *"))
    for (const name of ["pointerenter", "mouseover", "focus", "focusin", "toggle", "load", "error", "animationstart",
                        "begin", "submit", "click"])
      element.dispatchEvent(name === "click" ? new MouseEvent(name, {bubbles: true, cancelable: true})
                                             : new Event(name, {bubbles: name !== "submit", cancelable: true}));
"""
# Everything in a pane that could act, load, or pass for a part of the page.
REMAINS = """
  () => {
    const found = [];
    const never = "script, iframe, frame, img, picture, object, embed, svg, style, link, meta, base, video, audio," +
      "source, template, slot, portal, applet, area, mglyph, annotation-xml, maction, foreignObject";
    for (const element of document.querySelectorAll(`.pane :is(${never})`)) found.push(element.outerHTML);
    for (const element of document.querySelectorAll(".pane *"))
      for (const {name} of element.attributes)
        if (/^(on|hx-|data-hx|formaction|srcdoc|srcset|src$|style$|xlink:|is$|ping$|background$)/i.test(name))
          found.push(`${element.tagName} ${name}`);
    const controls = "form, input, button, select, textarea, dialog, details, label";
    for (const element of document.querySelectorAll(`.pane .prose :is(${controls})`)) found.push(element.outerHTML);
    for (const element of document.querySelectorAll(".pane .prose *"))
      for (const {name, value} of element.attributes)
        if (/^(id|name|data-.*|aria-.*|role|target|contenteditable|popover.*)$/i.test(name))
          found.push(`${element.tagName} ${name}=${value}`);
    for (const link of document.querySelectorAll(".pane a[href]"))
      if (!/^(https?|mailto):$/.test(link.protocol) || link.host === location.host) found.push(link.outerHTML);
    return found;
  }
"""
HAPPENED = """
  () => ({hit: window.__hit ?? null, trapped: window.__trapped, frames: frames.length,
          dialogs: document.querySelectorAll("dialog[open]").length})
"""
# What a careless page would do with an output.
TRUST = """
  async (html) => {
    document.body.innerHTML = `<div class=pane><div class=prose>${html}</div></div>`;
    await new Promise((done) => setTimeout(done, 5));
    return window.__hit !== undefined || window.__trapped.length > 0;
  }
"""


@dataclass
class Watch:
    """What a page did that it should not have done."""

    site: str
    wrongs: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> Page:
        """A page of this context, watched."""
        context.add_init_script(TRAPS)
        context.route("**/*", self._let_through_or_stop)
        page = context.new_page()
        page.on("dialog", lambda dialog: (self.wrongs.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.wrongs.append(f"error {error}"))
        page.on("console", lambda said: self.wrongs.append(said.text) if "Content Security" in said.text else None)
        page.on("popup", lambda popup: self.wrongs.append(f"popup {popup.url}"))
        return page

    def _let_through_or_stop(self, route: Route, request: Request) -> None:
        path = request.url.removeprefix(self.site)
        if path != request.url and path.startswith(("/static/", DESK)):
            route.continue_()
        else:
            self.wrongs.append(f"{request.method} {request.url}")
            route.abort()


def hostile_study() -> User:
    """A study whose outputs are the payloads, each group in both outputs of an item; its one rater."""
    texts = ["\n\n".join((f"group {n:02d}", *group)) for n, group in enumerate(GROUPS)]
    mirrored = ["\n\n".join((f"group {n:02d}", *reversed(group))) for n, group in enumerate(GROUPS)]
    bundle = Bundle(
        study=StudyFile(name="Hostile", question="Which is better?", guideline="\n\n".join(PAYLOADS)),
        items=tuple(
            ItemRow(external_id=f"item-{n}", messages=({"role": "user", "content": text},), context=text)
            for n, text in enumerate(texts)
        ),
        systems=tuple(SystemRow(name=name) for name in SYSTEMS),
        outputs=tuple(
            OutputRow(item=f"item-{n}", system=system, text=text)
            for system, outputs in zip(SYSTEMS, (texts, mirrored), strict=True)
            for n, text in enumerate(outputs)
        ),
    )
    workspace = create_workspace(slug="lab", name="Lab")
    import_bundle(bundle=bundle, workspace=workspace, slug="hostile", by=None)
    study = open_study(study=Study.objects.select_related("workspace").get(slug="hostile"), by=None)
    rater = User.objects.create_user("rater@lab.example", None, name="Rater")
    give_role(workspace=workspace, user=rater, role=Role.RATER)
    enrol_rater(study=study, user=rater, by=None)
    return rater


@pytest.fixture
def site(fresh_database: str) -> Iterator[str]:
    """The web server the product uses, on the test's database; its address."""
    port = free_port(9500 + os.getpid() % 400)
    environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONWARNINGS": "default"}
    server = subprocess.Popen(commands(port)["web"], env=environment, start_new_session=True, stdout=sys.stderr)
    try:
        wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        end([server])


def signed_in(browser: Browser, site: str, user: User) -> BrowserContext:
    """A browser that holds the user's session."""
    client = Client()
    client.force_login(user)
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return context


def pass_on(page: Page, site: str) -> None:
    """Skip this task, by the plain form post that works without any script."""
    assignment = page.locator('input[name="assignment"]').first.get_attribute("value")
    token = page.locator('input[name="csrfmiddlewaretoken"]').first.get_attribute("value")
    form = {"assignment": assignment, "reason": SkipReason.values[0], "csrfmiddlewaretoken": token}
    assert page.request.post(f"{site}{DESK}skip", form=form, headers={"Referer": site}).ok


def test_nothing_in_an_output_runs_or_leaves_the_page(browser: Browser, site: str) -> None:
    assert len(set(PAYLOADS)) >= 150
    watch, seen = Watch(site), set()
    context = signed_in(browser, site, hostile_study())
    page = watch.over(context)
    for _ in GROUPS:
        page.goto(f"{site}{DESK}")
        seen.add(group_in_both_panes(page))
        assert page.evaluate(REMAINS) == []
        page.evaluate(TOUCH_EVERYTHING)
        assert page.evaluate(HAPPENED) == {"hit": None, "trapped": [], "frames": 0, "dialogs": 0}
        assert watch.wrongs == []
        pass_on(page, site)
    assert len(seen) == len(GROUPS), "every payload stood in both panes"
    page.goto(f"{site}{DESK}guideline")
    assert page.evaluate(HAPPENED) == {"hit": None, "trapped": [], "frames": 0, "dialogs": 0}
    assert page.locator("main :is(script, img, iframe, form)").count() == 0
    assert watch.wrongs == []
    context.close()


def group_in_both_panes(page: Page) -> str:
    """Which group of payloads this task shows, the same at the left and at the right."""
    texts = [pane.inner_text() for pane in page.locator(".pane").all()]
    assert len(texts) == page.locator(".pane .prose").count() == 2
    left, right = ({*re.findall(r"group (\d\d)", text)} for text in texts)
    assert left == right and len(left) == 1
    return left.pop()


def test_the_traps_catch_what_is_not_sanitised(browser: Browser) -> None:
    """The same payloads on a page that trusts them, Markdown with HTML: the test above could fail."""
    trusting, caught = MarkdownIt("commonmark"), set()
    context = browser.new_context()
    watch = Watch("http://trusting.example")
    page = watch.over(context)
    context.route("http://trusting.example/", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    attempts = {*ELEMENTS, *HANDLERS, *DRAWINGS}
    for payload in sorted(text for text in attempts if "=refresh" not in text)[::2]:  # those leave in their own time
        page.goto("http://trusting.example/")
        watch.wrongs.clear()
        try:
            found = page.evaluate(TRUST, trusting.render(payload)) or page.evaluate(REMAINS)
        except Error:  # it sent the page elsewhere
            found = True
        if found or watch.wrongs:
            caught.add(payload)
    assert len(caught) > 40
    context.close()
