"""Who said no: the desk itself, with a sentence and for good, or something that knows nothing of the answer."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from apps.rating.exchange.storing import import_bundle
from apps.rating.models import JudgmentComment
from apps.rating.models import Rater as StoredRater
from apps.rating.services import open_study
from apps.studies.material import StudyFile
from apps.studies.models import Study, StudyState
from apps.studies.services import change_state
from tests.studies_for_tests import bundle_of

from .desk_house import PAIRS, RUBRIC, TRAINING, House, Rater, expect_all_sent, look, task_of, until
from .test_desk_network import answer, assert_stored_once_in_order, beat

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WAITS = "1 waiting for the network"
SIGNED_OUT = "1 waiting: you are signed out. Sign in"
NOT_HERS = "1 waiting: this desk is not that of whoever is signed in. Sign in"
TOO_LONG = "x" * 10_001


def in_a_page(template: str, **more: str) -> str:
    return render_to_string(template, {"user": AnonymousUser(), **more})


@pytest.mark.parametrize(
    ("status", "template", "said"),
    [
        (400, "400.html", WAITS),
        (403, "403.html", WAITS),
        (403, "403_csrf.html", SIGNED_OUT),
        (404, "404.html", WAITS),
    ],
)
def test_a_page_from_before_any_view_is_no_word_on_the_answer(
    desk_house: House, status: int, template: str, said: str
) -> None:
    """A host that was forgotten in the settings, an address that is gone after a rollback: the answer waits."""
    with desk_house.rater() as rater:
        page = rater.open()
        body = in_a_page(template)
        rater.context.route(
            "**/answer", lambda route: route.fulfill(status=status, body=body, content_type="text/html")
        )
        answered = [answer(page, "1")]
        expect(page.locator("#saved")).to_have_text(said)
        expect(page.locator("#notices")).to_be_empty()
        rater.context.unroute("**/answer")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_what_the_desk_does_not_find_is_said_in_its_own_words(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate(f"document.querySelector('form[data-answer] [name=assignment]').value = '{uuid4()}'")
        answer(page, "1")
        expect(page.locator("#notices")).to_contain_text("This task was not given to you.")
        expect(page.locator("#saved")).to_have_text("")
        assert rater.judgments() == []


# What a refused answer said -------------------------------------------------------------------------------------


def write_comment(page: Page, comment: str) -> None:
    page.evaluate(
        "(comment) => { const box = document.querySelector('textarea[name=comment]');"
        "box.maxLength = 20000; box.value = comment }",
        comment,
    )


def come_back_to(page: Page, refused: str) -> None:
    """The task whose answer was refused is hers still, and comes again."""
    page.reload()
    expect(page.locator(f'#now > [data-task="{refused}"]')).to_be_visible()


def test_a_refused_answer_gives_the_comment_back(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate("document.querySelector('input[name=flags][value=unsafe]').checked = true")
        write_comment(page, TOO_LONG)
        refused = answer(page, "1")
        expect(page.locator("#notices")).to_contain_text("Shorten it and answer again")
        come_back_to(page, refused)
        assert page.locator("textarea[name=comment]").input_value() == TOO_LONG
        expect(page.locator("input[name=flags]:checked")).to_have_attribute("value", "unsafe")
        write_comment(page, "short")
        look(page)
        page.keyboard.press("1")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, [refused], ["left"])
        assert rater.judgments()[0].flags == ["unsafe"]
        assert JudgmentComment.objects.get(judgment=rater.judgments()[0]).text == "short"


def test_a_refused_rubric_gives_its_answers_back(desk_house: House) -> None:
    with desk_house.rater(RUBRIC) as rater:
        page = rater.open()
        refused = task_of(page)
        write_comment(page, TOO_LONG)
        for key in "312":
            page.keyboard.press(key)
        expect(page.locator("#notices")).to_contain_text("Shorten it and answer again")
        come_back_to(page, refused)
        write_comment(page, "short")
        look(page)
        page.get_by_role("button", name="Save").click()
        expect_all_sent(page)
        assert [judgment.answers for judgment in rater.judgments()] == [{"true": 3, "short": "yes", "kind": "no"}]


# One answer, two tabs -------------------------------------------------------------------------------------------


def test_undo_supersedes_the_answer_that_is_stored_though_another_tab_gave_it(desk_house: House) -> None:
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        answered = answer(one, "1")
        expect_all_sent(one)
        assert answer(two, "1") == answered
        expect_all_sent(two)
        until(lambda: bool(two.evaluate("!Object.keys(localStorage).some((key) => key.includes('.out.'))")))
        change_to_tie(two, answered)
        until(lambda: rater.choices() == ["left", "tie"])
        assert [judgment.revision for judgment in rater.judgments()] == [1, 2]


@pytest.mark.parametrize("answers_first", [False, True])
def test_undo_that_overtakes_that_word_supersedes_it_too(desk_house: House, answers_first: bool) -> None:
    """She has gone back, and perhaps answered anew, before the page hears under which number her answer is stored."""
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        answered = answer(one, "1")
        expect_all_sent(one)
        held_up: list[Route] = []
        two.route("**/answer", lambda route: held_up.append(route) if not held_up else route.continue_())
        assert answer(two, "1") == answered
        until_in(two, lambda: len(held_up) == 1)
        two.keyboard.press("z")
        expect(two.locator(f'#now > [data-task="{answered}"]')).to_be_visible()
        if answers_first:
            two.keyboard.press("2")
        with two.expect_response(re.compile("/answer$")):
            held_up[0].continue_()
        if not answers_first:
            expect(two.locator("#live")).to_contain_text("A is better, saved.")
            two.keyboard.press("2")
        until_in(two, lambda: rater.choices() == ["left", "tie"])
        expect_all_sent(two)
        expect(two.locator("#notices")).to_be_empty()


def until_in(page: Page, happened: Callable[[], bool]) -> None:
    """Wait while the page goes on: what was routed through this test is passed on only while the page is asked."""
    until(lambda: bool(page.evaluate("1")) and happened())


def change_to_tie(page: Page, answered: str) -> None:
    page.keyboard.press("z")
    expect(page.locator(f'#now > [data-task="{answered}"]')).to_be_visible()
    look(page)
    page.keyboard.press("2")
    expect_all_sent(page)
    expect(page.locator("#notices")).to_be_empty()


def test_an_answer_that_took_the_place_of_one_on_its_way_is_sent(desk_house: House) -> None:
    """Another tab did not see yet that the first was being sent, and put the change in its place."""
    with desk_house.rater() as rater:
        page = rater.open()
        held_up: list[Route] = []
        rater.context.route("**/answer", lambda route: held_up.append(route) if not held_up else route.continue_())
        answered = answer(page, "1")
        until_in(page, lambda: len(held_up) == 1)
        page.evaluate(
            """(submission) => {
                const [place, text] = Object.entries(localStorage).find(([key]) => key.includes(".out."));
                const entry = JSON.parse(text);
                const kept = entry.fields.filter(([name]) => !["submission", "choice", "painted"].includes(name));
                const fields = [...kept, ["submission", submission], ["choice", "tie"]];
                const put = {...entry, fields, submission, attempts: 0, insteadOf: entry.submission, tab: "other"};
                localStorage[place] = JSON.stringify(put);
            }""",
            str(uuid4()),
        )
        held_up[0].continue_()
        until_in(page, lambda: rater.choices() == ["left", "tie"])
        assert {str(judgment.assignment.public_id) for judgment in rater.judgments()} == {answered}
        expect_all_sent(page)


# A study that was closed ----------------------------------------------------------------------------------------


def test_once_the_study_is_closed_undo_opens_only_what_can_be_changed(desk_house: House) -> None:
    study = closing_study(desk_house)
    with desk_house.rater(study.slug) as rater:
        page = rater.open()
        answered = [answer(page, "1")]
        expect_all_sent(page)
        here = task_of(page)
        change_state(study_id=study.pk, to=StudyState.CLOSED, by=None)
        beat(page)
        expect(page.locator("#notices")).to_contain_text("The study is closed.")
        page.keyboard.press("z")
        expect(page.locator("#notices")).to_contain_text("The study is closed: the answer you gave before stands.")
        assert task_of(page) == here
        answered.append(answer(page, "1"))
        expect_all_sent(page)
        page.keyboard.press("z")
        expect(page.locator(f'#now > [data-task="{here}"]')).to_be_visible()
        look(page)
        page.keyboard.press("2")
        expect_all_sent(page)
        until_in(page, lambda: rater.choices() == ["left", "left", "tie"])


def closing_study(house: House) -> Study:
    """One of its own: closed is closed."""
    file = StudyFile(name="Closing", question="Which is better?", overlap_share=0)
    import_bundle(bundle=bundle_of(4, study=file), workspace=house.workspace, slug="closing", by=None)
    return open_study(study=Study.objects.select_related("workspace").get(slug="closing"), by=None)


# Whose desk it is -----------------------------------------------------------------------------------------------


def test_who_has_lost_her_desk_is_not_told_that_someone_else_is_signed_in(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        mine = StoredRater.objects.filter(user=rater.user)
        ids = list(mine.values_list("pk", flat=True))
        mine.update(user=None)
        answered = [answer(page, "1")]
        expect(page.locator("#saved")).to_have_text(NOT_HERS)
        expect(page.locator("body")).not_to_contain_text("Someone else")
        StoredRater.objects.filter(pk__in=ids).update(user=rater.user)
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_answers_wait_for_a_study_under_its_new_address(desk_house: House) -> None:
    with desk_house.rater(PAIRS) as rater:
        page = rater.open()
        study = Study.objects.filter(slug=PAIRS)
        number = study.get().pk
        study.update(slug="renamed")
        try:
            answered = [answer(page, "1")]
            expect(page.locator("#saved")).to_have_text(NOT_HERS)
            again = rater.context.new_page()
            again.goto(f"{rater.site}/rate/house/renamed/")
            expect_all_sent(again)
            assert_stored_once_in_order(rater, answered, ["left"])
        finally:
            Study.objects.filter(pk=number).update(slug=PAIRS)


def test_no_answers_are_said_to_wait_where_none_do(desk_house: House) -> None:
    with desk_house.rater(TRAINING) as rater, desk_house.rater(TRAINING) as other:
        page = rater.context.new_page()
        page.goto(f"{rater.site}{rater.desk}")
        look(page)
        page.keyboard.press("2")
        expect(page.locator("#lesson")).to_be_visible()
        become(rater, other)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="This desk is not yours now")).to_be_visible()
        expect(page.locator("#now")).to_contain_text("or the study is no longer yours")
        expect(page.locator("#now")).not_to_contain_text("answers")
        rater.sign_in()
        page.get_by_role("button", name="Try now").click()
        expect(page.locator("#now > [data-task]")).to_be_visible()


def become(rater: Rater, other: Rater) -> None:
    """Someone else signs in in this browser."""
    rater.context.clear_cookies(name="sessionid")
    rater.context.add_cookies([c for c in other.context.cookies() if c["name"] == "sessionid"])


# Two presses ----------------------------------------------------------------------------------------------------


def test_a_double_click_on_the_last_anchor_marks_nothing_on_the_next_output(desk_house: House) -> None:
    with desk_house.rater(RUBRIC) as rater:
        page = rater.open()
        first = task_of(page)
        look(page)
        page.keyboard.press("3")
        page.keyboard.press("1")
        page.locator("[data-criterion=kind] label").first.dblclick(delay=100)
        expect_all_sent(page)
        assert task_of(page) != first
        expect(page.locator("#now input:checked")).to_have_count(0)
        assert len(rater.judgments()) == 1


def test_a_double_click_on_save_says_nothing_about_the_next_output(desk_house: House) -> None:
    with desk_house.rater(RUBRIC, settings_={"wait": True}) as rater:
        page = rater.open()
        look(page)
        for key in "311":
            page.keyboard.press(key)
        page.get_by_role("button", name="Save").dblclick(delay=100)
        expect_all_sent(page)
        expect(page.locator("#notices")).to_be_empty()
        assert len(rater.judgments()) == 1
