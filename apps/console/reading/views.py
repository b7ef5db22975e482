"""The reading room: a list of tasks, one task with everything said of it, and what people chose to share."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import retarget

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES, User
from apps.analysis.reading import Neighbours, Place, neighbours, neighbours_in_selection, tasks_page
from apps.analysis.reading_filters import ReadingFilters
from apps.analysis.reading_jobs import tallies_for
from apps.analysis.reading_selections import marks_of, selection_named
from apps.analysis.services.selections import mark_task, save_selection, unmark_task
from apps.console.access import results_of
from apps.core.errors import Refused
from apps.core.jobs import UNDER_WAY
from apps.rating.selectors.reading import task_to_read
from apps.studies.models import Study

from .list_page import list_context
from .selection_page import selection_context
from .task_page import Way, task_context


@never_cache
@login_required
@require_safe
def reading(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """The tasks of the study that pass the filters in the address, a page at a time."""
    found = results_of(request, workspace, study)
    user, wanted, tells_inserted = signed_in(request), *_asked(request, workspace)
    filters = wanted if tells_inserted else wanted.without_inserted()
    after, before = (Place.parse(word) if (word := request.GET.get(name)) else None for name in ("after", "before"))
    tallies, job = tallies_for(study=found, by=user.uuid)
    asks_how_far = bool(getattr(request, "htmx", False))
    if asks_how_far and job is not None and job.state in UNDER_WAY:
        return render(request, "console/reading/job.html", {"job": job, "counted_at": tallies, **_poll(request)})
    page = tasks_page(found, filters, user, after=after, before=before)
    context = list_context(
        found, filters, page, marks=marks_of(found, user), tallies=tallies, job=job, tells_inserted=tells_inserted
    ) | {"is_kept_back": filters != wanted}
    if asks_how_far:
        reply = render(request, "console/reading/page.html#reading", context | _poll(request))
        return retarget(reply, "#reading")
    return render(request, "console/reading/page.html", context | _poll(request))


@never_cache
@login_required
@require_safe
def reading_task(request: HttpRequest, workspace: str, study: str, task: int) -> HttpResponse:
    """One task: its item, its outputs with their systems, and everything that was said of them."""
    found = results_of(request, workspace, study)
    user = signed_in(request)
    read = task_to_read(found, task)
    wanted, tells_inserted = _asked(request, workspace)
    if request.GET.get("selection"):
        chosen = selection_named(found, request.GET["selection"])
        way = Way(neighbours_in_selection(chosen.pk, task), selection=chosen)
    else:
        filters = wanted if tells_inserted else wanted.without_inserted()
        way = Way(_around(found, filters, user, task), filters)
    context = task_context(
        found, read, way, marks_of(found, user), tells_inserted=tells_inserted, every="every" in request.GET
    )
    return render(request, "console/reading/task.html", context)


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


def _asked(request: HttpRequest, workspace: str) -> tuple[ReadingFilters, bool]:
    """The filters of the address; and whether the reader runs the study, and may know what was slipped in."""
    return ReadingFilters.from_query(request.GET), membership_of(request.user, workspace).role in RUNS_STUDIES


def _around(study: Study, filters: ReadingFilters, user: User, task: int) -> Neighbours | None:
    """The tasks before and after; what a link leads to may be newer than the list, which is then brought up to now."""
    found = neighbours(study, filters, user, task)
    if found is None:
        tallies_for(study=study, by=user.uuid)
        found = neighbours(study, filters, user, task)
    return found


def _poll(request: HttpRequest) -> dict[str, str]:
    """Where a page that waits for the counting asks again: its own address, filters, place and all."""
    return {"poll_url": request.get_full_path()}


def _sent_along(request: HttpRequest) -> list[tuple[str, str]]:
    """The filters that the address of the form carried, so that the way to the next task is the same one."""
    return [(key, value) for key, values in request.GET.lists() for value in values]
