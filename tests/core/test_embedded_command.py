"""`python -m apps.core.embedded`."""

import os
import subprocess
import sys
from pathlib import Path

from apps.core.embedded import address_of, is_user, status_of
from tests.core.users_for_tests import REPOSITORY


def _command(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apps.core.embedded", *words],
        cwd=REPOSITORY,
        env={**os.environ, "TOUCHSTONE_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_start_look_ask_stop_destroy(new_var: Path) -> None:
    assert "does not run" in _command(new_var, "status").stdout
    started = _command(new_var, "start")
    assert address_of(new_var).url() in started.stdout
    assert started.returncode == 0
    assert f"runs as process {status_of(new_var).pid}. In use by: nobody." in _command(new_var, "status").stdout
    assert _command(new_var, "url").stdout == f"{address_of(new_var).url()}\n"
    assert _command(new_var, "psql", "-Atc", "SELECT 6 * 7").stdout == "42\n"
    assert "CREATE SCHEMA" in _command(new_var, "run", "pg_dump", "--schema=public", "--schema-only").stdout
    assert _command(new_var, "stop").stdout == "Stopped.\n"
    assert _command(new_var, "stop").stdout == "It was not running.\n"
    assert _command(new_var, "destroy").returncode == 2
    assert _command(new_var, "destroy", "--yes").stdout == "Gone.\n"
    assert not is_user(new_var)


def test_errors_are_a_sentence(new_var: Path) -> None:
    answer = _command(new_var, "run", "no_such_program")
    assert answer.returncode == 1
    assert "There is no program 'no_such_program'" in answer.stderr
    assert "Traceback" not in answer.stderr
