"""Freezing figures: computed once for the same inputs, settings and versions, then found again."""

from collections.abc import Callable
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.analysis.canonical import canonical_json, sha256
from apps.analysis.models import Analysis
from apps.core.database.locks import lock
from apps.quality.agreement_figures import agreement_result
from apps.quality.rater_figures import Report, raters_result
from apps.quality.rows import StudyRows
from apps.rating.dispositions import counts_at
from apps.rating.services import take_cut
from apps.studies.models import ProtocolVersion, Study

LIBRARIES = ("krippendorff", "numpy", "scikit-learn", "scipy")
RATERS, AGREEMENT = "raters", "agreement"
# A number rises whenever a kind gives other figures for the same judgments.
METHODS = {RATERS: "figures of raters, 1", AGREEMENT: "agreement of people and judges, 1"}
KINDS = tuple(METHODS)

Compute = Callable[[StudyRows, ProtocolVersion, int, Report], dict[str, Any]]


def freeze_figures(*, study: Study, kind: str, by: UUID | None, report: Report) -> Analysis:
    """The figures of the facts as they are now; computed only if they moved since they were frozen.

    Nothing below a cut ever changes, so the long part runs outside of a transaction, where its progress is seen.
    """
    cut = take_cut(study_id=study.pk)
    protocol = ProtocolVersion.objects.get(study=study, number=cut.protocol_number)
    settings, versions = _settings(protocol), _versions(kind)
    found = Analysis.objects.filter(study=study, kind=kind, cut=cut, settings=settings, versions=versions).first()
    if found is not None:
        return found
    rows = StudyRows(cut, protocol.major)
    report(5, "reading the facts")
    inputs = rows.sha256()
    seed = int(inputs[:12], 16)
    key = sha256(canonical_json([kind, inputs, settings, seed, versions, counts_at(cut)]))
    result = canonical_json(_COMPUTE[kind](rows, protocol, seed, report))
    return _store(
        study=study,
        cut=cut,
        kind=kind,
        settings=settings,
        seed=seed,
        versions=versions,
        key_sha256=key,
        inputs_sha256=inputs,
        result=result,
        result_sha256=sha256(result),
        created_by=by,
    )


@transaction.atomic
def _store(**columns: Any) -> Analysis:
    lock(f"analysis:{columns['study'].pk}:{columns['key_sha256']}")
    found = Analysis.objects.filter(study=columns["study"], key_sha256=columns["key_sha256"]).first()
    return found or Analysis.objects.create(**columns)


def _settings(protocol: ProtocolVersion) -> dict[str, Any]:
    return {"confidence_level": 0.95, "protocol_major": protocol.major, "protocol_number": protocol.number}


def _versions(kind: str) -> dict[str, str]:
    return {"method": METHODS[kind], **{name: version(name) for name in LIBRARIES}}


def _raters(rows: StudyRows, protocol: ProtocolVersion, seed: int, report: Report) -> dict[str, Any]:
    return raters_result(rows, n_verdicts=len(protocol.verdicts), seed=seed, report=report)


def _agreement(rows: StudyRows, protocol: ProtocolVersion, seed: int, report: Report) -> dict[str, Any]:
    return agreement_result(rows, protocol.criteria.order_by("ordinal"), report)


_COMPUTE: dict[str, Compute] = {RATERS: _raters, AGREEMENT: _agreement}
