"""How old the figures of a page are, what came since, and how to compute them again."""

from typing import Any

from django.urls import reverse

from apps.analysis.selectors import n_newer_judgments
from apps.console.header import header_of
from apps.core.jobs import UNDER_WAY
from apps.core.models import Job

from .place import Place


def figures_context(place: Place, job: Job | None) -> dict[str, Any]:
    """What every page of frozen figures needs around them. What came since matters to the newest alone."""
    counts = place.frozen is not None and not place.is_permanent
    return {
        "study": header_of(place.study),
        "kind": place.kind,
        **place.around(),
        "n_newer": n_newer_judgments(place.frozen) if place.frozen and counts else None,
        "compute_url": reverse(f"console:{place.kind}_compute", args=place.address),
        "job": _job(place, job) if job else None,
        "is_computing": job is not None and job.state in UNDER_WAY,
    }


def _job(place: Place, job: Job) -> dict[str, Any]:
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": reverse(f"console:{place.kind}_job", args=[*place.address, job.public_id]),
    }
