"""Freezing a leaderboard: computed once for the same inputs, settings and versions, then found again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from apps.analysis.filters import Filters
from apps.analysis.inputs import StudyInputs
from apps.analysis.leaderboard import CONFIDENCE_LEVEL, leaderboard_of
from apps.analysis.models import Analysis
from apps.rating.models import Cut
from apps.rating.services import take_cut
from apps.studies.models import ProtocolVersion, Study, StudyOutput

from .freezing import Freezing, analysis_at, versions_of

KIND = "leaderboard"
# Its number rises whenever the statistics give other figures for the same judgments: what was frozen before stays, and
# is not taken for what would be computed now.
METHOD = "half-win Bradley-Terry, two-way cluster-robust, 4"
LIBRARIES = ("choix", "krippendorff", "numpy", "scikit-learn", "scipy")


def current_leaderboard(*, study: Study, filters: Filters, by: UUID | None) -> Analysis:
    """The leaderboard of the facts as they are now; computed only if they moved since the last one."""
    cut = take_cut(study_id=study.pk)
    settings = _settings(cut, filters)
    found = analysis_at(study, cut, KIND, settings, versions_of(METHOD, LIBRARIES))
    return found or compute_leaderboard(study=study, filters=filters, by=by, cut=cut)


@transaction.atomic
def compute_leaderboard(*, study: Study, filters: Filters, by: UUID | None, cut: Cut | None = None) -> Analysis:
    """Compute the leaderboard as of `cut` (now, if None) and freeze it, or find the same one frozen before."""
    cut = cut or take_cut(study_id=study.pk)
    settings = _settings(cut, filters)
    inputs = StudyInputs(cut, filters, settings["protocol_major"])
    freezing = Freezing(
        study, cut, KIND, settings, versions_of(METHOD, LIBRARIES), inputs.sha256(), besides=list(inputs.systems())
    )
    freezing.hold()  # from before it is computed, so that nobody computes the same beside
    return freezing.found() or freezing.store(_result(inputs, freezing), by=by)


def _result(inputs: StudyInputs, freezing: Freezing) -> dict[str, Any]:
    settings, sha256 = freezing.settings, freezing.inputs_sha256
    board = leaderboard_of(inputs, inputs_sha256=sha256, seed=freezing.seed, baseline=settings["baseline"])
    return {**board, "filters": settings["filters"], "method": METHOD}


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
