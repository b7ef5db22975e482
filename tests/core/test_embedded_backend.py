"""Django's backend on the embedded server: nothing starts before the first connection, and then it does."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from apps.core.embedded import address_of, release_server, status_of

pytestmark = pytest.mark.slow


@pytest.fixture
def connection(var: Path, django_db_blocker) -> Iterator[BaseDatabaseWrapper]:
    """A connection of Django's that has not been used yet."""
    with django_db_blocker.unblock():
        made = ConnectionHandler({"default": address_of(var).django()})["default"]
        yield made
        made.close()


def _answer(connection: BaseDatabaseWrapper) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        row = cursor.fetchone()
    return row[0]


def test_the_first_connection_starts_the_server(connection: BaseDatabaseWrapper, var: Path) -> None:
    assert status_of(var).pid is None
    assert _answer(connection) == 42
    assert status_of(var).users == (os.getpid(),)


def test_a_server_that_died_is_started_for_the_next_connection(connection: BaseDatabaseWrapper, var: Path) -> None:
    _answer(connection)
    connection.close()
    pid = status_of(var).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert _answer(connection) == 42


def test_after_signing_off_the_next_connection_signs_on_again(connection: BaseDatabaseWrapper, var: Path) -> None:
    _answer(connection)
    connection.close()
    release_server(var)
    assert status_of(var).pid is None
    assert _answer(connection) == 42


def test_a_database_that_is_not_there_is_still_an_error(var: Path, django_db_blocker) -> None:
    missing = ConnectionHandler({"default": {**address_of(var).django(), "NAME": "nowhere"}})["default"]
    with django_db_blocker.unblock(), pytest.raises(OperationalError, match="nowhere"):
        missing.cursor()


def test_dbshell_uses_the_psql_beside_the_server(connection: BaseDatabaseWrapper, var: Path) -> None:
    command, _ = connection.client.settings_to_cmd_args_env(connection.settings_dict, ["-At"])
    assert Path(command[0]).is_file()
    assert Path(command[0]).name == "psql"
    assert str(address_of(var).socket) in command
    assert status_of(var).pid is not None
