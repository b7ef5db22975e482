"""Rounds planned by several workers at once: one plan a number, no draw twice."""

from collections import Counter

import pytest

from apps.config.integrity import CHECKS
from apps.rating import jobs
from apps.rating.models import Draw, Plan
from apps.rating.services import add_replacements, change_standing
from tests.concurrency.test_serving_races import together
from tests.rating.adaptive_for_tests import adaptive_study, judge, rater_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


def test_a_round_asked_for_by_six_workers_is_one_plan(fresh_database: str) -> None:
    study = adaptive_study(n_judged_each=8, round_size=60)
    together(*(lambda: jobs.plan_next_round_job(study.pk, 2) for _ in range(6)))
    assert list(Plan.objects.order_by("number").values_list("number", "size")) == [(1, 41), (2, 69)]
    assert Draw.objects.count() == 110
    assert [told for check in CHECKS for told in check.violations()] == []


def test_a_round_is_planned_while_people_judge(fresh_database: str) -> None:
    """A cut waits for nobody long, and judging waits for no plan."""
    study = adaptive_study(n_items=40, n_judged_each=8, round_size=60)
    enrolments = [rater_of(study, f"rater{n}") for n in range(4)]
    together(
        *(lambda e=e: judge(e, 12) for e in enrolments),
        *(lambda n=n: jobs.plan_next_round_job(study.pk, n) for n in (2, 3)),
    )
    assert set(Plan.objects.filter(number__gt=0).values_list("number", flat=True)) >= {1, 2}
    filled = Counter(Draw.objects.filter(assignments__outcome="judged").values_list("pk", flat=True))
    assert (filled.total(), set(filled.values())) == (48, {1})
    assert [told for check in CHECKS for told in check.violations()] == []


def test_replacements_asked_for_at_once_are_added_once(committed_lab: Lab) -> None:
    judge(committed_lab.enrolments[0], 5)
    change_standing(enrolment_id=committed_lab.enrolments[0].pk, standing="quarantined", reason="a test", by=None)
    together(*(lambda: add_replacements(study=committed_lab.study, by=None) for _ in range(4)))
    assert Draw.objects.filter(purpose="replacement").count() == 5
    assert Plan.objects.filter(number__gt=0).count() == 2
