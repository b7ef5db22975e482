"""Each current judgment has one disposition, the first that matches; and every n adds up."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.core.errors import Refused
from apps.rating.dispositions import MEANINGS, counts_at, meaning_of
from apps.rating.models import Assignment, Draw, Enrolment, Judgment, Rater, ResultsOpening
from apps.rating.rules import RULES
from apps.rating.selectors import showing_counts
from apps.rating.services import (
    change_standing,
    give_assignment,
    mark_shown,
    note_results_opened,
    record_judgment,
    release_assignment,
    set_rules,
    skip_assignment,
    take_cut,
    withdraw_judgment,
)
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

from .world_for_tests import copy_row


def judge(lab: Lab, rater: int = 0, *, choice: str = "left", shown_ms: int | None = None) -> Judgment:
    """This rater's next judgment."""
    given = lab.assignment(rater)
    mark_shown(assignment=given)
    receipt = record_judgment(
        enrolment=lab.enrolments[rater], assignment_id=given.public_id, submission=uuid4(),
        choice=choice, shown_ms=shown_ms,
    )  # fmt: skip
    return Judgment.objects.select_related("assignment").get(pk=receipt.judgment_id)


def counts(lab: Lab) -> dict[str, int]:
    return counts_at(take_cut(study_id=lab.study.pk))


def stand(lab: Lab, standing: str) -> None:
    change_standing(enrolment_id=lab.enrolments[0].pk, standing=standing, reason="a test", by=None)


def after_close(lab: Lab) -> Judgment:
    """A judgment of a showing that was given out before the study closed."""
    lab.assignment()
    change_state(study_id=lab.study.pk, to="closed", by=None)
    return judge(lab)


def change_showing(judgment: Judgment, **columns: object) -> None:
    Assignment.objects.filter(pk=judgment.assignment_id).update(**columns)


# From the last that matches to the first: each step adds the reason for the next disposition and takes none away.
STEPS: tuple[tuple[str, Callable[[Lab, Judgment], object]], ...] = (
    ("rule:told_apart", lambda lab, j: set_rules(study=lab.study, rules=[{"name": "told_apart"}], by=None)),
    ("quarantined", lambda lab, j: stand(lab, "quarantined")),
    ("withdrawn", lambda lab, j: withdraw_judgment(judgment=j, reason="a test", by=None)),
    ("surplus", lambda lab, j: change_showing(j, outcome="late")),
    ("rule:kept", lambda lab, j: change_showing(j, imported_disposition="rule:kept")),
    ("retest", lambda lab, j: change_showing(j, purpose="retest")),
    ("gold", lambda lab, j: change_showing(j, purpose="gold")),
    ("training", lambda lab, j: change_showing(j, purpose="training")),
    ("judge", lambda lab, j: Rater.objects.filter(pk=j.assignment.rater_id).update(kind="judge", user=None)),
)


def flagged(lab: Lab) -> Judgment:
    """The only judgment of the lab, with the flag that it was told apart."""
    first = judge(lab)
    showing = {"assignment_id": str(lab.assignment().pk), "submission": "gen_random_uuid()"}
    change_showing(first, purpose="gold")
    Assignment.objects.filter(pk=lab.assignment().pk).update(outcome="judged", ended_at=timezone.now(), done_number=2)
    copy_row("rating_judgment", {**showing, "flags": "'{identified}'"})
    return Judgment.objects.select_related("assignment").latest("pk")


def test_the_first_disposition_that_matches_wins(lab: Lab) -> None:
    judgment = flagged(lab)
    change_showing(Judgment.objects.earliest("pk"), purpose="training")
    rest = {"training": 1}
    assert counts(lab) == {"used": 1, **rest}
    for disposition, step in STEPS:
        step(lab, judgment)
        found = counts(lab)
        assert sum(found.values()) == 2
        if disposition in ("training", "judge"):
            assert found == {disposition: 2}
        else:
            assert found == {disposition: 1, **rest}


def test_after_close_comes_before_withdrawn_and_after_surplus(lab: Lab) -> None:
    judgment = after_close(lab)
    assert counts(lab) == {"after_close": 1}
    withdraw_judgment(judgment=judgment, reason="a test", by=None)
    stand(lab, "quarantined")
    assert counts(lab) == {"after_close": 1}
    change_showing(judgment, outcome="late")
    assert counts(lab) == {"surplus": 1}


def test_earlier_cuts_keep_what_they_saw(lab: Lab) -> None:
    judgment = judge(lab)
    before = take_cut(study_id=lab.study.pk)
    judge(lab, choice="tie")
    withdraw_judgment(judgment=judgment, reason="a test", by=None)
    set_rules(study=lab.study, rules=[{"name": "too_fast", "min_shown_ms": 1}], by=None)
    stand(lab, "quarantined")
    assert counts_at(before) == {"used": 1}
    assert counts(lab) == {"withdrawn": 1, "quarantined": 1}


def test_a_cut_before_a_revision_counts_the_revised_answer(lab: Lab) -> None:
    first = judge(lab)
    before = take_cut(study_id=lab.study.pk)
    record_judgment(
        enrolment=lab.enrolments[0], assignment_id=first.assignment.public_id, submission=uuid4(),
        choice="tie", supersedes=first.submission,
    )  # fmt: skip
    assert counts_at(before) == counts(lab) == {"used": 1}


def test_the_same_facts_give_the_same_cut(lab: Lab) -> None:
    judge(lab)
    first = take_cut(study_id=lab.study.pk)
    assert take_cut(study_id=lab.study.pk) == first
    judge(lab)
    assert take_cut(study_id=lab.study.pk) != first


def test_what_follows_the_opening_of_results_is_unblinded(lab: Lab) -> None:
    judge(lab, 0)
    note_results_opened(study=lab.study, user=lab.raters[0])
    judge(lab, 0)
    judge(lab, 1)
    again = note_results_opened(study=lab.study, user=lab.raters[0])
    assert again == ResultsOpening.objects.get(), "only the first time counts"
    assert note_results_opened(study=lab.study, user=lab.stranger) != again
    assert counts(lab) == {"used": 3}, "noted, and left out only by a rule"
    set_rules(study=lab.study, rules=[{"name": "unblinded"}], by=None)
    assert counts(lab) == {"used": 2, "rule:unblinded": 1}


def test_too_fast_is_below_the_limit_and_not_unknown(lab: Lab) -> None:
    for shown_ms in (999, 1000, None):
        judge(lab, shown_ms=shown_ms)
    set_rules(study=lab.study, rules=[{"name": "too_fast", "min_shown_ms": 1000}], by=None)
    assert counts(lab) == {"used": 2, "rule:too_fast": 1}


def test_the_first_rule_in_order_names_the_reason(lab: Lab) -> None:
    note_results_opened(study=lab.study, user=lab.raters[0])
    judge(lab, shown_ms=5)
    rules = [{"name": "unblinded"}, {"name": "too_fast", "min_shown_ms": 1000}]
    set_rules(study=lab.study, rules=rules, by=None)
    assert counts(lab) == {"rule:unblinded": 1}
    set_rules(study=lab.study, rules=rules[::-1], by=None)
    assert counts(lab) == {"rule:too_fast": 1}
    set_rules(study=lab.study, rules=[], by=None)
    assert counts(lab) == {"used": 1}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"name": "too_slow"}, "There is no rule 'too_slow'"),
        ({}, "There is no rule"),
        ({"name": "too_fast"}, "needs a whole number for min_shown_ms"),
        ({"name": "too_fast", "min_shown_ms": "1000"}, "needs a whole number for min_shown_ms"),
    ],
)
def test_rules_that_cannot_work_are_refused_in_words(lab: Lab, rule: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        set_rules(study=lab.study, rules=[rule], by=None)


def test_nothing_is_set_aside_without_a_reason(lab: Lab) -> None:
    with pytest.raises(Refused, match="Say why"):
        withdraw_judgment(judgment=judge(lab), reason=" ", by=None)
    with pytest.raises(Refused, match="Say why"):
        change_standing(enrolment_id=lab.enrolments[0].pk, standing="left", reason="", by=None)


def test_every_disposition_has_a_meaning() -> None:
    names = [*MEANINGS, *(f"rule:{name}" for name in RULES), "rule:of another house"]
    assert all(meaning_of(name) for name in names)


def drain(*enrolments: Enrolment) -> None:
    """Each of them judges until her desk is empty; with three, no task waits for someone who has not met it."""
    for enrolment in enrolments:
        while (given := give_assignment(enrolment=enrolment)) is not None:
            record_judgment(enrolment=enrolment, assignment_id=given.public_id, submission=uuid4(), choice="left")


def test_every_n_reconciles(db: None) -> None:
    lab = Lab.set_up(n_items=4, n_raters=4)
    first = judge(lab, 0)
    record_judgment(
        enrolment=lab.enrolments[0], assignment_id=first.assignment.public_id, submission=uuid4(),
        choice="right", supersedes=first.submission,
    )  # fmt: skip
    skip_assignment(enrolment=lab.enrolments[1], assignment=lab.assignment(1), reason="technical")
    left = lab.assignment(1)
    mark_shown(assignment=left)
    release_assignment(enrolment=lab.enrolments[1], assignment=left)
    lab.assignment(1)
    late, taken_over = lab.assignment(2), lab.assignment(3)
    for held in (late, taken_over):
        mark_shown(assignment=held)
        Assignment.objects.filter(pk=held.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    drain(lab.enrolments[0], lab.add_rater("extra"), lab.add_rater("another"))
    record_judgment(enrolment=lab.enrolments[2], assignment_id=late.public_id, submission=uuid4(), choice="tie")

    shown = showing_counts(lab.study)
    assert (shown.open, shown.late, shown.skipped, shown.expired, shown.released) == (1, 1, 1, 1, 1)
    assert shown.judged == Draw.objects.count() - 1, "all but the one that rater 1 holds"
    parts = shown.open + shown.judged + shown.late + shown.skipped + shown.expired + shown.released
    assert shown.leased == parts == Assignment.objects.count()
    n_superseded = Judgment.objects.filter(superseded_by__isnull=False).count()
    current = sum(counts(lab).values())
    assert (n_superseded, current) == (1, Judgment.objects.count() - 1)
    assert current == shown.judged + shown.late
    assert counts(lab) == {"used": shown.judged, "surplus": 1}
