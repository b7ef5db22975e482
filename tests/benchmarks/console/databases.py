"""The database of a run: made anew, kept for another look, or found again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql


@contextmanager
def own_database(name: str, *, keep: bool = False) -> Iterator[None]:
    """A new database, dropped afterwards unless it is to be kept."""
    first = connection.settings_dict["NAME"]
    _tell("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _tell("CREATE DATABASE {}", name)
    _point_at(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _point_at(first)
        if not keep:
            _tell("DROP DATABASE {} WITH (FORCE)", name)
        connections.close_all()


@contextmanager
def kept_database(name: str) -> Iterator[None]:
    """The database that an earlier run kept."""
    first = connection.settings_dict["NAME"]
    _point_at(name)
    try:
        call_command("migrate", verbosity=0)
        yield
    finally:
        _point_at(first)


def _tell(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _point_at(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
