"""A page at the desk, as its script behaves: one task painted, one held ready; and labs with gold and training."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from apps.rating.answers import Answer
from apps.rating.models import Assignment, Enrolment, GoldUse, Task
from apps.rating.services import Exchange, answer_and_go_on, fetch_next, open_desk, open_study, set_gold, skip_and_go_on
from apps.rating.services.candidates import make_tasks
from apps.studies.models import Study
from apps.studies.services.protocol import ProtocolTerms, current_protocol, revise_protocol
from tests.studies_for_tests import Lab

SEED = 41  # with it, and the raters' uuids, coins and cadence fall the same way in every run

# About two outputs, with answers that name a side; then about one output.
SHORTER = {
    "key": "shorter", "about": "comparison", "question": "Which is shorter?",
    "anchors": [{"value": "A", "label": "A"}, {"value": "SAME", "label": "Same"}, {"value": "B", "label": "B"}],
}  # fmt: skip
CLEAR = {
    "key": "clear", "question": "Is it clear?",
    "anchors": [{"value": 1, "label": "no"}, {"value": 2, "label": "partly"}, {"value": 3, "label": "yes"}],
}  # fmt: skip
POLITE = {
    "key": "polite",
    "question": "Is it polite?",
    "anchors": [{"value": "n", "label": "no"}, {"value": "y", "label": "yes"}],
}


def lab_with(
    *, n_items: int = 4, n_raters: int = 2, n_gold: int = 0, n_training: int = 0, kind: str = "comparison", **terms: Any
) -> Lab:
    """An open study under these terms; its first tasks are gold (answer A), the next ones training (answer A)."""
    lab = Lab.set_up(n_items=n_items, n_raters=0, opened=False)
    revise_protocol(study=lab.study, terms=ProtocolTerms(question="Which is better?", **terms), by=None)
    make_tasks(current_protocol(lab.study))
    known = Task.objects.filter(study=lab.study, kind=kind).order_by("item", "pk")[: n_gold + n_training]
    assert len(known) == n_gold + n_training
    for place, task in enumerate(known):
        answer = {"verdict": "A"} if kind == "comparison" else {"answers": {"clear": 3}}
        use = GoldUse.HIDDEN if place < n_gold else GoldUse.TRAINING
        set_gold(task=task, use=use, rationale="Because **A** is right.", by=None, **answer)
    Study.objects.filter(pk=lab.study.pk).update(seed=SEED)
    lab.study = open_study(study=Study.objects.select_related("workspace").get(pk=lab.study.pk), by=None)
    for n in range(n_raters):
        enrolment = lab.add_rater(f"rater{n}")
        enrolment.rater.uuid = UUID(int=n + 1)
        enrolment.rater.save()
        lab.enrolments.append(enrolment)
        assert enrolment.rater.user is not None
        lab.raters.append(enrolment.rater.user)
    return lab


def right_choice(given: Assignment) -> str:
    """What to click where A is right."""
    return "left" if given.a_on_left else "right"


@dataclass
class Page:
    """What one browser tab holds. `shown` is painted, `held` waits behind it."""

    enrolment: Enrolment
    shown: UUID | None = None
    held: UUID | None = None

    def open(self) -> Exchange:
        """Load the page, which paints a task, and fetch the one behind it."""
        exchange = open_desk(enrolment=self.enrolment)
        self.shown, self.held = self._public_id(exchange), None
        self.fetch()
        return exchange

    def fetch(self) -> None:
        """What the script does once something is painted."""
        if self.shown is not None:
            self.held = self._public_id(fetch_next(enrolment=self.enrolment, painted=self.shown))

    def answer(self, choice: str | None = "left", **more: Any) -> Exchange:
        """Answer what is painted; what was held is painted at once, and the reply brings another to hold."""
        assert self.shown is not None
        given = Answer(assignment=self.shown, submission=uuid4(), choice=choice, **more)
        exchange = answer_and_go_on(enrolment=self.enrolment, answer=given, painted=self.held, wants_next=True)
        self._went_on(exchange)
        return exchange

    def skip(self, reason: str = "technical") -> Exchange:
        """Pass on what is painted."""
        assert self.shown is not None
        exchange = skip_and_go_on(
            enrolment=self.enrolment, skipped=self.shown, reason=reason, painted=self.held, wants_next=True
        )
        self._went_on(exchange)
        return exchange

    def painted(self) -> Assignment:
        """The showing on the screen."""
        return Assignment.objects.select_related("task").get(public_id=self.shown)

    def _went_on(self, exchange: Exchange) -> None:
        brought = self._public_id(exchange)
        if self.held is None:
            self.shown, self.held = brought, None
            self.fetch()
        else:
            self.shown, self.held = self.held, brought

    def _public_id(self, exchange: Exchange) -> UUID | None:
        return exchange.given and Assignment.objects.values_list("public_id", flat=True).get(pk=exchange.given)


def work_through(enrolment: Enrolment, most: int = 10_000) -> int:
    """Rate like a page until nothing comes, or `most` answers are given; how many were."""
    page, n_done = Page(enrolment), 0
    page.open()
    while page.shown is not None and n_done < most:
        page.answer(["left", "right", "tie", "both_bad"][n_done % 4])
        n_done += 1
    return n_done


def train(lab: Lab, answers: str) -> list[Exchange]:
    """Answer training tasks: `+` right, `-` wrong, `s` skipped."""
    page, exchanges = Page(lab.enrolments[0]), []
    for answer in answers:
        page.open()
        showing = page.painted()
        assert showing.purpose == "training"
        if answer == "s":
            exchanges.append(page.skip())
        else:
            right = right_choice(showing)
            wrong = "left" if right == "right" else "right"
            exchanges.append(page.answer(right if answer == "+" else wrong))
    return exchanges
