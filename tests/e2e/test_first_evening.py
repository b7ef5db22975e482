"""A rater rates by keyboard, a manager sees it counted: the whole house, in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.rating.models import Assignment, Judgment

from .desk_house import look

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

DESK = "/rate/demo/support-assistant/"
STUDY = "/studies/demo/support-assistant/"


@contextmanager
def signed_in(browser: Browser, site: str, email: str, **options: object) -> Iterator[Page]:
    """A fresh browser session of one of the demo's people; console errors fail the test."""
    context = browser.new_context(**options)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/accounts/login/")
    page.click(f'input[value="{email}"] + button')
    yield page
    context.close()
    assert errors == []


def served_since(last: int) -> list[Judgment]:
    """What raters at desks said after this judgment."""
    found = Judgment.objects.filter(assignment__source="served", pk__gt=last)
    return list(found.select_related("assignment").order_by("pk"))


def last_judgment() -> int:
    return Judgment.objects.latest("pk").pk


def n_done(page: Page) -> int:
    return int(page.locator(".count b").inner_text())


def test_five_pairs_by_keyboard_are_counted_for_the_manager(browser: Browser, demo_site: str) -> None:
    before, n_before = last_judgment(), Judgment.objects.count()
    with signed_in(browser, demo_site, "rater@demo.example") as page:
        page.get_by_role("link", name=re.compile("^Rate")).click()
        expect(page.locator("html[data-live]")).to_be_attached()
        begun = n_done(page)
        for n, key in enumerate(["1", "2", "x", "b", "a"], start=begun + 1):
            task = page.locator("#now > [data-task]").get_attribute("data-task")
            look(page)
            page.keyboard.press(key)
            expect(page.locator("#saved")).to_have_text(re.compile(r"saved \d\d:\d\d:\d\d"))
            expect(page.locator(f'#now > [data-task="{task}"]')).to_have_count(0)
            expect(page.locator(".count b")).to_have_text(str(n))
    said = served_since(before)
    lefts = ["A" if judgment.assignment.a_on_left else "B" for judgment in said]
    rights = ["B" if judgment.assignment.a_on_left else "A" for judgment in said]
    assert [judgment.verdict for judgment in said] == [lefts[0], "TIE", "BOTH_BAD", rights[3], lefts[4]]
    with signed_in(browser, demo_site, "pm@demo.example") as page:
        page.goto(f"{demo_site}{STUDY}")
        expect(page.locator(".holds")).to_contain_text(str(n_before + 5))
        page.goto(f"{demo_site}{STUDY}leaderboard")
        page.get_by_role("button", name="Compute").click()
        expect(page.locator(".facts")).to_contain_text("judgments", timeout=60_000)
        expect(page.get_by_text("nothing newer")).to_be_visible(timeout=60_000)
        used = 720 + sum(judgment.assignment.purpose not in {"gold", "retest"} for judgment in said)
        expect(page.locator(".facts")).to_contain_text(f"{used} judgments")


def test_undo_skip_and_dialogs_by_keyboard(browser: Browser, demo_site: str) -> None:
    before = last_judgment()
    with signed_in(browser, demo_site, "rater2@demo.example") as page:
        page.goto(f"{demo_site}{DESK}")
        expect(page.locator("html[data-live]")).to_be_attached()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("1")
        page.keyboard.press("Escape")
        assert served_since(before) == [], "no shortcut fires under a dialog"
        begun = n_done(page)
        page.keyboard.press("1")
        expect(page.locator(".count b")).to_have_text(str(begun + 1))
        page.keyboard.press("z")
        expect(page.get_by_text("You are changing an earlier answer.")).to_be_visible()
        with page.expect_response("**/answer"):
            page.keyboard.press("3")
        expect(page.get_by_text("You are changing an earlier answer.")).to_be_hidden()
        assert [judgment.revision for judgment in served_since(before)] == [1, 2]
        look(page)
        page.keyboard.press("s")
        with page.expect_response("**/skip"):
            page.get_by_role("button", name="Not my topic").click()
        expect(page.locator("details.skip")).not_to_have_attribute("open", "")
    assert Assignment.objects.filter(outcome="skipped", skip_reason="not_my_topic").count() == 1


def test_a_lost_network_is_said_in_words_and_the_answer_counts_once(browser: Browser, demo_site: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo_site}/accounts/login/")
    page.click('input[value="rater2@demo.example"] + button')
    page.goto(f"{demo_site}{DESK}")
    before, begun = last_judgment(), n_done(page)
    context.set_offline(True)
    page.keyboard.press("1")
    expect(page.locator("#saved")).to_have_text("1 waiting for the network")
    context.set_offline(False)
    expect(page.locator(".count b")).to_have_text(str(begun + 1))
    expect(page.locator("#saved")).to_have_text(re.compile(r"saved \d\d:\d\d:\d\d"))
    assert len(served_since(before)) == 1
    context.close()


def test_the_desk_works_without_javascript(browser: Browser, demo_site: str) -> None:
    before = last_judgment()
    with signed_in(browser, demo_site, "rater2@demo.example", java_script_enabled=False) as page:
        page.goto(f"{demo_site}{DESK}")
        begun = n_done(page)
        page.get_by_role("button", name="Tie").click()
        expect(page.locator(".count b")).to_have_text(str(begun + 1))
    assert [judgment.verdict for judgment in served_since(before)] == ["TIE"]


@pytest.mark.parametrize(
    ("email", "paths"),
    [
        ("rater@demo.example", ["/", "/rate/", DESK, f"{DESK}guideline", f"{DESK}recent"]),
        ("pm@demo.example", ["/", STUDY, f"{STUDY}leaderboard"]),
    ],
)
def test_axe_finds_nothing_serious(browser: Browser, demo_site: str, email: str, paths: list[str]) -> None:
    for options in ({"color_scheme": "light"}, {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}):
        with signed_in(browser, demo_site, email, **options) as page:
            for path in paths:
                page.goto(f"{demo_site}{path}")
                found = Axe().run(page).response["violations"]
                serious = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]
                assert serious == [], path


def test_four_answers_are_in_sight_without_scrolling(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, "rater@demo.example", viewport={"width": 1280, "height": 720}) as page:
        page.goto(f"{demo_site}{DESK}")
        for name in ("A is better", "Tie", "Both bad", "B is better"):
            box = page.get_by_role("button", name=name).bounding_box()
            assert box is not None
            assert box["y"] + box["height"] <= 720
