"""The leaderboard in a real browser: pictures under our own Content-Security-Policy, history when it is seen, axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.studies.models import Study

from .test_first_evening import STUDY, signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PAINTED = "image => image.complete && image.naturalWidth > 0"


@pytest.fixture(scope="module")
def frozen_board(demo_site: str) -> str:
    """The address of a frozen leaderboard of the demo."""
    analysis = current_leaderboard(study=Study.objects.get(slug="support-assistant"), filters=Filters(), by=None)
    return f"{demo_site}{STUDY}analyses/{analysis.public_id}"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_the_board_is_whole_and_accessible(
    browser: Browser, demo_site: str, frozen_board: str, width: int, scheme: str
) -> None:
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with signed_in(browser, demo_site, "pm@demo.example", **look, bypass_csp=True) as page:
        page.goto(f"{frozen_board}?style=on")
        page.locator("#past").scroll_into_view_if_needed()
        expect(page.locator("#past summary")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).violations_count == 0


def test_pairs_are_accessible_and_lead_to_their_outputs(browser: Browser, demo_site: str, frozen_board: str) -> None:
    with signed_in(browser, demo_site, "pm@demo.example", bypass_csp=True) as page:
        page.goto(f"{frozen_board}/pairs")
        assert Axe().run(page).violations_count == 0
        page.locator(".matrix a").first.click()
        expect(page.locator("h1").first).to_be_attached()
        assert "first=" in page.url and "second=" in page.url


def test_pictures_are_painted_in_the_theme_that_is_asked_for(
    browser: Browser, demo_site: str, frozen_board: str
) -> None:
    with signed_in(browser, demo_site, "pm@demo.example", color_scheme="dark") as page:
        page.goto(frozen_board)
        picture = page.locator("section[aria-labelledby=spending] img").first
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate(PAINTED)
        assert "theme=dark" in picture.evaluate("image => image.currentSrc")


def test_a_report_of_the_demo_fits_one_sheet_of_paper(browser: Browser, demo_site: str, frozen_board: str) -> None:
    with signed_in(browser, demo_site, "pm@demo.example") as page:
        page.goto(f"{frozen_board}/report")
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
