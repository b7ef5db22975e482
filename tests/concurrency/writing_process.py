"""A process that rates until a study is done, through crashes of its database.

`python -m tests.concurrency.writing_process FILE` makes a study in the database of TOUCHSTONE_VAR, prints "ready",
rates with several threads, and appends each acknowledged submission to FILE, safely on disk before the next one is
sent. At the end it prints what `check_integrity` has to say.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar
from uuid import UUID

import django
from django.db import InterfaceError, OperationalError, connection

django.setup()

from django.core.management import call_command  # noqa: E402 - after setup

from apps.config.integrity import CHECKS  # noqa: E402
from apps.rating.answers import Answer  # noqa: E402
from apps.rating.services import Exchange, answer_and_go_on  # noqa: E402
from tests.rating.desk_for_tests import lab_with  # noqa: E402

from .clients_for_tests import Client  # noqa: E402
from .threads_for_tests import together  # noqa: E402

N_CLIENTS = 6
GIVE_UP_SECONDS = 40
T = TypeVar("T")
_writing = Lock()


def insist(work: Callable[[], T]) -> T:
    """Again until the database is there: as a page does whose request failed."""
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.05)


class Insisting(Client):
    """A page with an outbox, whose requests fail whenever the database is down."""

    file: int

    def open(self) -> None:
        insist(super().open)

    def fetch(self) -> None:
        insist(super().fetch)

    def find(self, exchange: Exchange) -> UUID | None:
        return insist(lambda: Client.find(self, exchange))

    def send(self, answer: Answer) -> Exchange:
        exchange = insist(
            lambda: answer_and_go_on(enrolment=self.enrolment, answer=answer, painted=self.held, wants_next=True)
        )
        with _writing:
            os.write(self.file, f"{answer.submission} {answer.choice}\n".encode())
            os.fsync(self.file)
        return exchange


def main(path: str) -> None:
    call_command("migrate", verbosity=0)
    lab = lab_with(n_items=50, n_raters=N_CLIENTS)
    clients = [Insisting(enrolment, random.Random(n)) for n, enrolment in enumerate(lab.enrolments)]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for client in clients:
        client.file = file
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    connection.close()  # this thread asks nothing while the others rate: its connection dies with the first server
    together(*(client.work for client in clients))
    sys.stdout.write("".join(f"{told}\n" for check in CHECKS for told in check.violations()))


if __name__ == "__main__":
    main(sys.argv[1])
