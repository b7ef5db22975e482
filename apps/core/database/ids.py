"""Ids taken ahead of COPY, so that rows of several tables can name each other before they are stored."""

from django.db import connection


def take_ids(table: str, n: int) -> list[int]:
    """The next `n` ids of `table`, ascending; no other transaction will get them."""
    if not n:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, n])
        return sorted(row[0] for row in cursor.fetchall())
