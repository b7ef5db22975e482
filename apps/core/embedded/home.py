"""Where the server of one checkout lives, and as whom it runs.

An ordinary user's server lives in `var/postgres` and runs as that user. PostgreSQL refuses to run as
root: there it lives in /var/lib/touchstone/HASH, HASH being that of the real path of `var`, and runs
as the system user `touchstone`. No folder above those is ever changed: a checkout in somebody's
private home stays private.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from apps.core.embedded.errors import EmbeddedServerError

ROOT_FOLDER = Path("/var/lib/touchstone")
SYSTEM_USER = "touchstone"
# A socket's path may have 103 bytes on macOS, 107 on Linux; PostgreSQL appends `/.s.PGSQL.5432`.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
# A comma parts hosts in a connection string, a space its settings: keep the socket's path free of them.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")
# `initdb` and `pg_ctl` put paths between double quotes for a shell and escape nothing in them.
_UNSAFE_IN_SHELL = re.compile(r'["$`\\\n]')


@dataclass(frozen=True)
class Owner:
    """The system user that the server runs as where we are root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """The folders of one server."""

    var: Path
    folder: Path
    socket: Path
    as_root: bool

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.folder / "log" / "postgres.log"

    @property
    def settings(self) -> Path:
        """Our settings, which the cluster's own postgresql.conf includes."""
        return self.folder / "touchstone.conf"


def home_of(var: Path) -> Home:
    """Where the server for this `var` lives, whether or not it was ever started. Touches nothing."""
    var = var.resolve()
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    as_root = os.geteuid() == 0
    folder = ROOT_FOLDER / digest if as_root else var / "postgres"
    return Home(var=var, folder=folder, socket=_socket_folder(folder, digest), as_root=as_root)


def make_folders(home: Home) -> Owner | None:
    """Make what is missing of the server's folders; return the user to run it as, None for ourselves."""
    owner = make_outer_folder(home)
    for folder in (home.log.parent, home.socket):
        _make_private(folder, owner)
    return owner


def make_outer_folder(home: Home) -> Owner | None:
    """Make the folder that holds all others, and where we are root the user they are for."""
    if _UNSAFE_IN_SHELL.search(str(home.folder)):
        raise EmbeddedServerError(
            f"PostgreSQL cannot work in {home.folder}: its path holds a double quote, a dollar sign, a backquote "
            "or a backslash. Move the checkout, or set DATABASE_URL to a PostgreSQL of your own."
        )
    try:
        if home.as_root:
            return _make_root_folder(home)
        _make_own_folder(home)
        return None
    except PermissionError as error:
        raise EmbeddedServerError(
            f"{error.filename} is not ours to write: the embedded database cannot live in {home.folder}. Run as "
            "the user who made it, or give that folder back (`sudo chown -R $USER`)."
        ) from error


def _make_own_folder(home: Home) -> None:
    home.folder.parent.mkdir(parents=True, exist_ok=True)
    _make(home.folder, 0o700)


def _make_root_folder(home: Home) -> Owner:
    for folder in (ROOT_FOLDER, home.folder):
        _make(folder, 0o755)
    name = home.folder / "checkout"
    if not name.exists():
        name.write_text(f"{home.var}\n")
    return _system_user()


def _make(folder: Path, mode: int) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(mode)  # whatever the caller's umask is


def _make_private(folder: Path, owner: Owner | None) -> None:
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _require_private(folder, owner)
        return
    if owner is not None:
        os.chown(folder, owner.uid, owner.gid)


def _require_private(folder: Path, owner: Owner | None) -> None:
    # Whoever can enter the socket's folder is trusted by the server: nobody may have put it there for us.
    found = folder.lstat()
    expected = os.geteuid() if owner is None else owner.uid
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
        raise EmbeddedServerError(
            f"{folder} must be a folder that only the user with number {expected} can enter, and is not. "
            "Remove it and try again."
        )


def _socket_folder(folder: Path, digest: str) -> Path:
    inside = folder / "socket"
    if len(str(inside)) <= _LONGEST_SOCKET_FOLDER and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    # Not XDG_RUNTIME_DIR nor TMPDIR: they differ between a shell, cron and a service, and all must agree.
    return Path(f"/tmp/touchstone-{os.geteuid()}-{digest}")  # noqa: S108 - made 0700, refused if another's


def _system_user() -> Owner:
    found = _known_user()
    if found is not None:
        return found
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise EmbeddedServerError(
            "PostgreSQL refuses to run as root, and there is no `useradd` here to make a system user for it. Make "
            f"a system user named {SYSTEM_USER!r}, run Touchstone as an ordinary user, or set DATABASE_URL to a "
            "PostgreSQL of your own."
        )
    return _add_user(useradd)


def _known_user() -> Owner | None:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return None
    return Owner(uid=entry.pw_uid, gid=entry.pw_gid)


def _add_user(useradd: str) -> Owner:
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", str(ROOT_FOLDER)]
    answer = subprocess.run(  # noqa: S603 - fixed words
        [useradd, *options, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        capture_output=True,
        text=True,
        check=False,
    )
    # Another checkout may have made the user in the meantime: then useradd fails and all is well.
    found = _known_user()
    if found is None:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root, and the system user {SYSTEM_USER!r} could not be made for it: "
            f"{answer.stderr.strip()}. Make that user, or run Touchstone as an ordinary user."
        )
    return found
