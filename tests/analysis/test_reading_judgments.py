"""The judgments behind a number: every n of a disposition or a rater is what the reading room finds for it."""

import json
import re
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services import give_role
from apps.analysis import reading
from apps.analysis.filters import Filters
from apps.analysis.models import TaskTally
from apps.analysis.reading_filters import DISPOSITIONS, ReadingFilters
from apps.analysis.reading_jobs import tallies_for
from apps.analysis.reading_summary import summary_of
from apps.analysis.reading_tallies import advance_tallies
from apps.analysis.services import current_leaderboard
from apps.core.database.locks import writing_facts
from apps.rating.dispositions import counts_at, judgments_at
from apps.rating.models import Task
from apps.rating.selectors.reading import showings_of
from apps.rating.services import (
    change_standing,
    give_assignment,
    mark_shown,
    note_results_opened,
    record_judgment,
    set_rules,
    take_cut,
)  # fmt: skip
from apps.studies.models import Study
from tests.analysis.reading_house import study_with
from tests.concurrency.threads_for_tests import someone_waits, together
from tests.console.test_console import judge_everything
from tests.quality.quality_for_tests import frozen, gold, said, study_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

READ = "/studies/known/known/read"
# Each disposition there is, by the words of a file that bring it about; `used` alone stands twice on one task.
WORDS = {
    "used": {},
    "judge": {"kind": "judge"},
    "training": {"purpose": "training"},
    "gold": {"purpose": "gold"},
    "retest": {"purpose": "retest", "showing": 1},
    "surplus": {"disposition": "surplus"},
    "after_close": {"disposition": "after_close"},
    "withdrawn": {"disposition": "withdrawn"},
    "quarantined": {"disposition": "quarantined"},
    "rule:too_fast": {"disposition": "rule:too_fast"},
    "rule:of_theirs": {"disposition": "rule:of_theirs"},
}


@pytest.fixture
def study(db: None) -> Study:
    """Of every disposition some judgments by Ann (or a judge), of another number each, and one by Bo on one task."""
    rows = []
    for n, more in enumerate(WORDS.values()):
        rater = "gpt" if "kind" in more else "ann"
        rows += [said(rater, 4 * n + place, "A", **more) for place in range(n % 4 + 1)]
        rows.append(said("bo", 4 * n, "B", **({} if "kind" in more else more)))
    rows.append(said("gpt", 4, "A", kind="judge", left="birch", showing=1))
    return study_of(*rows, golds=(gold(12, "A"),))


def signed_in(study: Study, client: Client, role: str) -> Client:
    user = User.objects.create_user(f"{role}@known.example", None, name=role.capitalize())
    give_role(workspace=study.workspace, user=user, role=role)
    client.force_login(user)
    client.get(READ)
    return client


@pytest.fixture
def reader(study: Study, client: Client) -> Client:
    """Who runs the study may single out whatever there is."""
    return signed_in(study, client, "manager")


@pytest.fixture
def analyst(study: Study, client: Client) -> Client:
    return signed_in(study, client, "analyst")


def found(client: Client, query: dict[str, str], address: str = READ) -> tuple[int, int]:
    """How many judgments in how many tasks the page says there are."""
    said_there = re.sub(r"<[^>]+>", "", client.get(address, query).content.decode())
    n = re.search(r"([\d,]+) judgments?\b.*? in ([\d,]+) tasks?", said_there, re.DOTALL)
    return (int(n[1]), int(n[2])) if n else (0, 0)


def judged(study: Study) -> list[tuple[int, str, str]]:
    """Task, rater and disposition of each current judgment, from the one function."""
    source = judgments_at(take_cut(study_id=study.pk))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {source.sql} SELECT task_id, r.uuid::text, disposition FROM judged"
            " JOIN rating_rater r ON r.id = judged.rater_id",
            source.parameters,
        )
        return cursor.fetchall()


def test_every_disposition_finds_as_many_judgments_as_are_counted(study: Study, reader: Client) -> None:
    counts = counts_at(take_cut(study_id=study.pk))
    assert counts.keys() >= WORDS.keys() - {"rule:of_theirs"} and len(set(counts.values())) > 2
    rows = judged(study)
    for name, n in counts.items():
        tasks = {task for task, _, disposition in rows if disposition == name}
        assert found(reader, {"disposition": name}) == (n, len(tasks)), name
    for name in DISPOSITIONS.keys() - counts.keys():
        assert found(reader, {"disposition": name}) == (0, 0)


@pytest.mark.parametrize("kept_back", ["gold", "retest", "training"])
def test_who_may_rate_is_not_told_which_tasks_were_slipped_in(study: Study, analyst: Client, kept_back: str) -> None:
    ann = str(study.enrolments.get(rater__name="ann").rater.uuid)
    page = analyst.get(READ, {"rater": ann, "disposition": kept_back}).content.decode()
    assert "is told only to whoever runs the study" in page
    assert f'value="{kept_back}"' not in page and f"disposition={kept_back}" not in page
    assert found(analyst, {"rater": ann, "disposition": kept_back}) == found(analyst, {"rater": ann})
    shown = [task for task, _, disposition in judged(study) if disposition == kept_back]
    assert shown
    for task in shown:
        text = analyst.get(f"{READ}/{task}", {"disposition": kept_back}).content.decode()
        assert "inserted" in text and "looked for" not in text
        assert not re.search(rf"\b{kept_back}\b", re.sub(r"<[^>]*>", " ", text))


def test_every_number_of_the_raters_page_opens_the_judgments_behind_it(study: Study, reader: Client) -> None:
    figures = frozen(study, "raters")
    rows, seen = judged(study), 0
    for rater in figures["raters"]:
        uuid = rater["rater"]
        assert found(reader, {"rater": uuid}) == (rater["n"], len({task for task, who, _ in rows if who == uuid}))
        for name, n in rater["dispositions"].items():
            tasks = {task for task, who, disposition in rows if (who, disposition) == (uuid, name)}
            assert found(reader, {"rater": uuid, "disposition": name}) == (n, len(tasks)), (uuid, name)
            seen += n
    assert seen == figures["n_judgments"] == len(rows)


def test_what_is_found_in_a_list_is_shown_first_on_its_task(study: Study, reader: Client) -> None:
    ann = str(study.enrolments.get(rater__name="ann").rater.uuid)
    for query in ({"disposition": "judge"}, {"rater": ann}, {"rater": ann, "disposition": "retest"}):
        n, n_tasks = found(reader, query)
        list_page = reader.get(READ, query).content.decode()
        links = re.findall(r'class="excerpt" href="([^"]*)"', list_page)
        assert len(links) == n_tasks > 0
        looked_for = 0
        for link in links:
            rows = reader.get(link.replace("&amp;", "&")).content.decode().split('<li class="judgment')[1:]
            asked = ["looked for" in row for row in rows]
            looked_for += sum(asked)
            people = [one for one, row in zip(asked, rows, strict=True) if "gpt" not in row]
            assert people == sorted(people, reverse=True), "those looked for stand before the others"
        assert looked_for == n


def test_pages_and_steps_work_for_judgments_too(study: Study, reader: Client, monkeypatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    _, n_tasks = found(reader, {"disposition": "gold"})
    walked, address = [], f"{READ}?disposition=gold"
    while address:
        page = reader.get(address).content.decode()
        walked += re.findall(r'class="excerpt" href="([^"]*)"', page)
        onward = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
        address = READ + onward[1].replace("&amp;", "&") if onward else None
    assert len(walked) == len(set(walked)) == n_tasks
    last = reader.get(walked[-1]).content.decode()
    assert f"{n_tasks} of {n_tasks}" in last and 'rel="next"' not in last and "disposition=gold" in last


def test_filters_of_tasks_hold_beside_those_of_judgments(study: Study, reader: Client) -> None:
    ann = str(study.enrolments.get(rater__name="ann").rater.uuid)
    rows = [(task, Task.objects.get(pk=task)) for task, who, _ in judged(study) if who == ann]
    odd = [task for task, stored in rows if stored.item.slices["topic"] == "odd"]
    assert found(reader, {"rater": ann, "slice.topic": "odd"}) == (len(odd), len(set(odd)))
    assert 0 < len(odd) < len(rows)
    assert found(reader, {"rater": ann, "flag": "unsafe"}) == (0, 0)


@pytest.mark.parametrize(
    "query",
    [
        {"rater": "ann"},
        {"rater": "00000000-0000-4000-8000-000000000000"},
        {"disposition": "eaten"},
        {"disposition": "used", "rater": "1"},
        {"criterion": "beauty"},
    ],
)
def test_what_nobody_has_ends_in_a_sentence(reader: Client, query: dict[str, str]) -> None:
    reply = reader.get(READ, query)
    assert reply.status_code == 400
    assert "Choose" in reply.content.decode()


def test_unblinded_judgments_are_those_that_a_look_without_them_leaves_out(lab: Lab, client: Client) -> None:
    judge_everything_after_one_has_looked(lab)
    look = current_leaderboard(study=lab.study, filters=Filters(without=("unblinded",)), by=None)
    n = json.loads(look.result)["left_out"]["rule:unblinded"]
    assert n > 0
    client.force_login(lab.analyst)
    address, hers = "/studies/lab/trial/read", str(lab.enrolments[0].rater.uuid)
    assert found(client, {"disposition": "unblinded"}, address)[0] == n
    assert found(client, {"disposition": "unblinded", "rater": hers}, address)[0] == n
    assert found(client, {"disposition": "rule:unblinded"}, address) == (0, 0)
    set_rules(study=lab.study, rules=[{"name": "unblinded"}], by=None)
    for name in ("unblinded", "rule:unblinded"):
        assert found(client, {"disposition": name}, address)[0] == n
    task = TaskTally.objects.filter(judged__has_key="unblinded").first().task_id
    page = client.get(f"{address}/{task}?disposition=unblinded").content.decode()
    assert page.count("looked for") == 1


def judge_everything_after_one_has_looked(lab: Lab) -> None:
    """The first rater judges one task, opens the results, and goes on."""
    given = give_assignment(enrolment=lab.enrolments[0])
    mark_shown(assignment=given)
    record_judgment(enrolment=lab.enrolments[0], assignment_id=given.public_id, submission=uuid4(), choice="tie")
    note_results_opened(study=lab.study, user=lab.raters[0])
    judge_everything(lab)


def test_the_head_of_a_task_counts_what_the_list_counts(lab: Lab, study: Study) -> None:
    for one in (study_with(lab.workspace), study):
        advance_tallies(study=one)
        cut = take_cut(study_id=one.pk)
        tallies = TaskTally.objects.filter(study=one).annotate(kind=F("task__kind"))
        assert {tally.has_conflict for tally in tallies} == {True, False}
        for tally in tallies:
            summary = summary_of(showing.current for showing in showings_of(one, tally.task_id, cut))
            for name in ("n_people", "n_a", "n_b", "n_tie", "n_both_bad", "has_conflict"):
                assert getattr(summary, name) == getattr(tally, name), (tally, name)
            assert summary.differ == (tally.disagreement > 0)


def test_a_task_is_counted_as_it_stands_though_the_list_is_older(lab: Lab, client: Client) -> None:
    client.force_login(lab.analyst)
    task = give_one_answer(lab, 0)
    page = client.get(f"/studies/lab/trial/read/{task}").content.decode()
    assert "one person" in page and "tie <b>1</b>" in page


def give_one_answer(lab: Lab, number: int) -> int:
    """One tie by this rater; the task."""
    given = lab.assignment(number)
    mark_shown(assignment=given)
    record_judgment(enrolment=lab.enrolments[number], assignment_id=given.public_id, submission=uuid4(), choice="tie")
    return given.task_id


def test_filters_and_their_addresses_are_the_same() -> None:
    asked = ReadingFilters(rater=uuid4(), disposition="rule:too_fast", sort="newest")
    pairs = dict(asked.as_pairs())

    class Query(dict):
        def items(self):
            return list(super().items())

    assert ReadingFilters.from_query(Query(pairs)) == asked
    assert asked.narrows and asked.asks_for_judgments
    assert not ReadingFilters(sort="newest").narrows


@pytest.mark.slow
def test_raters_do_not_wait_while_tasks_are_counted(committed_lab: Lab) -> None:
    lab, held = committed_lab, Event()
    judge_everything(lab)
    advance_tallies(study=lab.study)
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="asleep", by=None)

    def hold_the_counting_up() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            list(TaskTally.objects.select_for_update())
            held.set()
            waits = someone_waits(20)
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            writing_facts(lab.study.pk)
        return waits

    def count() -> object:
        held.wait(20)
        return tallies_for(study=lab.study, by=None)[0]

    assert together(hold_the_counting_up, count)[0] is True
    assert TaskTally.objects.filter(n_set_aside__gt=0).exists()
