"""The reading room, view by view."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.analysis import reading
from apps.rating.models import Judgment, ResultsOpening
from apps.rating.services import give_assignment, mark_shown, record_judgment, set_rules
from apps.studies.models import Study
from tests.analysis.reading_house import ONE, THREE, TWO, study_with, task_of
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

READ = "/studies/lab/read/read"


@pytest.fixture
def study(lab: Lab) -> Study:
    return study_with(lab.workspace)


@pytest.fixture
def analyst(lab: Lab, study: Study, client: Client) -> Client:
    client.force_login(lab.analyst)
    return client


def items(page: str) -> list[str]:
    """The items of a list, in its order."""
    return re.findall(r'class="item-name">([^<]+)<', page)


def listed(client: Client, query: str = "") -> list[str]:
    return items(client.get(f"{READ}?{query}").content.decode())


def words(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_strangers_raters_and_outsiders_see_nothing(lab: Lab, study: Study, client: Client) -> None:
    paths = [READ, f"{READ}/{task_of(study, 'item-0').pk}", f"{READ}/selections/{uuid4()}"]
    posts = [f"{READ}/selections", f"{paths[1]}/mark"]
    assert {client.get(path).status_code for path in paths} == {302}
    assert {client.post(path).status_code for path in posts} == {302}
    for user in (lab.stranger, lab.raters[0]):
        client.force_login(user)
        assert {client.get(path).status_code for path in paths} == {404}
        assert {client.post(path).status_code for path in posts} == {404}


def test_the_list_puts_disagreement_first_and_says_what_was_said(analyst: Client) -> None:
    page = analyst.get(READ).content.decode()
    assert items(page)[0] == "item-0"
    assert sorted(items(page)) == ["item-0", "item-0", "item-1", "item-2", "item-3", "item-4", "item-5"]
    said = words(page)
    assert "7 tasks with judgments" in said
    assert f"{ONE} 3 {TWO} 3 6 people differ" in said
    assert f"judge-1: {TWO} is better against most people" in said
    assert "judge-1: tie: its answers differ" in said
    assert "told apart" in said
    assert "1 comment " in said


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("slice.topic=odd", {"item-1", "item-3", "item-5"}),
        ("slice.topic=odd&both_bad=1", {"item-3"}),
        (f"first={ONE}", {f"item-{n}" for n in range(6)}),
        (f"system={THREE}", {"item-0"}),
        (f"first={TWO}&second={THREE}", set()),
        (f"second={THREE}", {"item-0"}),
        ("disagree=1", {"item-0", "item-1"}),
        ("conflict=1", {"item-2"}),
        ("comments=1", {"item-3"}),
        ("flag=identified", {"item-4"}),
        ("flag=unsafe", set()),
        ("criterion=truer", {"item-1"}),
        ("criterion=true", {"item-0"}),
        ("marked=1", set()),
    ],
)
def test_each_filter_keeps_what_it_asks_for(analyst: Client, query: str, expected: set[str]) -> None:
    assert set(listed(analyst, query)) == expected


def test_the_order_of_a_pair_is_free_and_is_the_order_of_the_page(analyst: Client) -> None:
    one_first = words(analyst.get(f"{READ}?first={ONE}&second={TWO}").content.decode())
    two_first = words(analyst.get(f"{READ}?first={TWO}&second={ONE}").content.decode())
    assert "6 tasks" in one_first and "6 tasks" in two_first
    assert f"{ONE} 3 {TWO} 0" in one_first
    assert f"{TWO} 0 {ONE} 3" in two_first


@pytest.mark.parametrize(
    "query",
    [
        "flag=ugly",
        "sort=size",
        "first=nobody",
        f"first={ONE}&second={ONE}",
        "after=x",
        "after=inf_1",
        "before=1_",
        "sort=newest&before=nan_1",
        "first=%00",
        "slice.topic=%00",
    ],
)
def test_what_means_nothing_ends_in_a_sentence(analyst: Client, query: str) -> None:
    reply = analyst.get(f"{READ}?{query}")
    assert reply.status_code == 400
    assert re.search(r"(Choose|Go back)", reply.content.decode())


def test_an_empty_room_says_when_there_will_be_something(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    assert "nothing to read yet" in client.get("/studies/lab/trial/read").content.decode()
    judge_everything(lab)
    page = client.get("/studies/lab/trial/read?conflict=1").content.decode()
    assert "No task passes all of these filters" in page


@pytest.mark.parametrize("query", ["", "sort=newest", "first=" + ONE, "criterion=truer"])
def test_pages_and_steps_walk_the_same_list_once(analyst: Client, monkeypatch, query: str) -> None:
    whole = re.findall(r'class="excerpt" href="[^"]*/read/(\d+)', analyst.get(f"{READ}?{query}").content.decode())
    monkeypatch.setattr(reading, "PAGE", 2)
    address, walked, pages = f"?{query}", [], []
    while address:
        page = analyst.get(READ + address).content.decode()
        pages.append(re.findall(r'class="excerpt" href="[^"]*/read/(\d+)', page))
        walked += pages[-1]
        before = re.search(r'href="(\?[^"]*before=[^"]*)"', page)
        after = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        address = after[1].replace("&amp;", "&") if after else ""
    assert walked == whole
    for earlier in reversed(pages[:-1]):
        page = analyst.get(READ + before[1].replace("&amp;", "&")).content.decode()
        assert re.findall(r'class="excerpt" href="[^"]*/read/(\d+)', page) == earlier
        before = re.search(r'href="(\?[^"]*before=[^"]*)"', page)
    assert before is None
    assert _stepped(analyst, f"{READ}/{whole[0]}?{query}") == whole


def _stepped(client: Client, address: str | None) -> list[str]:
    """From the first task by `next` to the last, asking each where `previous` leads."""
    walked: list[str] = []
    while address:
        page = client.get(address).content.decode()
        number, n_all = re.search(r"(\d+) of (\d+)", page).groups()
        back = re.search(r'href="([^"]*)" rel="prev"', page)
        assert (re.search(r"/read/(\d+)", back[1])[1] if back else None) == (walked[-1] if walked else None)
        walked.append(re.search(r"/read/(\d+)", address)[1])
        assert int(number) == len(walked) <= int(n_all)
        onward = re.search(r'href="([^"]*)" rel="next"', page)
        address = onward[1].replace("&amp;", "&") if onward else None
    return walked


def test_a_task_shows_its_outputs_with_their_systems_and_all_that_was_said(analyst: Client, study: Study) -> None:
    page = analyst.get(f"{READ}/{task_of(study, 'item-3').pk}").content.decode()
    assert re.search(rf">{ONE}</h2>.*Answer 0 to question 3.*>{TWO}</h2>.*Answer 1 to question 3", page, re.DOTALL)
    assert page.count('class="verdict">both bad<') == 2
    said = words(page)
    assert f"person 0 both bad B is &lt;b&gt;worse&lt;/b&gt; on item-3. A left {TWO} B right {ONE} used" in said
    assert "<b>worse</b>" not in page


def test_verdicts_and_sided_answers_name_systems_whatever_side_they_stood(analyst: Client, study: Study) -> None:
    said = words(analyst.get(f"{READ}/{task_of(study, 'item-1').pk}").content.decode())
    assert f"person 0 {ONE} is better Which is truer? {TWO} A left {TWO} B right {ONE}" in said
    assert f"person 1 {TWO} is better Which is truer? {ONE} A left {ONE} B right {TWO}" in said


def test_judges_stand_apart_from_people(analyst: Client, study: Study) -> None:
    said = words(analyst.get(f"{READ}/{task_of(study, 'item-2').pk}").content.decode())
    people, judges = said.split("Judges 2")
    assert "People 3" in people and "judge-1" not in people
    assert judges.count(f"judge-1 {TWO} is better") == 2


def test_a_rubric_has_one_output_and_answers_in_words(analyst: Client, study: Study) -> None:
    page = analyst.get(f"{READ}/{task_of(study, 'item-0', 'rubric').pk}").content.decode()
    assert page.count("read-pane") == 2, "the container and one pane"
    said = words(page)
    assert "person 0 How true is it? 1 of 3 Is it short? Yes used" in said
    assert "was not recorded" not in said


def test_what_is_set_aside_says_why(analyst: Client, study: Study) -> None:
    set_rules(study=study, rules=[{"name": "told_apart"}], by=None)
    said = words(analyst.get(f"{READ}/{task_of(study, 'item-4').pk}").content.decode())
    assert "rule:told_apart the rater said she could tell which system it was" in said
    assert "1 set aside" in words(analyst.get(READ).content.decode())


def test_a_changed_answer_keeps_the_earlier_one_folded(lab: Lab, client: Client) -> None:
    enrolment, first = lab.enrolments[0], uuid4()
    given = give_assignment(enrolment=enrolment)
    mark_shown(assignment=given)
    more = {"enrolment": enrolment, "assignment_id": given.public_id}
    record_judgment(**more, submission=first, choice="tie", comment="Close.")
    record_judgment(**more, submission=uuid4(), choice="both_bad", supersedes=first)
    client.force_login(lab.analyst)
    client.get("/studies/lab/trial/read")
    page = client.get(f"/studies/lab/trial/read/{given.task_id}").content.decode()
    standing, folded = page.split('<details class="earlier">')
    assert 'class="verdict">both bad<' in standing and "Close." not in standing
    assert 'class="verdict">tie<' in folded and "Close." in folded
    assert "People 1" in words(page)
    assert Judgment.objects.count() == 2


def test_a_task_of_another_study_is_not_here(lab: Lab, analyst: Client) -> None:
    assert (
        analyst.get(f"/studies/lab/trial/read/{task_of(Study.objects.get(slug='read'), 'item-0').pk}").status_code
        == 404
    )
    assert analyst.get(f"{READ}/999999999").status_code == 404


def test_reading_is_remembered_for_blindness(lab: Lab, analyst: Client, study: Study) -> None:
    analyst.get(f"{READ}/{task_of(study, 'item-0').pk}")
    assert ResultsOpening.objects.filter(study=study, rater__user=lab.analyst).exists()


def test_queries_do_not_grow_with_tasks(lab: Lab, client: Client, django_assert_max_num_queries) -> None:
    big = study_with(lab.workspace, "big", n_items=6)
    client.force_login(lab.analyst)
    address = "/studies/lab/big/read"
    client.get(address)
    client.get(f"{address}/{task_of(big, 'item-0').pk}")
    with django_assert_max_num_queries(28):
        client.get(address)
    for item in ("item-0", "item-4"):
        with django_assert_max_num_queries(25):
            client.get(f"{address}/{task_of(big, item).pk}")


def test_a_fragment_is_only_the_list(analyst: Client) -> None:
    page = analyst.get(READ, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in page and 'id="reading"' in page
