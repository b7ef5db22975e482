"""One PostgreSQL cluster: made, started and stopped by PostgreSQL's own programs."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from apps.core.embedded.address import NAME, PORT
from apps.core.embedded.errors import EmbeddedServerError
from apps.core.embedded.home import Home, Owner, make_folders
from apps.core.embedded.processes import runs_in
from apps.core.embedded.programs import MAJOR, binary, copy_installation

START_SECONDS = 120
_LOG_TAIL = 15
_SETTINGS = """\
# Written at every start by Touchstone's launcher; changes here are lost.
listen_addresses = ''
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
port = {port}
max_connections = 200
shared_buffers = 256MB
work_mem = 16MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
client_encoding = 'UTF8'
"""


@dataclass(frozen=True)
class Cluster:
    """The cluster of a home, run as `owner` (None: as ourselves)."""

    home: Home
    owner: Owner | None

    @classmethod
    def at(cls, home: Home) -> "Cluster":
        """The cluster of this home, its folders made."""
        return cls(home, make_folders(home))

    def is_running(self) -> bool:
        """Whether its server lives. A pid file left behind by a crash does not count."""
        try:
            pid = int((self.home.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return False
        return runs_in(pid, folder=self.home.data)

    def start(self) -> None:
        """Make the cluster if there is none, start it and make the database. It must not be running."""
        self._check_version()
        if not self.home.data.exists():
            self._initialise()
        self.home.settings.write_text(_SETTINGS.format(socket=self.home.socket, port=PORT))
        self._run("pg_ctl", "-D", self.home.data, "-l", self.home.log, "-w", "-t", str(START_SECONDS), "start")
        self._make_database()

    def stop(self) -> None:
        """Stop the server cleanly; open connections are ended."""
        self._run("pg_ctl", "-D", self.home.data, "-m", "fast", "-w", "-t", str(START_SECONDS), "stop")

    def _check_version(self) -> None:
        try:
            found = (self.home.data / "PG_VERSION").read_text().strip()
        except OSError:
            return
        if found != MAJOR:
            raise EmbeddedServerError(
                f"The database in {self.home.data} was made by PostgreSQL {found}; this version brings {MAJOR}. "
                f"Dump it with the Touchstone that made it (`pg_dump -Fc -f touchstone.dump` at the address that "
                "`python -m apps.core.embedded url` prints), move that folder away, start this one, and run "
                "`pg_restore --no-owner -d ADDRESS touchstone.dump`."
            )

    def _initialise(self) -> None:
        # Into a folder of another name first: a start that is killed half-way leaves no half cluster behind.
        unfinished = self.home.data.with_name("data.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.owner is not None:
            os.chown(unfinished, self.owner.uid, self.owner.gid)
        self._run(
            "initdb", "-D", unfinished, "-U", NAME, "-A", "trust", "-E", "UTF8",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
        )  # fmt: skip
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write("include = '../touchstone.conf'\n")
        unfinished.rename(self.home.data)

    def _make_database(self) -> None:
        address = {"host": str(self.home.socket), "port": PORT, "user": NAME, "dbname": "postgres"}
        with psycopg.connect(**address, autocommit=True) as connection:  # type: ignore[arg-type]
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))

    def _run(self, program: str, *words: str | Path) -> None:
        identity = {} if self.owner is None else {"user": self.owner.uid, "group": self.owner.gid, "extra_groups": []}
        answer = subprocess.run(  # type: ignore[call-overload] # noqa: S603 - our own program and folders
            [self._program(program), *words],
            cwd=self.home.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
            **identity,
        )
        if answer.returncode:
            raise EmbeddedServerError(
                f"PostgreSQL's {program} failed in {self.home.folder}: {(answer.stderr or answer.stdout).strip()}\n"
                f"{self._log_tail()}"
            )

    def _program(self, name: str) -> Path:
        if self.owner is None:
            return binary(name)
        copied = self.home.folder / "programs"
        copy_installation(copied)
        return binary(name, site=copied)

    def _log_tail(self) -> str:
        try:
            lines = self.home.log.read_text(errors="replace").splitlines()[-_LOG_TAIL:]
        except OSError:
            return "It wrote no log."
        return "\n".join([f"The end of its log ({self.home.log}):", *lines])
