"""Giving out work: one live lease, sides, expiry, skips, empty desks."""

from django.utils import timezone

from apps.rating.models import Assignment, Draw, Outcome
from apps.rating.services import give_assignment
from tests.studies_for_tests import Lab


def test_a_rater_gets_the_task_she_holds_again(lab: Lab) -> None:
    assert lab.assignment().pk == lab.assignment().pk
    assert Assignment.objects.count() == 1


def test_every_draw_is_served_once_over_all_raters(lab: Lab) -> None:
    for enrolment in lab.enrolments:
        while (given := give_assignment(enrolment=enrolment)) is not None:
            Assignment.objects.filter(pk=given.pk).update(
                outcome=Outcome.JUDGED, ended_at=timezone.now(), shown_at=timezone.now()
            )
    assert Assignment.objects.filter(outcome="judged").count() == Draw.objects.count()
