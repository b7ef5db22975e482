"""`python -m apps.core.embedded stop|status|url|psql`: the embedded server by hand."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from apps.core.embedded import (
    EmbeddedServerError,
    address_of,
    binary,
    ensure_server,
    is_running,
    stop_server,
    users_of,
)

VAR = Path(os.environ.get("TOUCHSTONE_VAR") or Path(__file__).resolve().parents[3] / "var")


def main() -> int:
    """Do what the first word says; 1 and a sentence if it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m apps.core.embedded", description=__doc__)
    parser.add_argument("action", choices=["stop", "status", "url", "psql"])
    parser.add_argument("--force", action="store_true", help="stop it though others use it")
    given = parser.parse_args()
    try:
        return _ACTIONS[given.action](given)
    except EmbeddedServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _stop(given: argparse.Namespace) -> int:
    _say("stopped" if stop_server(VAR, force=given.force) else "it was not running")
    return 0


def _status(_: argparse.Namespace) -> int:
    running = is_running(VAR)
    _say(f"running, used by {len(users_of(VAR))} processes" if running else "not running")
    return 0 if running else 3


def _url(_: argparse.Namespace) -> int:
    _say(address_of(VAR).url())
    return 0


def _psql(_: argparse.Namespace) -> int:
    address = ensure_server(VAR)
    return subprocess.run([binary("psql"), address.libpq()], check=False).returncode  # noqa: S603


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")


_ACTIONS = {"stop": _stop, "status": _status, "url": _url, "psql": _psql}

if __name__ == "__main__":
    sys.exit(main())
