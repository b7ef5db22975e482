"""Keeping what the scanner finds: outputs that say which system they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Workspace
from apps.core import audit
from apps.core.database.copying import copy_rows
from apps.core.database.locks import lock, writing_facts
from apps.studies.identification import (
    SCANNER_VERSION,
    Finding,
    find_self_identification,
    spoken_text,
    telling_words,
)
from apps.studies.models import Output, OutputFinding, Study, StudyOutput, System

CHUNK = 2_000

Said = tuple[int, str | None, Sequence[Mapping[str, str]] | None]


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """What a scan looked at and what it added."""

    n_outputs: int
    n_new_findings: int


def own_words_of(workspace_id: int) -> frozenset[str]:
    """The words by which one of the workspace's own systems could be known."""
    systems = System.objects.filter(workspace=workspace_id).values_list("name", "family")
    return telling_words(name for pair in systems for name in pair)


def store_findings(outputs: Iterable[Said], own_words: frozenset[str]) -> int:
    """Scan outputs (id, text, messages) that were never scanned at this version; how many findings were stored.

    The caller holds `writing_facts` of every study that has these outputs: a cut knows findings by their ids.
    """
    return _copy(_found(outputs, own_words))


def scan_outputs(*, workspace: Workspace, study: Study | None = None, by: UUID | None = None) -> ScanSummary:
    """Scan the stored outputs of the workspace (or of one of its studies) anew; what was found before stays.

    For outputs of earlier releases, after the scanner learned something, or after new systems brought new names.
    """
    own_words, after, n_outputs, n_new = own_words_of(workspace.pk), 0, 0, 0
    outputs = Output.objects.filter(workspace=workspace).order_by("pk")
    if study is not None:
        outputs = outputs.filter(pk__in=StudyOutput.objects.filter(study=study).values("output"))
    while chunk := list(outputs.filter(pk__gt=after).values_list("pk", "text", "messages")[:CHUNK]):
        n_new += _scan_chunk(chunk, own_words, workspace.pk)
        n_outputs, after = n_outputs + len(chunk), chunk[-1][0]
    subject = f"study:{study.slug}" if study else f"workspace:{workspace.slug}"
    audit.record("outputs scanned", subject, by=by, workspace_id=workspace.pk, outputs=n_outputs, findings=n_new)
    return ScanSummary(n_outputs, n_new)


@transaction.atomic
def _scan_chunk(chunk: Sequence[Said], own_words: frozenset[str], workspace_id: int) -> int:
    # No import may add these outputs to another study meanwhile: its lock would be missing below.
    lock(f"import:{workspace_id}")
    ids = [output for output, _, _ in chunk]
    for study_id in sorted(set(StudyOutput.objects.filter(output__in=ids).values_list("study", flat=True))):
        writing_facts(study_id)
    known = OutputFinding.objects.filter(output__in=ids, scanner_version=SCANNER_VERSION)
    keys = set(known.values_list("output", "start", "kind"))
    return _copy((output, f) for output, f in _found(chunk, own_words) if (output, f.start, f.kind.value) not in keys)


def _found(outputs: Iterable[Said], own_words: frozenset[str]) -> Iterator[tuple[int, Finding]]:
    for output, text, messages in outputs:
        for finding in find_self_identification(spoken_text(text, messages), own_words):
            yield output, finding


def _copy(found: Iterable[tuple[int, Finding]]) -> int:
    now = timezone.now()
    rows: list[tuple[Any, ...]] = [
        (output, SCANNER_VERSION, f.kind.value, f.excerpt, f.start, f.end, now) for output, f in found
    ]
    columns = ("output_id", "scanner_version", "kind", "excerpt", "start", "end", "created_at")
    copy_rows("studies_outputfinding", columns, rows)
    return len(rows)
