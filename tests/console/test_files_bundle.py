"""The whole study as an archive: packed by a job, fetched by managers, gone after a day, and whole."""

import io
import os
import time
import zipfile
from pathlib import Path

import pytest
from django.test import Client

from apps.accounts.services import create_workspace
from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.config.celery import app
from apps.core.models import AuditEvent, Job, JobState
from apps.rating import jobs
from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.packing import file_of, forget_old_archives, write_archive
from apps.rating.exchange.storing import import_bundle
from apps.rating.jobs import pack_study_job
from apps.studies.models import Study
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

FILES = "/studies/lab/trial/files"
BUNDLE = f"{FILES}/bundle"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


@pytest.fixture
def packed(lab: Lab, manager: Client, django_capture_on_commit_callbacks) -> Job:
    judge_everything(lab)
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            reply = manager.post(BUNDLE)
    finally:
        app.conf.task_always_eager = False
    job = Job.objects.get()
    assert reply["Location"] == f"/studies/lab/jobs/{job.public_id}"
    return job


def fetched(client: Client, job: Job) -> bytes:
    return b"".join(client.get(f"{BUNDLE}/{job.public_id}.zip").streaming_content)


def test_an_archive_is_packed_and_imports_elsewhere_to_the_same_board(
    lab: Lab, manager: Client, packed: Job, tmp_path: Path
) -> None:
    assert (packed.state, packed.percent) == (JobState.DONE, 100)
    path = tmp_path / "fetched.zip"
    path.write_bytes(fetched(manager, packed))
    names = {"study.json", "MANIFEST.json", *(f"{name}.jsonl" for name in ("items", "systems", "outputs", "gold"))}
    assert names < set(zipfile.ZipFile(path).namelist())
    elsewhere = create_workspace(slug="elsewhere", name="Elsewhere")
    import_bundle(bundle=read_bundle(path), workspace=elsewhere, slug="again", by=None)
    again = Study.objects.get(workspace=elsewhere)
    one, other = (current_leaderboard(study=study, filters=Filters(), by=None) for study in (lab.study, again))
    assert one.inputs_sha256 == other.inputs_sha256


def test_the_page_shows_the_archive_and_its_job(lab: Lab, manager: Client, packed: Job) -> None:
    for path in (FILES, f"/studies/lab/jobs/{packed.public_id}", "/studies/lab/jobs"):
        assert f"{BUNDLE}/{packed.public_id}.zip" in manager.get(path).content.decode()
    assert AuditEvent.objects.get(verb="export_study").by == lab.manager.uuid


def test_who_fetches_an_archive_is_noted(lab: Lab, manager: Client, packed: Job) -> None:
    assert not AuditEvent.objects.filter(verb="fetch_archive").exists()
    assert fetched(manager, packed)
    event = AuditEvent.objects.get(verb="fetch_archive")
    assert (event.by, event.details) == (lab.manager.uuid, {"job": str(packed.public_id)})


def test_only_managers_pack_and_fetch(lab: Lab, client: Client, packed: Job) -> None:
    for user in (lab.analyst, lab.raters[0], lab.stranger):
        client.force_login(user)
        assert client.post(BUNDLE).status_code == 404
        assert client.get(f"{BUNDLE}/{packed.public_id}.zip").status_code == 404
    client.force_login(lab.analyst)
    assert "Download (" not in client.get("/studies/lab/jobs").content.decode()


def test_a_packing_under_way_is_not_started_twice(lab: Lab, manager: Client) -> None:
    manager.post(BUNDLE)
    manager.post(BUNDLE)
    job = Job.objects.get()
    assert job.state == JobState.QUEUED
    assert "hx-trigger" in manager.get(FILES).content.decode()
    assert manager.get(BUNDLE).status_code == 405


def test_run_twice_it_is_packed_once(packed: Job) -> None:
    before = file_of(packed).stat().st_mtime_ns
    pack_study_job(packed.pk)
    assert file_of(packed).stat().st_mtime_ns == before


def test_an_old_archive_goes_and_says_so(manager: Client, packed: Job, own_folder: Path) -> None:
    assert forget_old_archives() == 0
    yesterday = time.time() - 90_000
    os.utime(file_of(packed), (yesterday, yesterday))
    assert forget_old_archives() == 1
    assert list(own_folder.iterdir()) == []
    reply = manager.get(f"{BUNDLE}/{packed.public_id}.zip")
    assert reply.status_code == 404 and "packed again" in reply.content.decode()


def test_an_archive_that_cannot_be_written_leaves_nothing_and_fails_in_words(
    lab: Lab, manager: Client, own_folder: Path
) -> None:
    own_folder.write_text("no folder")
    manager.post(BUNDLE)
    job = Job.objects.get()
    with pytest.raises(OSError, match="exports"):
        pack_study_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.message[:10]) == (JobState.FAILED, "It failed:")


def test_progress_is_told_and_a_broken_archive_is_removed(lab: Lab, own_folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    manifest = write_archive(lab.study, own_folder / "a.zip", lambda *words: told.append(words))
    assert [name for name, _, _ in told] == ["items", "systems", "outputs", "gold", "judgments"]
    assert manifest["files"]["items.jsonl"]["n"] == 4

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_archive(lab.study, own_folder / "b.zip", stop)
    assert [path.name for path in own_folder.iterdir()] == ["a.zip"]
    assert zipfile.ZipFile(io.BytesIO((own_folder / "a.zip").read_bytes())).testzip() is None


def test_an_archive_that_is_renamed_while_the_old_ones_are_listed_stays(
    lab: Lab, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_folder.mkdir()
    gone = own_folder / "a.unfinished"
    monkeypatch.setattr(Path, "glob", lambda *_: iter([gone]))
    monkeypatch.setattr(Path, "is_file", lambda _: True)
    assert forget_old_archives() == 0


def test_a_folder_in_trouble_leaves_no_desk_without_work(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    supplied: list[bool] = []
    monkeypatch.setattr(jobs, "_supply_desks", lambda: supplied.append(True))

    def refuse() -> int:
        raise PermissionError("exports")

    monkeypatch.setattr(jobs, "forget_old_archives", refuse)
    with pytest.raises(PermissionError):
        jobs.sweep()
    assert supplied
