"""Raters at their pages, good and bad ones, as threads: each calls the services as its page's requests would."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID, uuid4

from django.db import OperationalError, connection, transaction

from apps.rating.answers import Answer
from apps.rating.models import Assignment, Enrolment
from apps.rating.services import (
    Exchange,
    Receipt,
    answer_and_go_on,
    fetch_next,
    open_desk,
    release_assignment,
    renew_leases,
    skip_and_go_on,
)

from .threads_for_tests import close_own_connection, fresh, run_out

CHOICES = ("left", "tie", "both_bad", "right")


@dataclass
class Client:
    """One page: a task painted, one held ready. An answer is sent again until the server has acknowledged it."""

    enrolment: Enrolment
    rng: random.Random
    shown: UUID | None = None
    held: UUID | None = None
    receipts: list[tuple[Answer, Receipt]] = field(default_factory=list)
    n_done: int = 0

    def work(self) -> list[tuple[Answer, Receipt]]:
        """Rate until nothing comes; what was acknowledged."""
        self.enrolment = fresh(self.enrolment)
        self.open()
        while self.shown is not None and self.stays():
            self.act()
            self.n_done += 1
        return self.receipts

    def open(self) -> None:
        """Load the page and fetch the task behind the one it paints."""
        self.held = None
        self.shown = self.find(open_desk(enrolment=self.enrolment))
        self.fetch()

    def fetch(self) -> None:
        """What the page does once something is painted."""
        if self.shown is not None:
            self.held = self.find(fetch_next(enrolment=self.enrolment, painted=self.shown))

    def stays(self) -> bool:
        """Whether she goes on."""
        return True

    def act(self) -> None:
        """What she does with the task before her."""
        self.go_on(self.acknowledged(self.new_answer()))

    def new_answer(self) -> Answer:
        """A choice of hers on what is painted."""
        assert self.shown is not None
        return Answer(assignment=self.shown, submission=uuid4(), choice=self.rng.choice(CHOICES))

    def acknowledged(self, answer: Answer) -> Exchange:
        """Send until there is a receipt, and keep it."""
        exchange = self.send(answer)
        assert exchange.receipt is not None
        self.receipts.append((answer, exchange.receipt))
        return exchange

    def send(self, answer: Answer) -> Exchange:
        """One request."""
        return answer_and_go_on(enrolment=self.enrolment, answer=answer, painted=self.held, wants_next=True)

    def go_on(self, exchange: Exchange) -> None:
        """Paint what was held, and hold what came."""
        brought = self.find(exchange)
        if self.held is None:
            self.shown = brought
            self.fetch()
        else:
            self.shown, self.held = self.held, brought

    def find(self, exchange: Exchange) -> UUID | None:
        """The task that was brought; None where it is held or answered already, which a page takes no notice of."""
        brought = exchange.given and Assignment.objects.values_list("public_id", flat=True).get(pk=exchange.given)
        known = {self.held, *(answer.assignment for answer, _ in self.receipts)}
        return None if brought in known else brought


@dataclass
class Patient(Client):
    """Asks again when nothing comes, until all is over; then answers what she still holds."""

    over: Event = field(default_factory=Event)

    def work(self) -> list[tuple[Answer, Receipt]]:
        while not self.over.is_set():
            super().work()
            time.sleep(0.02)
        return super().work()


class Doubling(Client):
    """Sends each submission twice at once, from two threads."""

    def work(self) -> list[tuple[Answer, Receipt]]:
        with ThreadPoolExecutor(1) as self.other:
            try:
                return super().work()
            finally:
                self.other.submit(close_own_connection).result()

    def send(self, answer: Answer) -> Exchange:
        second = self.other.submit(super().send, answer)
        exchanges = [super().send(answer), second.result()]
        first, again = (exchange.receipt for exchange in exchanges)
        assert first is not None
        assert again is not None
        assert first.judgment_id == again.judgment_id
        assert {first.repeated, again.repeated} == {False, True}
        return next((exchange for exchange in exchanges if exchange.given), exchanges[0])


class Dawdling(Client):
    """Lets her leases run out before she answers: others may take her tasks over meanwhile."""

    def act(self) -> None:
        if self.rng.random() < 0.6:
            run_out(self.enrolment)
            time.sleep(self.rng.uniform(0, 0.05))
        super().act()


class Losing(Client):
    """The response is lost after the commit: the page sends the same again."""

    def send(self, answer: Answer) -> Exchange:
        super().send(answer)
        exchange = super().send(answer)
        assert exchange.receipt is not None
        assert exchange.receipt.repeated
        return exchange


class Dying(Client):
    """Her connection is cut in the middle of the transaction; she comes back and sends again."""

    def send(self, answer: Answer) -> Exchange:
        if self.rng.random() < 0.5:
            self.die_while(lambda: answer_and_go_on(
                enrolment=self.enrolment, answer=answer, painted=self.held, wants_next=True
            ))  # fmt: skip
        return super().send(answer)

    @staticmethod
    def die_while(work: Callable[[], object]) -> None:
        """Do the work, and lose the connection before it is committed."""
        try:
            with transaction.atomic():
                work()
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except OperationalError:
            connection.close()
        else:
            raise AssertionError("the connection survived its own end")


class Vanishing(Client):
    """Goes away after two answers with a task painted and one held ready, and never comes back."""

    def stays(self) -> bool:
        return self.n_done < 2


class Restless(Client):
    """Beats, leaves, comes back, passes a task on: everything a page sends beside answers."""

    def act(self) -> None:
        assert self.shown is not None
        held = [task for task in (self.shown, self.held) if task]
        _, until = renew_leases(enrolment=self.enrolment, holds=held)
        assert None not in until.values(), "nobody may take what she keeps alive"
        if self.held is not None and self.rng.random() < 0.5:
            behind = Assignment.objects.get(public_id=self.held)
            release_assignment(enrolment=self.enrolment, assignment=behind, until=until[self.held])
            self.open()
        if self.n_done == 1:
            self.go_on(skip_and_go_on(
                enrolment=self.enrolment, skipped=self.shown, reason="technical", painted=self.held, wants_next=True
            ))  # fmt: skip
        else:
            super().act()


KINDS = (Client, Doubling, Dawdling, Losing, Dying, Vanishing, Dawdling, Doubling)


def clients_of(enrolments: Sequence[Enrolment], n_restless: int = 2) -> list[Client]:
    """A client of some kind for each rater; few may skip, or a task would be parked."""
    kinds = [Restless] * n_restless + [KINDS[n % len(KINDS)] for n in range(len(enrolments) - n_restless)]
    return [
        kind(enrolment=enrolment, rng=random.Random(n))
        for n, (kind, enrolment) in enumerate(zip(kinds, enrolments, strict=True))
    ]
