"""Processes that use an embedded server, for the tests to start, end and kill."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from apps.core.embedded import ServerAddress

REPOSITORY = Path(__file__).resolve().parents[2]
_SIGN_ON = """
import sys
from pathlib import Path
from apps.core.embedded import ensure_server
ensure_server(Path(sys.argv[1]))
print("in", flush=True)
"""
_STAY = "sys.stdin.read()"


@contextmanager
def a_user(var: Path, *, then: str = _STAY) -> Iterator[subprocess.Popen[str]]:
    """A process that signs on and does `then`; by default it stays until `leave`."""
    with subprocess.Popen(
        [sys.executable, "-c", _SIGN_ON + then, str(var)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def await_entry(process: subprocess.Popen[str]) -> None:
    """Wait until the process has signed on."""
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"


def leave(process: subprocess.Popen[str]) -> None:
    """Let the process end in the ordinary way."""
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=30) == 0


def kill(process: subprocess.Popen[str]) -> None:
    """End the process without giving it a chance to sign off."""
    process.kill()
    process.wait(timeout=30)


def ask(address: ServerAddress, question: str, *, user: str = "touchstone") -> object:
    """The single value that a query answers."""
    with psycopg.connect(address.libpq(), user=user, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]
