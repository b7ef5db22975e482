"""Thirty-two raters drain a small pool, with double, late and lost submissions and cut connections."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import pytest
from django.db.models import F

from apps.config.integrity import CHECKS
from apps.rating.answers import Answer
from apps.rating.choices import verdict_of
from apps.rating.dispositions import counts_at
from apps.rating.models import INSERTED_PURPOSES, Assignment, Band, Draw, Enrolment, Judgment, Plan
from apps.rating.services import Receipt, bar_items, plan_round, take_cut
from apps.rating.serving import insertions
from tests.rating.desk_for_tests import lab_with
from tests.studies_for_tests import Lab

from .clients_for_tests import Client, clients_of
from .threads_for_tests import run_out, together

pytestmark = pytest.mark.slow
N_CLIENTS = 32
Acknowledged = Sequence[tuple[Answer, Receipt]]


def drained(lab: Lab) -> list[tuple[Answer, Receipt]]:
    """All rate at once; then every lease runs out and new raters take over what was left."""
    clients = clients_of(lab.enrolments)
    together(*(client.work for client in clients))
    for enrolment in lab.enrolments:
        run_out(enrolment)
    acknowledged = [pair for client in clients for pair in client.receipts]
    for n in range(6):
        acknowledged += Client(lab.add_rater(f"last{n}"), clients[n].rng).work()
    return acknowledged


def check_everything(lab: Lab, acknowledged: Acknowledged) -> None:
    assert_stored_once(acknowledged)
    assert_draws_filled_once()
    assert_late_is_surplus(lab, acknowledged)
    assert_numbers_are_dense()
    assert [told for check in CHECKS for told in check.violations()] == []


def assert_stored_once(acknowledged: Acknowledged) -> None:
    """Nothing lost, nothing doubled, nothing stored that nobody was told of, and each as it was meant."""
    sent = {answer.submission: answer.choice for answer, _ in acknowledged}
    assert len(sent) == len(acknowledged)
    stored = {
        submission: (choice_verdict, on_left)
        for submission, choice_verdict, on_left in Judgment.objects.values_list(
            "submission", "verdict", "assignment__a_on_left"
        )
    }
    assert stored.keys() == sent.keys()
    assert len(stored) == Judgment.objects.count()
    assert all(verdict_of(sent[key], a_on_left=on_left) == verdict for key, (verdict, on_left) in stored.items())
    assert {receipt.judgment_id for _, receipt in acknowledged} == set(Judgment.objects.values_list("pk", flat=True))


def assert_draws_filled_once() -> None:
    planned = set(Draw.objects.filter(band__isnull=False).values_list("pk", flat=True))
    filled = Counter(Assignment.objects.filter(outcome="judged", draw__in=planned).values_list("draw", flat=True))
    assert set(filled) == planned, "every planned draw was judged"
    assert set(filled.values()) == {1}
    inserted = Assignment.objects.filter(purpose__in=INSERTED_PURPOSES)
    assert max(Counter(inserted.values_list("draw", flat=True)).values(), default=1) == 1


def assert_late_is_surplus(lab: Lab, acknowledged: Acknowledged) -> None:
    outcomes = Counter(receipt.outcome for _, receipt in acknowledged)
    n_late = Assignment.objects.filter(outcome="late").count()
    counts = counts_at(take_cut(study_id=lab.study.pk))
    assert outcomes["late"] == n_late == counts.get("surplus", 0)
    assert counts["used"] == Draw.objects.filter(band__isnull=False).count(), "the board is never over plan"
    assert sum(counts.values()) == len(acknowledged)


def assert_numbers_are_dense() -> None:
    """Showings and answers of each rater are numbered from 1 on without a gap."""
    for name in ("shown_number", "done_number"):
        numbers = defaultdict(list)
        for rater, number in Assignment.objects.exclude(**{name: None}).values_list("rater", name):
            numbers[rater].append(number)
        assert numbers
        assert all(sorted(mine) == list(range(1, len(mine) + 1)) for mine in numbers.values())


def shown_to(enrolment: Enrolment) -> set[str]:
    return set(Assignment.objects.filter(rater=enrolment.rater).values_list("task__item__external_id", flat=True))


def test_thirty_two_clients_drain_a_pool(fresh_database: str) -> None:
    lab = lab_with(n_items=32, n_raters=N_CLIENTS, overlap_share=0.3)
    acknowledged = drained(lab)
    check_everything(lab, acknowledged)
    met = Counter(Assignment.objects.filter(shown_at__isnull=False).values_list("task", "rater"))
    assert set(met.values()) == {1}, "nobody saw a pair twice"
    outcomes = set(Assignment.objects.values_list("outcome", flat=True))
    assert outcomes >= {"judged", "late", "expired", "skipped"}, "it happened: what this test is about"


def test_gold_retests_bands_and_bars_under_the_same_load(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insertions, "RETEST_AFTER", 2)
    monkeypatch.setattr(insertions, "GOLD_RETURNS_AFTER", 4)
    lab = lab_with(
        n_items=30, n_raters=N_CLIENTS, n_gold=6, gold_share=0.25, retest_share=0.2,
        overlap_share=0.1, slice_quotas={"topic=odd": 20},
    )  # fmt: skip
    plan_round(study=lab.study, by=None, n_tasks=30)
    barred = [f"item-{n}" for n in range(10, 20)]
    for enrolment in lab.enrolments[:6]:
        bar_items(enrolment=enrolment, items=barred, reason="She wrote them.", by=None)
    check_everything(lab, drained(lab))
    assert Band.objects.count() >= 3
    assert not any(shown_to(enrolment) & set(barred) for enrolment in lab.enrolments[:6])
    assert_inserted_are_as_they_should(lab)


def assert_inserted_are_as_they_should(lab: Lab) -> None:
    inserted = Assignment.objects.filter(purpose__in=INSERTED_PURPOSES, outcome="judged")
    assert set(inserted.values_list("purpose", flat=True)) == {"gold", "retest"}
    assert Plan.objects.filter(study=lab.study, number=0).count() == 1
    assert not inserted.exclude(rater=F("draw__rater")).exists()
    again = Assignment.objects.filter(showing__gt=0)
    first = sides_by_showing(again.values_list("task", flat=True))
    assert all(first[a.task_id, a.rater_id, a.showing - 1] != a.a_on_left for a in again)


def sides_by_showing(tasks: Iterable[int]) -> dict[tuple[int, int, int], bool | None]:
    found = Assignment.objects.filter(task__in=tasks)
    return {(a.task_id, a.rater_id, a.showing): a.a_on_left for a in found}


def test_thirty_two_reach_for_three_draws(fresh_database: str) -> None:
    lab = lab_with(n_items=1, n_raters=N_CLIENTS, overlap_share=0.0)
    clients = [Client(enrolment, random.Random(n)) for n, enrolment in enumerate(lab.enrolments)]
    together(*(client.work for client in clients))
    assert sum(len(client.receipts) for client in clients) == Draw.objects.count() == Judgment.objects.count() == 3
    assert not Assignment.objects.exclude(outcome="judged").exists()
