"""Gold and retests among the work: how often, where, which, and on which side; shown over whole simulated studies."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from math import sqrt
from uuid import UUID

import pytest
from django.db import transaction
from scipy.stats import binomtest, norm

from apps.rating.dispositions import counts_at
from apps.rating.models import Assignment, Draw, Enrolment, Gold, Plan, Purpose, Task
from apps.rating.selectors import gold_exposures
from apps.rating.services import (
    bar_items,
    give_assignment,
    mark_shown,
    release_assignment,
    retire_gold,
    set_gold,
    skip_assignment,
    take_cut,
)
from apps.rating.serving import insertions
from apps.rating.serving.desk_state import DeskState, desk_state
from apps.rating.serving.insertions import claim_insertion, fraction, purpose_at
from apps.studies.services.protocol import current_protocol
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, lab_with, work_through

pytestmark = pytest.mark.slow

UNLIKELY = 1e-4
GOLD_RETURNS_AFTER, RETEST_AFTER = 200, 20  # as promised, not as the code says
N = 20_000


def state_of(lab: Lab, number: int = 0) -> DeskState:
    return desk_state(lab.enrolments[number])


def test_the_cadence_is_fixed_and_different_for_everyone() -> None:
    one, other = UUID(int=1), UUID(int=2)
    mine = [fraction(7, one, n) for n in range(1, 500)]
    assert mine == [fraction(7, one, n) for n in range(1, 500)]
    assert all(0 <= at < 1 for at in mine)
    assert len(set(mine)) == len(mine)
    assert not set(mine) & {fraction(7, other, n) for n in range(1, 500)}
    assert not set(mine) & {fraction(8, one, n) for n in range(1, 500)}


@pytest.mark.parametrize(("gold", "retest"), [(0.05, 0.03), (0.2, 0.0), (0.0, 0.1), (0.3, 0.2)])
def test_the_shares_are_those_of_the_protocol(lab: Lab, gold: float, retest: float) -> None:
    state = replace(state_of(lab), gold_share=gold, retest_share=retest)
    found = Counter(purpose_at(state, n) for n in range(1, N + 1))
    for purpose, share in ((Purpose.GOLD, gold), (Purpose.RETEST, retest), (None, 1 - gold - retest)):
        if share == 0:
            assert found[purpose] == 0
        else:
            assert binomtest(found[purpose], N, share).pvalue > UNLIKELY


@pytest.mark.parametrize("seed", range(5))
def test_the_planned_positions_pass_a_runs_test(lab: Lab, seed: int) -> None:
    state = replace(state_of(lab), seed=seed, gold_share=0.1, retest_share=0.05)
    assert runs_p_value([purpose_at(state, n) == Purpose.GOLD for n in range(1, N + 1)]) > UNLIKELY


def runs_p_value(marks: list[bool]) -> float:
    """Wald and Wolfowitz 1940: are the runs of equal marks as many as in a random order? Two-sided, normal."""
    n, m = sum(marks), len(marks) - sum(marks)
    n_runs = 1 + sum(here != there for here, there in itertools.pairwise(marks))
    mean = 2 * n * m / (n + m) + 1
    variance = (mean - 1) * (mean - 2) / (n + m - 1)
    return float(2 * norm.sf(abs(n_runs - mean) / sqrt(variance)))


def test_the_runs_test_sees_a_pattern() -> None:
    assert runs_p_value([n % 10 == 0 for n in range(2000)]) < UNLIKELY
    assert runs_p_value([n < 100 for n in range(1000)]) < UNLIKELY


# A whole study ----------------------------------------------------------------------------------------------------

N_GOLD = 12
GOLD_SHARE, RETEST_SHARE = 0.12, 0.1


@pytest.fixture(scope="module")
def study(django_db_setup: None, django_db_blocker) -> Iterator[Lab]:
    """Three raters work through 128 tasks each, and one of them through 300: built once, never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        lab = lab_with(
            n_items=110, n_raters=3, n_gold=N_GOLD, replication=1, overlap_share=0.6,
            gold_share=GOLD_SHARE, retest_share=RETEST_SHARE,
        )  # fmt: skip
        work_through(lab.enrolments[0], most=300)
        for enrolment in lab.enrolments[1:]:
            work_through(enrolment, most=100)
        yield lab
        transaction.set_rollback(True)


def showings_of(enrolment: Enrolment) -> list[Assignment]:
    found = Assignment.objects.filter(rater=enrolment.rater, shown_number__isnull=False).order_by("shown_number")
    return list(found.select_related("task"))


@pytest.mark.slow
def test_gold_and_retests_stand_where_the_cadence_says(study: Lab) -> None:
    for enrolment in study.enrolments:
        state = desk_state(enrolment)
        for showing in showings_of(enrolment):
            planned = purpose_at(state, showing.shown_number)
            if showing.purpose in ("gold", "retest"):
                assert planned == showing.purpose
            elif planned is not None:
                assert not eligible_before(enrolment, showing, planned), "ordinary work stands in only where none fits"


def eligible_before(enrolment: Enrolment, showing: Assignment, purpose: str) -> bool:
    """Whether anything could have been inserted at this showing: what she was given before it is known."""
    before = [held for held in showings_of(enrolment) if held.shown_number < showing.shown_number]
    number = showing.shown_number
    if purpose == Purpose.RETEST:
        retested = {held.task_id for held in before if held.purpose == "retest"}
        return any(
            held.shown_number < number - RETEST_AFTER - 1 and held.task_id not in retested
            for held in before
            if held.purpose in ("base", "overlap")
        )
    last = {held.task_id: held.shown_number for held in before if held.purpose == "gold"}
    return len(last) < N_GOLD or any(seen < number - GOLD_RETURNS_AFTER - 1 for seen in last.values())


def test_gold_positions_pass_a_runs_test(study: Lab) -> None:
    marks = [showing.purpose == "gold" for showing in showings_of(study.enrolments[0])]
    assert sum(marks) >= N_GOLD
    assert runs_p_value(marks[: GOLD_RETURNS_AFTER // 2]) > UNLIKELY


def test_no_task_comes_twice_but_gold_and_retests(study: Lab) -> None:
    for enrolment in study.enrolments:
        shown = defaultdict(list)
        for showing in showings_of(enrolment):
            shown[showing.task_id].append(showing)
        for showings in shown.values():
            assert [showing.showing for showing in showings] == list(range(len(showings)))
            purposes = [showing.purpose for showing in showings]
            assert set(purposes) == {"gold"} or purposes in (["base"], ["overlap"], *WITH_RETEST)


WITH_RETEST = (["base", "retest"], ["overlap", "retest"])


def test_a_retest_comes_late_and_mirrored(study: Lab) -> None:
    n_retests = 0
    for enrolment in study.enrolments:
        first: dict[int, Assignment] = {}
        for showing in showings_of(enrolment):
            if showing.purpose == "retest":
                n_retests += 1
                earlier = first[showing.task_id]
                assert earlier.outcome == "judged"
                assert showing.shown_number - earlier.shown_number > RETEST_AFTER
                assert showing.a_on_left is not earlier.a_on_left
            else:
                first[showing.task_id] = showing
    assert n_retests > 30


def test_gold_returns_after_two_hundred_showings_mirrored(study: Lab) -> None:
    last: dict[int, Assignment] = {}
    n_returned = 0
    for showing in showings_of(study.enrolments[0]):
        if showing.purpose != "gold":
            continue
        if (earlier := last.get(showing.task_id)) is not None:
            n_returned += 1
            assert showing.shown_number - earlier.shown_number > GOLD_RETURNS_AFTER
            assert showing.a_on_left is not earlier.a_on_left
        last[showing.task_id] = showing
    assert n_returned >= 3
    assert len(last) == N_GOLD


def test_gold_tasks_were_never_ordinary_work(study: Lab) -> None:
    gold = set(Gold.objects.values_list("task", flat=True))
    assert set(Draw.objects.filter(task__in=gold).values_list("purpose", flat=True)) == {"gold"}
    assert set(Assignment.objects.filter(purpose="gold").values_list("task", flat=True)) == gold


def test_gold_is_exposed_evenly(study: Lab) -> None:
    exposures = [exposure.n_shown for exposure in gold_exposures(study.study)]
    assert len(exposures) == N_GOLD
    assert max(exposures) - min(exposures) <= 2


def test_gold_that_few_have_seen_comes_first(db: None) -> None:
    """Twelve raters see a third of the gold each: by chance alone some would be shown to six, some to none."""
    lab = lab_with(n_items=24, n_raters=12, n_gold=12, gold_share=0.45)
    for enrolment in lab.enrolments:
        work_through(enrolment, most=9)
    exposures = [exposure.n_shown for exposure in gold_exposures(lab.study)]
    assert sum(exposures) > 30
    assert max(exposures) - min(exposures) <= 3


def test_dispositions_name_what_was_inserted(study: Lab) -> None:
    counts = counts_at(take_cut(study_id=study.study.pk))
    judged = Counter(Assignment.objects.filter(outcome="judged").values_list("purpose", flat=True))
    assert (counts["gold"], counts["retest"]) == (judged["gold"], judged["retest"])
    assert counts["used"] == judged["base"] + judged["overlap"]
    assert set(counts) == {"used", "gold", "retest"}


def test_plan_zero_holds_what_was_inserted(study: Lab) -> None:
    plan = Plan.objects.get(number=0)
    draws = Draw.objects.filter(plan=plan)
    assert set(draws.values_list("purpose", "band", "p_pair", "p_item")) == {
        (purpose, None, 1.0, 1.0) for purpose in ("gold", "retest")
    }
    assert draws.count() == Assignment.objects.filter(purpose__in=["gold", "retest"]).count()
    assert all(draw.rater_id == draw.assignments.get().rater_id for draw in draws)


# One thing at a time ------------------------------------------------------------------------------------------------


def all_gold(**more: object) -> Lab:
    """Half of what is shown is gold."""
    return lab_with(n_items=6, n_gold=4, gold_share=0.5, **more)


def reach_gold(enrolment: Enrolment) -> Assignment:
    """Rate until a gold task is given; it is not shown yet."""
    for _ in range(60):
        given = give_assignment(enrolment=enrolment)
        assert given is not None
        if given.purpose == "gold":
            return given
        skip_assignment(enrolment=enrolment, assignment=given, reason="technical")
    raise AssertionError("no gold came")


def test_going_away_and_coming_back_changes_nothing(db: None) -> None:
    lab = all_gold()
    mine, seen = lab.enrolments[0], []
    for number in range(1, 13):
        given = give_assignment(enrolment=mine)
        assert given is not None
        first = given.purpose
        for _ in range(4):
            release_assignment(enrolment=mine, assignment=given)
            given = give_assignment(enrolment=mine)
            assert given is not None
            assert (given.purpose == "gold") == (first == "gold")
        seen.append(first)
        mark_shown(assignment=given)
        skip_assignment(enrolment=mine, assignment=given, reason="technical")
        assert desk_state(mine).n_shown == number
    state = desk_state(mine)
    wanted = ["gold" if purpose_at(state, n) == Purpose.GOLD else None for n in range(1, 13)]
    places = [place for place, purpose in enumerate(wanted) if purpose == "gold"][:4]
    assert [place for place, purpose in enumerate(seen) if purpose == "gold"] == places


def test_gold_that_was_not_seen_comes_back_as_it_was(db: None) -> None:
    mine = all_gold().enrolments[0]
    held = reach_gold(mine)
    release_assignment(enrolment=mine, assignment=held)
    again = give_assignment(enrolment=mine)
    assert again is not None
    assert (again.pk, again.public_id, again.a_on_left, again.draw_id) == (
        held.pk, held.public_id, held.a_on_left, held.draw_id
    )  # fmt: skip


def test_retired_gold_is_not_shown_nor_given_again(db: None) -> None:
    lab = all_gold()
    held = reach_gold(lab.enrolments[0])
    release_assignment(enrolment=lab.enrolments[0], assignment=held)
    for gold in Gold.objects.all():
        retire_gold(gold=gold, reason="a test", by=None)
    work_through(lab.enrolments[0])
    assert not Assignment.objects.filter(purpose="gold", shown_at__isnull=False).exists()


def test_barred_gold_is_not_shown_nor_given_again(db: None) -> None:
    lab = all_gold()
    held = reach_gold(lab.enrolments[0])
    release_assignment(enrolment=lab.enrolments[0], assignment=held)
    items = Gold.objects.values_list("task__item__external_id", flat=True)
    bar_items(enrolment=lab.enrolments[0], items=items, reason="she wrote them", by=None)
    work_through(lab.enrolments[0])
    assert not Assignment.objects.filter(purpose="gold", shown_at__isnull=False).exists()


def test_a_task_she_met_as_ordinary_work_is_no_gold_for_her(db: None) -> None:
    lab = all_gold()
    page = Page(lab.enrolments[0])
    page.open()
    while page.painted().purpose == "gold":
        page.answer()
    met = page.painted().task
    page.answer()
    for gold in Gold.objects.all():
        retire_gold(gold=gold, reason="a test", by=None)
    set_gold(task=met, verdict="A", by=None)
    work_through(lab.enrolments[0])
    work_through(lab.enrolments[1])
    showings = Assignment.objects.filter(task=met)
    assert not showings.filter(rater=lab.enrolments[0].rater, purpose="gold").exists()
    assert showings.filter(rater=lab.enrolments[1].rater).count() == 1, "as gold, or before it as ordinary work"


def test_training_gold_is_never_hidden_gold(db: None) -> None:
    lab = lab_with(n_items=6, n_gold=1, n_training=4, gold_share=0.5)
    for enrolment in lab.enrolments:
        Enrolment.objects.filter(pk=enrolment.pk).update(standing="active")
        work_through(Enrolment.objects.get(pk=enrolment.pk))
    hidden = Gold.objects.get(use="hidden").task_id
    assert set(Assignment.objects.filter(purpose="gold").values_list("task", flat=True)) == {hidden}
    training = Gold.objects.filter(use="training").values_list("task", flat=True)
    assert not Assignment.objects.filter(task__in=training).exists()


def test_where_nothing_fits_nothing_is_inserted(db: None) -> None:
    lab = lab_with(n_items=8, retest_share=0.49)
    page = Page(lab.enrolments[0])
    page.open()
    while page.shown is not None:
        page.answer()
    showings = showings_of(lab.enrolments[0])
    assert {showing.purpose for showing in showings[: RETEST_AFTER + 1]} <= {"base", "overlap"}
    state = desk_state(lab.enrolments[0])
    assert any(purpose_at(state, n) == Purpose.RETEST for n in range(1, RETEST_AFTER + 1)), "it was due"


def test_a_barred_item_is_not_retested(db: None) -> None:
    lab = lab_with(n_items=20, retest_share=0.4)
    mine = lab.enrolments[0]
    page = Page(mine)
    page.open()
    for _ in range(RETEST_AFTER):
        page.answer()
    met = {showing.task.item.external_id for showing in showings_of(mine)}
    bar_items(enrolment=mine, items=met, reason="she wrote them", by=None)
    held = page.held
    while page.shown is not None:
        page.answer()
    later = Assignment.objects.filter(rater=mine.rater, purpose="retest", shown_number__gt=RETEST_AFTER + 2)
    assert not {s.task.item.external_id for s in later.exclude(public_id=held)} & met


def test_skipped_and_gold_tasks_are_never_retested(db: None) -> None:
    lab = lab_with(n_items=20, n_gold=6, gold_share=0.2, retest_share=0.3)
    page = Page(lab.enrolments[0])
    page.open()
    n = 0
    while page.shown is not None:
        n += 1
        if n % 2:
            page.skip()
        else:
            page.answer()
    for retest in Assignment.objects.filter(purpose="retest"):
        first = Assignment.objects.get(task=retest.task_id, showing=0)
        assert (first.outcome, first.purpose in ("base", "overlap")) == ("judged", True)
    assert Assignment.objects.filter(purpose="retest").exists()


def test_nothing_is_inserted_without_shares(db: None) -> None:
    lab = lab_with(n_items=10, n_gold=3)
    for enrolment in lab.enrolments:
        work_through(enrolment)
        assert claim_insertion(desk_state(enrolment)) is None
    assert not Plan.objects.filter(number=0).exists()
    assert Task.objects.filter(golds__isnull=False, assignments__isnull=False).count() == 0


def test_two_raters_at_once_make_one_plan_zero(db: None) -> None:
    lab = all_gold()
    for enrolment in lab.enrolments:
        reach_gold(enrolment)
    assert Plan.objects.filter(number=0).count() == 1
    assert len({draw.ordinal for draw in Draw.objects.filter(plan__number=0)}) == 2


# Where the showing exists already ---------------------------------------------------------------------------------


def import_showing(enrolment: Enrolment, of: Task) -> None:
    """Her answer to this task, given elsewhere: imports do not ask for her desk."""
    Assignment.objects.create(
        study_id=of.study_id, task=of, system_low=of.system_low, system_high=of.system_high, rater=enrolment.rater,
        showing=0, purpose="base", source="imported", outcome="judged", protocol=current_protocol(of.study),
        a_on_left=True,
    )  # fmt: skip


@pytest.fixture
def met_elsewhere(db: None, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Whatever training task is chosen, her answer to it is imported before it is given."""
    lab = lab_with(n_items=6, n_training=2)
    choose = insertions._CHOOSE[Purpose.TRAINING]

    def choose_too_late(state: DeskState) -> object:
        chosen = choose(state)
        if chosen is not None:
            import_showing(lab.enrolments[0], Task.objects.get(pk=chosen.task_id))
        return chosen

    monkeypatch.setitem(insertions._CHOOSE, Purpose.TRAINING, choose_too_late)
    return lab


def test_a_showing_that_exists_by_now_leaves_no_draw(met_elsewhere: Lab) -> None:
    mine = met_elsewhere.enrolments[0]
    for n_imported in (1, 2):
        assert give_assignment(enrolment=mine) is None
        assert Assignment.objects.count() == n_imported
        assert not Draw.objects.filter(plan__number=0).exists()
    assert give_assignment(enrolment=mine) is None, "both are ordinary work that she has done"
    assert not Plan.objects.filter(number=0).exists()


def test_after_a_showing_that_exists_by_now_the_next_one_is_given(
    met_elsewhere: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = met_elsewhere.enrolments[0]
    assert give_assignment(enrolment=mine) is None
    monkeypatch.undo()
    given = give_assignment(enrolment=mine)
    assert given is not None
    assert given.purpose == "training"
    assert Draw.objects.filter(plan__number=0).get().pk == given.draw_id
