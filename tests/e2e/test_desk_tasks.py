"""Every kind of task, through a keyboard, a screen reader's words, or a thumb."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from apps.rating.models import Assignment, Enrolment

from .desk_house import CRITERIA, PAIRS, RUBRIC, TRAINING, House, expect_all_sent, look, task_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


def test_the_verdict_comes_first_then_digits_answer_the_criteria(desk_house: House) -> None:
    with desk_house.rater(CRITERIA) as rater:
        page = rater.open()
        here = task_of(page)
        page.keyboard.press("1")
        expect(page.get_by_role("group", name="Which is truer?")).to_be_visible()
        page.keyboard.press("b")
        expect(page.get_by_role("button", name="B is better")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("1")
        assert task_of(page) == here
        with page.expect_response(re.compile("/answer$")):
            page.keyboard.press("2")
        assert task_of(page) != here
        (judgment,) = rater.judgments()
        left = "A" if judgment.assignment.a_on_left else "B"
        assert rater.choices() == ["right"]
        assert judgment.answers == {"truer": left, "close": "no"}


def test_a_rubric_is_answered_by_digits_and_the_last_one_sends(desk_house: House) -> None:
    with desk_house.rater(RUBRIC) as rater:
        page = rater.open()
        here = task_of(page)
        page.keyboard.press("Enter")
        expect(page.locator("#notices")).to_contain_text("Answer every question")
        for key in "31":
            page.keyboard.press(key)
        assert task_of(page) == here
        with page.expect_response(re.compile("/answer$")):
            page.keyboard.press("2")
        assert task_of(page) not in {here, ""}
        (judgment,) = rater.judgments()
        assert judgment.answers == {"true": 3, "short": "yes", "kind": "no"}
        page.keyboard.press("z")
        assert task_of(page) == here
        expect(page.get_by_role("radio", name="3 of 3")).to_be_checked()
        page.get_by_role("radio", name="1 of 3").check()
        page.get_by_role("button", name="Save").click()
        expect_all_sent(page)
        assert [judgment.answers["true"] for judgment in rater.judgments()] == [3, 1]


def test_training_explains_each_answer_and_ends_in_a_result(desk_house: House) -> None:
    with desk_house.rater(TRAINING) as rater:
        page = rater.context.new_page()
        page.goto(f"{rater.site}{rater.desk}")
        page.keyboard.press("2")
        expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible()
        expect(page.locator("#lesson")).to_contain_text("Neither says more.")
        page.keyboard.press("z")
        expect(page.locator("#notices")).to_contain_text("In training an answer stands")
        page.keyboard.press("Enter")
        expect(page.locator("#now > [data-task]")).to_be_visible()
        look(page)
        page.keyboard.press("1")
        expect(page.get_by_role("heading", name="Not what we would have said")).to_be_visible()
        expect(page.locator("#lesson")).to_contain_text("Qualified")
        page.get_by_role("link", name="Go on").click()
        expect(page.locator("#now > [data-task]:not([data-training])")).to_be_visible()
        assert Enrolment.objects.get(rater__user=rater.user).standing == "active"
        assert rater.choices() == ["tie", "left"]


def test_a_whole_task_by_screen_reader_semantics_alone(desk_house: House) -> None:
    """Names and roles, Tab and Enter: no single key, no pointer, no class or id."""
    with desk_house.rater(PAIRS, settings_={"keys": False}) as rater:
        page = rater.open()
        for landmark in ("banner", "main"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_have_text("Rate: Pairs")
        expect(page.get_by_role("region", name="User")).to_contain_text("Question number")
        for letter in "AB":
            expect(page.get_by_role("article", name=f"Output {letter}")).to_contain_text("Answer")
        tab_to(page, "button", "Both bad")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").last).to_have_text("Both bad, saved. Next pair. 1 of 60.")
        expect(page.get_by_role("region", name="User")).to_be_focused()
        assert rater.choices() == ["both_bad"]


def test_a_rubric_by_screen_reader_semantics_alone(desk_house: House) -> None:
    with desk_house.rater(RUBRIC, settings_={"keys": False}) as rater:
        page = rater.open()
        for answers, question in ((2, "How true is it?"), (1, "Is it short?"), (0, "Is it kind?")):
            tab_into(page, question)
            page.keyboard.press("Space")
            for _ in range(answers):
                page.keyboard.press("ArrowDown")
        tab_to(page, "button", "Save")
        with page.expect_response(re.compile("/answer$")):
            page.keyboard.press("Enter")
        (judgment,) = rater.judgments()
        assert judgment.answers == {"true": 3, "short": "no", "kind": "yes"}


def tab_to(page: Page, role: str, name: str) -> None:
    """Tab until the focus is there."""
    target = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches {name!r}.")


def tab_into(page: Page, group: str) -> None:
    """Tab until the focus is within this group."""
    target = page.get_by_role("group", name=group)
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("(element) => element.contains(document.activeElement)"):
            return
    raise AssertionError(f"Tab never reaches {group!r}.")


def test_on_a_phone_answers_open_once_both_panes_were_seen(desk_house: House) -> None:
    with desk_house.rater(**PHONE) as rater:
        page = rater.open()
        here = task_of(page)
        button = page.get_by_role("button", name="A is better")
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(page.get_by_text("Swipe to read the other output")).to_be_visible()
        button.tap(force=True)
        assert task_of(page) == here
        swipe(page)
        expect(button).not_to_have_attribute("aria-disabled", "true")
        expect(page.get_by_text("Swipe to read the other output")).to_be_hidden()
        with page.expect_response(re.compile("/answer$")):
            button.tap()
        assert task_of(page) != here
        expect(button).to_have_attribute("aria-disabled", "true")
        answered = Assignment.objects.get(public_id=here)
        assert (answered.first_seen, rater.choices()) == ("left", ["left"])


def swipe(page: Page) -> None:
    """A finger from right to left over the panes."""
    box = page.locator("#pane-a").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2
    touch.send("Input.synthesizeScrollGesture", {"x": x, "y": y, "xDistance": -330, "yDistance": 0, "speed": 2000})


def test_side_by_side_nothing_is_locked_and_no_pane_came_first(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        here = task_of(page)
        with page.expect_response(re.compile("/answer$")):
            page.get_by_role("button", name="Tie").click()
        assert Assignment.objects.get(public_id=here).first_seen in {None, ""}


def test_the_empty_desk_says_why(desk_house: House) -> None:
    with desk_house.rater() as rater:
        Enrolment.objects.filter(rater__user=rater.user).update(target=1)
        page = rater.open(holds=False)
        page.keyboard.press("1")
        expect(page.get_by_role("heading", name="You have done your share")).to_be_visible(timeout=10_000)
        page.keyboard.press("z")
        expect(page.get_by_text("You are changing an earlier answer.")).to_be_visible()
        page.keyboard.press("2")
        expect(page.get_by_role("heading", name="You have done your share")).to_be_visible()
        expect_all_sent(page)
        assert rater.choices() == ["left", "tie"]


@pytest.mark.parametrize("study", [PAIRS, CRITERIA, RUBRIC, TRAINING])
@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark", **PHONE}], ids=["light", "dark-phone"])
def test_axe_finds_nothing_serious_at_the_desk(desk_house: House, study: str, options: dict[str, object]) -> None:
    with desk_house.rater(study, **options) as rater:
        page = rater.context.new_page()
        page.goto(f"{rater.site}{rater.desk}")
        if study == CRITERIA and not options:
            page.keyboard.press("1")
        assert serious(page) == []
        if study == TRAINING and not options:
            page.keyboard.press("1")
            expect(page.locator("#lesson")).to_be_visible()
            assert serious(page) == []
        for path in ("recent", "guideline"):
            page.goto(f"{rater.site}{rater.desk}{path}")
            assert serious(page) == [], path
        page.goto(f"{rater.site}/rate/")
        assert serious(page) == []


def test_axe_finds_nothing_serious_in_the_dialogs_and_while_waiting(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        for key in ("?", ",", "r", "g"):
            page.keyboard.press(key)
            expect(page.locator("dialog[open]")).to_be_visible()
            assert serious(page) == [], key
            page.keyboard.press("Escape")
        for key in ("f", "c", "s"):
            page.keyboard.press(key)
            assert serious(page) == [], key
            page.keyboard.press("Escape")
        page.keyboard.press("d")
        assert serious(page) == []
        rater.context.set_offline(True)
        page.keyboard.press("1")
        page.keyboard.press("1")
        expect(page.locator("#saved")).to_contain_text("waiting for the network")
        assert serious(page) == []


def serious(page: Page) -> list[tuple[str, str]]:
    """What axe finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in {"serious", "critical"}]
