"""The server of one checkout: who needs it starts it, the last to leave stops it.

Every process that calls `ensure_server` is on a list beside the cluster. It leaves the list at exit; a process
that was killed leaves it when the next one looks. A forked child is a process of its own: it is on the list
only if it asked itself, and its end never signs off its parent.
"""

import atexit
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from apps.core.embedded import cluster
from apps.core.embedded.address import ServerAddress, address_of
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.home import Home, Owner, home_of, make_folders, make_outer_folder
from apps.core.embedded.processes import Process, started, this_process
from apps.core.embedded.users import live_users, locked, write_users

# By folder, the process that signed on: after a fork the child finds its parent's number here, not its own.
_signed_on: dict[Path, int] = {}


@dataclass(frozen=True)
class Status:
    """What there is of a server, and who uses it."""

    folder: Path
    pid: int | None
    users: tuple[int, ...]


def ensure_server(var: Path) -> ServerAddress:
    """Start the server of this checkout if it does not run, and sign on as one of its users."""
    home = home_of(var)
    make_outer_folder(home)
    with locked(home):
        owner = make_folders(home)
        write_users(home, live_users(home) | {this_process()})
        _sign_off_at_exit(home)
        cluster.prepare_programs(home)
        cluster.make_cluster(home, owner)
        cluster.start(home, owner)
    return address_of(var)


def keep_running(var: Path) -> ServerAddress:
    """Start the server to run until it is stopped, whoever comes and leaves."""
    address = ensure_server(var)
    home = home_of(var)
    with locked(home):
        # The server is entered as its own user: it never leaves while it runs, and is forgotten once it ended.
        write_users(home, live_users(home) | _server(home))
    release_server(var)
    return address


def is_user(var: Path) -> bool:
    """Whether this very process has signed on."""
    return _signed_on.get(home_of(var).folder) == os.getpid()


def release_server(var: Path) -> None:
    """Sign this process off; the last user stops the server."""
    _leave(home_of(var))


def stop_server(var: Path, *, force: bool = False) -> bool:
    """Stop the server; True if it ran. While others use it, only by force, which ends their connections."""
    home = home_of(var)
    if not home.folder.exists():
        return False
    with locked(home):
        ran = cluster.server_pid(home) is not None
        others = sorted(user.pid for user in live_users(home) - {this_process()} - _server(home))
        if ran and others and not force:
            raise EmbeddedServerError(
                f"Touchstone's database is in use by the processes {', '.join(map(str, others))}. "
                "Stop them first, or stop it by force (`--force`)."
            )
        write_users(home, set())
        _signed_on.pop(home.folder, None)
        _stop(home, force=force)
    return ran


def status_of(var: Path) -> Status:
    """What there is of the server of this checkout, and who uses it."""
    home = home_of(var)
    if not home.folder.exists():
        return Status(folder=home.folder, pid=None, users=())
    with locked(home):
        server = _server(home)
        return Status(
            folder=home.folder,
            pid=next((process.pid for process in server), None),
            users=tuple(sorted(user.pid for user in live_users(home) - server)),
        )


def destroy_server(var: Path) -> None:
    """Stop the server and delete its database with everything in it."""
    stop_server(var, force=True)
    home = home_of(var)
    for folder in (home.folder, home.socket):
        if folder.exists():
            shutil.rmtree(folder)


def _sign_off_at_exit(home: Home) -> None:
    pid = os.getpid()
    if _signed_on.get(home.folder) != pid:
        _signed_on[home.folder] = pid
        atexit.register(_leave_at_exit, home, pid)


def _leave_at_exit(home: Home, pid: int) -> None:
    if os.getpid() != pid or _signed_on.get(home.folder) != pid:
        return  # a forked child runs its parent's exit functions too
    try:
        _leave(home)
    except (EmbeddedServerError, OSError) as error:
        sys.stderr.write(f"{error}\n")


def _leave(home: Home) -> None:
    if _signed_on.get(home.folder) == os.getpid():
        del _signed_on[home.folder]
    if not home.folder.exists():
        return
    with locked(home):
        users = live_users(home) - {this_process()}
        write_users(home, users)
        if not users:
            _stop(home, force=False)


def _server(home: Home) -> set[Process]:
    pid = cluster.server_pid(home)
    begun = None if pid is None else started(pid)
    return set() if pid is None or begun is None else {Process(pid=pid, started=begun)}


def _stop(home: Home, *, force: bool) -> None:
    if cluster.server_pid(home) is None:
        return
    owner: Owner | None = make_folders(home)
    try:
        cluster.stop(home, owner)
    except EmbeddedServerError:
        if not force:
            raise
        cluster.stop(home, owner, mode="immediate")
