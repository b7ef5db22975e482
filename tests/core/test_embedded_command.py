"""`python -m apps.core.embedded`."""

import subprocess
import sys
from pathlib import Path

import pytest

from apps.core.embedded import address_of, is_user, status_of
from apps.core.embedded.__main__ import main
from tests.core.users_for_tests import REPOSITORY

pytestmark = pytest.mark.slow


def test_start_look_ask_stop_destroy(new_var: Path, capfd: pytest.CaptureFixture[str]) -> None:
    def command(*words: str) -> str:
        assert main(["--var", str(new_var), *words]) == 0
        return capfd.readouterr().out

    assert "does not run" in command("status")
    assert address_of(new_var).url() in command("start")
    assert not is_user(new_var)
    assert f"runs as process {status_of(new_var).pid}. In use by: nobody." in command("status")
    assert command("url") == f"{address_of(new_var).url()}\n"
    assert command("psql", "-Atc", "SELECT 6 * 7") == "42\n"
    assert "PostgreSQL database dump" in command("run", "pg_dump", "--schema-only")
    assert command("stop", "--force") == "Stopped.\n"
    assert command("stop") == "It was not running.\n"
    assert command("destroy", "--yes") == "Gone.\n"
    assert not status_of(new_var).folder.exists()


def test_deleting_needs_a_yes(new_var: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--var", str(new_var), "destroy"])


def test_errors_are_a_sentence(new_var: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "apps.core.embedded", "--var", str(new_var), "run", "no_such_program"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "There is no program 'no_such_program'" in answer.stderr
    assert "Traceback" not in answer.stderr
