"""A study made of an upload in the background: how far it is, and what a second try finds."""

import json
from typing import Any

import pytest

from apps.core.jobs import LOST_AFTER, start_again, sweep_jobs
from apps.core.models import Job, JobState
from apps.rating import new_study_jobs
from apps.rating.models import Draw
from apps.rating.new_study_jobs import MAKING, READING, start_making, start_reading, upload_job
from apps.rating.services import new_studies
from apps.rating.services.new_studies import Wish, free_slug, terms_from
from apps.studies.models import Output, Study, Upload
from apps.studies.services.uploads import keep_upload
from tests.studies_for_tests import Lab


@pytest.fixture
def upload(lab: Lab) -> Upload:
    rows = [
        {"item": f"i{n}", "system": f"s{m}", "output": f"Answer {n} by {m}. {'word ' * 20}"}
        for n in range(30)
        for m in range(2)
    ]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return keep_upload(
        workspace=lab.workspace, by=lab.manager.uuid, name="rows.jsonl", chunks=[data], template="compare"
    )


def wish_for(upload: Upload, **more: Any) -> Wish:
    upload.refresh_from_db()
    return Wish(slug="made", terms=terms_from(upload.found["terms"]), **more)


@pytest.fixture
def by_worker(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nothing is quick; the jobs that are handed to a worker."""
    handed: list[int] = []
    monkeypatch.setattr(new_study_jobs, "AT_ONCE_BYTES", 0)
    monkeypatch.setattr(new_study_jobs.upload_job, "apply_async", lambda args, *_, **__: handed.extend(args))
    return handed


def test_small_files_are_read_at_once(upload: Upload, lab: Lab) -> None:
    assert start_reading(upload=upload, by=lab.manager.uuid) is None
    assert upload.found["n_comparisons"] == 30


def test_long_work_goes_to_a_worker_once(
    upload: Upload, lab: Lab, by_worker: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    by = lab.manager.uuid
    with django_capture_on_commit_callbacks(execute=True):
        first, second = start_reading(upload=upload, by=by), start_reading(upload=upload, by=by)
    assert first == second
    assert by_worker == [first.pk]
    upload_job(first.pk)
    first.refresh_from_db()
    assert (first.kind, first.state, first.percent) == (READING, JobState.DONE, 100)
    with django_capture_on_commit_callbacks(execute=True):
        job = start_making(upload=upload, wish=wish_for(upload, raters=(lab.raters[0].pk,)), by=by)
    assert job.state == JobState.QUEUED
    upload_job(job.pk)
    upload_job(job.pk)
    job.refresh_from_db()
    assert (job.kind, job.state, job.result) == (MAKING, JobState.DONE, {"study": "made"})
    assert Study.objects.get(slug="made").state == "open"
    assert not Upload.objects.exists()


def test_a_try_that_died_while_opening_is_taken_up(
    upload: Upload, lab: Lab, by_worker: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    start_reading(upload=upload, by=lab.manager.uuid)
    upload_job(Job.objects.get(kind=READING).pk)
    job = start_making(upload=upload, wish=wish_for(upload), by=lab.manager.uuid)
    opened = new_studies.open_study

    def dies(**_: Any) -> Study:
        raise OSError("the machine stopped")

    monkeypatch.setattr(new_studies, "open_study", dies)
    with pytest.raises(OSError, match="stopped"):
        upload_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.message == (
        "The study is stored as a draft and could not be opened. It failed: the machine stopped (OSError)."
    )
    assert (Study.objects.get(slug="made").state, Upload.objects.count()) == ("draft", 0)
    monkeypatch.setattr(new_studies, "open_study", opened)
    n_outputs = Output.objects.count()
    start_again(job=job, by=lab.manager.uuid)
    upload_job(job.pk)
    job.refresh_from_db()
    assert (job.state, Output.objects.count()) == (JobState.DONE, n_outputs)
    assert Draw.objects.filter(study__slug="made").exists()


def test_a_study_that_somebody_made_meanwhile_is_left_alone(upload: Upload, lab: Lab) -> None:
    start_reading(upload=upload, by=lab.manager.uuid)
    wish = Wish(slug="trial", terms=terms_from(upload.found["terms"]))
    n_outputs = Output.objects.count()
    job = start_making(upload=upload, wish=wish, by=lab.manager.uuid)
    assert job.state == JobState.FAILED
    assert "There is a study 'trial' by now" in job.message
    assert (Output.objects.count(), Upload.objects.count()) == (n_outputs, 1)


def test_terms_that_the_answers_of_the_file_do_not_fit_are_refused(upload: Upload, lab: Lab) -> None:
    gold = b'{"item": "i0", "output_a": "s0", "output_b": "s1", "verdict": "TIE"}'
    by = lab.manager.uuid
    keep_upload(workspace=lab.workspace, by=by, name="g.jsonl", chunks=[gold], template="compare", gold_of=upload)
    start_reading(upload=upload, by=by)
    terms = terms_from({**upload.found["terms"], "verdicts": ["A", "B"]})
    job = start_making(upload=upload, wish=Wish(slug="made", terms=terms), by=by)
    assert (job.state, Study.objects.filter(slug="made").exists()) == (JobState.FAILED, False)
    assert "known answers say a tie" in job.message


def test_an_upload_that_is_gone_ends_in_a_sentence(upload: Upload, lab: Lab, by_worker: list[int]) -> None:
    job = start_reading(upload=upload, by=lab.manager.uuid)
    upload.delete()
    upload_job(job.pk)
    job.refresh_from_db()
    assert "not here any more" in job.message


def test_jobs_whose_message_got_lost_are_sent_again(
    upload: Upload, lab: Lab, by_worker: list[int], django_capture_on_commit_callbacks
) -> None:
    job = start_reading(upload=upload, by=lab.manager.uuid)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_jobs()
    assert by_worker == []
    Job.objects.update(created_at=job.created_at - 2 * LOST_AFTER)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_jobs()
    assert by_worker == [job.pk]


def test_addresses_are_free(lab: Lab) -> None:
    assert [free_slug(lab.workspace, name) for name in ("Trial", "New", "!?", "Größe")] == [
        "trial-2",
        "new-2",
        "study",
        "groe",
    ]
