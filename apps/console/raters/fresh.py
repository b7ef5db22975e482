"""How old the figures of a page are, what came since, and how to compute them again."""

from typing import Any

from django.urls import reverse

from apps.analysis.models import Analysis
from apps.analysis.selectors import n_newer_judgments
from apps.console.header import header_of
from apps.core.models import Job
from apps.studies.models import Study


def figures_context(study: Study, kind: str, frozen: Analysis | None, job: Job | None) -> dict[str, Any]:
    """What every page of frozen figures needs around them."""
    address = [study.workspace.slug, study.slug]
    return {
        "study": header_of(study),
        "computed_at": frozen.created_at if frozen else None,
        "inputs_sha256": frozen.inputs_sha256 if frozen else None,
        "n_newer": n_newer_judgments(frozen) if frozen else None,
        "compute_url": reverse(f"console:{kind}_compute", args=address),
        "job": _job(kind, job, address) if job else None,
        "is_computing": job is not None and job.state in ("queued", "running"),
    }


def _job(kind: str, job: Job, address: list[str]) -> dict[str, Any]:
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": reverse(f"console:{kind}_job", args=[*address, job.public_id]),
    }
