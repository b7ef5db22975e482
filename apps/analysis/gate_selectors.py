"""Shaped reads about gates and their verdicts."""

import json
from uuid import UUID

from apps.core.errors import NotFound
from apps.core.jobs import UNDER_WAY
from apps.core.models import Job
from apps.rating.models import Judgment
from apps.studies.models import Study

from .gate_rules import GATE
from .models import Analysis, Gate
from .selectors import job_subject


def gates_of(study: Study) -> list[Gate]:
    """Its gates, those in force first, the newest of each first."""
    gates = Gate.objects.filter(study=study).select_related("candidate", "baseline", "retirement", "cut")
    return sorted(gates, key=lambda gate: (hasattr(gate, "retirement"), -gate.number))


def gate_numbered(study: Study, number: int) -> Gate:
    """One gate of the study."""
    gates = Gate.objects.select_related("study", "candidate", "baseline", "retirement", "cut")
    found = gates.filter(study=study, number=number).first()
    if found is None:
        raise NotFound("There is no such gate in this study. Look at the list of its gates.")
    return found


def verdicts_of(gate: Gate) -> list[Analysis]:
    """Every frozen verdict of a gate, the newest first."""
    frozen = Analysis.objects.filter(study=gate.study_id, kind=GATE, settings__gate=gate.number)
    return list(frozen.select_related("cut").order_by("-cut__last_judgment", "-pk"))


def newest_verdicts(study: Study) -> dict[int, Analysis]:
    """The newest frozen verdict of each gate that has one, by its number."""
    frozen = (
        Analysis.objects.filter(study=study, kind=GATE)
        .select_related("cut")
        .order_by("settings__gate", "-cut__last_judgment", "-pk")
        .distinct("settings__gate")
    )
    return {analysis.settings["gate"]: analysis for analysis in frozen}


def verdict_named(study: Study, public_id: str) -> Analysis:
    """One frozen verdict of the study."""
    found = Analysis.objects.select_related("cut").filter(study=study, kind=GATE, public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such verdict in this study. Open the gate for its newest one.")
    return found


def running_gate_job(gate: Gate) -> Job | None:
    """The job that is reading this gate, if one is."""
    arguments = {"study": gate.study_id, "gate": gate.number}
    jobs = Job.objects.filter(kind=GATE, subject=job_subject(gate.study), arguments=arguments, state__in=UNDER_WAY)
    return jobs.order_by("-pk").first()


def gate_job_of(gate: Gate, public_id: UUID) -> Job:
    """A job that read this gate."""
    arguments = {"study": gate.study_id, "gate": gate.number}
    found = Job.objects.filter(kind=GATE, public_id=public_id, arguments=arguments).first()
    if found is None:
        raise NotFound("There is no such job of this gate. Open the gate again.")
    return found


def n_judgments_before(gate: Gate) -> int:
    """How many judgments were in when the gate was set: rules written after results are not promises."""
    return Judgment.objects.filter(study=gate.study_id, pk__lte=gate.cut.last_judgment).count()


def verdict_word(analysis: Analysis) -> str:
    """PASS, BLOCK or UNDECIDED."""
    return str(json.loads(analysis.result)["verdict"])
