"""The pages of background work: who sees what, what failed and is tried again, what got lost."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts.services import create_workspace
from apps.config.celery import app
from apps.core.jobs import KINDS, sweep_jobs, words_of
from apps.core.models import AuditEvent, Job, JobState
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

JOBS = "/studies/lab/jobs"


@pytest.fixture
def manager(lab: Lab, client: Client) -> Client:
    client.force_login(lab.manager)
    return client


@pytest.fixture
def eager():
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


def a_job(lab: Lab, state: str = "failed", **more) -> Job:
    filters = {"slices": [], "rater_group": None}
    given = {
        "kind": "leaderboard",
        "workspace_id": lab.workspace.pk,
        "subject": f"study:{lab.study.pk}",
        "arguments": {"study": lab.study.pk, "filters": filters},
        "by": lab.manager.uuid,
        "state": state,
        "message": "It failed: the lights went out",
        "started_at": timezone.now() - timedelta(seconds=75),
        "ended_at": timezone.now() if state in {"done", "failed"} else None,
    }
    return Job.objects.create(**given | more)


def test_strangers_and_raters_see_nothing(lab: Lab, client: Client) -> None:
    job = a_job(lab)
    for path in (JOBS, f"{JOBS}/{job.public_id}"):
        client.logout()
        assert client.get(path).status_code == 302
        for user in (lab.stranger, lab.raters[0]):
            client.force_login(user)
            assert client.get(path).status_code == 404


def test_the_list_says_what_who_and_how_far(lab: Lab, manager: Client) -> None:
    assert "Nothing has been started yet" in manager.get(JOBS).content.decode()
    a_job(lab)
    a_job(lab, "running", percent=40, message="fitting", by=None)
    page = manager.get(JOBS).content.decode()
    for words in ("Leaderboard", "A study", "by Manager", "by Touchstone itself", "the lights went out", "75 s"):
        assert words in page
    assert 'value="40"' in page and "fitting" in page
    assert page.index("fitting") < page.index("the lights went out")


def test_the_list_asks_again_only_while_something_runs(lab: Lab, manager: Client) -> None:
    job = a_job(lab, "running")
    assert "hx-trigger" in manager.get(JOBS).content.decode()
    fragment = manager.get(JOBS, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and 'id="jobs"' in fragment
    one = manager.get(f"{JOBS}/{job.public_id}", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in one and "hx-trigger" in one
    Job.objects.update(state="done", ended_at=timezone.now())
    for path in (JOBS, f"{JOBS}/{job.public_id}"):
        assert "hx-trigger" not in manager.get(path).content.decode()


def test_what_was_counted_for_the_reading_room_is_read_there(lab: Lab, manager: Client) -> None:
    job = a_job(lab, "done", kind="reading tallies", result=None)
    for path in (JOBS, f"{JOBS}/{job.public_id}"):
        assert 'href="/studies/lab/trial/read"' in manager.get(path).content.decode()


def test_that_it_failed_is_said_once(lab: Lab, manager: Client) -> None:
    job = a_job(lab)
    for path in (JOBS, f"{JOBS}/{job.public_id}"):
        page = manager.get(path).content.decode()
        assert "the lights went out" in page and "It failed:" not in page


def test_a_study_that_was_made_is_the_result(lab: Lab, manager: Client) -> None:
    made = {"kind": "new study", "subject": "upload:something", "result": {"study": "trial"}}
    job = a_job(lab, "done", **made)
    for path in (JOBS, f"{JOBS}/{job.public_id}"):
        page = manager.get(path).content.decode()
        assert "Go to the study" in page and 'href="/studies/lab/trial/"' in page


def test_jobs_of_other_workspaces_stay_there(lab: Lab, manager: Client) -> None:
    elsewhere = create_workspace(slug="elsewhere", name="Elsewhere")
    job = a_job(lab, workspace_id=elsewhere.pk, message="not for you")
    assert "not for you" not in manager.get(JOBS).content.decode()
    assert manager.get(f"{JOBS}/{job.public_id}").status_code == 404
    assert manager.post(f"{JOBS}/{job.public_id}/again").status_code == 404
    assert manager.get("/studies/elsewhere/jobs").status_code == 404


def test_a_failed_job_is_started_again(
    lab: Lab, manager: Client, eager: None, django_capture_on_commit_callbacks
) -> None:
    judge_everything(lab)
    job = a_job(lab)
    with django_capture_on_commit_callbacks(execute=True):
        reply = manager.post(f"{JOBS}/{job.public_id}/again")
    assert reply.status_code == 302
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.message
    assert "Open it" in manager.get(JOBS).content.decode()
    event = AuditEvent.objects.get(verb="start_job_again")
    assert (event.by, event.workspace_id) == (lab.manager.uuid, lab.workspace.pk)


def test_what_did_not_fail_or_is_unknown_is_not_started_again(lab: Lab, manager: Client) -> None:
    running, odd = a_job(lab, "running"), a_job(lab, kind="from_later")
    assert "only a failed one" in manager.post(f"{JOBS}/{running.public_id}/again", follow=True).content.decode()
    assert "from the page it belongs to" in manager.post(f"{JOBS}/{odd.public_id}/again", follow=True).content.decode()
    assert "From later" in manager.get(JOBS).content.decode()
    odd.refresh_from_db()
    assert odd.state == JobState.FAILED


def test_an_analyst_looks_but_starts_nothing(lab: Lab, client: Client) -> None:
    job = a_job(lab)
    client.force_login(lab.analyst)
    assert "Start it again" not in client.get(f"{JOBS}/{job.public_id}").content.decode()
    assert client.post(f"{JOBS}/{job.public_id}/again").status_code == 404
    assert client.get(f"{JOBS}/{job.public_id}/again").status_code == 405


def test_older_jobs_stand_on_further_pages(lab: Lab, manager: Client) -> None:
    first = a_job(lab, message="the very first")
    for _ in range(40):
        a_job(lab, "done")
    page = manager.get(JOBS).content.decode()
    assert "the very first" not in page and "Earlier" in page
    a_job(lab, "running")
    earlier = manager.get(f"{JOBS}?before={first.pk + 1}").content.decode()
    assert "the very first" in earlier and "under way" not in earlier, "something newer is"
    assert manager.get(f"{JOBS}?before=nonsense").status_code == 200


def test_the_list_takes_the_same_queries_however_long(lab: Lab, manager: Client, django_assert_max_num_queries) -> None:
    for _ in range(30):
        a_job(lab)
    with django_assert_max_num_queries(7):
        manager.get(JOBS)


def test_every_kind_has_its_words_and_a_task(lab: Lab) -> None:
    app.loader.import_default_modules()
    for name, kind in KINDS.items():
        assert words_of(name) == kind.words
        assert kind.task in app.tasks


def test_the_sweep_finds_what_got_lost(lab: Lab, eager: None, django_capture_on_commit_callbacks) -> None:
    judge_everything(lab)
    long_ago = timezone.now() - timedelta(hours=3)
    lost = a_job(lab, "queued", created_at=long_ago, started_at=None)
    fresh = a_job(lab, "queued", started_at=None)
    killed = a_job(lab, "running", started_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_jobs()
    states = [Job.objects.get(pk=job.pk).state for job in (lost, fresh, killed)]
    assert states == [JobState.DONE, JobState.QUEUED, JobState.FAILED]
    stopped = Job.objects.get(pk=killed.pk)
    assert "ran longer than" in stopped.message
    assert (stopped.percent, stopped.ended_at is not None) == (100, True)
    assert "core.sweep_jobs" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
