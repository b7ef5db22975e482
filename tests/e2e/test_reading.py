"""The reading room in a real browser: filter, step with keys, mark and share; and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from .test_first_evening import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

READ = "/studies/demo/support-assistant/read"
PM = "pm@demo.example"


def task_of(page: Page) -> str:
    """The task that the address names."""
    found = re.search(r"/read/(\d+)", page.url)
    assert found, page.url
    return found[1]


def open_first(page: Page) -> str:
    """The first task of the list, once its keys are listened to."""
    page.locator(".excerpt").first.click()
    expect(page.locator("[data-keys]")).to_be_visible()
    return task_of(page)


def check(page: Page) -> None:
    """axe finds nothing serious; nothing makes the page wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_filtered_list_is_walked_by_keys(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{READ}")
        page.get_by_label("locale").select_option("de")
        page.get_by_label("people disagree", exact=True).check()
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile(r"slice\.locale=de"))
        check(page)
        first = open_first(page)
        expect(page.locator(".way")).to_contain_text("1 of ")
        expect(page.locator(".read-pane")).to_have_count(2)
        check(page)
        for key, number in (("j", 2), ("ArrowRight", 3), ("k", 2), ("ArrowLeft", 1)):
            page.keyboard.press(key)
            expect(page.locator(".way")).to_contain_text(f"{number} of ")
            expect(page.locator("[data-keys]")).to_be_visible()
        assert task_of(page) == first
        page.keyboard.press("k")
        assert task_of(page) == first, "before the first there is nothing"
        page.keyboard.press("u")
        expect(page).to_have_url(re.compile(r"/read\?.*slice\.locale=de"))


def test_the_judgments_of_a_rater_are_found_walked_and_shown_first(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{READ}")
        page.get_by_label("with a judgment by").select_option(label="Bence")
        page.get_by_label("that became").select_option("used")
        page.get_by_role("button", name="Show").click()
        expect(page).to_have_url(re.compile(r"rater=[0-9a-f-]{36}&disposition=used"))
        expect(page.locator("#reading-count")).to_contain_text(
            re.compile(r"\d+ judgments by Bence .*used.* in \d+ tasks")
        )
        check(page)
        open_first(page)
        check(page)
        for number in (1, 2):
            expect(page.locator(".way")).to_contain_text(f"{number} of ")
            expect(page.locator(".judgment").first).to_contain_text("Bence looked for")
            page.keyboard.press("j")
        expect(page.locator(".way")).to_contain_text("3 of ")


def test_keys_can_be_turned_off_and_stay_off(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{READ}")
        first = open_first(page)
        page.get_by_label("keys on").uncheck()
        page.locator("h1").evaluate("() => document.activeElement.blur()")
        page.keyboard.press("j")
        page.reload()
        expect(page.get_by_label("keys on")).not_to_be_checked()
        page.keyboard.press("j")
        page.keyboard.press("u")
        assert task_of(page) == first
        page.get_by_label("keys on").check()
        page.locator("h1").evaluate("() => document.activeElement.blur()")
        page.keyboard.press("j")
        expect(page.locator(".way")).to_contain_text("2 of ")


def test_keys_are_letters_in_a_note_and_a_selection_is_shared_by_link(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{READ}")
        first = open_first(page)
        page.keyboard.press("m")
        page.keyboard.type("jk: look at this")
        assert task_of(page) == first
        page.get_by_role("button", name="Mark", exact=True).click()
        expect(page.get_by_role("button", name="Take the mark away")).to_be_visible()
        page.get_by_role("link", name="1 marked").click()
        page.get_by_label("Title of the selection").fill("For Friday")
        page.get_by_role("button", name="Save the selection").click()
        expect(page.get_by_role("heading", name="For Friday")).to_be_visible()
        check(page)
        link = page.get_by_label("Link for others").input_value()
    with signed_in(browser, demo_site, PM, viewport={"width": 390, "height": 844}, color_scheme="dark") as page:
        page.goto(link)
        expect(page.get_by_text("jk: look at this")).to_be_visible()
        check(page)
        page.locator(".excerpt").click()
        assert task_of(page) == first
        check(page)
        page.goto(f"{demo_site}{READ}")
        check(page)


def test_everything_works_without_javascript(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM, java_script_enabled=False) as page:
        page.goto(f"{demo_site}{READ}?sort=newest")
        page.get_by_role("link", name="Further in the list").click()
        page.locator(".excerpt").first.click()
        expect(page.locator(".way")).to_contain_text("26 of ")
        page.get_by_role("link", name="Next").click()
        expect(page.locator(".way")).to_contain_text("27 of ")
        expect(page.locator("[data-keys]")).to_be_hidden()
        page.get_by_role("button", name="Mark", exact=True).click()
        page.get_by_role("button", name="Take the mark away").click()
        expect(page.get_by_role("button", name="Mark", exact=True)).to_be_visible()
