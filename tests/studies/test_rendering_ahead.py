"""What raters will see is rendered before they come, once."""

from contextlib import closing
from functools import partial
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection

from apps.accounts.services import create_workspace
from apps.core.models import Rendering
from apps.core.rendering import cached
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.studies import jobs
from apps.studies.material import ItemRow, StudyFile
from apps.studies.models import Item, Output, Study
from apps.studies.rendering import (
    context_key,
    is_rendered,
    output_html,
    output_key,
    reference_key,
    render_study,
    turn_key,
)
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    cached.MEMORY.clear()


@pytest.fixture
def rendered_lab(lab: Lab, django_capture_on_commit_callbacks) -> Lab:
    with django_capture_on_commit_callbacks(execute=True):
        render_study(lab.study.pk)
    return lab


def test_every_output_and_turn_of_the_study_is_kept(rendered_lab: Lab) -> None:
    keys = set(Rendering.objects.values_list("key", flat=True))
    hashes = set(Output.objects.values_list("content_hash", flat=True))
    assert {output_key(digest) for digest in hashes} <= keys
    assert len(keys) == len(hashes) + 4, "and one turn of each of the four items"


def test_what_is_kept_is_what_the_desk_would_render(rendered_lab: Lab) -> None:
    output = Output.objects.latest("pk")
    assert Rendering.objects.get(key=output_key(output.content_hash)).html == output_html(output)


def test_a_study_counts_as_rendered_only_once_its_newest_output_is(lab: Lab, rendered_lab: Lab) -> None:
    assert is_rendered(lab.study.pk)
    newest = Output.objects.latest("pk")
    Rendering.objects.filter(key=output_key(newest.content_hash)).delete()
    assert not is_rendered(lab.study.pk)


def test_what_a_rater_happened_to_see_does_not_stand_for_the_rest(lab: Lab, rendered_lab: Lab) -> None:
    oldest = Output.objects.earliest("pk")
    Rendering.objects.filter(key=output_key(oldest.content_hash)).delete()
    assert not is_rendered(lab.study.pk)


@pytest.mark.parametrize("key", [turn_key, context_key, reference_key])
def test_items_are_looked_for_part_by_part(db: None, key, django_capture_on_commit_callbacks) -> None:
    turns = tuple({"role": "user", "content": text} for text in ("Hello", "And then?"))
    item = ItemRow(external_id="q", messages=turns, context="A shop", reference="Hi")
    bundle = Bundle(study=StudyFile(), items=(item, ItemRow(external_id="r", messages=turns[:1])))
    import_bundle(bundle=bundle, workspace=create_workspace(slug="w", name="W"), slug="s", by=None)
    study = Study.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert render_study(study.pk) == 5
    assert is_rendered(study.pk)
    digest = Item.objects.get(external_id="q").content_hash
    Rendering.objects.get(key=key(digest, 1) if key is turn_key else key(digest)).delete()
    assert not is_rendered(study.pk)


def test_a_conversation_is_rendered_turn_by_turn() -> None:
    turns = [{"role": "user", "content": "**Hi**"}, {"role": "assistant", "content": "Hello"}]
    html = output_html(Output(messages=turns))
    assert html.count('class="turn"') == 2
    assert "<strong>Hi</strong>" in html
    assert "Assistant" in html


def test_the_sweep_asks_for_what_is_missing_and_for_nothing_else(lab: Lab, django_capture_on_commit_callbacks) -> None:
    with patch.object(jobs.render_study_job, "delay") as asked:
        jobs.sweep()
        asked.assert_called_once_with(lab.study.pk)
        asked.reset_mock()
        with django_capture_on_commit_callbacks(execute=True):
            jobs.render_study_job(lab.study.pk)
        jobs.sweep()
        asked.assert_not_called()


def test_what_this_process_remembers_but_could_not_store_is_rendered_ahead_all_the_same(
    lab: Lab, django_capture_on_commit_callbacks
) -> None:
    parts = {output_key(output.content_hash): partial(output_html, output) for output in Output.objects.all()}
    with (
        patch.object(cached, "_store", side_effect=OperationalError("the server restarts")),
        django_capture_on_commit_callbacks(execute=True),
    ):
        cached.rendered(parts)
    with django_capture_on_commit_callbacks(execute=True):
        render_study(lab.study.pk)
    assert is_rendered(lab.study.pk)


def test_a_job_that_could_not_store_fails_and_the_next_one_succeeds(
    committed_lab: Lab, caplog: pytest.LogCaptureFixture
) -> None:
    study_id = committed_lab.study.pk
    with (
        patch.object(cached, "_store", side_effect=OperationalError("the server restarts")),
        pytest.raises(OperationalError),
    ):
        jobs.render_study_job(study_id)
    assert not is_rendered(study_id)
    jobs.render_study_job(study_id)
    assert is_rendered(study_id)
    assert not caplog.records


def test_what_is_kept_already_is_neither_rendered_nor_written_again(rendered_lab: Lab) -> None:
    with (
        patch.object(cached, "_store") as stored,
        patch("apps.studies.rendering.to_html") as made,
        patch("apps.studies.rendering.output_html") as made_output,
    ):
        n = render_study(rendered_lab.study.pk)
    assert n == Rendering.objects.count()
    for unwanted in (stored, made, made_output):
        unwanted.assert_not_called()


def test_two_jobs_do_not_render_the_same_study_side_by_side(lab: Lab) -> None:
    name = [f"touchstone:rendering:{lab.study.pk}"]
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", name)
        with patch.object(jobs, "render_study") as rendering:
            jobs.render_study_job(lab.study.pk)
            rendering.assert_not_called()
        # Closing would give it back too, but only when the server has noticed.
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)
    with patch.object(jobs, "render_study") as rendering:
        jobs.render_study_job(lab.study.pk)
        jobs.render_study_job(lab.study.pk)
        assert rendering.call_count == 2, "the lock is given back"
