"""The reading room, view by view."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.accounts.models import Role
from apps.accounts.services import give_role
from apps.analysis import reading, reading_tallies
from apps.analysis.models import TallyMark
from apps.analysis.reading_jobs import advance_tallies_job
from apps.core.models import Job
from apps.studies.models import Study
from tests.analysis.reading_house import ONE, THREE, TWO, items, study_with, task_of, words
from tests.console.test_console import judge_everything
from tests.quality.quality_for_tests import ACCURACY, rated, said, study_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

READ = "/studies/lab/read/read"


@pytest.fixture
def study(lab: Lab) -> Study:
    return study_with(lab.workspace)


@pytest.fixture
def analyst(lab: Lab, study: Study, client: Client) -> Client:
    client.force_login(lab.analyst)
    return client


def listed(client: Client, query: str = "") -> list[str]:
    return items(client.get(f"{READ}?{query}").content.decode())


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
        "rater=%00",
        "disposition=ugly",
        "criterion=beauty",
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


@pytest.mark.parametrize("many", [0, reading.MANY], ids=["by an index", "sorted"])
@pytest.mark.parametrize("query", ["", "sort=newest", "first=" + ONE, "criterion=truer", "disposition=used"])
def test_pages_and_steps_walk_the_same_list_once(analyst: Client, monkeypatch, query: str, many: int) -> None:
    monkeypatch.setattr(reading, "MANY", many)
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


def test_while_tasks_are_counted_only_the_progress_is_asked_for_again(
    analyst: Client, study: Study, monkeypatch
) -> None:
    analyst.get(READ)
    TallyMark.objects.all().delete()
    for name in ("WAITS_FOR", "SMALL"):
        monkeypatch.setattr(reading_tallies, name, 5)
    address = f"{READ}?sort=newest&after=9999999.0_1"
    page = analyst.get(address).content.decode()
    assert f'hx-get="{address.replace("&", "&amp;")}"' in page, "filters and place stay"
    asked = analyst.get(address, HTTP_HX_REQUEST="true")
    assert 'hx-trigger="every 2s"' in asked.content.decode() and "item-name" not in asked.content.decode()
    assert "HX-Retarget" not in asked.headers
    advance_tallies_job(Job.objects.get().pk)
    done = analyst.get(address, HTTP_HX_REQUEST="true")
    assert done.headers["HX-Retarget"] == "#reading"
    page = done.content.decode()
    assert "<html" not in page and 'id="reading"' in page and "every 2s" not in page and len(items(page)) == 7


@pytest.mark.parametrize("place", ["after=-1.0_1", "after=-1e308_1", "before=1e308_99999999999999999999"])
def test_beyond_the_ends_of_a_list_there_is_a_way_back(analyst: Client, place: str) -> None:
    page = analyst.get(f"{READ}?flag=identified&{place}").content.decode()
    assert "Here the list ends" in page and "nothing to read" not in page
    assert items(analyst.get(READ + re.search(r'href="([^"]*)">Go to its beginning', page)[1]).content.decode())


def test_an_order_is_no_choice_of_tasks(analyst: Client) -> None:
    page = words(analyst.get(f"{READ}?sort=newest").content.decode())
    assert "7 tasks with judgments" in page and "for this choice" not in page
    assert "1 task with judgments for this choice" in words(analyst.get(f"{READ}?flag=identified").content.decode())


def test_what_was_asked_of_tasks_comes_first_where_answers_differ(lab: Lab, client: Client) -> None:
    rows = [rated("ann", 0, 2), rated("bo", 0, 2), rated("ann", 1, 1), rated("bo", 1, 3), said("ann", 2, "A")]
    asked = study_of(*rows, criteria=(ACCURACY,))
    give_role(workspace=asked.workspace, user=lab.analyst, role=Role.ANALYST)
    client.force_login(lab.analyst)
    page = client.get("/studies/known/known/read?criterion=accuracy").content.decode()
    assert items(page) == ["item-1", "item-0"], "nobody was asked about item-2"


def test_the_people_to_choose_from_are_named_as_on_their_page(lab: Lab, study: Study, analyst: Client) -> None:
    person = study.enrolments.get(rater__name="person 0").rater
    page = analyst.get(f"{READ}?rater={person.uuid}&disposition=used").content.decode()
    assert f'<option value="{person.uuid}" selected>person 0</option>' in page
    assert '<optgroup label="Judges"><option' in page and '<option value="used" selected>' in page
    assert "7 judgments by person 0 (used: counted in the board) in 7 tasks for this choice" in words(page)
    assert str(person.uuid) not in words(page)
