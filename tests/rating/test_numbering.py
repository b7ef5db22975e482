"""Whatever raters and their browsers do, in any order: showings and answers are numbered densely, nothing is lost."""

import itertools
from collections import defaultdict
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from apps.core.errors import Conflict, Refused
from apps.rating.answers import Answer
from apps.rating.models import Assignment, Enrolment, Judgment, SkipReason
from apps.rating.services import (
    answer_and_go_on,
    bar_items,
    change_standing,
    fetch_next,
    give_assignment,
    lift_bars,
    mark_shown,
    open_desk,
    prefetch_assignment,
    record_judgment,
    release_assignment,
    renew_leases,
    skip_and_go_on,
    skip_assignment,
)
from apps.rating.serving import insertions
from apps.studies.models import Study
from apps.studies.services import change_state
from tests.studies_for_tests import Lab

from .desk_for_tests import lab_with

RATERS = st.integers(0, 1)
PICK = st.integers(0, 10_000)
CHOICES = st.sampled_from(["left", "right", "tie", "both_bad"])


class Desks(RuleBasedStateMachine):
    """Two raters at their desks, each in any number of tabs. The lab is rolled back after each example."""

    lab: Lab

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.enrolments = [Enrolment.objects.get(pk=enrolment.pk) for enrolment in self.lab.enrolments]
        self.acknowledged: dict[UUID, tuple[int, UUID, str]] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def hers(self, rater: int, **only: object) -> list[Assignment]:
        return list(Assignment.objects.filter(rater=self.enrolments[rater].rater_id, **only).order_by("pk"))

    def one_of_hers(self, rater: int, pick: int, **only: object) -> Assignment | None:
        found = self.hers(rater, **only)
        return found[pick % len(found)] if found else None

    def any_id(self, rater: int, pick: int) -> UUID | None:
        """The id of anything that was ever given to her, of nothing at all, or none."""
        ids: list[UUID | None] = [given.public_id for given in self.hers(rater)]
        return [*ids, *ids, uuid4(), None][pick % (2 * len(ids) + 2)]

    @rule(rater=RATERS)
    def opens(self, rater: int) -> None:
        open_desk(enrolment=self.enrolments[rater])

    @rule(rater=RATERS, pick=PICK, prefetches=st.booleans())
    def fetches(self, rater: int, pick: int, prefetches: bool) -> None:
        fetch = prefetch_assignment if prefetches else fetch_next
        fetch(enrolment=self.enrolments[rater], painted=self.any_id(rater, pick))

    @rule(rater=RATERS)
    def gets_one_without_seeing_it(self, rater: int) -> None:
        give_assignment(enrolment=self.enrolments[rater])

    @rule(rater=RATERS, pick=PICK)
    def paints(self, rater: int, pick: int) -> None:
        if (given := self.one_of_hers(rater, pick)) is not None:
            mark_shown(assignment=given)

    @rule(rater=RATERS, pick=PICK, choice=CHOICES, painted=PICK, wants_next=st.booleans())
    def answers(self, rater: int, pick: int, choice: str, painted: int, wants_next: bool) -> None:
        """Anything she was ever given: shown or not, live, skipped, released, expired, answered before."""
        if (given := self.one_of_hers(rater, pick)) is None:
            return
        answer = Answer(assignment=given.public_id, submission=uuid4(), choice=choice)
        exchange = answer_and_go_on(
            enrolment=self.enrolments[rater], answer=answer, painted=self.any_id(rater, painted), wants_next=wants_next
        )
        assert (exchange.receipt is None) != (exchange.conflict is None)
        if exchange.receipt is not None and not exchange.receipt.repeated:
            self.acknowledged[answer.submission] = (rater, given.public_id, choice)

    @rule(rater=RATERS, choice=CHOICES)
    def answers_what_she_holds(self, rater: int, choice: str) -> None:
        if (given := self.one_of_hers(rater, 0, outcome=None)) is not None:
            answer = Answer(assignment=given.public_id, submission=uuid4(), choice=choice)
            answer_and_go_on(enrolment=self.enrolments[rater], answer=answer, painted=None, wants_next=True)
            self.acknowledged[answer.submission] = (rater, given.public_id, choice)

    @rule(pick=PICK)
    def sends_again(self, pick: int) -> None:
        """The same submission after a lost connection."""
        if self.acknowledged:
            submission, (rater, given, choice) = list(self.acknowledged.items())[pick % len(self.acknowledged)]
            receipt = record_judgment(
                enrolment=self.enrolments[rater], assignment_id=given, submission=submission, choice=choice
            )
            assert receipt.repeated

    @rule(rater=RATERS, pick=PICK, choice=CHOICES)
    def changes_her_mind(self, rater: int, pick: int, choice: str) -> None:
        """Within the last ten or beyond them, superseding what stands or what does not."""
        if not self.acknowledged:
            return
        superseded, (rater, given, _) = list(self.acknowledged.items())[pick % len(self.acknowledged)]
        submission = uuid4()
        try:
            receipt = record_judgment(
                enrolment=self.enrolments[rater], assignment_id=given, submission=submission,
                choice=choice, supersedes=superseded,
            )  # fmt: skip
        except (Conflict, Refused):
            return
        assert not receipt.repeated
        self.acknowledged[submission] = (rater, given, choice)

    @rule(rater=RATERS, pick=PICK, painted=PICK, reason=st.sampled_from(SkipReason.values))
    def skips(self, rater: int, pick: int, painted: int, reason: str) -> None:
        if (given := self.one_of_hers(rater, pick)) is None:
            return
        mine = self.enrolments[rater]
        if painted % 3 == 0:
            skip_assignment(enrolment=mine, assignment=given, reason=reason)
        else:
            skip_and_go_on(
                enrolment=mine, skipped=given.public_id, reason=reason,
                painted=self.any_id(rater, painted), wants_next=painted % 3 == 1,
            )  # fmt: skip

    @rule(rater=RATERS, pick=PICK, knows_until=st.booleans())
    def leaves(self, rater: int, pick: int, knows_until: bool) -> None:
        if (given := self.one_of_hers(rater, pick, outcome=None)) is not None:
            until = given.expires_at if knows_until else None
            release_assignment(enrolment=self.enrolments[rater], assignment=given, until=until)

    @rule(rater=RATERS, pick=PICK)
    def is_away_too_long(self, rater: int, pick: int) -> None:
        if (given := self.one_of_hers(rater, pick, outcome=None)) is not None:
            Assignment.objects.filter(pk=given.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    @rule(rater=RATERS)
    def beats(self, rater: int) -> None:
        holds = [given.public_id for given in self.hers(rater)]
        _, until = renew_leases(enrolment=self.enrolments[rater], holds=holds)
        live = {given.public_id for given in self.hers(rater, outcome=None)}
        assert {public_id for public_id, end in until.items() if end is not None} == live

    @rule(rater=RATERS, standing=st.sampled_from(["active", "active", "quarantined"]))
    def is_set_aside_or_released(self, rater: int, standing: str) -> None:
        changed = change_standing(enrolment_id=self.enrolments[rater].pk, standing=standing, reason="a test", by=None)
        self.enrolments[rater].standing = changed.standing

    @rule(state=st.sampled_from(["open", "open", "open", "paused"]))
    def is_paused_or_opened(self, state: str) -> None:
        if Study.objects.get(pk=self.lab.study.pk).state != state:
            change_state(study_id=self.lab.study.pk, to=state, by=None)

    @rule(rater=RATERS, n=st.integers(0, 9), lifts=st.booleans())
    def is_barred(self, rater: int, n: int, lifts: bool) -> None:
        if lifts:
            lift_bars(enrolment=self.enrolments[rater], items=[f"item-{n}"], by=None)
        else:
            bar_items(enrolment=self.enrolments[rater], items=[f"item-{n}"], reason="a test", by=None)

    @invariant()
    def numbers_are_dense(self) -> None:
        for rater in (0, 1):
            given = self.hers(rater)
            for name in ("shown_number", "done_number"):
                numbers = sorted(getattr(row, name) for row in given if getattr(row, name) is not None)
                assert numbers == list(range(1, len(numbers) + 1))
            assert all((row.shown_at is None) == (row.shown_number is None) for row in given)
            assert all((row.outcome in ("judged", "late")) == (row.done_number is not None) for row in given)
            by_time = sorted((row for row in given if row.shown_at), key=lambda row: row.shown_number)
            assert all(here.shown_at <= there.shown_at for here, there in itertools.pairwise(by_time))

    @invariant()
    def two_leases_at_most(self) -> None:
        assert all(len(self.hers(rater, outcome=None)) <= 2 for rater in (0, 1))

    @invariant()
    def a_draw_is_filled_once_and_served_to_whom_it_is_for(self) -> None:
        filled = list(Assignment.objects.filter(outcome="judged").values_list("draw", flat=True))
        assert len(filled) == len(set(filled))
        for given in Assignment.objects.filter(draw__rater__isnull=False).select_related("draw"):
            assert given.draw.rater_id == given.rater_id

    @invariant()
    def nothing_is_seen_twice_but_retests_and_gold_mirrored(self) -> None:
        seen: dict[tuple[int, int], list[Assignment]] = defaultdict(list)
        for row in Assignment.objects.filter(shown_at__isnull=False).order_by("shown_number"):
            seen[row.rater_id, row.task_id].append(row)
        for showings in seen.values():
            purposes = {showing.purpose for showing in showings[1:]}
            assert purposes <= ({"gold"} if showings[0].purpose == "gold" else {"retest"})
            assert purposes == {"gold"} or len(showings) <= 2
            for here, there in itertools.pairwise(showings):
                assert here.a_on_left is not there.a_on_left

    @invariant()
    def what_was_acknowledged_is_stored_as_she_said_it(self) -> None:
        stored = {row.submission: row for row in Judgment.objects.select_related("assignment")}
        assert set(stored) == set(self.acknowledged)
        for submission, (_, given, choice) in self.acknowledged.items():
            row = stored[submission]
            assert row.assignment.public_id == given
            left, right = ("A", "B") if row.assignment.a_on_left else ("B", "A")
            assert row.verdict == {"left": left, "right": right, "tie": "TIE", "both_bad": "BOTH_BAD"}[choice]


@pytest.mark.slow
def test_any_order_of_what_raters_do(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insertions, "RETEST_AFTER", 3)
    monkeypatch.setattr(insertions, "GOLD_RETURNS_AFTER", 4)
    Desks.lab = lab_with(n_items=10, n_gold=2, overlap_share=0.3, gold_share=0.2, retest_share=0.25)
    run_state_machine_as_test(
        Desks, settings=settings(max_examples=10, stateful_step_count=40, deadline=None, derandomize=True)
    )
