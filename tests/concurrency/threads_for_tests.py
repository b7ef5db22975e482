"""Threads with connections of their own, and transactions that are held open until another one waits for them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from apps.rating.models import Assignment, Enrolment


def together(*works: Callable[[], object]) -> list[object]:
    """Run all at once, each in a thread with a connection of its own; what they returned, or the first error."""
    barrier, results, errors = threading.Barrier(len(works)), [None] * len(works), []

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            results[place] = work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    return results


_N_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND wait_event_type = 'Lock'
"""


def someone_waits(seconds: float) -> bool:
    """Until another connection waits for a lock, or the time is over; whether one does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction the first look is kept
            cursor.execute(_N_WAITING)
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


@contextmanager
def uncommitted(work: Callable[[], object], seconds: float = 1.0) -> Iterator[threading.Event]:
    """Do `work` in another thread's transaction; it commits once somebody waits for it, or after `seconds`.

    The event is set if somebody had to wait.
    """
    done, waited = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                work()
                done.set()
                if someone_waits(seconds):
                    waited.set()
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert done.wait(60)
        yield waited
    finally:
        holder.join(60)


def close_own_connection() -> None:
    """Close the connection of the thread this runs in; `connection.close` alone is bound where it is looked up."""
    connection.close()


def fresh(enrolment: Enrolment) -> Enrolment:
    """The enrolment as a request finds it."""
    return Enrolment.objects.select_related("study__workspace", "rater").get(pk=enrolment.pk)


def run_out(enrolment: Enrolment) -> None:
    """Every lease she holds ended a minute ago."""
    held = Assignment.objects.filter(rater=enrolment.rater_id, outcome__isnull=True)
    held.update(expires_at=timezone.now() - timedelta(minutes=1))
