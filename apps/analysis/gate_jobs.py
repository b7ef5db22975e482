"""Background reading of gates: on demand, and for watched ones whenever judgments have come in."""

from typing import Any
from uuid import UUID

from celery import shared_task

from apps.core.jobs import Tell, carry_out, start
from apps.core.models import Job
from apps.rating.models import Judgment
from apps.studies.models import Study, StudyState

from .gate_rules import GATE
from .gate_selectors import gate_numbered, newest_verdicts
from .jobs import REFRESH_AFTER_JUDGMENTS
from .models import Gate
from .selectors import job_subject
from .services import read_gate


def start_gate_job(*, gate: Gate, by: UUID | None) -> Job:
    """Have a gate read by a worker; the job under way is not started again."""
    return start(
        kind=GATE,
        workspace_id=gate.study.workspace_id,
        subject=job_subject(gate.study),
        arguments={"study": gate.study_id, "gate": gate.number},
        by=by,
        per_arguments=True,
    )[0]


@shared_task(name="analysis.read_gate")
def read_gate_job(job_id: int) -> None:
    """Read one gate. Safe to run twice."""
    carry_out(job_id, _read)


def _read(job: Job, tell: Tell) -> dict[str, Any]:
    gate = gate_numbered(Study.objects.get(pk=job.arguments["study"]), job.arguments["gate"])
    tell(20, "reading the judgments of the candidate")
    return {"verdict": str(read_gate(gate=gate, by=job.by).public_id)}


@shared_task(name="analysis.sweep_gates")
def sweep_gates() -> None:
    """Find, from the rows alone, the gates whose verdict is behind their judgments."""
    watched = Gate.objects.filter(is_watched=True, retirement__isnull=True)
    for study in Study.objects.filter(state=StudyState.OPEN, gates__in=watched).distinct():
        newest = newest_verdicts(study)
        for gate in watched.filter(study=study).select_related("study"):
            seen = newest[gate.number].cut.last_judgment if gate.number in newest else 0
            newer = Judgment.objects.filter(study=study, pk__gt=seen)
            if newer[:REFRESH_AFTER_JUDGMENTS].count() >= REFRESH_AFTER_JUDGMENTS:
                start_gate_job(gate=gate, by=None)
