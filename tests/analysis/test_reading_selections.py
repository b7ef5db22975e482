"""Marks and selections: services, pages, and what the database holds for them."""

import re

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from apps.analysis.models import ReadingMark, SelectedTask, Selection
from apps.analysis.services import selections
from apps.analysis.services.selections import mark_task, save_selection, unmark_task
from apps.core.errors import NotFound, Refused
from apps.core.models import AuditEvent
from apps.studies.models import Study
from tests.analysis.reading_house import study_with, task_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

READ = "/studies/lab/read/read"


@pytest.fixture
def study(lab: Lab) -> Study:
    return study_with(lab.workspace)


@pytest.fixture
def analyst(lab: Lab, study: Study, client: Client) -> Client:
    client.force_login(lab.analyst)
    client.get(READ)
    return client


def saved(lab: Lab, study: Study, *names: str) -> Selection:
    for name in names:
        mark_task(study=study, task_id=task_of(study, name).pk, user=lab.analyst, note=f"Look at {name}.")
    return save_selection(study=study, user=lab.analyst, title="Refunds")


def test_marking_again_replaces_the_note_and_unmarking_forgets_it(lab: Lab, study: Study) -> None:
    task = task_of(study, "item-0").pk
    mark_task(study=study, task_id=task, user=lab.analyst, note="first")
    mark_task(study=study, task_id=task, user=lab.analyst, note=" second ")
    mark_task(study=study, task_id=task, user=lab.manager)
    assert sorted(ReadingMark.objects.values_list("user", "note")) == sorted(
        [(lab.analyst.pk, "second"), (lab.manager.pk, "")]
    )
    unmark_task(study=study, task_id=task, user=lab.analyst)
    unmark_task(study=study, task_id=task, user=lab.analyst)
    assert ReadingMark.objects.get().user == lab.manager
    assert AuditEvent.objects.filter(verb="task unmarked").count() == 1


def test_a_selection_keeps_order_and_notes_and_uses_up_the_marks(lab: Lab, study: Study) -> None:
    mark_task(study=study, task_id=task_of(study, "item-0").pk, user=lab.manager)
    selection = saved(lab, study, "item-3", "item-1")
    rows = SelectedTask.objects.filter(selection=selection).order_by("place")
    assert [(row.place, row.task.item.external_id, row.note) for row in rows] == [
        (1, "item-3", "Look at item-3."),
        (2, "item-1", "Look at item-1."),
    ]
    assert ReadingMark.objects.get().user == lab.manager, "hers stay"
    audit = AuditEvent.objects.get(verb="selection saved")
    assert (audit.by, audit.details) == (lab.analyst.uuid, {"n_tasks": 2})


def test_what_cannot_be_is_refused_in_a_sentence_and_stores_nothing(lab: Lab, study: Study, monkeypatch) -> None:
    task = task_of(study, "item-0").pk
    with pytest.raises(Refused, match="Nothing is marked"):
        save_selection(study=study, user=lab.analyst, title="Empty")
    with pytest.raises(Refused, match="Shorten it"):
        mark_task(study=study, task_id=task, user=lab.analyst, note="x" * 2001)
    with pytest.raises(NotFound):
        mark_task(study=lab.study, task_id=task, user=lab.analyst)
    mark_task(study=study, task_id=task, user=lab.analyst)
    with pytest.raises(Refused, match="title"):
        save_selection(study=study, user=lab.analyst, title="  ")
    monkeypatch.setattr(selections, "MOST_MARKS", 1)
    mark_task(study=study, task_id=task, user=lab.analyst, note="the same one may be written anew")
    with pytest.raises(Refused, match="Save them"):
        mark_task(study=study, task_id=task_of(study, "item-1").pk, user=lab.analyst)
    assert (ReadingMark.objects.count(), Selection.objects.count()) == (1, 0)


def test_the_database_refuses_to_change_a_selection_or_to_mix_studies(lab: Lab, study: Study) -> None:
    selection = saved(lab, study, "item-0")
    for statement in (
        "UPDATE analysis_selection SET title = 'other'",
        "DELETE FROM analysis_selectedtask",
        "UPDATE analysis_selectedtask SET note = ''",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    other = task_of(study, "item-1")
    SelectedTask.objects.create(study=study, selection=selection, task=other, place=2)
    for wrong in (
        {"study": lab.study, "task": task_of(study, "item-2"), "place": 3},
        {"study": study, "task": other, "place": 3},
        {"study": study, "task": task_of(study, "item-2"), "place": 2},
        {"study": study, "task": task_of(study, "item-2"), "place": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            SelectedTask.objects.create(selection=selection, **wrong)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Selection.objects.create(study=study, title="")


def test_mark_note_save_share_and_step(lab: Lab, study: Study, analyst: Client) -> None:
    one, two = (task_of(study, name).pk for name in ("item-3", "item-1"))
    page = analyst.post(f"{READ}/{one}/mark?both_bad=1", {"note": "Both <b>bad</b>"}, follow=True)
    assert page.redirect_chain[-1][0] == f"{READ}/{one}?both_bad=1"
    assert "Both &lt;b&gt;bad&lt;/b&gt;" in page.content.decode()
    analyst.post(f"{READ}/{two}/mark", {"note": ""})
    marked = analyst.get(f"{READ}?marked=1").content.decode()
    assert len(re.findall(r'class="excerpt"', marked)) == 2
    shared = analyst.post(f"{READ}/selections", {"title": "For Friday"}, follow=True)
    link = shared.redirect_chain[-1][0]
    assert link == f"{READ}/selections/{Selection.objects.get().public_id}"
    analyst.force_login(lab.manager)
    page = analyst.get(link).content.decode()
    assert "For Friday" in page and "chosen by Analyst" in page and "<b>bad</b>" not in page
    assert f"http://testserver{link}" in page
    first = analyst.get(re.search(rf'href="({READ}/{one}[^"]*)"', page)[1]).content.decode()
    assert "1 of 2" in first and "Both &lt;b&gt;bad&lt;/b&gt;" in first
    second = analyst.get(re.search(r'href="([^"]*)" rel="next"', first)[1]).content.decode()
    assert "2 of 2" in second and 'rel="next"' not in second
    assert "For Friday" in analyst.get(READ).content.decode()


def test_taking_a_mark_away_and_bad_input(study: Study, analyst: Client) -> None:
    task = task_of(study, "item-0").pk
    analyst.post(f"{READ}/{task}/mark", {"note": "x"})
    analyst.post(f"{READ}/{task}/mark", {"remove": "1"})
    assert not ReadingMark.objects.exists()
    assert "Nothing is marked" in analyst.post(f"{READ}/selections", {"title": "x"}, follow=True).content.decode()
    assert "Shorten it" in analyst.post(f"{READ}/{task}/mark", {"note": "x" * 3000}, follow=True).content.decode()
    assert analyst.post(f"{READ}/99999999/mark", {"note": "x"}, follow=True).status_code == 404
    assert analyst.get(f"{READ}/selections").status_code == 405


def test_a_selection_of_another_study_is_not_here(lab: Lab, study: Study, analyst: Client) -> None:
    selection = saved(lab, study, "item-0")
    assert analyst.get(f"/studies/lab/trial/read/selections/{selection.public_id}").status_code == 404
    assert analyst.get(f"{READ}/{task_of(study, 'item-0').pk}?selection=nonsense").status_code == 404
    outside = analyst.get(f"{READ}/{task_of(study, 'item-1').pk}?selection={selection.public_id}").content.decode()
    assert 'rel="next"' not in outside
