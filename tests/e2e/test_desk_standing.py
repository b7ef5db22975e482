"""An answer that meets another one: what is stored is read on the desk, and changed from there."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from apps.rating.models import Assignment

from .desk_house import CRITERIA, House, expect_all_sent, look, on_screen, task_of, until, wait_until_held
from .test_desk_network import answer, assert_stored_once_in_order

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


def stands(page: Page) -> Locator:
    """The notice on the answer that stands; screen readers are told of what comes there."""
    return page.locator("#notices[role=status] > [data-stands]")


def test_the_second_of_two_tabs_reads_what_stands_and_changes_it_from_there(desk_house: House) -> None:
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        answered = answer(one, "1")
        expect_all_sent(one)
        with two.expect_response(re.compile("/answer$")) as heard:
            assert answer(two, "4") == answered
        assert heard.value.status == 409
        time = rater.judgments()[0].judged_at.astimezone().strftime("%H:%M")
        expect(stands(two)).to_contain_text(f"You have answered this task already: “A is better” ({time}), and that")
        expect(two.locator("#said")).to_have_text("")
        wait_until_held(two)
        following = task_of(two)
        stands(two).get_by_role("link", name="Change it").click()
        expect(two.locator(f'#now > [data-task="{answered}"]')).to_be_visible()
        expect(two.locator("#now .choice[aria-pressed=true]")).to_have_attribute("value", "left")
        expect(two.locator("#live")).to_have_text("An earlier answer of yours is open again: A is better.")
        expect(stands(two)).to_have_count(0)
        look(two)
        two.keyboard.press("4")
        expect_all_sent(two)
        expect(two.locator(f'#now > [data-task="{following}"]')).to_be_visible()
        until(lambda: len(rater.judgments()) == 2)
        stored = [(str(judgment.assignment.public_id), judgment.revision) for judgment in rater.judgments()]
        assert stored == [(answered, 1), (answered, 2)]
        assert rater.choices() == ["left", "right"]
        assert two.url.endswith(rater.desk)


def test_what_stands_is_read_until_it_is_closed(desk_house: House) -> None:
    """Other notices go after half a minute, and other answers are given under this one."""
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        two.clock.install()
        answered = [answer(one, "2")]
        expect_all_sent(one)
        answer(two, "3")
        expect(stands(two)).to_contain_text("“Tie”")
        two.clock.run_for(120_000)
        answered.append(answer(two, "1"))
        expect_all_sent(two)
        expect(stands(two)).to_be_visible()
        stands(two).get_by_role("button", name="Close").click()
        expect(stands(two)).to_have_count(0)
        assert_stored_once_in_order(rater, answered, ["tie", "left"])


def test_criteria_stand_in_the_words_of_the_screen(desk_house: House) -> None:
    with desk_house.rater(CRITERIA) as rater:
        one, two = rater.open(), rater.open()
        for page, keys in ((one, "131"), (two, "111")):
            look(page)
            with page.expect_response(re.compile("/answer$")):
                for key in keys:
                    page.keyboard.press(key)
        expect(stands(two)).to_contain_text(re.compile(r"Which is truer\?\s+B\s+Was it close\?\s+Yes"))
        assert [on_screen(judgment) for judgment in rater.judgments()] == ["left"]


def test_without_a_script_what_stands_is_over_the_next_task_and_its_link_leads_back(desk_house: House) -> None:
    with desk_house.rater(java_script_enabled=False) as rater:
        one, two = rater.context.new_page(), rater.context.new_page()
        for page in (one, two):
            page.goto(f"{rater.site}{rater.desk}")
        answered = task_of(one)
        one.locator(".choice[value=right]").click()
        with two.expect_response(re.compile("/answer$")) as heard:
            two.locator(".choice[value=left]").click()
        assert heard.value.status == 409
        expect(stands(two)).to_contain_text("“B is better”")
        assert task_of(two) not in {answered, ""}
        stands(two).get_by_role("link", name="Change it").click()
        expect(two.locator(f'#now > [data-task="{answered}"] .choice.chosen')).to_have_attribute("value", "right")
        two.locator(".choice[value=tie]").click()
        until(lambda: rater.choices() == ["right", "tie"])


def test_a_page_of_someone_else_opens_nothing_and_says_why(desk_house: House) -> None:
    with desk_house.rater() as rater, desk_house.rater() as other:
        page = rater.open()
        answer(page, "1")
        expect_all_sent(page)
        page.reload()
        here = task_of(page)
        wait_until_held(page)
        rater.context.clear_cookies(name="sessionid")
        rater.context.add_cookies([c for c in other.context.cookies() if c["name"] == "sessionid"])
        for key, address in (("r", "/recent$"), ("z", "/recent$")):
            with page.expect_response(re.compile(address)) as heard:
                page.keyboard.press(key)
            assert heard.value.status == 421
            expect(page.locator("#notices")).to_contain_text("Someone else is signed in in this browser.")
        expect(page.locator("#recent-dialog")).not_to_be_visible()
        assert task_of(page) == here
        assert not Assignment.objects.filter(rater__user=other.user).exists()
