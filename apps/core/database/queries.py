"""Asking PostgreSQL in its own words, prepared: for the few statements on which every second of a rater depends.

Django's cursors put the values into the text, so the server plans each statement anew; planning these takes longer
than running them. Here values travel beside the text and the server keeps the plan.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection

Row = tuple[Any, ...]


def rows(query: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of the answer. `query` is constant text; values travel as parameters."""
    with _asked(query, parameters) as cursor:
        return cursor.fetchall()


def first_row(query: str, parameters: Mapping[str, Any]) -> Row | None:
    """The first row of the answer, None if it has none."""
    with _asked(query, parameters) as cursor:
        return cursor.fetchone()


def n_changed(statement: str, parameters: Mapping[str, Any]) -> int:
    """How many rows the statement changed."""
    with _asked(statement, parameters) as cursor:
        return cursor.rowcount


@contextmanager
def _asked(query: str, parameters: Mapping[str, Any]) -> "Iterator[psycopg.Cursor[Row]]":
    """The answer, in Django's connection and transaction, with Django's errors, and seen by whoever counts queries."""
    connection.ensure_connection()
    if connection.queries_logged:
        connection.queries_log.append({"sql": query, "time": "0"})
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(query, parameters, prepare=True)
        yield cursor
