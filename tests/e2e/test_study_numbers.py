"""From a study's home to the outputs behind a number in two clicks; and the list of jobs on a phone."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from apps.core.models import Job
from apps.rating.models import Judgment, Rater
from apps.studies.models import Study

from .test_first_evening import STUDY, signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PM = "pm@demo.example"


def section(page: Page, name: str) -> Locator:
    return page.locator(f"section[aria-labelledby={name}]")


def outputs_in_one_more_click(page: Page) -> None:
    """The list that the number led to; its first task shows both outputs under their systems' names."""
    expect(page.locator("#reading-count")).to_be_visible()
    page.locator(".excerpt").first.click()
    expect(page.locator(".read-pane")).to_have_count(2)
    for pane in page.locator(".read-pane").all():
        assert len(pane.inner_text()) > 40


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("slices", "refunds"),
        ("pairs", "basalt-7 and dunlin-1"),
        ("systems", "sorrel-2"),
        ("days", "Judgments per day"),
        ("facts", "judgments"),
        ("dispositions", "Read the 720 of used"),
        ("dispositions", "Read the 72 of gold"),
        ("raters", re.compile(r"Read the \d+ of Amara")),
    ],
)
def test_a_number_leads_to_its_outputs_in_two_clicks(
    browser: Browser, demo_site: str, name: str, link: str | re.Pattern[str]
) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{STUDY}")
        section(page, name).get_by_role("link", name=link, exact=True).first.click()
        outputs_in_one_more_click(page)


def test_the_list_behind_a_number_has_that_many_judgments(browser: Browser, demo_site: str) -> None:
    amara = Rater.objects.get(name="Amara")
    hers = Judgment.objects.filter(assignment__rater=amara, revision=1)
    n, n_tasks = hers.count(), hers.values("assignment__task").distinct().count()
    with signed_in(browser, demo_site, PM) as page:
        for name, link, told in (
            ("raters", f"Read the {n} of Amara", rf"^{n} judgments .* in {n_tasks} tasks"),
            ("dispositions", "Read the 720 of used", r"^720 judgments .*in \d+ tasks"),
        ):
            page.goto(f"{demo_site}{STUDY}")
            section(page, name).get_by_role("link", name=link).click()
            expect(page.locator("#reading-count")).to_have_text(re.compile(told))


def test_hidden_gold_is_one_click_from_its_outputs(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, PM) as page:
        page.goto(f"{demo_site}{STUDY}")
        section(page, "gold").get_by_role("link").first.click()
        expect(page.locator(".read-pane")).to_have_count(2)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark"), (320, "light")])
def test_jobs_are_blocks_on_a_phone(browser: Browser, demo_site: str, width: int, scheme: str) -> None:
    some_jobs()
    look = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with signed_in(browser, demo_site, PM, **look, bypass_csp=True) as page:
        page.goto(f"{demo_site}/studies/demo/jobs")
        table = page.get_by_role("table")
        expect(table.get_by_role("row")).to_have_count(Job.objects.count() + 1)
        expect(table.get_by_role("columnheader")).to_have_count(5)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for cell in table.get_by_role("cell").all():
            box = cell.bounding_box()
            assert box is None or box["x"] + box["width"] <= width, cell.inner_text()
        assert Axe().run(page).violations_count == 0


def some_jobs() -> None:
    """One of each state, with long words."""
    study, now = Study.objects.get(slug="support-assistant"), timezone.now()
    given = {"workspace_id": study.workspace_id, "subject": f"study:{study.pk}", "arguments": {"study": study.pk}}
    ended = {"started_at": now - timedelta(seconds=75), "ended_at": now, "percent": 100}
    why, doing = f"It failed: {'x' * 90} (OSError).", "writing judgments: 440,000 rows so far"
    Job.objects.create(**given, kind="leaderboard", state="failed", message=why, **ended)
    Job.objects.create(**given, kind="study_bundle", state="done", result={"bytes": 12_345_678}, **ended)
    Job.objects.create(**given, kind="raters", state="running", percent=44, message=doing, started_at=now)
