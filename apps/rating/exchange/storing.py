"""Storing a whole study at once: all of it or nothing, and the same file twice is the same as once."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Workspace
from apps.core import audit
from apps.core.database.copying import refresh_statistics
from apps.core.database.locks import lock, writing_facts
from apps.studies.material import StudyFile
from apps.studies.models import Study, System
from apps.studies.services import ProtocolTerms, create_study
from apps.studies.services.material import Differs, Stored, store_items, store_outputs, store_systems
from apps.studies.services.protocol import criteria_of, current_protocol

from .bundle import Bundle
from .problems import ImportRefused, Problem, shown
from .storing_facts import FactStore
from .terms import STUDY_FILE

FILLED = (
    "studies_item",
    "studies_output",
    "studies_outputfinding",
    "studies_studyitem",
    "studies_studyoutput",
    "rating_rater",
    "rating_enrolment",
    "rating_standingchange",
    "rating_task",
    "rating_assignment",
    "rating_judgment",
)


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import added; all zero when everything was there already."""

    study_is_new: bool
    n_items: int
    n_systems: int
    n_outputs: int
    n_golds: int
    n_judgments: int


@transaction.atomic
def import_bundle(
    *, bundle: Bundle, workspace: Workspace, slug: str, by: UUID | None, is_invented: bool = False
) -> ImportSummary:
    """Store a bundle in the study `slug`, which is made if it is new.

    What is there already and says the same stays; what is new is added; what says something else is refused,
    with every such row, and then nothing is stored.
    """
    lock(f"import:{workspace.pk}")
    n_systems = _material(store_systems(workspace_id=workspace.pk, rows=bundle.systems))
    study, is_new = _study(bundle.study, workspace, slug, by=by, is_invented=is_invented)
    writing_facts(study.pk)
    n_items = _material(store_items(study=study, rows=bundle.items))
    n_outputs = _material(store_outputs(study=study, rows=bundle.outputs))
    facts = FactStore(study, by)
    n_golds, n_judgments = facts.store(bundle.golds, bundle.judgments)
    summary = ImportSummary(is_new, n_items, n_systems, n_outputs, n_golds, n_judgments)
    if any((is_new, n_items, n_systems, n_outputs, n_golds, n_judgments)):
        refresh_statistics(FILLED)
        audit.record(
            "study imported",
            f"study:{slug}",
            by=by,
            workspace_id=workspace.pk,
            items=n_items,
            outputs=n_outputs,
            judgments=n_judgments,
        )
    return summary


def _material(stored: Stored) -> int:
    _refuse_differing(stored.differing)
    return stored.n_new


def _refuse_differing(differing: Iterable[Differs]) -> None:
    """Changed rows are refused, each with its place."""
    problems = [
        Problem(
            d.row.file or "the import",
            d.row.line or None,
            d.column,
            "what the study holds already (changed material belongs in a new study)",
            "something else",
        )
        for d in differing
    ]
    if problems:
        raise ImportRefused(problems)


def _study(
    terms: StudyFile | None, workspace: Workspace, slug: str, *, by: UUID | None, is_invented: bool
) -> tuple[Study, bool]:
    found = Study.objects.select_related("workspace").filter(workspace=workspace, slug=slug).first()
    if found is not None:
        if terms is not None:
            _refuse_other_terms(terms, found)
        return found, False
    terms = terms or StudyFile()
    baseline = System.objects.filter(workspace=workspace, name=terms.baseline).first() if terms.baseline else None
    study = create_study(
        workspace=workspace,
        slug=slug,
        name=terms.name or slug,
        terms=ProtocolTerms(
            question=terms.question,
            guideline=terms.guideline,
            verdicts=terms.verdicts,
            criteria=tuple(criterion.as_dict() for criterion in terms.criteria),
            baseline=baseline,
            **terms.work(),
        ),
        by=by,
        is_invented=is_invented,
    )
    return study, True


def _refuse_other_terms(terms: StudyFile, study: Study) -> None:
    protocol = current_protocol(study)
    pairs = {
        "name": (terms.name or study.slug, study.name),
        "question": (terms.question, protocol.question),
        "guideline": (terms.guideline, protocol.guideline),
        "verdicts": (sorted(terms.verdicts), sorted(protocol.verdicts)),
        "criteria": ([criterion.as_dict() for criterion in terms.criteria], criteria_of(protocol)),
        "baseline": (terms.baseline, protocol.baseline.name if protocol.baseline else None),
        **{name: (given, getattr(protocol, name)) for name, given in terms.work().items()},
    }
    problems = [
        Problem(STUDY_FILE, None, column, f"{shown(stored)}, as the study says", shown(given))
        for column, (given, stored) in pairs.items()
        if given != stored
    ]
    if problems:
        raise ImportRefused(problems)
