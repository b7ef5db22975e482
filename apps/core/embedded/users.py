"""Which processes use the server: a list in its folder, read and written under a lock."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.home import Home
from apps.core.embedded.processes import Process

# Longer than a first start may take: whoever holds the lock may be making the cluster and starting it.
LONGEST_WAIT_SECONDS = 300


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Hold the lock of this server: starting, stopping and the list of users happen one at a time."""
    path = home.folder / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, path)
        try:
            yield
        finally:
            # In words, and not by closing alone: a process forked meanwhile holds a copy of the descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() > deadline:
            raise EmbeddedServerError(
                f"Another process has been starting or stopping the embedded database for {LONGEST_WAIT_SECONDS} "
                f"seconds. End it (`fuser {path}` names it) and try again."
            )
        time.sleep(0.02)


def live_users(home: Home) -> set[Process]:
    """The processes that use the server and are alive; the others are forgotten here. Needs the lock."""
    try:
        rows = json.loads(_list(home).read_text())
        users = {Process(pid=row["pid"], started=row["started"]) for row in rows}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return set()  # never written, or cut off by a full disk: those alive will come back by themselves
    return {user for user in users if user.is_alive()}


def write_users(home: Home, users: set[Process]) -> None:
    """Write the list of users. Needs the lock."""
    unfinished = _list(home).with_suffix(".new")
    unfinished.write_text(json.dumps([asdict(user) for user in sorted(users, key=lambda user: user.pid)]))
    unfinished.replace(_list(home))


def _list(home: Home) -> Path:
    return home.folder / "users.json"
