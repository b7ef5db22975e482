"""One frozen leaderboard, for ever at its address, with its parts; and two of them beside one another."""

import json

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.analysis.filters import Filters
from apps.analysis.history import latest_analyses, two_analyses
from apps.analysis.models import Analysis
from apps.analysis.selectors import analysis_named
from apps.console.access import results_of
from apps.console.header import header_of
from apps.studies.models import Study

from .comparing import choices_of, comparison_of
from .links import Reading, reading_of
from .page import board_context, frozen_head
from .pairs_file import pairs_csv_of
from .parts import pairs_context, pairs_in, slice_context
from .past import past_of
from .report import report_context


@login_required
@require_safe
def frozen_analysis(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """One frozen leaderboard, for ever at this address."""
    found, frozen = _frozen(request, workspace, study, analysis)
    filters = Filters.from_settings(frozen.settings["filters"])
    style = request.GET.get("style") == "on"
    context = board_context(found, filters, frozen, job=None, frozen=True, style=style)
    return render(request, "console/board/page.html", context)


@login_required
@require_safe
def frozen_analysis_json(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """The stored bytes of a frozen leaderboard."""
    _, frozen = _frozen(request, workspace, study, analysis)
    return HttpResponse(frozen.result, content_type="application/json")


@login_required
@require_safe
def pairs(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """Every pair of systems; `?system=` opens the list of one of them, `?part=` a part of a matrix that is too wide."""
    found, frozen = _frozen(request, workspace, study, analysis)
    asked = {name: request.GET.get(name, "") for name in ("system", "part")}
    parts = pairs_context(json.loads(frozen.result), _address(found, frozen), _reading(found, frozen), **asked)
    return render(request, "console/board/pairs_page.html", {**frozen_head(found, frozen, "Pair by pair"), **parts})


@login_required
@require_safe
def pairs_csv(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """Every pair of systems as a file."""
    _, frozen = _frozen(request, workspace, study, analysis)
    reply = HttpResponse(pairs_csv_of(pairs_in(json.loads(frozen.result))), content_type="text/csv; charset=utf-8")
    reply["Content-Disposition"] = f'attachment; filename="{study}-pairs-{analysis}.csv"'
    return reply


@login_required
@require_safe
def slice_of(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """Every system in the slice `?key=..&value=..`."""
    found, frozen = _frozen(request, workspace, study, analysis)
    wanted = (request.GET.get("key", ""), request.GET.get("value", ""))
    parts = slice_context(json.loads(frozen.result), _address(found, frozen), _reading(found, frozen), *wanted)
    return render(request, "console/board/slice_page.html", {**frozen_head(found, frozen, " = ".join(wanted)), **parts})


@login_required
@require_safe
def history(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """How the strengths came to be what they are in this analysis; a part of the board asks for it when it is seen."""
    found, frozen = _frozen(request, workspace, study, analysis)
    context = {**frozen_head(found, frozen, "History"), "past": past_of(frozen, _address(found, frozen))}
    page = "console/board/history_page.html"
    return render(request, f"{page}#past" if getattr(request, "htmx", False) else page, context)


@login_required
@require_safe
def report(request: HttpRequest, workspace: str, study: str, analysis: str) -> HttpResponse:
    """The analysis on one page, to be printed."""
    found, frozen = _frozen(request, workspace, study, analysis)
    permalink = request.build_absolute_uri(reverse("console:analysis", args=_address(found, frozen)))
    return render(request, "console/board/report.html", {**report_context(found, frozen), "permalink": permalink})


@login_required
@require_safe
def compare(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """What changed from analysis `?a=` to analysis `?b=`; without them, the choice."""
    found = results_of(request, workspace, study)
    first, second = request.GET.get("a", ""), request.GET.get("b", "")
    both = two_analyses(found, first, second) if first and second else ()
    listed = latest_analyses(found, also=both)
    context = {
        "study": header_of(found),
        "first_choices": choices_of(listed, first),
        "second_choices": choices_of(listed, second),
        "compared": comparison_of(*both, [workspace, study]) if both else None,
    }
    return render(request, "console/board/compare_page.html", context)


def _frozen(request: HttpRequest, workspace: str, study: str, analysis: str) -> tuple[Study, Analysis]:
    found = results_of(request, workspace, study)
    return found, analysis_named(found, analysis)


def _reading(study: Study, analysis: Analysis) -> Reading:
    return reading_of(_address(study, analysis), Filters.from_settings(analysis.settings["filters"]))


def _address(study: Study, analysis: Analysis) -> list[str]:
    return [study.workspace.slug, study.slug, str(analysis.public_id)]
