"""Rating by keyboard: the answer is the submit, the next task is there, and nothing fires where it should not."""

import random
import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page, expect

from apps.rating.models import Assignment, JudgmentComment

from .desk_house import House, expect_all_sent, look, task_of

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

CHANGING = "You are changing an earlier answer."


def rate(page: Page, keys: Iterable[str]) -> list[str]:
    """One answer for each key, each stored before the next; the assignments."""
    answered = []
    for key in keys:
        answered.append(task_of(page))
        look(page)
        with page.expect_response(re.compile("/answer$")):
            page.keyboard.press(key)
        expect_all_sent(page)
    return answered


def test_one_key_is_one_answer_and_the_next_task_is_there(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        for key in "1tx4a":
            before = task_of(page)
            look(page)
            with page.expect_response(re.compile("/answer$")):
                page.keyboard.press(key)
                assert task_of(page) not in {before, ""}, "the next task was held ready"
        expect_all_sent(page)
        expect(page.locator(".count b")).to_have_text("5")
        expect(page.locator("#live")).to_have_text("A is better, saved. Next pair. 5 of 60.")
        assert rater.choices() == ["left", "tie", "both_bad", "right", "left"]
        stored = rater.judgments()
        assert all(judgment.shown_ms is not None and 0 < judgment.shown_ms < 60_000 for judgment in stored)
        shown = Assignment.objects.filter(rater__user=rater.user, shown_at__isnull=False).count()
        assert shown == 6, "five answered and one on the screen: the one held ready was not shown"


def test_undo_goes_three_answers_back_and_returns_to_the_task_before(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        answered = rate(page, "1234")
        here = task_of(page)
        for back in range(1, 4):
            page.keyboard.press("Backspace" if back == 2 else "z")
            expect(page.get_by_text(CHANGING)).to_be_visible()
            assert task_of(page) == answered[-back]
        expect(page.get_by_role("button", name="Tie")).to_have_attribute("aria-pressed", "true")
        with page.expect_response(re.compile("/answer$")):
            page.keyboard.press("4")
            assert task_of(page) == here
        expect(page.get_by_text(CHANGING)).to_be_hidden()
        rate(page, "1")
        stored = [(str(j.assignment.public_id), j.revision) for j in rater.judgments()]
        assert stored == [*((task, 1) for task in answered), (answered[1], 2), (here, 1)]
        assert rater.choices() == ["left", "tie", "both_bad", "right", "right", "left"]


def test_undo_reaches_answers_of_an_earlier_visit(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        answered = rate(page, "12")
        with page.expect_response(re.compile("/next$")):
            page.reload()
        here = task_of(page)
        page.keyboard.press("z")
        expect(page.get_by_text(CHANGING)).to_be_visible()
        page.keyboard.press("z")
        expect(page.locator(f'#now > [data-task="{answered[0]}"]')).to_be_visible()
        page.keyboard.press("Escape")
        assert task_of(page) == here
        page.keyboard.press("r")
        expect(page.locator("#recent-dialog")).to_be_visible()
        page.locator("#recent-dialog a").first.click()
        expect(page.locator(f'#now > [data-task="{answered[1]}"]')).to_be_visible()
        rate(page, "3")
        assert rater.choices() == ["left", "tie", "both_bad"]
        assert [judgment.revision for judgment in rater.judgments()] == [1, 1, 2]


def test_a_double_click_answers_one_task(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.get_by_role("button", name="Tie").dblclick(delay=100)  # the second half comes 200 ms after the first
        expect_all_sent(page)
        look(page)
        with page.expect_response(re.compile("/answer$")):
            page.get_by_role("button", name="A is better").click()
        assert rater.choices() == ["tie", "left"]
        page.locator("details.skip summary").click()
        page.get_by_role("button", name="Not my topic").dblclick(delay=100)
        expect_all_sent(page)
        look(page)
        skipped = Assignment.objects.filter(rater__user=rater.user, outcome="skipped")
        assert (skipped.count(), len(rater.judgments())) == (1, 2)


def test_keys_that_come_before_she_can_have_looked_answer_nothing(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        look(page)
        press = "dispatchEvent(new KeyboardEvent('keydown', {key: '1', code: 'Digit1', bubbles: true}))"
        page.evaluate(f"for (let n = 0; n < 3; n++) document.body.{press}")
        expect_all_sent(page)
        assert rater.choices() == ["left"]
        rate(page, "4")
        assert rater.choices() == ["left", "right"]


def test_a_skip_takes_two_keys_and_frees_the_next_task(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        skipped = task_of(page)
        with page.expect_response(re.compile("/skip$")):
            page.keyboard.press("s")
            page.keyboard.press("3")
        assert task_of(page) not in {skipped, ""}
        gone = Assignment.objects.get(public_id=skipped)
        assert (gone.outcome, rater.choices()) == ("skipped", [])
        rate(page, "1")
        assert rater.choices() == ["left"]


def test_flags_and_a_comment_go_with_the_answer_and_survive_a_reload(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        here = task_of(page)
        page.keyboard.press("c")
        page.keyboard.type("a b 1 2: neither cites z")
        page.keyboard.press("Escape")
        assert task_of(page) == here, "letters typed into the comment are no answers"
        page.reload()
        assert page.locator("textarea[name=comment]").input_value() == "a b 1 2: neither cites z"
        page.keyboard.press("f")
        page.keyboard.press("1")
        page.keyboard.press("Escape")
        rate(page, "2")
        (judgment,) = rater.judgments()
        assert judgment.flags == ["identified"]
        assert JudgmentComment.objects.get(judgment=judgment).text == "a b 1 2: neither cites z"
        assert page.locator("textarea[name=comment]").input_value() == ""
        assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('.draft.'))") == []


def test_nothing_fires_under_a_dialog_with_modifiers_or_while_a_key_is_held(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        here = task_of(page)
        for opener, dialog in (("?", "#keys"), ("g", "#guideline"), (",", "#settings")):
            page.keyboard.press(opener)
            expect(page.locator(dialog)).to_be_visible()
            page.keyboard.press("1")
            page.keyboard.press("Escape")
            expect(page.locator(dialog)).to_be_hidden()
        for modified in ("Control+1", "Alt+1", "Shift+a", "Meta+b"):
            page.keyboard.press(modified)
        assert task_of(page) == here
        page.keyboard.down("1")
        after = task_of(page)
        page.keyboard.down("1")
        assert task_of(page) == after, "a key that is held repeats itself and not the answer"
        page.keyboard.up("1")
        expect_all_sent(page)
        assert rater.choices() == ["left"]


def test_waiting_for_enter_marks_first_and_sends_with_enter(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.keyboard.press(",")
        page.get_by_label("Wait for Enter").check()
        page.keyboard.press("Escape")
        here = task_of(page)
        page.keyboard.press("1")
        page.keyboard.press("4")
        expect(page.get_by_role("button", name="B is better")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="A is better")).to_have_attribute("aria-pressed", "false")
        assert task_of(page) == here
        rate(page, ["Enter"])
        assert rater.choices() == ["right"]
        with page.expect_response(re.compile("/next$")):
            page.reload()
        expect(page.locator("html")).to_have_attribute("data-wait", "")


def test_single_keys_can_be_turned_off(desk_house: House) -> None:
    with desk_house.rater(settings_={"keys": False}) as rater:
        page = rater.open()
        here = task_of(page)
        for key in ("1", "a", "s", "z", "?", "d"):
            page.keyboard.press(key)
        assert task_of(page) == here
        expect(page.locator("dialog[open], details.menu[open]")).to_have_count(0)
        page.get_by_role("button", name="Tie").click()
        expect_all_sent(page)
        assert rater.choices() == ["tie"]


def test_differences_are_marked_alike_and_leave_no_trace(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        before = page.locator("[data-output]").evaluate_all("all => all.map((one) => one.innerHTML)")
        page.keyboard.press("d")
        marks = page.locator("[data-output]").evaluate_all(
            "all => all.map((one) => [...one.querySelectorAll('mark')].map((mark) => mark.textContent))"
        )
        words = page.locator("[data-output]").evaluate_all("all => all.map((one) => one.textContent.split(' ')[1])")
        assert marks == [[words[0]], [words[1]]]
        expect(page.get_by_role("button", name="differences")).to_have_attribute("aria-pressed", "true")
        page.keyboard.press("d")
        assert page.locator("[data-output]").evaluate_all("all => all.map((one) => one.innerHTML)") == before


def longest_common(a: str, b: str) -> int:
    """The length of the longest common subsequence, by its definition."""
    if not a or not b:
        return 0
    if a[0] == b[0]:
        return 1 + longest_common(a[1:], b[1:])
    return max(longest_common(a[1:], b), longest_common(a, b[1:]))


def test_what_is_not_marked_is_the_longest_that_both_share(desk_house: House) -> None:
    rng = random.Random(4)
    pairs = [["".join(rng.choices("abc", k=rng.randrange(7))) for _ in range(2)] for _ in range(300)]
    with desk_house.rater() as rater:
        page = rater.open()
        found = page.evaluate(
            """async (pairs) => { const {differing} = await import("/static/js/desk/lcs.js");
            return pairs.map(([a, b]) => differing([...a], [...b])) }""",
            pairs,
        )
    for (a, b), (only_a, only_b) in zip(pairs, found, strict=True):
        shared = [sign for sign, is_only in zip(a, only_a, strict=True) if not is_only]
        assert shared == [sign for sign, is_only in zip(b, only_b, strict=True) if not is_only]
        assert len(shared) == longest_common(a, b)


def test_two_thousand_words_are_compared_quickly_and_more_is_refused(desk_house: House) -> None:
    fill = """(n) => document.querySelectorAll("[data-output]").forEach((output, place) => {
      const words = Array.from({length: n}, (_, i) => "w" + ((i * 7919 + place * 31) % 997));
      output.innerHTML = "<p>" + words.join(" "); })"""
    compare = """async () => { const {markDifferences} = await import("/static/js/desk/diff.js");
      const began = performance.now();
      const {marked} = markDifferences();
      return [marked, performance.now() - began] }"""
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate(fill, 2000)
        marked, took_ms = page.evaluate(compare)
        assert marked is True
        assert took_ms < 300, "under 100 on a quiet machine"
        page.evaluate(fill, 4000)
        page.keyboard.press("d")
        expect(page.locator("#notices")).to_contain_text("too long to compare")


def soon(page: Page, happened: Callable[[], bool]) -> None:
    """Wait for something to be so on the page, without a script of ours, which its policy would refuse."""
    for _ in range(50):
        if happened():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen")


def test_the_panes_scroll_together_in_proportion(desk_house: House) -> None:
    lengthen = """document.querySelectorAll("[data-output]").forEach((output, place) => {
      const filler = document.createElement("div");
      filler.style.blockSize = (place + 1) * 2000 + "px"; output.append(filler); })"""
    at = "() => [...document.querySelectorAll('.pane')].map((p) => p.scrollTop / (p.scrollHeight - p.clientHeight))"
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate(lengthen)
        page.keyboard.press("l")
        page.locator("#pane-a").evaluate("(pane) => { pane.scrollTop = (pane.scrollHeight - pane.clientHeight) / 2 }")
        soon(page, lambda: page.evaluate(at) == pytest.approx([0.5, 0.5], abs=0.01))
        page.keyboard.press("l")
        page.locator("#pane-b").evaluate("(pane) => { pane.scrollTop = 0 }")
        page.wait_for_timeout(100)
        assert page.evaluate(at) == [pytest.approx(0.5, abs=0.01), 0]
        page.keyboard.press("PageDown")
        soon(page, lambda: min(page.evaluate(at)) > 0.05)


def test_after_ten_answers_a_line_asks_to_look_up_and_costs_one_key(desk_house: House) -> None:
    with desk_house.rater(settings_={"breaks": True}) as rater:
        page = rater.open()
        rate(page, "1" * 10)
        expect(page.locator("[data-break]")).to_be_visible()
        here = task_of(page)
        page.keyboard.press("1")
        assert task_of(page) == here, "the first key only goes on"
        expect(page.locator("[data-break]")).to_have_count(0)
        rate(page, "1")
        assert len(rater.judgments()) == 11


def test_a_change_after_the_tenth_answer_asks_for_no_second_break(desk_house: House) -> None:
    with desk_house.rater(settings_={"breaks": True}) as rater:
        page = rater.open()
        rate(page, "1" * 10)
        expect(page.locator("[data-break]")).to_be_visible()
        page.keyboard.press("1")  # goes on
        page.keyboard.press("z")
        rate(page, "4")
        expect(page.locator("[data-break]")).to_have_count(0)
        rate(page, "2")
        assert rater.choices() == [*["left"] * 10, "right", "tie"]


def test_her_time_zone_is_told_and_her_times_are_local(desk_house: House) -> None:
    with desk_house.rater(timezone_id="Pacific/Auckland") as rater:
        page = rater.open()
        rate(page, "1")
        cookies = {cookie["name"]: cookie for cookie in rater.context.cookies()}
        assert cookies["tz"]["value"] == "Pacific/Auckland"
        assert cookies["tz"]["sameSite"] == "Lax"
        there = page.evaluate("new Date().toLocaleTimeString('en-GB', {hour: '2-digit', timeZone: 'Pacific/Auckland'})")
        assert re.search(r"saved (\d\d)", page.inner_text("#saved")).group(1) == there[:2]  # type: ignore[union-attr]
