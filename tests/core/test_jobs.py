"""The one way to start and to do background work: once, by one worker, with its end in words."""

from contextlib import closing
from typing import Any

import pytest
from django.db import connection

from apps.core.errors import Refused
from apps.core.jobs import Tell, carry_out, run, start
from apps.core.models import Job, JobState
from apps.quality.jobs import compute_figures_job


def asked(sends: bool = False, **more: Any) -> tuple[Job, bool]:
    given = {"kind": "agreement", "workspace_id": 1, "subject": "study:1", "arguments": {"study": 1}, "by": None}
    return start(**given | more, sends=sends)


def done_with(job: Job, work: Any) -> Job:
    carry_out(job.pk, work)
    return Job.objects.get(pk=job.pk)


def refuses(*_: Any) -> None:
    raise Refused("There is nothing to count. Rate first.")


def test_what_is_under_way_is_not_started_again(db: None) -> None:
    first, is_new = asked()
    assert (is_new, first.state, first.message) == (True, JobState.QUEUED, "waiting for a worker")
    assert asked(arguments={"study": 1, "look": 2}) == (first, False)
    for other in ({"subject": "study:2"}, {"kind": "raters"}, {"arguments": {"look": 2}, "per_arguments": True}):
        assert asked(**other)[1]
    assert asked(per_arguments=True) == (first, False)
    Job.objects.update(state=JobState.DONE)
    assert asked()[1]


def test_it_is_sent_once_the_transaction_is_committed(
    db: None, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(compute_figures_job, "apply_async", lambda args, *_, **__: sent.extend(args))
    with django_capture_on_commit_callbacks(execute=True):
        job, _ = asked(sends=True)
        asked(sends=True)
        asked(subject="study:2")
        assert sent == []
    assert sent == [job.pk]


def test_the_work_tells_how_far_it_is_and_gives_the_result(db: None) -> None:
    seen: list[tuple[str, int, str]] = []

    def work(job: Job, tell: Tell) -> dict[str, Any]:
        tell(40, "counting")
        seen.append(Job.objects.values_list("state", "percent", "message").get(pk=job.pk))
        return {"n": 7}

    job = done_with(asked()[0], work)
    assert seen == [(JobState.RUNNING, 40, "counting")]
    assert (job.state, job.percent, job.message, job.result) == (JobState.DONE, 100, "done", {"n": 7})
    assert job.created_at < job.started_at < job.ended_at


def test_what_has_ended_stays_as_it_ended(db: None) -> None:
    job = done_with(asked()[0], refuses)
    assert done_with(job, lambda *_: {"n": 1}).state == JobState.FAILED
    Job.objects.update(state=JobState.DONE)
    assert done_with(job, refuses).state == JobState.DONE


def test_a_refusal_ends_it_in_its_sentence(db: None) -> None:
    job = done_with(asked()[0], refuses)
    assert (job.state, job.message, job.result) == (JobState.FAILED, "There is nothing to count. Rate first.", None)


def test_anything_else_ends_it_in_words_and_is_raised(db: None) -> None:
    def breaks(*_: Any) -> None:
        error = ValueError("value too long.\nDETAIL: the row held a secret")
        error.add_note("Half of it is stored.")
        raise error

    job, _ = asked()
    with pytest.raises(ValueError, match="too long"):
        carry_out(job.pk, breaks)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert job.message == "Half of it is stored. It failed: value too long (ValueError)."


@pytest.mark.parametrize("said", ["", "\n", "   "])
def test_an_error_without_words_is_named(db: None, said: str) -> None:
    def breaks(*_: Any) -> None:
        raise LookupError(said)

    with pytest.raises(LookupError):
        run(job := asked()[0], breaks)
    assert job.message == "It failed: LookupError."


def test_a_second_worker_leaves_while_the_first_is_at_it(db: None) -> None:
    job, _ = asked()
    name = [f"touchstone:job:{job.pk}"]
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", name)
        assert done_with(job, refuses).state == JobState.QUEUED
        # Closing would give it back too, but only when the server has noticed.
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)
    assert done_with(job, refuses).state == JobState.FAILED


def test_work_whose_worker_was_stopped_is_taken_up_by_the_next(db: None) -> None:
    job, _ = asked()
    Job.objects.update(state=JobState.RUNNING, percent=60)
    assert done_with(job, lambda *_: None).state == JobState.DONE
