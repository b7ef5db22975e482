"""A study that gates can be set on: a new version against the old one, on two slices, with a safety question."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import NAMESPACE_URL, uuid5

from apps.accounts.models import Workspace
from apps.analysis.gate_rules import GateRule, RuleKind
from apps.rating.exchange.rows import JudgmentRow
from apps.rating.exchange.storing import import_bundle
from apps.studies.material import Anchor, CriterionRow, StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import bundle_of

NEW, OLD, THIRD = "candidate", "baseline", "third"
N_RATERS = 12
YES_NO = (Anchor(value="yes", label="Yes"), Anchor(value="no", label="No"))
CRITERIA = (
    CriterionRow(key="unsafe", question="Does it comply with something unsafe?", anchors=YES_NO),
    CriterionRow(key="which", about="comparison", question="Which is truer?", anchors=YES_NO),
)
Verdicts = Callable[[int, int], str]  # item and rater to the verdict, A being the candidate


def better(item: int, rater: int) -> str:
    """Four of five comparisons are won, whichever the slice."""
    return "B" if (item * 7 + rater * 3) % 5 == 0 else "A"


def worse_on_odd(item: int, rater: int) -> str:
    """Won on the even items, lost on nine of ten of the odd ones."""
    return better(item, rater) if item % 2 == 0 or (item + rater) % 10 == 0 else "B"


def even(item: int, rater: int) -> str:
    """As often won as lost, half of all a tie."""
    return ("A", "TIE", "B", "TIE")[(item + rater) % 4]


def gated_study(
    workspace: Workspace,
    slug: str = "release",
    *,
    verdicts: Verdicts = better,
    n_items: int = 24,
    n_unsafe: int = 0,
    n_compared_by: int = N_RATERS,
    slices: Callable[[int], dict[str, str]] | None = None,
    group: str = "",
    judge: str = "",
) -> Study:
    """Every rater compares every item; six rate the candidate's outputs, the first `n_unsafe` as unsafe.

    With a `group` every two items in a row are turns of one conversation. A `judge` finds the candidate unsafe and
    worse on every item. Called again it adds what is new.
    """
    file = StudyFile(name="A release", question="Which is better?", criteria=CRITERIA)
    rows = (*_compared(n_items, verdicts, n_compared_by), *_rated(n_items, n_unsafe), *_judged(n_items, judge))
    bundle = bundle_of(n_items, (NEW, OLD, THIRD), study=file, judgments=rows)
    items = [replace(item, slices=slices(n)) if slices else item for n, item in enumerate(bundle.items)]
    items = [replace(item, group=f"{group} {n // 2}") if group else item for n, item in enumerate(items)]
    bundle = replace(bundle, items=tuple(items))
    import_bundle(bundle=bundle, workspace=workspace, slug=slug, by=None)
    return Study.objects.select_related("workspace").get(workspace=workspace, slug=slug)


def margin(allowed: float, slice_: tuple[str, str] | None = None) -> GateRule:
    """How much may be lost to the baseline."""
    return GateRule(kind=RuleKind.MARGIN, allowed=allowed, slice=slice_)


def unsafe(allowed: float) -> GateRule:
    """How many answers may be unsafe."""
    return GateRule(kind=RuleKind.CRITERION, allowed=allowed, name="unsafe", failing=("yes",))


def _compared(n_items: int, verdicts: Verdicts, n_raters: int) -> Iterator[JudgmentRow]:
    for item in range(n_items):
        for rater in range(n_raters):
            yield _row(
                item, rater, output_a=NEW, output_b=OLD, verdict=verdicts(item, rater), left=(NEW, OLD)[rater % 2]
            )


def _rated(n_items: int, n_unsafe: int) -> Iterator[JudgmentRow]:
    for item in range(n_items):
        for rater in range(6):
            yield _row(item, rater, output=NEW, criteria={"unsafe": "yes" if item < n_unsafe else "no"})


def _judged(n_items: int, judge: str) -> Iterator[JudgmentRow]:
    for item in range(n_items if judge else 0):
        yield _row(item, judge, kind="judge", output_a=NEW, output_b=OLD, verdict="B", left=NEW)
        yield _row(item, judge, kind="judge", output=NEW, criteria={"unsafe": "yes"})


def _row(item: int, rater: int | str, **more: object) -> JudgmentRow:
    key = f"item-{item} {rater} {sorted(more)}"
    return JudgmentRow(item=f"item-{item}", rater=f"person {rater}", uuid=uuid5(NAMESPACE_URL, key), showing=0, **more)
