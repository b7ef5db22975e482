"""The reading room: a list of tasks, one task with everything said of it, and what people chose to share."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.access import signed_in
from apps.analysis.reading import Place, neighbours, neighbours_in_selection, tasks_page
from apps.analysis.reading_filters import ReadingFilters
from apps.analysis.reading_jobs import tallies_for
from apps.analysis.reading_selections import marks_of, selection_named
from apps.analysis.services.selections import mark_task, save_selection, unmark_task
from apps.console.access import results_of
from apps.core.errors import Refused
from apps.rating.selectors.reading import task_to_read

from .list_page import list_context
from .selection_page import selection_context
from .task_page import Way, task_context


@never_cache
@login_required
@require_safe
def reading(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """The tasks of the study that pass the filters in the address, a page at a time."""
    found = results_of(request, workspace, study)
    user, filters = signed_in(request), ReadingFilters.from_query(request.GET)
    after, before = (Place.parse(word) if (word := request.GET.get(name)) else None for name in ("after", "before"))
    tallies, job = tallies_for(study=found, by=user.uuid)
    page = tasks_page(found, filters, user, after=after, before=before)
    context = list_context(found, filters, page, marks=marks_of(found, user), tallies=tallies, job=job)
    fragment = "#reading" if getattr(request, "htmx", False) else ""
    return render(request, f"console/reading/page.html{fragment}", context)


@never_cache
@login_required
@require_safe
def reading_task(request: HttpRequest, workspace: str, study: str, task: int) -> HttpResponse:
    """One task: its item, its outputs with their systems, and everything that was said of them."""
    found = results_of(request, workspace, study)
    user = signed_in(request)
    read = task_to_read(found, task)
    if request.GET.get("selection"):
        chosen = selection_named(found, request.GET["selection"])
        way = Way(neighbours_in_selection(chosen.pk, task), [("selection", str(chosen.public_id))], chosen)
    else:
        filters = ReadingFilters.from_query(request.GET)
        way = Way(neighbours(found, filters, user, task), filters.as_pairs(), first=filters.first)
    return render(request, "console/reading/task.html", task_context(found, read, way, marks_of(found, user)))


@login_required
@require_POST
def mark(request: HttpRequest, workspace: str, study: str, task: int) -> HttpResponse:
    """Mark the task with a note, or take the mark away; then the same page again."""
    found = results_of(request, workspace, study)
    user = signed_in(request)
    try:
        if "remove" in request.POST:
            unmark_task(study=found, task_id=task, user=user)
        else:
            mark_task(study=found, task_id=task, user=user, note=request.POST.get("note", ""))
    except Refused as refused:
        messages.error(request, refused.sentence)
    query = urlencode(list(_sent_along(request)))
    address = reverse("console:reading_task", args=[workspace, study, task])
    return redirect(f"{address}?{query}" if query else address)


@login_required
@require_POST
def save(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Save what is marked under a permanent address, and go there."""
    found = results_of(request, workspace, study)
    try:
        saved = save_selection(study=found, user=signed_in(request), title=request.POST.get("title", ""))
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("console:reading", workspace, study)
    return redirect("console:reading_selection", workspace, study, saved.public_id)


@never_cache
@login_required
@require_safe
def selection(request: HttpRequest, workspace: str, study: str, selection: str) -> HttpResponse:
    """A saved selection, for ever at this address."""
    found = results_of(request, workspace, study)
    chosen = selection_named(found, selection)
    address = request.build_absolute_uri(request.path)
    return render(request, "console/reading/selection.html", selection_context(found, chosen, address))


def _sent_along(request: HttpRequest) -> list[tuple[str, str]]:
    """The filters that the address of the form carried, so that the way to the next task is the same one."""
    return [(key, value) for key, values in request.GET.lists() for value in values]
