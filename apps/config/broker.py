"""Where Celery queues when no broker is given: in the database itself, through pgmq."""

from typing import Any

from psycopg.conninfo import make_conninfo


def conninfo_of(database: dict[str, Any]) -> str:
    """A Django database setting as libpq's connection string."""
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD", "dbname": "NAME"}
    given = {key: str(database[name]) for key, name in names.items() if database.get(name)}
    return make_conninfo("", **given, **database.get("OPTIONS", {}))


def celery_broker(conninfo: str, *, visibility_seconds: int) -> tuple[str, dict[str, Any]]:
    """The broker's address and transport options.

    `visibility_seconds` must be above the longest a job may run: a message not acknowledged by then is given
    to another worker. The schema of the queue is made by a migration, not by an extension.
    """
    options = {
        "conn_string": conninfo,
        "init_extension": False,
        "use_notify": True,
        "visibility_timeout": visibility_seconds,
        "wait_time_seconds": 5,
        "pool_size": 4,
    }
    return "pgmq://localhost", options  # the address is in conn_string; a host only keeps kombu from warning
