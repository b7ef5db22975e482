"""The queue in PostgreSQL: what a real worker takes from it, runs and leaves behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from celery import Celery
from celery.signals import beat_init, celeryd_init
from celery.utils.dispatch import Signal
from django.conf import settings
from pgmq.base import PGMQConfig
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from apps.config.broker import celery_broker, conninfo_of
from apps.core.embedded import destroy_server, status_of

JOB_MODULE = """
import os
from celery import Celery
import psycopg
from apps.config.broker import celery_broker

url, options = celery_broker(os.environ["QUEUE_DATABASE"], visibility_seconds=600)
app = Celery("jobs_for_tests")
app.conf.update(
    broker_url=url, broker_transport_options=options, task_default_queue="for_tests", task_ignore_result=True,
    task_acks_late=True, task_reject_on_worker_lost=True, worker_prefetch_multiplier=1,
    worker_enable_remote_control=False, broker_connection_retry_on_startup=True,
)

@app.task(name="note")
def note(number):
    with psycopg.connect(os.environ["QUEUE_DATABASE"]) as connection:
        connection.execute("INSERT INTO noted VALUES (%s)", [number])

@app.task(name="die once")
def die_once(number):
    with psycopg.connect(os.environ["QUEUE_DATABASE"], autocommit=True) as connection:
        tries = connection.execute("SELECT count(*) FROM noted WHERE number = %s", [number]).fetchone()[0]
        connection.execute("INSERT INTO noted VALUES (%s)", [number])
    if tries == 0:
        os.kill(os.getpid(), 9)
"""
# Everything is an error but the word of caution to those who run the worker as root.
WARNINGS = "error,ignore:You're running the worker"
PATIENCE_SECONDS = 60


@pytest.mark.parametrize(
    "given",
    [
        {"host": "/var/a b/it's", "port": "5432", "user": "touchstone", "dbname": "touchstone"},
        {"host": "db.example", "user": "u", "dbname": "d", "password": "a b'c\\d", "sslmode": "verify-full"},
        {"dbname": "d", "connect_timeout": "3", "application_name": "two words"},
        {"service": "touchstone"},
    ],
)
def test_pgmq_connects_to_what_was_given(given: dict[str, str]) -> None:
    _, options = celery_broker(make_conninfo("", **given), visibility_seconds=60)
    understood = conninfo_to_dict(PGMQConfig(conn_string=options["conn_string"]).dsn)
    assert {key: value for key, value in understood.items() if value} == given


def test_a_message_stays_hidden_longer_than_a_job_may_run() -> None:
    visible_again = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert visible_again > settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("starting", [celeryd_init, beat_init])
def test_worker_and_beat_start_the_embedded_database_first(
    starting: Signal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    var = tmp_path / "var"
    monkeypatch.setitem(settings.DATABASES["default"], "EMBEDDED_VAR", str(var))
    monkeypatch.setattr(settings, "VAR", var)
    try:
        starting.send(sender="a test")
        assert os.getpid() in status_of(var).users
    finally:
        destroy_server(var)


@pytest.fixture
def queue(fresh_database: str, tmp_path: Path) -> dict[str, str]:
    """The environment of processes that share a queue in a database of the test's own."""
    (tmp_path / "jobs_for_tests.py").write_text(JOB_MODULE)
    conninfo = conninfo_of(settings.DATABASES["default"])
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE noted (number int)")
    return {
        **os.environ,
        "QUEUE_DATABASE": conninfo,
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(settings.BASE_DIR)]),
        "PYTHONWARNINGS": WARNINGS,
    }


@contextmanager
def _worker(queue: dict[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    words = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "jobs_for_tests", "worker", *words]
    with (
        said.open("wb") as output,
        subprocess.Popen(
            [*command, "--loglevel", "warning"], env=queue, cwd=said.parent, stdout=output, stderr=output
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def _send(queue: dict[str, str], job: str, *numbers: int) -> None:
    address, options = celery_broker(queue["QUEUE_DATABASE"], visibility_seconds=600)
    app = Celery("sender", set_as_current=False, broker=address)
    app.conf.update(broker_transport_options=options, task_default_queue="for_tests")
    with app.connection_for_write() as connection:
        for number in numbers:
            app.send_task(job, (number,), connection=connection)


def _noted(queue: dict[str, str]) -> list[int]:
    with psycopg.connect(queue["QUEUE_DATABASE"]) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM noted ORDER BY number")]


def _waiting(queue: dict[str, str]) -> int:
    with psycopg.connect(queue["QUEUE_DATABASE"]) as connection:
        row = connection.execute("SELECT queue_length FROM pgmq.metrics('for_tests')").fetchone()
    assert row is not None
    return row[0]


def _wait_for(queue: dict[str, str], numbers: list[int], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _noted(queue) != numbers and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.05)
    assert _noted(queue) == numbers


@pytest.mark.slow
def test_a_worker_runs_what_was_queued_and_stops_when_asked(queue: dict[str, str], tmp_path: Path) -> None:
    _send(queue, "note", 1, 2)
    assert _waiting(queue) == 2
    said = tmp_path / "worker.log"
    with _worker(queue, said) as process:
        _wait_for(queue, [1, 2], process)
        _send(queue, "note", 3)
        _wait_for(queue, [1, 2, 3], process)
        assert said.read_text() == ""
        _send(queue, "die once", 4)  # kills the process it runs in, and is run again
        _wait_for(queue, [1, 2, 3, 4, 4], process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    assert _waiting(queue) == 0
