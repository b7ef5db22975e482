"""A connection that the server closed is found out before it is used, without asking the server each time."""

from collections.abc import Callable, Iterator

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.postgresql import base

from apps.core.database.queries import first_row
from apps.core.models import Rendering


@pytest.fixture
def kept(db: None) -> Iterator[None]:
    """A connection of its own, as it lies there between two requests."""
    first = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = first.copy()
    connection.ensure_connection()
    connection.health_check_enabled, connection.health_check_done = True, False
    yield
    connection.close()
    connections[DEFAULT_DB_ALIAS] = first


def server_process() -> int:
    return int(connection.connection.info.backend_pid)


def elsewhere(statement: str, *parameters: object) -> None:
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(statement, parameters)
    other.close()


def test_a_living_connection_is_not_asked(kept: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(_: object) -> bool:
        raise AssertionError("the server was asked")

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", ask)
    was = server_process()
    connection.close_if_health_check_failed()
    assert connection.health_check_done
    assert server_process() == was


@pytest.mark.parametrize("ask", [lambda: first_row("SELECT 1", {}), Rendering.objects.exists])
def test_a_connection_that_the_server_closed_is_replaced(kept: None, ask: Callable[[], object]) -> None:
    was = server_process()
    elsewhere("SELECT pg_terminate_backend(%s, 5000)", was)
    ask()
    assert server_process() != was


def test_a_word_of_the_server_that_nobody_read_closes_nothing(kept: None) -> None:
    """Not all that lies in the socket is the end: the server may have said something meanwhile."""
    was = server_process()
    connection.cursor().execute("LISTEN something")
    elsewhere("NOTIFY something")
    connection.health_check_done = False
    connection.close_if_health_check_failed()
    assert server_process() == was
