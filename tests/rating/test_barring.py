"""Items a rater may not see: never served to her in any way, told in words, taken back."""

import pytest

from apps.core.errors import Refused
from apps.core.models import AuditEvent
from apps.rating.models import Assignment, Enrolment, ItemBar
from apps.rating.selectors import why_no_task
from apps.rating.services import bar_items, give_assignment, lift_bars, qualification_of, record_judgment
from tests.studies_for_tests import Lab

from .desk_for_tests import Page, lab_with, work_through

pytestmark = pytest.mark.slow

ITEMS = ["item-1", "item-2"]


def bar(enrolment: Enrolment, items: list[str] = ITEMS, reason: str = "she wrote them") -> int:
    return bar_items(enrolment=enrolment, items=items, reason=reason, by=None)


def items_shown(enrolment: Enrolment) -> set[str]:
    return set(Assignment.objects.filter(rater=enrolment.rater).values_list("task__item__external_id", flat=True))


def test_barred_items_are_never_served_and_others_are(lab: Lab) -> None:
    mine, other = lab.enrolments
    assert bar(mine) == 2
    assert work_through(mine) > 0
    work_through(other)
    assert items_shown(mine) == {"item-0", "item-3"}
    assert items_shown(other) >= set(ITEMS), "a bar is for one rater"
    assert "rated every task" in why_no_task(mine).sentence


def test_gold_and_retests_of_barred_items_are_not_shown(db: None) -> None:
    lab = lab_with(n_items=24, n_gold=9, gold_share=0.3, retest_share=0.2)
    mine = lab.enrolments[0]
    barred = ["item-0", "item-1", "item-5"]
    bar(mine, barred)
    work_through(mine)
    assert not items_shown(mine) & set(barred)
    assert Assignment.objects.filter(rater=mine.rater, purpose="gold").exists()


def test_training_of_barred_items_is_not_shown_and_is_no_part_of_her_test(db: None) -> None:
    lab = lab_with(n_items=4, n_training=4)
    mine = lab.enrolments[0]
    bar(mine, ["item-0"])  # three of the four training tasks are its
    assert qualification_of(mine).n_all == 1
    page = Page(mine)
    page.open()
    page.answer("left" if page.painted().a_on_left else "right")
    assert Enrolment.objects.get(pk=mine.pk).standing == "active"
    assert "item-0" not in items_shown(mine)


def test_lifting_the_bar_brings_them_back(lab: Lab) -> None:
    mine = lab.enrolments[0]
    bar(mine)
    work_through(mine)
    assert lift_bars(enrolment=mine, items=["item-1", "item-0"], by=None) == 1
    assert work_through(mine) == 3
    assert "item-1" in items_shown(mine)
    assert lift_bars(enrolment=mine, items=["item-1"], by=None) == 0


def test_barring_twice_changes_nothing_and_is_told_once(lab: Lab) -> None:
    mine = lab.enrolments[0]
    assert (bar(mine), bar(mine), bar(mine, ["item-1", "item-3"])) == (2, 0, 1)
    assert ItemBar.objects.count() == 3
    told = AuditEvent.objects.filter(verb="items barred")
    assert [event.details["n"] for event in told.order_by("pk")] == [2, 1]


@pytest.mark.parametrize("items", [["item-99"], ["item-0", "item-99"], [""]])
def test_an_unknown_item_is_refused_and_nothing_is_stored(lab: Lab, items: list[str]) -> None:
    with pytest.raises(Refused, match="no item"):
        bar(lab.enrolments[0], items)
    assert not ItemBar.objects.exists()


def test_a_bar_needs_a_reason(lab: Lab) -> None:
    with pytest.raises(Refused, match="Say why"):
        bar(lab.enrolments[0], reason="  ")
    assert not ItemBar.objects.exists()


def test_what_she_holds_is_hers_to_finish_and_what_she_let_go_is_not(lab: Lab) -> None:
    page = Page(lab.enrolments[0])
    page.open()
    held = page.painted()
    bar(page.enrolment, [f"item-{n}" for n in range(4)])
    again = give_assignment(enrolment=page.enrolment)
    assert again is not None
    assert again.pk == held.pk
    assert page.answer().receipt is not None
    assert page.answer().receipt is not None
    assert give_assignment(enrolment=page.enrolment) is None


def test_an_item_barred_while_it_was_on_her_short_list_is_not_served(lab: Lab) -> None:
    """The list of open draws is kept between requests; each draw is checked again when it is claimed."""
    mine = lab.enrolments[0]
    page = Page(mine)
    page.open()
    for _ in range(8):
        page.answer()
    open_items = {f"item-{n}" for n in range(4)}
    held = items_shown(mine)
    bar(mine, sorted(open_items))
    while page.shown is not None:
        page.answer()
    assert items_shown(mine) == held


def test_a_barred_rater_s_late_answer_is_stored(lab: Lab) -> None:
    given = lab.assignment()
    bar(lab.enrolments[0], ["item-0", "item-1", "item-2", "item-3"])
    record_judgment(
        enrolment=lab.enrolments[0], assignment_id=given.public_id, submission=given.public_id, choice="left"
    )
    assert Assignment.objects.get().outcome == "judged"
