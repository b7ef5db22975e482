"""A rater's target and group, changed while she rates: noted, never over somebody else's change, in every later cut."""

import uuid

import pytest

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.config.integrity import CHECKS
from apps.core.errors import Conflict, Refused
from apps.core.models import AuditEvent
from apps.rating.models import Enrolment, Rater, StandingChange
from apps.rating.selectors import why_no_task
from apps.rating.services import Terms, change_terms, give_assignment, take_cut
from tests.concurrency.threads_for_tests import together
from tests.studies_for_tests import Lab

from .desk_for_tests import work_through

NONE = Terms(None, "")


def change(enrolment: Enrolment, terms: Terms, seen: Terms = NONE) -> Enrolment:
    return change_terms(enrolment_id=enrolment.pk, terms=terms, seen=seen, by=None)


def terms_of(enrolment: Enrolment) -> Terms:
    return Terms(*Enrolment.objects.values_list("target", "group").get(pk=enrolment.pk))


def test_a_target_ends_her_work_and_another_one_goes_on(lab: Lab) -> None:
    mine = lab.enrolments[0]
    change(mine, Terms(3, ""))
    assert work_through(Enrolment.objects.get(pk=mine.pk)) == 3
    finished = Enrolment.objects.get(pk=mine.pk)
    assert give_assignment(enrolment=finished) is None
    assert "your share" in why_no_task(finished).sentence
    change(mine, Terms(5, ""), seen=Terms(3, ""))
    assert work_through(Enrolment.objects.get(pk=mine.pk)) == 2
    assert change(mine, NONE, seen=Terms(5, "")).target is None
    assert give_assignment(enrolment=Enrolment.objects.get(pk=mine.pk)) is not None


def test_who_changed_what_is_noted_in_the_same_moment(lab: Lab) -> None:
    change_terms(enrolment_id=lab.enrolments[0].pk, terms=Terms(40, " night "), seen=NONE, by=lab.manager.uuid)
    event = AuditEvent.objects.get(verb="enrolment changed")
    assert (event.by, event.subject) == (lab.manager.uuid, f"rater:{lab.enrolments[0].rater.uuid}")
    assert event.details == {
        "study": "trial", "target": 40, "group": "night", "target_before": None, "group_before": "",
    }  # fmt: skip


def test_the_terms_she_has_change_nothing(lab: Lab) -> None:
    before = (AuditEvent.objects.count(), StandingChange.objects.count())
    change(lab.enrolments[0], NONE, seen=Terms(7, "whatever"))
    assert (AuditEvent.objects.count(), StandingChange.objects.count()) == before


def test_another_group_is_another_cut_and_another_target_is_not(lab: Lab) -> None:
    mine = lab.enrolments[0]
    first = take_cut(study_id=lab.study.pk)
    change(mine, Terms(9, ""))
    assert take_cut(study_id=lab.study.pk) == first
    change(mine, Terms(9, "night"), seen=Terms(9, ""))
    assert take_cut(study_id=lab.study.pk) != first
    told = StandingChange.objects.filter(rater=mine.rater).latest("pk")
    assert (told.standing, told.reason) == ("active", "moved from no group to group 'night'")
    assert [told for check in CHECKS for told in check.violations()] == []


def test_a_board_of_a_group_is_not_the_one_from_before_she_came(lab: Lab) -> None:
    mine, night = lab.enrolments[0], Filters(rater_group="night")
    work_through(mine)
    empty = current_leaderboard(study=lab.study, filters=night, by=None)
    change(mine, Terms(None, "night"))
    hers = current_leaderboard(study=lab.study, filters=night, by=None)
    assert hers != empty
    assert hers.inputs_sha256 != empty.inputs_sha256


@pytest.mark.parametrize(
    ("terms", "sentence"),
    [
        (Terms(0, ""), "between 1 and 1,000,000"),
        (Terms(-3, ""), "between 1 and 1,000,000"),
        (Terms(1_000_001, ""), "between 1 and 1,000,000"),
        (Terms(None, "x" * 81), "Shorten"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(lab: Lab, terms: Terms, sentence: str) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(Refused, match=sentence):
        change(lab.enrolments[0], terms)
    assert terms_of(lab.enrolments[0]) == NONE
    assert AuditEvent.objects.count() == before


def test_a_judge_has_neither(lab: Lab) -> None:
    judge = Rater.objects.create(workspace=lab.workspace, uuid=uuid.uuid4(), kind="judge", name="mini")
    enrolment = Enrolment.objects.create(study=lab.study, workspace=lab.workspace, rater=judge)
    with pytest.raises(Refused, match="A judge has no target"):
        change(enrolment, Terms(3, ""))


def test_a_change_that_was_not_seen_is_not_written_over(lab: Lab) -> None:
    mine = lab.enrolments[0]
    change(mine, Terms(None, "night"))
    with pytest.raises(Conflict, match="meanwhile"):
        change(mine, Terms(60, ""), seen=NONE)
    assert terms_of(mine) == Terms(None, "night")


@pytest.mark.slow
def test_of_two_who_change_her_at_once_one_is_told(committed_lab: Lab) -> None:
    mine = committed_lab.enrolments[0]
    told: list[str] = []

    def decide(terms: Terms) -> None:
        try:
            change(mine, terms)
        except Conflict as conflict:
            told.append(conflict.sentence)

    together(lambda: decide(Terms(10, "")), lambda: decide(Terms(None, "night")))
    assert len(told) == 1
    assert terms_of(mine) in (Terms(10, ""), Terms(None, "night"))
    assert AuditEvent.objects.filter(verb="enrolment changed").count() == 1
