"""Where the result of a finished job is: one function a kind of job."""

from collections.abc import Callable
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from apps.core.models import Job
from apps.rating.exchange.packing import JOB_KIND as BUNDLE
from apps.rating.exchange.packing import KEPT_FOR
from apps.studies.models import Study

Result = dict[str, Any]


def result_of(job: Job, study: Study, *, may_run: bool) -> Result | None:
    """A link and its words; None where there is nothing to open, or not for this reader."""
    make = _RESULTS.get(job.kind)
    return make(job, study, may_run) if make else None


def _analysis(job: Job, study: Study, may_run: bool) -> Result | None:
    found = (job.result or {}).get("analysis")
    if not found:
        return None
    return {"url": reverse("console:analysis", args=[study.workspace.slug, study.slug, found]), "words": "Open it"}


def _bundle(job: Job, study: Study, may_run: bool) -> Result | None:
    if not may_run or job.ended_at is None or job.ended_at + KEPT_FOR < timezone.now():
        return None
    size = filesizeformat((job.result or {}).get("bytes", 0))
    return {
        "url": reverse("console:bundle", args=[study.workspace.slug, study.slug, job.public_id]),
        "words": f"Download ({size})",
        "until": job.ended_at + KEPT_FOR,
    }


def _study(job: Job, study: Study, may_run: bool) -> Result | None:
    return {"url": reverse("console:study", args=[study.workspace.slug, study.slug]), "words": "Go to the study"}


def _figures(job: Job, study: Study, may_run: bool) -> Result | None:
    found = (job.result or {}).get("figures")
    if not found:
        return None
    return {"url": reverse("console:figures", args=[study.workspace.slug, study.slug, found]), "words": "Open them"}


def _reading(job: Job, study: Study, may_run: bool) -> Result | None:
    return {"url": reverse("console:reading", args=[study.workspace.slug, study.slug]), "words": "Read"}


def _gate(job: Job, study: Study, may_run: bool) -> Result | None:
    found = (job.result or {}).get("verdict")
    if not found:
        return None
    return {"url": reverse("console:verdict", args=[study.workspace.slug, study.slug, found]), "words": "Open it"}


_RESULTS: dict[str, Callable[[Job, Study, bool], Result | None]] = {
    "leaderboard": _analysis,
    "gate": _gate,
    "raters": _figures,
    "agreement": _figures,
    "reading tallies": _reading,
    "new study": _study,
    BUNDLE: _bundle,
}
