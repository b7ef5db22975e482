"""Which processes are alive, and whether they are still the ones they were."""

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process told apart from a later one that was given the same number."""

    pid: int
    started: str

    def is_alive(self) -> bool:
        """Whether this very process still runs."""
        return started(self.pid) == self.started


def this_process() -> Process:
    """The calling process."""
    pid = os.getpid()
    return Process(pid=pid, started=started(pid) or "")


def started(pid: int) -> str | None:
    """When the process was started, in words only good for comparing; None if it is dead or a zombie."""
    if (_PROC / "self" / "stat").exists():
        return _started_by_proc(pid)
    return _started_by_ps(pid)


def runs_in(pid: int, *, folder: Path) -> bool:
    """Whether a live process is a PostgreSQL server working in `folder`."""
    if started(pid) is None:
        return False
    try:
        return (_PROC / str(pid) / "cwd").readlink() == folder
    except OSError:
        return "postgres" in _ps(pid, "comm=")


def _started_by_proc(pid: int) -> str | None:
    try:
        # The name in brackets may itself hold spaces and brackets: count from the last one.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{_boot()}:{ticks}"


def _started_by_ps(pid: int) -> str | None:
    state, _, begun = _ps(pid, "stat=,lstart=").partition(" ")
    return None if not state or state.startswith("Z") else begun.strip()


def _ps(pid: int, columns: str) -> str:
    answer = subprocess.run(  # noqa: S603 - a fixed program, a number and a constant
        ["/bin/ps", "-o", columns, "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


@cache
def _boot() -> str:
    # Ticks count from boot: without it, a process from before a restart could look alive.
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
