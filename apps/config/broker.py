"""Where Celery queues when no broker is given: in the database itself, through pgmq."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

# What pgmq reads of a connection string.
_READ_BY_PGMQ = ("host", "port", "dbname", "user", "password")


def conninfo_of(database: dict[str, Any]) -> str:
    """A Django database setting as libpq's connection string."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {key: str(database[name]) for key, name in names.items() if database.get(name)}
    of_psycopg = {"prepare_threshold"}  # what libpq does not know
    options = {name: value for name, value in database.get("OPTIONS", {}).items() if name not in of_psycopg}
    return make_conninfo("", **given, **options)


def celery_broker(conninfo: str, *, visibility_seconds: int) -> tuple[str, dict[str, Any]]:
    """The broker's address and transport options.

    `visibility_seconds` must be above the longest a job may run: a message not acknowledged by then is given
    to another worker. The schema of the queue is made by a migration, not by an extension.
    """
    options = {
        "conn_string": _for_pgmq(conninfo),
        "init_extension": False,
        "use_notify": True,
        "visibility_timeout": visibility_seconds,
        "wait_time_seconds": 5,
        "pool_size": 4,
    }
    return "pgmq://localhost", options  # the address is in conn_string; a host only keeps kombu from warning


def _for_pgmq(conninfo: str) -> str:
    """The connection string that pgmq turns into the one meant.

    pgmq takes five settings out of it, drops all others (among them sslmode), puts words of its own where one is
    missing, and joins them again without quotes. So each value is quoted once more than usual, missing ones are
    given as empty, which libpq reads as missing, and the other settings ride behind the last.
    """
    given = conninfo_to_dict(conninfo)
    quoted = {key: _quoted(str(given.pop(key, None) or "")) for key in _READ_BY_PGMQ}
    quoted["password"] += " " + make_conninfo("", **given)
    return make_conninfo("", **quoted)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
