"""The embedded server as its users see it: there when needed, gone when the last of them leaves."""

import atexit
import os
from pathlib import Path

from apps.core.embedded.address import ServerAddress, address_of
from apps.core.embedded.cluster import Cluster
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.home import Home, home_of, make_outer_folder
from apps.core.embedded.processes import this_process
from apps.core.embedded.users import forget, living_users, locked, register

# The homes this process is a user of, with the pid that registered: a forked child is another process.
_registered: dict[Path, int] = {}


def ensure_server(var: Path) -> ServerAddress:
    """Have the server of this checkout running and this process registered as its user.

    Cheap when both are so. Raises EmbeddedServerError with the end of the server's log if it will not start.
    """
    home = home_of(var)
    if _registered.get(home.folder) == os.getpid() and _answers(home):
        return address_of(var)
    make_outer_folder(home)
    with locked(home):
        cluster = Cluster.at(home)
        if not cluster.is_running():
            cluster.start()
        register(home, this_process())
    if _registered.get(home.folder) != os.getpid():
        _registered[home.folder] = os.getpid()
        atexit.register(_leave, var, os.getpid())
    return address_of(var)


def release_server(var: Path) -> None:
    """This process needs the server no more; the last one out stops it."""
    home = home_of(var)
    if _registered.pop(home.folder, None) is None or not home.data.exists():
        return
    with locked(home):
        left = forget(home, this_process())
        cluster = Cluster.at(home)
        if not left and cluster.is_running():
            cluster.stop()


def stop_server(var: Path, *, force: bool = False) -> bool:
    """Stop the server; whether it was running. With other users alive, only by `force`."""
    home = home_of(var)
    if not home.data.exists():
        return False
    with locked(home):
        cluster = Cluster.at(home)
        if not cluster.is_running():
            return False
        others = [process.pid for process in living_users(home) if process.pid != os.getpid()]
        if others and not force:
            raise EmbeddedServerError(
                f"The database is used by the processes {', '.join(map(str, others))}. "
                "End them, or stop it with --force."
            )
        cluster.stop()
    return True


def is_running(var: Path) -> bool:
    """Whether the server of this checkout runs."""
    home = home_of(var)
    return home.data.exists() and Cluster.at(home).is_running()


def users_of(var: Path) -> list[int]:
    """The pids of the living users of the server."""
    return [process.pid for process in living_users(home_of(var))]


def _answers(home: Home) -> bool:
    return (home.socket / ".s.PGSQL.5432").exists()


def _leave(var: Path, pid: int) -> None:
    if os.getpid() == pid:  # a fork runs its parent's exit functions too; it was never a user
        release_server(var)
