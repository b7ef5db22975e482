"""One task in the reading room: its outputs, and everything that was said of it."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from apps.console.reading import task_page
from apps.rating.models import Judgment, ResultsOpening
from apps.rating.services import give_assignment, mark_shown, record_judgment, set_rules
from apps.studies.models import Study
from tests.analysis.reading_house import ONE, TWO, study_with, task_of, words
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


def test_a_task_of_very_many_judgments_shows_the_first_and_leads_to_all(
    analyst: Client, study: Study, monkeypatch
) -> None:
    monkeypatch.setattr(task_page, "MOST_SHOWN", 2)
    address = f"{READ}/{task_of(study, 'item-0').pk}"
    page = analyst.get(f"{address}?disagree=1").content.decode()
    assert page.count('<li class="judgment') == 2
    assert "People 6" in words(page) and "The first 2 of 6." in words(page)
    assert f"{ONE} 3" in words(page), "the head counts all"
    every = re.search(r'href="([^"]*)">Show every judgment', page)[1].replace("&amp;", "&")
    page = analyst.get(every).content.decode()
    assert page.count('<li class="judgment') == 6 and "The first" not in page
    assert "disagree=1" in re.search(r'href="([^"]*)" rel="next"', page)[1]
