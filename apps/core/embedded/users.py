"""Who uses the server: it runs while any of these processes is alive, and the last one out stops it."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apps.core.embedded.home import Home
from apps.core.embedded.processes import Process


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One process at a time looks at or changes the server of this home. Freed even if its holder is killed."""
    with (home.folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def living_users(home: Home) -> list[Process]:
    """The registered processes that still run; those that died without a word are forgotten."""
    try:
        entries = json.loads(_file(home).read_text())
    except (OSError, ValueError):
        entries = []
    processes = [Process(pid=entry["pid"], started=entry["started"]) for entry in entries]
    return [process for process in processes if process.is_alive()]


def register(home: Home, process: Process) -> None:
    """Add a user; call it under the lock."""
    _write(home, [*(other for other in living_users(home) if other != process), process])


def forget(home: Home, process: Process) -> list[Process]:
    """Take a user off; the ones that are left. Call it under the lock."""
    left = [other for other in living_users(home) if other != process]
    _write(home, left)
    return left


def _write(home: Home, processes: list[Process]) -> None:
    unfinished = _file(home).with_suffix(".new")
    unfinished.write_text(json.dumps([{"pid": p.pid, "started": p.started} for p in processes]))
    unfinished.rename(_file(home))


def _file(home: Home) -> Path:
    return home.folder / "users.json"
