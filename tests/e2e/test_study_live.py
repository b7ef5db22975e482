"""A study's home follows the raters, and stands still when somebody wants it to."""

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

STUDY = "/studies/demo/support-assistant/"


@pytest.fixture
def page(browser: Browser, demo_site: str) -> Page:
    """The study's home as the demo's manager sees it."""
    page = browser.new_context().new_page()
    page.goto(f"{demo_site}/accounts/login/")
    page.locator("form", has=page.locator("input[value='pm@demo.example']")).get_by_role("button").click()
    page.wait_for_url(f"{demo_site}/")
    page.goto(f"{demo_site}{STUDY}")
    return page


def asks(page: Page, within_ms: int) -> int:
    """How often the page asked for its figures."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/live") else None)
    page.wait_for_timeout(within_ms)
    return len(asked)


def test_it_asks_by_itself_and_nothing_moves(page: Page) -> None:
    before = page.evaluate("document.documentElement.scrollHeight")
    with page.expect_response(lambda response: response.url.endswith("/live")) as answered:
        pass
    assert answered.value.status == 200
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollHeight") == before
    assert page.locator("#study-live").get_attribute("aria-live") == "off"


def test_it_can_be_stopped_and_started(page: Page) -> None:
    page.get_by_role("button", name="Stop updating").click()
    assert page.get_by_text("Figures stand still.").is_visible()
    assert asks(page, 6500) == 0
    page.get_by_role("button", name="Update again").click()
    assert asks(page, 6500) >= 1


def test_it_waits_while_somebody_is_inside_with_the_keyboard(page: Page) -> None:
    page.locator("#pairs-scroll").focus()
    assert asks(page, 6500) == 0
    assert page.evaluate("document.activeElement.id") == "pairs-scroll"
