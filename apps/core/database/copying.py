"""COPY: thousands of rows in one statement, through psycopg."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Append `rows` to `table`; each row gives its values in the order of `columns`.

    Values are adapted by psycopg (wrap dictionaries and lists meant as JSON in `psycopg.types.json.Jsonb`).
    Runs inside the caller's transaction; any bad row refuses all.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def refresh_statistics(tables: Iterable[str]) -> None:
    """Let the planner know what was just copied: until then it takes the tables for what they were.

    Without it the first analysis after a large import may take minutes instead of a second.
    """
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
