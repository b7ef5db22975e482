"""Asking PostgreSQL in its own words, prepared: for the few statements on which every second of a rater depends.

Django's cursors put the values into the text, so the server plans each statement anew; planning these takes longer
than running them. Here values travel beside the text and the server keeps the plan.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Row = tuple[Any, ...]


def rows(query: str, parameters: Mapping[str, Any]) -> list[Row]:
    """All rows of the answer. `query` is constant text; values travel as parameters."""
    return _asked(query, parameters).fetchall()


def first_row(query: str, parameters: Mapping[str, Any]) -> Row | None:
    """The first row of the answer, None if it has none."""
    return _asked(query, parameters).fetchone()


def n_changed(statement: str, parameters: Mapping[str, Any]) -> int:
    """How many rows the statement changed."""
    return _asked(statement, parameters).rowcount


def _asked(query: str, parameters: Mapping[str, Any]) -> "psycopg.Cursor[Row]":
    """The answer, in Django's connection and transaction, with Django's errors, and seen by whoever counts queries."""
    django = connections[DEFAULT_DB_ALIAS]
    django.close_if_health_check_failed()
    django.ensure_connection()
    if django.queries_logged:
        django.queries_log.append({"sql": query, "time": "0"})
    with django.wrap_database_errors:
        return psycopg.Cursor(django.connection).execute(query, parameters, prepare=True)
