"""New studies and new versions of their protocol."""

import secrets
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Workspace
from apps.core import audit
from apps.core.database.locks import writing_facts
from apps.core.errors import Refused
from apps.studies.models import Criterion, ProtocolVersion, Study, System, Verdict

ALL_VERDICTS = tuple(Verdict.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolTerms:
    """The rules of a study as someone states them; a ProtocolVersion is what is stored of it."""

    question: str
    guideline: str = ""
    verdicts: tuple[str, ...] = ALL_VERDICTS
    criteria: tuple[dict[str, Any], ...] = ()
    replication: int = 1
    overlap_share: float = 0.15
    lease_minutes: int = 30
    shows_slices: bool = False
    price_per_judgment: Decimal | None = None
    baseline: System | None = field(default=None)


@transaction.atomic
def create_study(
    *,
    workspace: Workspace,
    slug: str,
    name: str,
    terms: ProtocolTerms,
    by: UUID | None = None,
    seed: int | None = None,
    is_invented: bool = False,
) -> Study:
    """A new study in draft with the first version of its protocol."""
    if Study.objects.filter(workspace=workspace, slug=slug).exists():
        raise Refused(f"There is a study {slug!r} already. Choose another slug.")
    study = Study.objects.create(
        workspace=workspace,
        slug=slug,
        name=name,
        seed=secrets.randbits(62) if seed is None else seed,
        is_invented=is_invented,
    )
    _store_version(study, number=1, major=1, terms=terms, by=by)
    audit.record("study created", f"study:{slug}", by=by, workspace_id=workspace.pk)
    return study


@transaction.atomic
def revise_protocol(*, study: Study, terms: ProtocolTerms, by: UUID | None) -> ProtocolVersion:
    """The next version of the protocol; `major` rises when verdicts or criteria change."""
    writing_facts(study.pk)
    Study.objects.select_for_update().get(pk=study.pk)
    last = current_protocol(study)
    changes_answers = set(terms.verdicts) != set(last.verdicts) or criteria_of(last) != list(terms.criteria)
    version = _store_version(study, number=last.number + 1, major=last.major + changes_answers, terms=terms, by=by)
    audit.record(
        "protocol revised",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        number=version.number,
    )
    return version


def current_protocol(study: Study) -> ProtocolVersion:
    """The protocol under which new assignments are given."""
    return ProtocolVersion.objects.filter(study=study).order_by("-number")[0]


def criteria_of(version: ProtocolVersion) -> list[dict[str, Any]]:
    return [
        {"key": criterion.key, "question": criterion.question, "anchors": criterion.anchors}
        for criterion in version.criteria.order_by("ordinal")
    ]


def _store_version(study: Study, *, number: int, major: int, terms: ProtocolTerms, by: UUID | None) -> ProtocolVersion:
    version = ProtocolVersion.objects.create(
        study=study,
        number=number,
        major=major,
        question=terms.question,
        guideline=terms.guideline,
        verdicts=list(terms.verdicts),
        replication=terms.replication,
        overlap_share=terms.overlap_share,
        lease_minutes=terms.lease_minutes,
        shows_slices=terms.shows_slices,
        price_per_judgment=terms.price_per_judgment,
        baseline=terms.baseline,
        created_by=by,
    )
    Criterion.objects.bulk_create(
        Criterion(protocol=version, ordinal=ordinal, **criterion) for ordinal, criterion in enumerate(terms.criteria)
    )
    return version
