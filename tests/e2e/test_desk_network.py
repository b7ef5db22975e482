"""Nothing is lost: cut networks, lost replies, reloads, two tabs, a session that ends in the middle."""

import re
from collections import Counter

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from apps.rating.models import Assignment, Enrolment
from apps.rating.services import release_assignment
from apps.studies.models import Study, StudyState
from apps.studies.services import change_state

from .desk_house import CRITERIA, TRAINING, House, Rater, expect_all_sent, look, task_of, until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

N_SUBMISSIONS = 20
CHOICES = {"1": "left", "2": "tie", "3": "both_bad", "4": "right"}
KEYS_PRESSED = [str(1 + n * 7 % 4) for n in range(N_SUBMISSIONS)]


def answer(page: Page, key: str) -> str:
    """Answer the task on the screen as soon as there is one that was not answered; its assignment."""
    page.locator("#now > [data-task]").wait_for(timeout=20_000)
    answered = task_of(page)
    look(page)
    page.keyboard.press(key)
    expect(page.locator(f'#now > [data-task="{answered}"]')).to_have_count(0)
    return answered


def assert_stored_once_in_order(rater: Rater, answered: list[str], choices: list[str]) -> None:
    stored = rater.judgments()
    assert [str(judgment.assignment.public_id) for judgment in stored] == answered
    assert rater.choices() == choices
    assert {judgment.revision for judgment in stored} == {1}


def test_both_held_tasks_are_answered_without_a_network_and_stored_once_it_is_back(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        rater.context.set_offline(True)
        answered = [answer(page, "1"), answer(page, "4")]
        expect(page.get_by_role("heading", name="Both tasks are answered and kept here")).to_be_visible()
        expect(page.locator("#saved")).to_have_text("2 waiting for the network")
        assert rater.judgments() == [], "nothing was sent, and the page did not say that it was saved"
        rater.context.set_offline(False)
        expect(page.locator("#now > [data-task]")).to_be_visible(timeout=20_000)
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left", "right"])
        assert task_of(page) not in answered


def test_twenty_answers_over_a_bad_network_are_stored_once_each_in_order(desk_house: House) -> None:
    """Each reply is lost after the commit, or each request fails once; in the middle a reload with a full outbox."""
    with desk_house.rater() as rater:
        page = rater.open()
        sent: Counter[str] = Counter()
        nothing_passes: list[bool] = []

        def spoil(route: Route) -> None:
            submission = re.search(r"submission=([0-9a-f-]{36})", route.request.post_data or "")
            assert submission is not None
            sent[submission[1]] += 1
            if nothing_passes or (sent[submission[1]] == 1 and len(sent) % 2):
                return route.abort()
            if sent[submission[1]] == 1:
                route.fetch()  # the server commits, and nobody hears of it
                return route.abort()
            return route.continue_()

        rater.context.route("**/answer", spoil)
        answered: list[str] = []
        for key in KEYS_PRESSED[: N_SUBMISSIONS // 2]:
            answered.append(answer(page, key))
        expect_all_sent(page)
        nothing_passes.append(True)
        answered += [answer(page, key) for key in KEYS_PRESSED[N_SUBMISSIONS // 2 :][:2]]
        expect(page.locator("#saved")).to_have_text("2 waiting for the network")
        page.reload()
        expect(page.get_by_role("heading", name="Both tasks are answered")).to_be_visible()
        nothing_passes.clear()
        for key in KEYS_PRESSED[len(answered) :]:
            answered.append(answer(page, key))
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, [CHOICES[key] for key in KEYS_PRESSED])
        assert min(sent.values()) >= 2, "each was sent again with the same submission"


def test_an_answer_that_still_waits_can_be_taken_back(desk_house: House) -> None:
    """The first may have been sent and is superseded; the second was not, and is replaced where it stands."""
    with desk_house.rater() as rater:
        page = rater.open()
        rater.context.set_offline(True)
        first, second = answer(page, "1"), answer(page, "1")
        expect(page.locator("#saved")).to_have_text("2 waiting for the network")
        page.keyboard.press("z")
        assert task_of(page) == second
        page.keyboard.press("2")
        expect(page.locator("#saved")).to_have_text("2 waiting for the network")
        page.keyboard.press("z")
        page.keyboard.press("z")
        assert task_of(page) == first
        page.keyboard.press("3")
        expect(page.locator("#saved")).to_have_text("3 waiting for the network")
        rater.context.set_offline(False)
        expect(page.locator("#now > [data-task]")).to_be_visible(timeout=20_000)
        expect_all_sent(page)
        stored = [(str(j.assignment.public_id), j.revision) for j in rater.judgments()]
        assert stored == [(first, 1), (second, 1), (first, 2)]
        assert rater.choices() == ["left", "tie", "both_bad"]


def test_an_earlier_answer_left_as_it_is_stays_in_the_outbox(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        rater.context.set_offline(True)
        answered = [answer(page, "1"), answer(page, "4")]
        page.keyboard.press("z")
        assert task_of(page) == answered[1]
        page.keyboard.press("Escape")
        expect(page.get_by_role("heading", name="Both tasks are answered")).to_be_visible()
        rater.context.set_offline(False)
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left", "right"])


def test_two_tabs_with_the_same_answer_count_once(desk_house: House) -> None:
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        assert task_of(one) == task_of(two)
        answered = answer(one, "1")
        expect_all_sent(one)
        assert answer(two, "1") == answered
        expect_all_sent(two)
        assert_stored_once_in_order(rater, [answered], ["left"])
        last = answer(two, "2")
        expect_all_sent(two)
        assert_stored_once_in_order(rater, [answered, last], ["left", "tie"])


def test_two_tabs_that_differ_keep_the_first_answer_and_say_so(desk_house: House) -> None:
    with desk_house.rater() as rater:
        one, two = rater.open(), rater.open()
        answered = answer(one, "1")
        expect_all_sent(one)
        assert answer(two, "4") == answered
        expect(two.locator("#notices")).to_contain_text("that answer stands")
        last = answer(two, "2")
        expect_all_sent(two)
        assert_stored_once_in_order(rater, [answered, last], ["left", "tie"])


def test_a_session_that_ends_in_the_middle_keeps_every_answer(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        answered = [answer(page, "1")]
        expect_all_sent(page)
        expect(page.locator("#now > [data-task]")).to_be_visible()
        Session.objects.all().delete()
        answered.append(answer(page, "2"))
        answered.append(answer(page, "4"))
        expect(page.locator("#saved")).to_contain_text("2 waiting: you are signed out")
        assert page.locator("#saved a").get_attribute("target") == "_blank"
        expect(page.locator("#now")).to_contain_text("Sign in again in another tab")
        rater.sign_in()
        page.evaluate("dispatchEvent(new Event('focus'))")  # she comes back from the other tab
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left", "tie", "right"])
        expect(page.locator("#now > [data-task]")).to_be_visible()


def test_answers_wait_while_someone_else_is_signed_in(desk_house: House) -> None:
    with desk_house.rater() as rater, desk_house.rater() as other:
        page = rater.open()
        rater.context.clear_cookies(name="sessionid")
        rater.context.add_cookies([c for c in other.context.cookies() if c["name"] == "sessionid"])
        with page.expect_response(re.compile("/answer$")) as heard:
            answered = [answer(page, "1")]
        assert heard.value.status == 421
        expect(page.locator("#saved")).to_contain_text("1 waiting: this desk is not that of whoever is signed in")
        beat(page)
        assert other.judgments() == []
        assert not Assignment.objects.filter(rater__user=other.user).exists(), "nothing was given out in her name"
        rater.sign_in()
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_a_browser_that_keeps_nothing_is_said_and_still_rates(desk_house: House) -> None:
    with desk_house.rater() as rater:
        rater.context.add_init_script(
            "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
        )
        page = rater.open()
        expect(page.locator("#notices")).to_contain_text("does not let the page keep anything")
        rater.context.set_offline(True)
        answered = [answer(page, "1")]
        expect(page.locator("#saved")).to_contain_text("1 waiting for the network")
        rater.context.set_offline(False)
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_a_held_task_whose_lease_ended_is_not_painted(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        first = task_of(page)
        held = Assignment.objects.filter(rater__user=rater.user, shown_at=None).get()
        page.clock.install()
        page.clock.set_fixed_time(held.expires_at)
        with page.expect_request(re.compile("/(answer|beat)$")):
            page.keyboard.press("1")
        expect(page.locator("#now > [data-task]")).to_be_visible()
        assert task_of(page) != first
        expect_all_sent(page)


def test_a_refused_answer_is_said_and_the_others_go_on(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate("document.querySelector('textarea[name=comment]').maxLength = 20000")
        page.evaluate("document.querySelector('textarea[name=comment]').value = 'x'.repeat(10001)")
        answer(page, "1")
        expect(page.locator("#notices")).to_contain_text("Shorten it and answer again")
        expect(page.locator("#saved")).to_have_text("")
        answered = answer(page, "2")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, [answered], ["tie"])


@pytest.mark.parametrize("status", [400, 403, 404, 413, 421])
def test_what_stands_between_may_refuse_and_no_answer_is_dropped(desk_house: House, status: int) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        in_between = {"status": status, "body": "<h1>Not here</h1>", "content_type": "text/html"}
        rater.context.route("**/answer", lambda route: route.fulfill(**in_between))  # type: ignore[arg-type]
        answered = [answer(page, "1")]
        expect(page.locator("#saved")).to_have_text("1 waiting for the network")
        rater.context.unroute("**/answer")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_a_clock_set_forward_costs_no_answer(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        rater.context.set_offline(True)
        answered = [answer(page, "1")]
        page.evaluate("{ const now = Date.now; Date.now = () => now() + 40 * 86_400_000 }")
        with page.expect_request(re.compile("/answer$")) as sent:
            rater.context.set_offline(False)
        assert "waited_ms=2000000000" in (sent.value.post_data or "")
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left"])


def test_the_explanation_of_a_training_answer_that_waited_comes_after_a_reload(desk_house: House) -> None:
    with desk_house.rater(TRAINING) as rater:
        page = rater.context.new_page()
        page.goto(f"{rater.site}{rater.desk}")
        rater.context.route("**/answer", lambda route: route.abort())
        page.keyboard.press("2")
        expect(page.locator("#saved")).to_have_text("1 waiting for the network")
        page.reload()
        expect(page.get_by_role("heading", name="Your answer is kept here")).to_be_visible()
        rater.context.unroute("**/answer")
        expect(page.get_by_role("heading", name="Right", exact=True)).to_be_visible(timeout=20_000)
        expect(page.locator("#lesson")).to_contain_text("Neither says more.")
        page.keyboard.press("Enter")
        expect(page.locator("#now > [data-task]")).to_be_visible()
        assert rater.choices() == ["tie"]


def test_answers_that_wait_count_among_the_last_ten(desk_house: House) -> None:
    """They go out before the change does: what is ten back now would be eleven back then."""
    with desk_house.rater() as rater:
        page = rater.open()
        answered = [answer(page, "1") for _ in range(10)]
        expect_all_sent(page)
        rater.context.route("**/answer", lambda route: route.abort())
        answer(page, "1")
        expect(page.locator("#saved")).to_have_text("1 waiting for the network")
        page.reload()
        expect(page.get_by_role("heading", name="Your answer is kept here")).to_be_visible()
        open_listed(page, 9)
        expect(page.locator("#notices")).to_contain_text("Only your last ten answers can be changed.")
        expect(page.locator("#now > [data-task]")).to_have_count(0)
        open_listed(page, 8)
        expect(page.locator(f'#now > [data-task="{answered[1]}"]')).to_be_visible()
        answer(page, "4")
        rater.context.unroute("**/answer")
        expect_all_sent(page)
        assert rater.choices() == ["left"] * 11 + ["right"]


def open_listed(page: Page, place: int) -> None:
    """An answer of the list, so many before the last."""
    page.keyboard.press("r")
    expect(page.locator("#recent-dialog")).to_be_visible()
    page.locator("#recent-dialog a").nth(place).click()


def test_leaving_gives_the_held_task_back(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        held = Assignment.objects.get(rater__user=rater.user, shown_at=None)
        page.goto(f"{rater.site}/")
        until(lambda: Assignment.objects.get(pk=held.pk).outcome == "released")


def beat(page: Page) -> None:
    """The page comes back into sight: it tells the server that she is there."""
    with page.expect_response(re.compile("/beat$")):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_the_heartbeat_renews_both_leases(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        before = dict(Assignment.objects.filter(rater__user=rater.user).values_list("pk", "expires_at"))
        beat(page)
        after = dict(Assignment.objects.filter(rater__user=rater.user).values_list("pk", "expires_at"))
        assert len(after) == 2
        assert all(after[number] > before[number] for number in before)


def test_lost_leases_and_a_pause_are_told_in_words(desk_house: House) -> None:
    study = Study.objects.get(slug=CRITERIA)
    with desk_house.rater(CRITERIA) as rater:
        page = rater.open()
        here = task_of(page)
        for held in Assignment.objects.filter(rater__user=rater.user):
            release_assignment(enrolment=Enrolment.objects.get(rater__user=rater.user), assignment=held)
        beat(page)
        expect(page.locator("#notices")).to_contain_text("The time for this task ran out")
        assert task_of(page) == here, "what she reads stays before her, and her answer still counts"
        change_state(study_id=study.pk, to=StudyState.PAUSED, by=None)
        beat(page)
        expect(page.locator("#notices")).to_contain_text("The study is paused")
        change_state(study_id=study.pk, to=StudyState.OPEN, by=None)
        beat(page)
        expect(page.locator("#notices")).not_to_contain_text("The study is paused")


def test_a_page_out_of_the_browsers_cache_fetches_the_task_it_gave_back(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
        until(lambda: Assignment.objects.filter(rater__user=rater.user, outcome="released").count() == 1)
        with page.expect_response(re.compile("/next$")):
            page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        before = task_of(page)
        page.keyboard.press("1")
        assert task_of(page) not in {before, ""}
        expect_all_sent(page)
        assert rater.choices() == ["left"]


def test_answers_stay_in_order_when_the_clock_is_set_back(desk_house: House) -> None:
    with desk_house.rater() as rater:
        page = rater.open()
        rater.context.set_offline(True)
        answered = [answer(page, "1")]
        page.evaluate("{ const now = Date.now; Date.now = () => now() - 3_600_000 }")
        answered.append(answer(page, "4"))
        rater.context.set_offline(False)
        expect_all_sent(page)
        assert_stored_once_in_order(rater, answered, ["left", "right"])


def test_an_answer_before_anything_is_held_counts_at_once(desk_house: House) -> None:
    """The reply that would have brought the task to hold is overtaken: it may not turn her progress back."""
    with desk_house.rater() as rater:
        held_up: list[Route] = []
        rater.context.route("**/next", lambda route: held_up.append(route))  # noqa: PLW0108 - not a built-in
        page = rater.context.new_page()
        page.goto(f"{rater.site}{rater.desk}")
        expect(page.locator("html[data-live]")).to_be_attached()
        until(lambda: bool(page.evaluate("1")) and len(held_up) == 1)
        overtaken = held_up[0].fetch()
        answered = answer(page, "1")
        expect(page.locator(".count b")).to_have_text("1")
        held_up[0].fulfill(response=overtaken)
        page.wait_for_timeout(100)
        expect(page.locator(".count b")).to_have_text("1")
        assert_stored_once_in_order(rater, [answered], ["left"])
        assert task_of(page) not in {answered, ""}
