"""The database is killed with SIGKILL while people rate: every acknowledged judgment is there afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from apps.core.embedded import destroy_server, ensure_server, status_of

pytestmark = pytest.mark.slow
REPOSITORY = Path(__file__).resolve().parents[2]
N_KILLS = 3
N_BETWEEN = 20


@pytest.fixture
def var(tmp_path: Path) -> Iterator[Path]:
    """The `var` of a checkout of its own; its server is gone afterwards."""
    yield tmp_path / "var"
    destroy_server(tmp_path / "var")


@contextmanager
def writer(var: Path, acknowledged: Path) -> Iterator["subprocess.Popen[str]"]:
    """The rating process, ready; killed if it is still there at the end."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"TOUCHSTONE_VAR": str(var), "DJANGO_SETTINGS_MODULE": "apps.config.settings"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.concurrency.writing_process", str(acknowledged)],
        cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def n_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for_lines(path: Path, wanted: int, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 40
    while n_lines(path) < wanted:
        assert process.poll() is None, "the rating process ended too early"
        assert time.monotonic() < deadline, f"{n_lines(path)} of {wanted} judgments after 40 seconds"
        time.sleep(0.01)


def kill_database(var: Path) -> int:
    """SIGKILL to the server and everything it started; nobody gets to write anything any more."""
    server = status_of(var).pid
    assert server is not None
    every = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children = [int(pid) for pid, parent in map(str.split, every.splitlines()) if int(parent) == server]
    assert children
    for pid in (server, *children):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return server


def stored(var: Path) -> list[tuple[str, str]]:
    """Each stored submission with what was chosen."""
    with psycopg.connect(ensure_server(var).libpq()) as database:
        return database.execute(
            """SELECT j.submission::text, CASE WHEN j.verdict IN ('TIE', 'BOTH_BAD') THEN lower(j.verdict)
                      WHEN (j.verdict = 'A') = a.a_on_left THEN 'left' ELSE 'right' END
               FROM rating_judgment j JOIN rating_assignment a ON a.id = j.assignment_id"""
        ).fetchall()


def test_every_acknowledged_judgment_survives_the_death_of_the_database(var: Path, tmp_path: Path) -> None:
    acknowledged = tmp_path / "acknowledged"
    servers = set()
    with writer(var, acknowledged) as process:
        for _ in range(N_KILLS):
            # From what is there now: nobody can say how far the others came before the kill.
            wait_for_lines(acknowledged, n_lines(acknowledged) + N_BETWEEN, process)
            servers.add(kill_database(var))
        complaints, _ = process.communicate(timeout=50)
    assert (process.returncode, complaints) == (0, "")
    assert len(servers) == N_KILLS, "each time there was a new server, started by whoever asked next"
    told = [tuple(line.split()) for line in acknowledged.read_text().splitlines()]
    assert len(told) == len(set(told)) > (N_KILLS + 1) * N_BETWEEN
    assert sorted(stored(var)) == sorted(told)
