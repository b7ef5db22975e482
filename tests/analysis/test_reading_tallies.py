"""What the reading room counts, from cut to cut, against the judgments themselves."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from apps.analysis import reading_tallies
from apps.analysis.models import TallyMark, TaskTally
from apps.analysis.reading_jobs import JOB_KIND, advance_tallies_job, tallies_for
from apps.analysis.reading_tallies import Behind, advance_tallies, behind, count_missing
from apps.analysis.services.selections import mark_task
from apps.core.models import Job
from apps.rating.models import Enrolment, Judgment, Task
from apps.rating.services import change_standing, set_rules, take_cut, withdraw_judgment
from apps.studies.models import Study
from tests.analysis.reading_house import ONE, SAID, study_with, task_of
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


@pytest.fixture
def study(lab: Lab) -> Study:
    return study_with(lab.workspace)


def tallied(study: Study) -> dict[str, TaskTally]:
    """The comparisons' tallies, brought up to now, by the item's name."""
    advance_tallies(study=study)
    tallies = TaskTally.objects.filter(study=study, task__kind="comparison").select_related("item")
    return {tally.item.external_id: tally for tally in tallies}


def by_system(tally: TaskTally) -> tuple[int, int, int, int]:
    """Wins of one, wins of two, ties, both bad; whichever of the systems is the task's A."""
    one, two = (tally.n_a, tally.n_b) if tally.task.system_a.name == ONE else (tally.n_b, tally.n_a)
    return one, two, tally.n_tie, tally.n_both_bad


def test_counts_are_those_of_the_judgments(study: Study) -> None:
    found = tallied(study)
    assert found.keys() == SAID.keys()
    for item, verdicts in SAID.items():
        assert by_system(found[item]) == tuple(verdicts.count(word) for word in ("A", "B", "TIE", "BOTH_BAD"))
        assert (found[item].n_people, found[item].n_set_aside) == (len(verdicts), 0)
    assert [item for item in found if found[item].flags] == ["item-4"]
    assert {item: tally.n_comments for item, tally in found.items() if tally.n_comments} == {"item-3": 1}
    assert {item: tally.n_judges for item, tally in found.items() if tally.n_judges} == {
        "item-2": 1,
        "item-4": 1,
        "item-5": 1,
    }


def test_disagreement_orders_splits_as_a_reader_would(study: Study) -> None:
    found = tallied(study)
    assert found["item-0"].disagreement == pytest.approx(9 / 16)
    assert found["item-1"].disagreement == pytest.approx(1 / 2)
    assert {found[item].disagreement for item in ("item-2", "item-3", "item-4", "item-5")} == {0.0}


def test_a_judge_who_contradicts_itself_says_tie(study: Study) -> None:
    found = tallied(study)
    assert [item for item, tally in found.items() if tally.has_conflict] == ["item-2"]


def test_criteria_have_their_own_disagreement(study: Study) -> None:
    assert tallied(study)["item-1"].criteria == {"truer": 0.5}
    rubric = task_of(study, "item-0", "rubric").tally
    assert rubric.criteria == {"true": 0.5, "short": 0}
    assert (rubric.disagreement, rubric.n_people, rubric.n_a) == (0.5, 2, 0)
    assert rubric.system_low == rubric.system_high


def test_nothing_new_costs_nothing_and_a_second_count_changes_nothing(study: Study) -> None:
    assert advance_tallies(study=study) is not None
    before = list(TaskTally.objects.order_by("task").values())
    assert behind(study) is None
    assert advance_tallies(study=study) is None
    TallyMark.objects.all().delete()
    advance_tallies(study=study)
    assert list(TaskTally.objects.order_by("task").values()) == before


def test_what_is_withdrawn_is_set_aside_and_only_its_task_is_counted_again(study: Study) -> None:
    tallied(study)
    task = task_of(study, "item-1")
    judgment = Judgment.objects.filter(assignment__task=task).first()
    withdraw_judgment(judgment=judgment, reason="by mistake", by=None)
    assert behind(study).tasks == [task.pk]
    after = tallied(study)["item-1"]
    assert (after.n_people, after.n_set_aside, after.disagreement) == (1, 1, 0.0)


def test_a_quarantined_rater_is_set_aside_everywhere_and_comes_back(study: Study) -> None:
    before = tallied(study)
    enrolment = Enrolment.objects.get(study=study, rater__name="person 1")
    change_standing(enrolment_id=enrolment.pk, standing="quarantined", reason="asleep", by=None)
    aside = tallied(study)
    assert {item: tally.n_set_aside for item, tally in aside.items()} == {
        item: int(len(verdicts) > 1) for item, verdicts in SAID.items()
    }
    change_standing(enrolment_id=enrolment.pk, standing="active", reason="awake", by=None)
    assert {item: by_system(tally) for item, tally in tallied(study).items()} == {
        item: by_system(tally) for item, tally in before.items()
    }


def test_a_new_rule_counts_everything_again(study: Study) -> None:
    tallied(study)
    set_rules(study=study, rules=[{"name": "told_apart"}], by=None)
    assert len(behind(study).tasks) == Task.objects.filter(study=study).count() == 7
    assert behind(study, 5).tasks is None, "too many to be named"
    assert (tallied(study)["item-4"].n_people, tallied(study)["item-4"].n_set_aside) == (0, 1)


def test_served_judgments_arrive_step_by_step(lab: Lab) -> None:
    assert advance_tallies(study=lab.study) is not None
    assert not TaskTally.objects.exists()
    n = judge_everything(lab)
    assert len(behind(lab.study).tasks) == Task.objects.filter(study=lab.study).count()
    advance_tallies(study=lab.study)
    stepwise = list(TaskTally.objects.order_by("task").values(*_FACTS))
    assert sum(tally["n_people"] + tally["n_set_aside"] for tally in stepwise) == n
    TaskTally.objects.all().delete()
    TallyMark.objects.all().delete()
    advance_tallies(study=lab.study)
    assert list(TaskTally.objects.order_by("task").values(*_FACTS)) == stepwise


_FACTS = ("task", "n_people", "n_a", "n_b", "n_tie", "n_both_bad", "n_set_aside", "disagreement", "last_judgment")


def test_much_that_is_new_is_counted_by_a_job(study: Study, monkeypatch) -> None:
    for name in ("WAITS_FOR", "SMALL"):
        monkeypatch.setattr(reading_tallies, name, 5)
    mark, job = tallies_for(study=study, by=None)
    assert (mark, job.kind, TaskTally.objects.count()) == (None, JOB_KIND, 0)
    again = tallies_for(study=study, by=None)[1]
    assert again == job, "the one under way is not started again"
    advance_tallies_job(job.pk)
    advance_tallies_job(job.pk)
    assert (Job.objects.get().state, TaskTally.objects.count()) == ("done", 7)
    mark, job = tallies_for(study=study, by=None)
    assert job is None and mark is not None


def test_after_counting_a_whole_study_its_table_is_known_to_the_planner(study: Study) -> None:
    def known() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename = 'analysis_tasktally'")
            return cursor.fetchone()[0]

    before = known()
    count_missing(missing=Behind(take_cut(study_id=study.pk), None))
    assert before == 0 < known()


def test_all_of_a_small_study_is_counted_at_once(study: Study, monkeypatch) -> None:
    monkeypatch.setattr(reading_tallies, "WAITS_FOR", 5)
    mark, job = tallies_for(study=study, by=None)
    assert (job, mark.study, TaskTally.objects.count()) == (None, study, 7)


def test_a_failure_is_shown_and_not_started_again_at_once(study: Study, monkeypatch, lab: Lab, client: Client) -> None:
    for name in ("WAITS_FOR", "SMALL"):
        monkeypatch.setattr(reading_tallies, name, 5)
    client.force_login(lab.analyst)
    waiting = client.get("/studies/lab/read/read").content.decode()
    assert 'hx-trigger="every 2s"' in waiting and "nothing to read" not in waiting
    Job.objects.update(arguments={"study": 0})
    with pytest.raises(Study.DoesNotExist):
        advance_tallies_job(Job.objects.get().pk)
    page = client.get("/studies/lab/read/read").content.decode()
    assert "Counting the tasks failed" in page and "hx-trigger" not in page
    assert Job.objects.count() == 1
    Job.objects.update(ended_at=Job.objects.get().ended_at - timedelta(minutes=6))
    assert tallies_for(study=study, by=None)[1].state == "queued"


def test_the_database_keeps_studies_apart(lab: Lab, study: Study, analyst_mark) -> None:
    tally = tallied(study)["item-0"]
    for table in ("analysis_tasktally", "analysis_readingmark"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET study_id = %s", [lab.study.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert TaskTally.objects.get(pk=tally.pk).study_id == study.pk


@pytest.fixture
def analyst_mark(lab: Lab, study: Study) -> None:
    mark_task(study=study, task_id=task_of(study, "item-0").pk, user=lab.analyst)
