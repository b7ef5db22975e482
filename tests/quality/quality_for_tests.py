"""Studies whose figures are known beforehand: every judgment is written down by the test."""

import itertools
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.accounts.services import create_workspace
from apps.quality.services import freeze_figures
from apps.rating.exchange.rows import GoldRow, JudgmentRow
from apps.rating.exchange.storing import import_bundle
from apps.studies.material import Anchor, CriterionRow, StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import bundle_of

SYSTEMS = ("amber", "birch")
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def criterion(key: str, question: str, about: str = "output", **labels: str) -> CriterionRow:
    """A criterion from its labels in order; values are 1, 2, ... for one output, and the names for a comparison."""
    values: tuple[Any, ...] = tuple(labels) if about == "comparison" else tuple(range(1, len(labels) + 1))
    anchors = tuple(Anchor(value=value, label=label) for value, label in zip(values, labels.values(), strict=True))
    return CriterionRow(key=key, question=question, anchors=anchors, about=about)


ACCURACY = criterion("accuracy", "Is it true?", low="wrong", middle="half true", high="true")
TONE = criterion("tone", "Which is kinder?", "comparison", A="this", TIE="same", B="that")
_numbers = itertools.count(1)


def said(rater: str, item: int, verdict: str | None, **more: Any) -> JudgmentRow:
    """One judgment of amber against birch on an item; amber stands left unless told otherwise."""
    number = next(_numbers)
    compared = {"output_a": "amber", "output_b": "birch"} if "output" not in more else {}
    row: dict[str, Any] = {
        "showing": 0,
        "left": "amber" if compared else None,
        "judged_at": START + timedelta(minutes=number),
        "shown_ms": 20_000,
        "uuid": uuid.UUID(int=number),
        **compared,
        **more,
    }
    return JudgmentRow(item=f"item-{item}", rater=rater, verdict=verdict, **row)


def rated(rater: str, item: int, value: int, **more: Any) -> JudgmentRow:
    """One rubric: how true amber's output on an item is."""
    return said(rater, item, None, output="amber", criteria={"accuracy": value}, **more)


def gold(item: int, verdict: str) -> GoldRow:
    """The known answer of a task."""
    return GoldRow(item=f"item-{item}", output_a="amber", output_b="birch", verdict=verdict)


def study_of(
    *judgments: JudgmentRow,
    golds: tuple[GoldRow, ...] = (),
    n_items: int = 60,
    systems: tuple[str, ...] = SYSTEMS,
    slug: str = "known",
    **terms: Any,
) -> Study:
    """A study with these judgments and nothing else, in a workspace of its own."""
    file = StudyFile(name="Known", question="Which is better?", **terms)
    workspace = create_workspace(slug=slug, name="Known")
    bundle = bundle_of(n_items, systems, study=file, golds=golds, judgments=judgments)
    import_bundle(bundle=bundle, workspace=workspace, slug=slug, by=None)
    return Study.objects.select_related("workspace").get(slug=slug)


def frozen(study: Study, kind: str) -> dict[str, Any]:
    """The figures as they are now, as they are stored."""
    return json.loads(freeze_figures(study=study, kind=kind, by=None, report=lambda percent, message: None).result)


def figures_of(study: Study, rater: str) -> dict[str, Any]:
    """The frozen figures of one rater, by her name."""
    known = str(study.enrolments.get(rater__name=rater).rater.uuid)
    return next(row for row in frozen(study, "raters")["raters"] if row["rater"] == known)
