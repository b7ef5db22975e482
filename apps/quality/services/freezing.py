"""Freezing figures: computed once for the same inputs, settings and versions, then found again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from apps.analysis.models import Analysis
from apps.analysis.services.freezing import Freezing, analysis_at, versions_of
from apps.quality.agreement_figures import agreement_result
from apps.quality.inputs_hash import sha256_of
from apps.quality.rater_figures import Report, raters_result
from apps.quality.rows import StudyRows
from apps.rating.dispositions import counts_at
from apps.rating.services import take_cut
from apps.studies.models import ProtocolVersion, Study

LIBRARIES = ("krippendorff", "numpy", "scikit-learn", "scipy")
RATERS, AGREEMENT = "raters", "agreement"
# A number rises whenever a kind gives other figures for the same judgments.
METHODS = {RATERS: "figures of raters, 2", AGREEMENT: "agreement of people and judges, clustered by item, 2"}
KINDS = tuple(METHODS)

Compute = Callable[[StudyRows, ProtocolVersion, int, Report], dict[str, Any]]


def freeze_figures(*, study: Study, kind: str, by: UUID | None, report: Report) -> Analysis:
    """The figures of the facts as they are now; computed only if they moved since they were frozen.

    Nothing below a cut ever changes, so the long part runs outside of a transaction, where its progress is seen.
    """
    cut = take_cut(study_id=study.pk)
    protocol = ProtocolVersion.objects.get(study=study, number=cut.protocol_number)
    settings, versions = _settings(protocol), versions_of(METHODS[kind], LIBRARIES)
    found = analysis_at(study, cut, kind, settings, versions)
    if found is not None:
        return found
    rows = StudyRows(cut, protocol.major)
    report(5, "reading the facts")
    besides = [counts_at(cut), sorted(rows.judges().values())]
    freezing = Freezing(study, cut, kind, settings, versions, sha256_of(rows), besides)
    return freezing.found() or freezing.store(_COMPUTE[kind](rows, protocol, freezing.seed, report), by=by)


def _settings(protocol: ProtocolVersion) -> dict[str, Any]:
    return {"confidence_level": 0.95, "protocol_major": protocol.major, "protocol_number": protocol.number}


def _raters(rows: StudyRows, protocol: ProtocolVersion, seed: int, report: Report) -> dict[str, Any]:
    return raters_result(rows, verdicts=protocol.verdicts, seed=seed, report=report)


def _agreement(rows: StudyRows, protocol: ProtocolVersion, seed: int, report: Report) -> dict[str, Any]:
    return agreement_result(
        rows, verdicts=protocol.verdicts, criteria=protocol.criteria.order_by("ordinal"), report=report
    )


_COMPUTE: dict[str, Compute] = {RATERS: _raters, AGREEMENT: _agreement}
