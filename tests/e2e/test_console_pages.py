"""Every page of the console, in two looks: axe finds nothing serious, and nothing is wider than the window."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser

from apps.accounts.models import User
from apps.analysis.filters import Filters
from apps.analysis.gate_rules import GateRule, RuleKind
from apps.analysis.selectors import job_subject
from apps.analysis.services import current_leaderboard, read_gate, set_gate
from apps.core.models import Job, JobState
from apps.quality.services import freeze_figures
from apps.studies.models import Study
from tests.benchmarks.console.pages import pages_of

from .test_first_evening import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PM = "pm@demo.example"


@pytest.fixture(scope="module")
def paths(demo_site: str) -> list[str]:
    """The addresses of all whole pages, once everything that a page may show is computed."""
    study = Study.objects.select_related("workspace").get(slug="support-assistant")
    compute(study)
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(email=PM))
    asked = [
        address
        for page in pages_of(study)
        for address in (page.url, *(f"{page.url}?{query}" for query in page.also))
        if is_page(client, address)
    ]
    assert len(asked) > 30
    return asked


def compute(study: Study) -> None:
    """What its buttons would have a worker do, and the rows of that work."""
    current_leaderboard(study=study, filters=Filters(), by=None)
    for kind in ("raters", "agreement"):
        freeze_figures(study=study, kind=kind, by=None, report=lambda percent, message: None)
    rules = [GateRule(kind=RuleKind.MARGIN, allowed=0.05)]
    gate = set_gate(study=study, candidate="dunlin-1", baseline="basalt-7", rules=rules, is_watched=True, by=None)
    read_gate(gate=gate, by=None)
    of_study = {"study": study.pk}
    arguments = {"leaderboard": of_study | {"filters": Filters().as_settings()}, "gate": of_study | {"gate": 1}}
    for kind in ("leaderboard", "raters", "agreement", "gate"):
        Job.objects.create(
            kind=kind,
            workspace_id=study.workspace_id,
            subject=job_subject(study),
            arguments=arguments.get(kind, of_study),
            state=JobState.DONE,
            percent=100,
        )


def is_page(client: Client, address: str) -> bool:
    """Whether a whole page is there: not a file, nor a part that a page asks for, nor a form that only takes posts."""
    reply = client.get(address)
    is_html = reply.headers.get("Content-Type", "").startswith("text/html")
    return reply.status_code == 200 and is_html and b"<html" in reply.content


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_page_shuts_anybody_out(browser: Browser, demo_site: str, paths: list[str], width: int, scheme: str) -> None:
    look = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    found = {}
    with signed_in(browser, demo_site, PM, **look, bypass_csp=True) as page:
        for path in paths:
            page.goto(f"{demo_site}{path}")
            violations = Axe().run(page).response["violations"]
            wrong = [(v["id"], v["nodes"][0]["html"]) for v in violations if v["impact"] in {"serious", "critical"}]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wrong or wide > width:
                found[path] = (wrong, wide)
    assert found == {}
