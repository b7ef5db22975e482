"""A whole study as files of the documented format. Importing them elsewhere gives the same leaderboard.

Nothing personal leaves: people appear by uuid. Judges keep their names where the name alone makes the uuid.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from apps.core.errors import Refused
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Enrolment, Gold, Judgment, Rater, RaterKind
from apps.rating.services import take_cut
from apps.studies.material import WORK_TERMS, CriterionRow, ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study, StudyItem, StudyOutput, System
from apps.studies.services.protocol import criteria_of, current_protocol

from .documents import (
    Document,
    gold_document,
    item_document,
    judgment_document,
    output_document,
    study_document,
    system_document,
    write_jsonl,
)
from .identity import rater_uuid
from .rows import GoldRow, JudgmentRow
from .terms import STUDY_FILE

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """How many rows each file holds."""

    n_items: int
    n_systems: int
    n_outputs: int
    n_golds: int
    n_judgments: int


def export_study(*, study: Study, folder: Path) -> ExportSummary:
    """Write the study into `folder`, which must be new or empty: all files or none."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is there already and not empty. Name a new folder with --out.")
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        with transaction.atomic():
            summary = _write(study, unfinished)
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return summary


def _write(study: Study, folder: Path) -> ExportSummary:
    (folder / STUDY_FILE).write_text(terms_text(study), encoding="utf-8")
    rows = {name: write_jsonl(folder / f"{name}.jsonl", table) for name, table in documents_of(study).items()}
    return ExportSummary(
        n_items=rows["items"],
        n_systems=rows["systems"],
        n_outputs=rows["outputs"],
        n_golds=rows["gold"],
        n_judgments=rows["judgments"],
    )


def terms_text(study: Study) -> str:
    """study.json."""
    return json.dumps(study_document(terms_of(study)), ensure_ascii=False, indent=1) + "\n"


def documents_of(study: Study) -> dict[str, Iterator[Document]]:
    """The rows of each table as the documented format writes them; read only as they are asked for.

    The cut comes first: whatever is judged or imported meanwhile, no judgment is of a task that the files lack.
    """
    cut = take_cut(study_id=study.pk)
    return {
        "items": map(item_document, _items(study)),
        "systems": map(system_document, _systems(study)),
        "outputs": map(output_document, _outputs(study)),
        "gold": map(gold_document, _golds(study)),
        "judgments": map(judgment_document, _judgments(study, cut)),
    }


def terms_of(study: Study) -> StudyFile:
    """The terms of a stored study, as study.json says them."""
    protocol = current_protocol(study)
    return StudyFile(
        name=study.name,
        question=protocol.question,
        guideline=protocol.guideline,
        verdicts=tuple(protocol.verdicts),
        criteria=tuple(CriterionRow.from_dict(criterion) for criterion in criteria_of(protocol)),
        baseline=protocol.baseline.name if protocol.baseline else None,
        **{name: getattr(protocol, name) for name in WORK_TERMS},
    )


def _items(study: Study) -> Iterator[ItemRow]:
    for row in StudyItem.objects.filter(study=study).select_related("item").order_by("pk").iterator(_CHUNK):
        item = row.item
        yield ItemRow(
            external_id=item.external_id,
            group=item.group,
            messages=tuple(item.messages),
            context=item.context,
            reference=item.reference,
            slices=item.slices,
            metadata=item.metadata,
        )


def _systems(study: Study) -> Iterator[SystemRow]:
    used = StudyOutput.objects.filter(study=study).values("system")
    for system in System.objects.filter(pk__in=used).order_by("name"):
        yield SystemRow(name=system.name, family=system.family, version=system.version, settings=system.settings)


def _outputs(study: Study) -> Iterator[OutputRow]:
    rows = StudyOutput.objects.filter(study=study).select_related("item", "system", "output")
    for row in rows.order_by("pk").iterator(_CHUNK):
        output = row.output
        yield OutputRow(
            item=row.item.external_id,
            system=row.system.name,
            sample=row.sample,
            text=output.text,
            messages=None if output.messages is None else tuple(output.messages),
            latency_ms=output.latency_ms,
            cost_usd=output.cost_usd,
            tokens=output.tokens,
        )


def _golds(study: Study) -> Iterator[GoldRow]:
    golds = Gold.objects.filter(study=study, retirement__isnull=True).select_related(
        "task__item", "task__system_a", "task__system_b", "task__output_a", "task__output_b"
    )
    for gold in golds.order_by("pk"):
        yield GoldRow(
            item=gold.task.item.external_id,
            **_task_columns(gold.task),
            verdict=gold.verdict,
            criteria=gold.answers,
            rationale=gold.rationale or None,
            use=gold.use,
        )


def _task_columns(task: Any) -> dict[str, Any]:
    if task.system_b is None:
        return {"output": task.system_a.name, "sample": task.output_a.sample}
    return {
        "output_a": task.system_a.name,
        "output_b": task.system_b.name,
        "sample_a": task.output_a.sample,
        "sample_b": task.output_b.sample,
    }


def _judgments(study: Study, cut: Cut) -> Iterator[JudgmentRow]:
    dispositions = _dispositions(cut)
    groups = dict(Enrolment.objects.filter(study=study).values_list("rater", "group"))
    rows = Judgment.objects.filter(study=study, pk__lte=cut.last_judgment).select_related(
        "assignment__task__item",
        "assignment__task__system_a",
        "assignment__task__system_b",
        "assignment__task__output_a",
        "assignment__task__output_b",
        "assignment__rater",
        "assignment__draw",
        "comment",
    )
    for row in rows.order_by("pk").iterator(_CHUNK):
        yield _judgment(row, dispositions.get(row.pk, "superseded"), groups.get(row.assignment.rater_id) or None)


def _judgment(judgment: Judgment, disposition: str, group: str | None) -> JudgmentRow:
    showing = judgment.assignment
    task, draw = showing.task, showing.draw
    left = None
    if showing.a_on_left is not None and task.system_b is not None:
        left = (task.system_a if showing.a_on_left else task.system_b).name
    return JudgmentRow(
        item=task.item.external_id,
        rater=_rater_word(showing.rater),
        uuid=judgment.submission,
        showing=showing.showing,
        rater_group=group,
        kind=showing.rater.kind,
        **_task_columns(task),
        verdict=judgment.verdict,
        criteria=judgment.answers,
        left=left,
        first_seen=None if task.system_b is None else showing.first_seen,
        judged_at=judgment.judged_at,
        shown_ms=judgment.shown_ms,
        confidence=judgment.confidence,
        comment=judgment.comment.text if hasattr(judgment, "comment") else None,
        purpose=showing.purpose,
        revision=judgment.revision,
        disposition=disposition,
        flags=tuple(judgment.flags),
        p_pair=draw.p_pair if draw else showing.imported_p_pair,
        p_item=draw.p_item if draw else showing.imported_p_item,
        unparsed=judgment.parse_status == "unparsed",
        metadata=judgment.metadata,
    )


def _rater_word(rater: Rater) -> str:
    """A person is her uuid; a judge its name, where reading the name gives the uuid again."""
    is_nameable = rater.kind == RaterKind.JUDGE and rater.name and rater_uuid(rater.name) == rater.uuid
    return rater.name if is_nameable else str(rater.uuid)


def _dispositions(cut: Cut) -> dict[int, str]:
    judged = judgments_at(cut)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {judged.sql} SELECT judgment_id, disposition FROM judged",  # noqa: S608 - our own text
            judged.parameters,
        )
        return dict(cursor.fetchall())
