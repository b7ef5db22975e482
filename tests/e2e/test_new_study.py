"""From a sample file to an open study, as a new user would: counted in clicks and seconds, and looked at."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from apps.rating.models import Draw, Enrolment
from apps.studies.models import Study, Upload
from apps.studies.services.protocol import criteria_of, current_protocol

from .test_first_evening import signed_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SAMPLES: Path = settings.BASE_DIR / "fixtures" / "samples"
CLICKS, SECONDS = 8, 180  # it takes fewer
IN_A_DIALOG = 2  # a file is chosen there, and Open is pressed; the browser's own window counts for nobody
NEW = "/studies/demo/new/"


@pytest.fixture
def kept() -> Path:
    """Where pictures are kept for whoever looks at them after the run: var/screenshots, unless a folder is named."""
    folder = Path(os.environ.get("TOUCHSTONE_SCREENSHOTS", settings.VAR / "screenshots")) / "new-study"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def counting_clicks(page: Page) -> Iterator[list[str]]:
    """What was clicked, on whichever page, as the browser saw it."""
    clicks: list[str] = []
    page.expose_function("noteClick", lambda tag: clicks.append(str(tag)))
    # The press, not the click: a browser makes a second click of one on a label.
    page.add_init_script(
        "addEventListener('pointerdown', (e) => { if (e.isTrusted) window.noteClick(e.target.tagName) }, true)"
    )
    yield clicks


def serious(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]


def look_at(page: Page, kept: Path, name: str) -> None:
    """A picture, and nothing serious for axe to find."""
    page.screenshot(path=str(kept / f"{name}.png"), full_page=True)
    assert serious(page) == []


def test_from_a_sample_file_to_an_open_study(browser: Browser, demo_site: str, kept: Path) -> None:
    with signed_in(browser, demo_site, "pm@demo.example") as page, counting_clicks(page) as clicks:
        begun = time.monotonic()
        page.goto(demo_site)
        page.get_by_role("link", name="New study").click()
        page.get_by_text("Compare two versions", exact=True).click()
        look_at(page, kept, "1-begin")
        page.set_input_files("#file", str(SAMPLES / "compare.jsonl"))  # a drop: choosing sends it
        expect(page.get_by_role("heading", name="compare.jsonl")).to_be_visible()
        look_at(page, kept, "2-found")
        page.get_by_role("link", name="On to the settings").click()
        expect(page.get_by_text("Not enough yet")).to_be_visible()
        page.wait_for_load_state("load")  # before that htmx does not listen yet, and nobody types
        page.get_by_label("Judgments a task").fill("3")
        page.get_by_label("Price of a judgment").fill("0.40")
        expect(page.locator("#answer")).to_contain_text("each 3 times")
        expect(page.locator("#answer")).to_contain_text("€")
        look_at(page, kept, "3-settings")
        page.get_by_role("button", name="Open the study").click()
        expect(page).to_have_url(f"{demo_site}/studies/demo/compare-two-versions/")
        page.screenshot(path=str(kept / "4-open.png"), full_page=True)
        seconds = time.monotonic() - begun
    study = Study.objects.get(slug="compare-two-versions")
    assert study.state == "open"
    assert Enrolment.objects.filter(study=study).count() == 2, "both raters of the demo were ticked"
    assert Draw.objects.filter(study=study).count() == 38, "12 pairs, 3 times each, and 2 for agreement"
    assert len(clicks) == 4, clicks
    assert len(clicks) + IN_A_DIALOG < CLICKS
    assert seconds < SECONDS
    (kept / "new-study.json").write_text(json.dumps({"clicks": clicks, "seconds": round(seconds, 1)}))


def test_the_sample_that_is_offered_is_open_after_four_clicks(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, "pm@demo.example") as page, counting_clicks(page) as clicks:
        page.goto(demo_site)
        page.get_by_role("link", name="New study").click()
        page.get_by_role("button", name="Use the sample of Rubric audit").click()
        page.get_by_role("link", name="On to the settings").click()
        page.get_by_role("button", name="Open the study").click()
        expect(page).to_have_url(f"{demo_site}/studies/demo/rubric-audit/")
    assert len(clicks) == 4, clicks
    assert Study.objects.get(slug="rubric-audit").state == "open"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_questions_are_changed_in_place(
    browser: Browser, demo_site: str, kept: Path, size: tuple[int, int], scheme: str
) -> None:
    look = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}}
    with signed_in(browser, demo_site, "pm@demo.example", **look) as page:
        page.goto(f"{demo_site}{NEW}")
        page.get_by_role("button", name="Use the sample of Compare two versions").click()
        page.get_by_role("link", name="On to the settings").click()
        page.wait_for_load_state("load")
        expect(page.locator("#answer")).not_to_contain_text("to rate")
        page.get_by_label("Name", exact=True).fill("Typed before")
        page.get_by_text("Change the questions").click()
        page.get_by_role("button", name="Add a question").press("Enter")
        expect(page.get_by_label("Question", exact=True).nth(1)).to_be_focused()
        page.keyboard.type("Is it polite?")
        expect(page.locator("#live")).to_have_text("Question 1 added.")
        page.get_by_label("Asked about").select_option("output")
        expect(page.locator("#answer")).to_contain_text("24 outputs to rate", timeout=5_000)
        page.get_by_label("Answers", exact=True).select_option("3")
        expect(page.get_by_label("Answer 3", exact=True)).to_be_visible()
        page.get_by_role("button", name="Add a question").click()
        page.get_by_role("button", name="Move up question 2").press("Enter")
        expect(page.get_by_role("button", name="Move down question 1")).to_be_focused()
        expect(page.get_by_label("Question", exact=True).nth(2)).to_have_value("Is it polite?")
        expect(page.locator("#questions-in-short")).to_contain_text("2 questions")
        page.get_by_text("Slices that come first").click()
        page.get_by_label("topic = baking").fill("many")
        page.get_by_role("button", name="Open the study").click()
        expect(page.get_by_text("Write a whole number, or nothing.")).to_be_visible()
        expect(page.get_by_text("Say what this answer is.").first).to_be_visible()
        expect(page.get_by_label("Name", exact=True)).to_have_value("Typed before")
        look_at(page, kept, f"questions-{size[0]}-{scheme}")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wide, "nothing sticks out at the side"
        page.get_by_label("Name", exact=True).press("Enter")
        expect(page.get_by_text("Write a whole number, or nothing.")).to_be_visible()
    assert not Study.objects.filter(name="Typed before").exists(), "Enter in a field opens nothing"


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["wide", "phone"])
def test_the_samples_gold_settings_and_refusals_look_right(
    browser: Browser, demo_site: str, kept: Path, size: tuple[int, int], tmp_path: Path
) -> None:
    for scheme in ("light", "dark"):
        look = {"color_scheme": scheme, "viewport": {"width": size[0], "height": size[1]}}
        with signed_in(browser, demo_site, "pm@demo.example", **look) as page:
            name = f"{size[0]}-{scheme}"
            page.goto(f"{demo_site}{NEW}")
            look_at(page, kept, f"begin-{name}")
            page.get_by_role("button", name="Use the sample of Safety review").click()
            look_at(page, kept, f"found-{name}")
            page.get_by_role("link", name="On to the settings").click()
            look_at(page, kept, f"settings-{name}")
            wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert not wide, "nothing sticks out at the side"
            page.goto(f"{demo_site}{NEW}")
            wrong = tmp_path / "wrong.csv"
            wrong.write_text("item,system,output\na,one,x\na,one,y\n,two,z\n")
            page.set_input_files("#file", str(wrong))
            expect(page.get_by_role("heading", name="2 things are wrong: nothing was stored")).to_be_visible()
            look_at(page, kept, f"wrong-{name}")
            page.get_by_role("button", name="Another file").click()
            expect(page.get_by_role("heading", name="New study")).to_be_visible()


def test_a_file_too_large_is_not_even_sent(browser: Browser, demo_site: str, tmp_path: Path) -> None:
    large = tmp_path / "large.jsonl"
    with large.open("wb") as stream:
        stream.truncate(200 * 1024**2)
    before = Upload.objects.count()
    with signed_in(browser, demo_site, "pm@demo.example") as page:
        page.goto(f"{demo_site}{NEW}")
        page.set_input_files("#file", str(large))
        expect(page.locator("#file-refusal")).to_contain_text("larger than 100 MB and was not sent")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{demo_site}/accounts/login/")
    page.click('input[value="pm@demo.example"] + button')
    page.goto(f"{demo_site}{NEW}")
    page.set_input_files("#file", str(large))
    page.get_by_role("button", name="Read the file").click(timeout=120_000)
    refusal = "The file is larger than 100 MB, and nothing of it was kept"
    expect(page.locator(".refusal")).to_contain_text(refusal, timeout=60_000)
    context.close()
    assert Upload.objects.count() == before


def test_long_work_is_done_by_a_worker_while_the_page_tells(browser: Browser, demo_site: str, tmp_path: Path) -> None:
    rows = [
        {"item": f"i{n}", "prompt": f"Question {n}?", "system": f"s{m}", "output": f"Answer {n} {m}. " + "word " * 40}
        for n in range(1_500)
        for m in range(3)
    ]
    file = tmp_path / "many.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with signed_in(browser, demo_site, "pm@demo.example") as page:
        page.goto(f"{demo_site}{NEW}")
        page.set_input_files("#file", str(file))
        expect(page.get_by_text("You may leave this page")).to_be_visible(timeout=30_000)
        page.get_by_role("link", name="On to the settings").click(timeout=60_000)
        page.get_by_label("Name", exact=True).fill("Many outputs")
        page.get_by_role("button", name="Open the study").click()
        expect(page.locator("progress")).to_be_visible()
        page.wait_for_url("**/studies/demo/many-outputs/", timeout=90_000)
    assert Study.objects.get(slug="many-outputs").state == "open"


def test_it_works_without_javascript(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, "pm@demo.example", java_script_enabled=False) as page:
        page.goto(f"{demo_site}{NEW}")
        page.set_input_files("#file", str(SAMPLES / "rank.csv"))
        page.get_by_label("Rank many").check()
        page.get_by_role("button", name="Read the file").click()
        page.get_by_role("link", name="On to the settings").click()
        page.get_by_label("Price of a judgment").fill("2")
        page.get_by_role("button", name="Work the answer out again").click()
        expect(page.locator("#answer")).to_contain_text("€")
        page.get_by_text("Change the questions").click()
        page.get_by_role("button", name="Add a question").click()
        page.get_by_label("Question", exact=True).nth(1).fill("How clear is it?")
        page.get_by_label("Answers", exact=True).select_option("3")
        page.get_by_role("button", name="Set", exact=True).click()
        for n, label in enumerate(("Not", "Half", "All"), start=1):
            page.get_by_label(f"Answer {n}", exact=True).fill(label)
        page.get_by_label("Both bad").uncheck()
        page.get_by_role("button", name="Keep it as a draft").click()
        expect(page).to_have_url(f"{demo_site}/studies/demo/rank-many/")
    protocol = current_protocol(Study.objects.get(slug="rank-many", state="draft"))
    assert set(protocol.verdicts) == {"A", "B", "TIE"}
    assert [anchor["label"] for anchor in criteria_of(protocol)[0]["anchors"]] == ["Not", "Half", "All"]


def test_gold_is_added_without_losing_what_was_typed(browser: Browser, demo_site: str) -> None:
    with signed_in(browser, demo_site, "pm@demo.example") as page:
        page.goto(f"{demo_site}{NEW}")
        page.set_input_files("#file", str(SAMPLES / "compare.jsonl"))
        page.get_by_role("link", name="On to the settings").click()
        page.get_by_label("Name", exact=True).fill("With gold")
        page.set_input_files("#gold-file", str(SAMPLES / "compare-gold.jsonl"))
        page.get_by_role("button", name="Open the study").click()
        expect(page.get_by_text("compare-gold.jsonl was chosen as gold and not added")).to_be_visible()
        page.set_input_files("#gold-file", str(SAMPLES / "compare-gold.jsonl"))
        page.get_by_role("button", name="Add gold").click()
        page.get_by_role("link", name="On to the settings").click()
        expect(page.get_by_label("Name", exact=True)).to_have_value("With gold")
        expect(page.get_by_text("2 hidden, 1 for training")).to_be_visible()
