"""Gates: the list, a new one, one with its verdicts, and each verdict for ever at its address."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES
from apps.analysis.gate_jobs import start_gate_job
from apps.analysis.gate_material import material_of
from apps.analysis.gate_selectors import (
    gate_job_of,
    gate_numbered,
    gates_of,
    running_gate_job,
    verdict_named,
)
from apps.analysis.services import retire_gate, set_gate
from apps.console.access import results_of
from apps.console.header import header_of
from apps.core.errors import Refused
from apps.studies.access import study_as_manager
from apps.studies.models import Study
from apps.studies.services.protocol import current_protocol

from .forms import GateForm, RetireForm
from .page import gate_context, gates_context, verdict_context


def _may_run(request: HttpRequest, workspace: str) -> bool:
    return membership_of(request.user, workspace).role in RUNS_STUDIES


@never_cache
@login_required
@require_safe
def gates(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Every gate of the study, those in force first."""
    found = results_of(request, workspace, study)
    context = gates_context(found, gates_of(found), may_run=_may_run(request, workspace))
    return render(request, "console/gates/page.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_gate(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Write a gate down. What is wrong is said at its field, and nothing typed is lost."""
    found = study_as_manager(request.user, workspace, study)
    baseline = current_protocol(found).baseline
    form = GateForm(material_of(found), request.POST or None, baseline=baseline.name if baseline else "")
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _set(request, found, form)
        except Refused as refusal:
            refused = refusal.sentence
    context = {"study": header_of(found), "form": form, "refused": refused}
    return render(request, "console/gates/new.html", context, status=400 if request.method == "POST" else 200)


def _set(request: HttpRequest, study: Study, form: GateForm) -> HttpResponse:
    gate = set_gate(
        study=study,
        candidate=form.cleaned_data["candidate"],
        baseline=form.cleaned_data.get("baseline") or None,
        rules=form.rules(),
        is_watched=form.cleaned_data["looks"] == "watched",
        by=signed_in(request).uuid,
    )
    messages.success(request, f"Gate {gate.number} is set. It can be retired, and never changed.")
    return redirect("console:gate", study.workspace.slug, study.slug, gate.number)


@never_cache
@login_required
@require_safe
def gate(request: HttpRequest, workspace: str, study: str, number: int) -> HttpResponse:
    """One gate with its newest verdict."""
    return _gate_page(request, workspace, study, number)


@never_cache
@login_required
@require_safe
def gate_job(request: HttpRequest, workspace: str, study: str, number: int, job: UUID) -> HttpResponse:
    """The part of the page that changes while the gate is read, asked for every second."""
    found = results_of(request, workspace, study)
    one = gate_numbered(found, number)
    context = gate_context(found, one, may_run=_may_run(request, workspace), job=gate_job_of(one, job), errors=[])
    return render(request, "console/gates/gate.html#reading", context)


def _gate_page(
    request: HttpRequest, workspace: str, study: str, number: int, errors: list[str] | None = None
) -> HttpResponse:
    found = results_of(request, workspace, study)
    one = gate_numbered(found, number)
    may_run = _may_run(request, workspace)
    context = gate_context(found, one, may_run=may_run, job=running_gate_job(one), errors=errors or [])
    return render(request, "console/gates/gate.html", context, status=400 if errors else 200)


@login_required
@require_POST
def read(request: HttpRequest, workspace: str, study: str, number: int) -> HttpResponse:
    """Have the gate read; the page then watches the job."""
    found = results_of(request, workspace, study)
    start_gate_job(gate=gate_numbered(found, number), by=signed_in(request).uuid)
    return redirect("console:gate", workspace, study, number)


@login_required
@require_POST
def retire(request: HttpRequest, workspace: str, study: str, number: int) -> HttpResponse:
    """End the gate, with the reason."""
    found = study_as_manager(request.user, workspace, study)
    one, form = gate_numbered(found, number), RetireForm(request.POST)
    if not form.is_valid():
        return _gate_page(request, workspace, study, number, [str(error) for error in form.errors["reason"]])
    retire_gate(gate=one, reason=form.cleaned_data["reason"], by=signed_in(request).uuid)
    messages.success(request, f"Gate {number} is retired. Its verdicts stay.")
    return redirect("console:gate", workspace, study, number)


@login_required
@require_safe
def verdict(request: HttpRequest, workspace: str, study: str, verdict: UUID) -> HttpResponse:
    """One frozen verdict, for ever at this address."""
    found = results_of(request, workspace, study)
    frozen = verdict_named(found, str(verdict))
    context = verdict_context(found, gate_numbered(found, frozen.settings["gate"]), frozen)
    return render(request, "console/gates/verdict_page.html", context)


@login_required
@require_safe
def verdict_json(request: HttpRequest, workspace: str, study: str, verdict: UUID) -> HttpResponse:
    """The stored bytes of a verdict, for whatever releases."""
    found = results_of(request, workspace, study)
    return HttpResponse(verdict_named(found, str(verdict)).result, content_type="application/json")
