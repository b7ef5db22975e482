"""Pause, quarantine, plan, replace, cut and close while thirty-two people rate: no error, and each is respected."""

import random
import time
from collections.abc import Callable
from threading import Event

import pytest
from django.db import connection
from django.db.models import Count, Max

from apps.config.integrity import CHECKS
from apps.core.errors import Refused
from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Cut, Judgment, Plan, Standing
from apps.rating.services import add_replacements, change_standing, give_assignment, plan_round, take_cut
from apps.studies.models import StudyState, StudyTransition
from apps.studies.services import change_state
from tests.rating.desk_for_tests import lab_with
from tests.studies_for_tests import Lab

from .clients_for_tests import Patient
from .test_drain import assert_numbers_are_dense, assert_stored_once
from .threads_for_tests import together, uncommitted

pytestmark = pytest.mark.slow
N_CLIENTS = 32
N_PAUSES = 6


def leases_given(lab: Lab) -> dict[str, object]:
    return Assignment.objects.filter(study=lab.study).aggregate(n=Count("pk"), last=Max("leased_at"))


def pausing(lab: Lab) -> None:
    """Between the moment a pause is committed and the moment it is lifted, nobody is given anything new."""
    for _ in range(N_PAUSES):
        time.sleep(0.25)
        change_state(study_id=lab.study.pk, to=StudyState.PAUSED, by=None)
        before = leases_given(lab)
        time.sleep(0.1)
        assert leases_given(lab) == before
        change_state(study_id=lab.study.pk, to=StudyState.OPEN, by=None)
    time.sleep(0.1)
    change_state(study_id=lab.study.pk, to=StudyState.CLOSED, by=None)


def setting_aside(lab: Lab, over: Event) -> None:
    """Quarantines and releases the first four in turn, and has their work done by others, until the close."""
    rng = random.Random(1)
    while not over.is_set():
        enrolment = rng.choice(lab.enrolments[:4])
        for standing in (Standing.QUARANTINED, Standing.ACTIVE):
            change_standing(enrolment_id=enrolment.pk, standing=standing, reason="a test", by=None)
            try:
                add_replacements(study=lab.study, by=None)
            except Refused:
                assert StudyTransition.objects.filter(study=lab.study, to_state=StudyState.CLOSED).exists()
                return
            time.sleep(0.05)


def planning(lab: Lab, over: Event) -> None:
    while not over.wait(0.2):
        plan_round(study=lab.study, by=None, n_tasks=5)


def cutting(lab: Lab, over: Event, cuts: list[tuple[Cut, dict[str, int]]]) -> None:
    while not over.wait(0.02):
        cut = take_cut(study_id=lab.study.pk)
        cuts.append((cut, counts_at(cut)))


def ending(over: Event, work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        try:
            work()
        finally:
            over.set()

    return run


def test_nothing_is_lost_or_stuck_while_everything_changes(fresh_database: str) -> None:
    lab = lab_with(n_items=150, n_raters=N_CLIENTS, overlap_share=0.1)
    over = Event()
    clients = [Patient(enrolment, random.Random(n), over=over) for n, enrolment in enumerate(lab.enrolments)]
    cuts: list[tuple[Cut, dict[str, int]]] = []
    together(
        ending(over, lambda: pausing(lab)),
        lambda: setting_aside(lab, over),
        lambda: planning(lab, over),
        lambda: cutting(lab, over, cuts),
        *(client.work for client in clients),
    )
    assert_stored_once([pair for client in clients for pair in client.receipts])
    assert_numbers_are_dense()
    assert_states_are_those_of_the_moment(lab)
    assert_each_n(lab)
    assert len({cut.pk for cut, _ in cuts}) > 5
    assert [counts_at(cut) for cut, _ in cuts] == [counts for _, counts in cuts], "no cut ever changes"
    assert Plan.objects.filter(number__gt=1).count() > 3
    assert n_deadlocks() == 0
    assert [told for check in CHECKS for told in check.violations()] == []


def test_setting_a_rater_aside_waits_for_no_request_of_hers(fresh_database: str) -> None:
    """A request holds shared locks on study, rater and enrolment when it commits: who wanted them all alone, one
    after the other, would wait for it while it waits for them."""
    lab = lab_with()
    mine = lab.enrolments[0]

    def given_and_checked() -> None:
        assert give_assignment(enrolment=mine) is not None
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # the foreign keys, as at the commit

    with uncommitted(given_and_checked) as waited:
        change_standing(enrolment_id=mine.pk, standing=Standing.QUARANTINED, reason="a test", by=None)
    assert not waited.is_set()


_OTHER_STATE = """
    SELECT j.study_state, t.to_state FROM rating_judgment j, LATERAL (
        SELECT to_state FROM studies_studytransition t WHERE t.study_id = j.study_id AND t.at <= j.created_at
        ORDER BY t.at DESC LIMIT 1) t
    WHERE j.study_state <> t.to_state
"""


def assert_states_are_those_of_the_moment(lab: Lab) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_STATE)
        assert cursor.fetchall() == []
    assert set(Judgment.objects.values_list("study_state", flat=True)) == {"open", "paused", "closed"}
    assert StudyTransition.objects.filter(study=lab.study).count() == 2 * N_PAUSES + 2


def assert_each_n(lab: Lab) -> None:
    """What was answered while paused counts; what came after the close does not."""
    counts = counts_at(take_cut(study_id=lab.study.pk))
    assert counts["after_close"] == Judgment.objects.filter(study_state="closed").count() > 0
    assert counts.get("surplus", 0) == 0
    assert sum(counts.values()) == Judgment.objects.count()
    late = Assignment.objects.filter(leased_at__gte=StudyTransition.objects.latest("at").at)
    assert not late.exists(), "nothing is given out once a study is closed"


def n_deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
