"""Freezing a leaderboard: computed once for the same inputs, settings and versions, then found again."""

from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.analysis.canonical import canonical_json, sha256
from apps.analysis.filters import Filters
from apps.analysis.inputs import StudyInputs
from apps.analysis.leaderboard import CONFIDENCE_LEVEL, leaderboard_of
from apps.analysis.models import Analysis
from apps.core.database.locks import lock
from apps.rating.models import Cut
from apps.rating.services import take_cut
from apps.studies.models import ProtocolVersion, Study, StudyOutput

KIND = "leaderboard"
# Its number rises whenever the statistics give other figures for the same judgments: what was frozen before stays, and
# is not taken for what would be computed now.
METHOD = "half-win Bradley-Terry, two-way cluster-robust, 3"
LIBRARIES = ("choix", "krippendorff", "numpy", "scikit-learn", "scipy")


def current_leaderboard(*, study: Study, filters: Filters, by: UUID | None) -> Analysis:
    """The leaderboard of the facts as they are now; computed only if they moved since the last one."""
    cut = take_cut(study_id=study.pk)
    settings, versions = _settings(cut, filters), _versions()
    found = Analysis.objects.filter(study=study, kind=KIND, cut=cut, settings=settings, versions=versions).first()
    return found or compute_leaderboard(study=study, filters=filters, by=by, cut=cut)


@transaction.atomic
def compute_leaderboard(*, study: Study, filters: Filters, by: UUID | None, cut: Cut | None = None) -> Analysis:
    """Compute the leaderboard as of `cut` (now, if None) and freeze it, or find the same one frozen before."""
    cut = cut or take_cut(study_id=study.pk)
    settings, versions = _settings(cut, filters), _versions()
    inputs = StudyInputs(cut, filters, settings["protocol_major"])
    inputs_sha256 = inputs.sha256()
    seed = int(inputs_sha256[:12], 16)
    key = sha256(canonical_json([KIND, inputs_sha256, settings, seed, versions, list(inputs.systems())]))
    lock(f"analysis:{study.pk}:{key}")
    found = Analysis.objects.filter(study=study, key_sha256=key).first()
    if found is not None:
        return found
    result = canonical_json(
        {
            **leaderboard_of(inputs, inputs_sha256=inputs_sha256, seed=seed, baseline=settings["baseline"]),
            "filters": settings["filters"],
            "method": METHOD,
        }
    )
    return Analysis.objects.create(
        study=study,
        cut=cut,
        kind=KIND,
        settings=settings,
        seed=seed,
        versions=versions,
        key_sha256=key,
        inputs_sha256=inputs_sha256,
        result=result,
        result_sha256=sha256(result),
        created_by=by,
    )


def _settings(cut: Cut, filters: Filters) -> dict[str, Any]:
    protocol = ProtocolVersion.objects.select_related("baseline").get(study=cut.study_id, number=cut.protocol_number)
    return {
        "filters": filters.as_settings(),
        "confidence_level": CONFIDENCE_LEVEL,
        "both_bad": "its own outcome",
        "protocol_major": protocol.major,
        "baseline": protocol.baseline.name if protocol.baseline else None,
        # Outputs may join a study after its last judgment, and what they cost is part of the result.
        "n_outputs": StudyOutput.objects.filter(study=cut.study_id).count(),
    }


def _versions() -> dict[str, str]:
    return {"method": METHOD, **{name: version(name) for name in LIBRARIES}}
