"""The processes of a running Touchstone on one machine: web, worker and beat, ended together."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.conf import settings

FIRST_PORT = 8000
GRACE_SECONDS = 15


def free_port(wanted: int | None) -> int:
    """`wanted` (PORT, else 8000) or the next port that nobody listens on."""
    first = wanted or FIRST_PORT
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"Every port from {first} to {first + 99} is taken: set PORT to a free one.")


def commands(port: int) -> dict[str, list[str]]:
    """What runs: each by its name."""
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "apps.config"]
    quiet = ["--without-gossip", "--without-mingle", "--loglevel", "warning"]
    return {
        "web": [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning",
            "apps.config.wsgi:application",
        ],
        "worker": [*celery, "worker", *quiet, "--concurrency", "1"],
        "beat": [*celery, "beat", "--loglevel", "warning"],
    }  # fmt: skip


@contextmanager
def running(port: int) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    """Start everything; whatever happens, end everything."""
    environment = {**os.environ, "TOUCHSTONE_DEMO": "1", "DJANGO_SETTINGS_MODULE": "apps.config.settings"}
    started: dict[str, subprocess.Popen[bytes]] = {}
    settings.VAR.mkdir(parents=True, exist_ok=True)  # beat keeps its schedule there
    try:
        for name, command in commands(port).items():
            started[name] = subprocess.Popen(  # noqa: S603 - our own commands
                command, cwd=settings.BASE_DIR, env=environment, start_new_session=True
            )
        yield started
    finally:
        end(list(started.values()))


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask politely, wait, then insist: then by process group, so that no child stays behind."""
    for process in processes:
        process.terminate()  # the process itself: it knows best how to end its children
    deadline = time.monotonic() + GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until_one_ends(processes: dict[str, subprocess.Popen[bytes]]) -> str:
    """Block until a process ends; its name. Ctrl-C and SIGTERM end the waiting as KeyboardInterrupt."""
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell that starts us in the background ignores SIGINT for us
        signal.signal(number, _interrupt)
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        time.sleep(0.3)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
