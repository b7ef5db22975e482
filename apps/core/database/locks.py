"""Advisory locks, held to the end of the transaction; `alone` holds one for as long as its block lasts.

Each has a name, so that no two meanings collide.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from apps.core.database.queries import first_row


def _key_sql(mode: str) -> str:
    return f"SELECT pg_advisory_xact_lock{mode}(hashtextextended(%s, 0))"


def lock(name: str) -> None:
    """Wait until no other transaction holds `name` in any mode; hold it alone."""
    with connection.cursor() as cursor:
        cursor.execute(_key_sql(""), [f"touchstone:{name}"])


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Hold `name` while this lasts, over any number of transactions; False if somebody else holds it: nobody waits.

    The lock belongs to the connection. A pooler that hands connections out by transaction would keep it on one and
    give it back on another: it must pool by session.
    """
    key = [f"touchstone:{name}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        (held,) = cursor.fetchone()
        try:
            yield bool(held)
        finally:
            if held:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def lock_shared(name: str) -> None:
    """Hold `name` together with other sharers; wait only for someone who holds it alone."""
    with connection.cursor() as cursor:
        cursor.execute(_key_sql("_shared"), [f"touchstone:{name}"])


def writing_facts(study_id: int) -> None:
    """Every writer of a study's facts calls this first: a cut waits for it, so a cut never changes later."""
    lock_shared(f"facts:{study_id}")


def cutting_facts(study_id: int) -> None:
    """Taken by a cut or a change of state, for a moment: no writer is in the middle of anything."""
    lock(f"facts:{study_id}")


_LOCK_AND_SHARE = """
    SELECT pg_advisory_xact_lock(hashtextextended(%(held)s::text, 0)),
           pg_advisory_xact_lock_shared(hashtextextended(%(shared)s::text, 0))
"""


def lock_and_share(held: str, shared: str) -> None:
    """`lock(held)`, then `lock_shared(shared)`, in one round trip."""
    first_row(_LOCK_AND_SHARE, {"held": f"touchstone:{held}", "shared": f"touchstone:{shared}"})
