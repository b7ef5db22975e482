"""A gate in a real browser: set, read by the worker, and whole on a phone; with and without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from apps.analysis.models import Gate

from .test_first_evening import STUDY, signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PM = "pm@demo.example"


def fill(page: Page, site: str) -> None:
    page.goto(f"{site}{STUDY}gates/")
    page.get_by_role("link", name="Set a gate").click()
    page.get_by_label("Candidate").select_option(index=2)
    page.get_by_label("tier = grove").check()
    page.get_by_label("Comparisons that end with both bad").fill("25")


def sound(page: Page, width: int) -> None:
    """axe finds nothing serious; nothing makes the page wider than the window."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_from_a_rule_to_the_outputs_behind_it(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM, bypass_csp=True) as page:
        fill(page, demo_site)
        sound(page, 1280)
        page.get_by_role("button", name="Set the gate").click()
        page.get_by_role("button", name="Read the gate").click()
        expect(page.locator(".verdict .stamp")).to_be_visible(timeout=30_000)
        expect(page.locator(".rules tbody tr")).to_have_count(3)
        sound(page, 1280)
        page.locator(".rules tbody a").nth(1).click()
        expect(page.locator("#reading-count")).to_be_visible()
        assert "slice.tier=grove" in page.url


def test_a_gate_is_read_on_a_phone_in_the_dark(browser: Browser, demo_site: str) -> None:
    look = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with signed_in(browser, demo_site, PM, **look, bypass_csp=True) as page:
        for path in ("gates/", "gates/new", "gates/1/"):
            page.goto(f"{demo_site}{STUDY}{path}")
            sound(page, 390)


def test_a_gate_is_set_without_javascript(browser: Browser, demo_site: str) -> None:
    before = Gate.objects.count()
    with signed_in(browser, demo_site, PM, java_script_enabled=False) as page:
        fill(page, demo_site)
        page.get_by_role("button", name="Set the gate").click()
        expect(page.get_by_text("It can be retired, and never changed.")).to_be_visible()
    assert Gate.objects.count() == before + 1
