"""A study with everything a reading room is for: splits, conflicts, flags, comments, judges, a rubric."""

import re
from collections.abc import Iterator
from uuid import uuid4

from apps.accounts.models import Workspace
from apps.rating.exchange.rows import JudgmentRow
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Task
from apps.studies.material import Anchor, CriterionRow, StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import SYSTEMS, bundle_of

ONE, TWO, THREE = SYSTEMS
YES_NO = (Anchor(value="yes", label="Yes"), Anchor(value="no", label="No"))
POINTS = tuple(Anchor(value=n, label=f"{n} of 3") for n in (1, 2, 3))
SIDES = (Anchor(value="A", label="A"), Anchor(value="TIE", label="Same"), Anchor(value="B", label="B"))
CRITERIA = (
    CriterionRow(key="truer", about="comparison", question="Which is truer?", anchors=SIDES),
    CriterionRow(key="true", question="How true is it?", anchors=POINTS),
    CriterionRow(key="short", question="Is it short?", anchors=YES_NO),
)
# By item: the verdicts of people on system one (A) against system two (B).
SAID = {
    "item-0": ("A", "A", "A", "B", "B", "B"),
    "item-1": ("A", "B"),
    "item-2": ("A", "A", "A"),
    "item-3": ("BOTH_BAD", "BOTH_BAD"),
    "item-4": ("A",),
    "item-5": ("TIE", "TIE"),
}
# By item: what a judge said with one order, and with the other.
JUDGED = {"item-2": ("B", "B"), "item-5": ("A", "B"), "item-4": ("A", "A")}


def study_with(workspace: Workspace, slug: str = "read", n_items: int = 6) -> Study:
    """The study, imported: its judgments above, and two people on a rubric of item 0."""
    file = StudyFile(name="To read", question="Which is better?", criteria=CRITERIA)
    rows = (*_people(), *_judge(), *_rubric())
    import_bundle(bundle=bundle_of(n_items, study=file, judgments=rows), workspace=workspace, slug=slug, by=None)
    return Study.objects.select_related("workspace").get(workspace=workspace, slug=slug)


def task_of(study: Study, item: str, kind: str = "comparison") -> Task:
    """The task on an item."""
    return Task.objects.get(study=study, item__external_id=item, kind=kind)


def items(page: str) -> list[str]:
    """The items of a list, in its order."""
    return re.findall(r'class="item-name">([^<]+)<', page)


def words(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def _people() -> Iterator[JudgmentRow]:
    for item, verdicts in SAID.items():
        for n, verdict in enumerate(verdicts):
            yield JudgmentRow(
                item=item,
                rater=f"person {n}",
                uuid=uuid4(),
                showing=0,
                output_a=ONE,
                output_b=TWO,
                verdict=verdict,
                left=ONE if n % 2 else TWO,
                flags=("identified",) if item == "item-4" else (),
                comment=f"B is <b>worse</b> on {item}." if item == "item-3" and n == 0 else None,
                criteria={"truer": "A" if n % 2 else "B"} if item == "item-1" else None,
            )


def _judge() -> Iterator[JudgmentRow]:
    for item, orders in JUDGED.items():
        for showing, (left, verdict) in enumerate(zip((ONE, TWO), orders, strict=True)):
            yield JudgmentRow(
                item=item,
                rater="judge-1",
                uuid=uuid4(),
                showing=showing,
                kind="judge",
                output_a=ONE,
                output_b=TWO,
                verdict=verdict,
                left=left,
            )


def _rubric() -> Iterator[JudgmentRow]:
    for n, true in enumerate((1, 3)):
        yield JudgmentRow(
            item="item-0",
            rater=f"person {n}",
            uuid=uuid4(),
            showing=0,
            output=THREE,
            criteria={"true": true, "short": "yes"},
        )
