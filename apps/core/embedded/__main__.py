"""`python -m apps.core.embedded`: start, stop and look at the embedded database by hand."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from apps.core.embedded import (
    EmbeddedServerError,
    address_of,
    binary,
    destroy_server,
    ensure_server,
    keep_running,
    status_of,
    stop_server,
)

_VAR = Path(os.environ.get("TOUCHSTONE_VAR") or Path(__file__).resolve().parents[3] / "var")


def main(arguments: list[str] | None = None) -> int:
    """Carry out one command; errors are a sentence on stderr and exit status 1."""
    words, passed_on = _split(sys.argv[1:] if arguments is None else arguments)
    asked = _parser().parse_args(words, argparse.Namespace(passed_on=passed_on))
    try:
        return _COMMANDS[asked.command](asked)
    except EmbeddedServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Our words, and those for the program to run: its options are not ours to understand."""
    ends = [words.index(name) + length for name, length in (("psql", 1), ("run", 2)) if name in words]
    end = min(ends, default=len(words))
    return words[:end], words[end:]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m apps.core.embedded", description=__doc__)
    parser.add_argument("--var", type=Path, default=_VAR, help="the checkout's var folder (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("start", help="start the server, to run until `stop`")
    stop = commands.add_parser("stop", help="stop the server")
    stop.add_argument("--force", action="store_true", help="also while other processes use it")
    commands.add_parser("status", help="say where it lives, whether it runs and who uses it")
    commands.add_parser("url", help="print its address as DATABASE_URL is written")
    commands.add_parser("psql", help="open psql on it; further words are psql's").set_defaults(program="psql")
    run = commands.add_parser("run", help="run one of PostgreSQL's programs on it; further words are that program's")
    run.add_argument("program", help="pg_dump, pg_restore, pgbench, ...")
    destroy = commands.add_parser("destroy", help="delete the database and all that is in it")
    destroy.add_argument("--yes", action="store_true", required=True, help="say that this is meant")
    return parser


def _start(asked: argparse.Namespace) -> int:
    keep_running(asked.var)
    return _say(f"It runs at {address_of(asked.var).url()}")


def _stop(asked: argparse.Namespace) -> int:
    return _say("Stopped." if stop_server(asked.var, force=asked.force) else "It was not running.")


def _status(asked: argparse.Namespace) -> int:
    status = status_of(asked.var)
    running = f"runs as process {status.pid}" if status.pid else "does not run"
    users = ", ".join(map(str, status.users)) or "nobody"
    return _say(f"The server in {status.folder} {running}. In use by: {users}.")


def _url(asked: argparse.Namespace) -> int:
    return _say(address_of(asked.var).url())


def _run(asked: argparse.Namespace) -> int:
    program = [str(binary(asked.program)), *asked.passed_on]
    address = ensure_server(asked.var)
    place = {"PGHOST": str(address.socket), "PGPORT": str(address.port)}
    environment = {**os.environ, **place, "PGUSER": address.user, "PGDATABASE": address.dbname}
    return subprocess.run(program, env=environment, check=False).returncode  # noqa: S603 - the caller's own command


def _destroy(asked: argparse.Namespace) -> int:
    destroy_server(asked.var)
    return _say("Gone.")


def _say(words: str) -> int:
    sys.stdout.write(f"{words}\n")
    return 0


_COMMANDS = {
    "start": _start,
    "stop": _stop,
    "status": _status,
    "url": _url,
    "psql": _run,
    "run": _run,
    "destroy": _destroy,
}

if __name__ == "__main__":
    sys.exit(main())
