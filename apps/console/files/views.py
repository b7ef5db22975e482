"""Every table of a study as a file, streamed; the whole study as an archive, packed by a worker."""

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from apps.accounts.access import membership_of, signed_in
from apps.accounts.models import RUNS_STUDIES
from apps.console.access import results_of
from apps.core.errors import NotFound
from apps.rating.exchange.downloads import DOWNLOADS
from apps.rating.exchange.packing import file_of, note_fetched, packing_job, start_packing
from apps.studies.access import study_as_manager, study_as_reader
from apps.studies.models import Study

from .forms import Wish
from .page import files_context
from .sending import CONTENT_TYPES, TABLES, file_bytes, file_name, prepared


@never_cache
@login_required
@require_safe
def files(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """What can be downloaded. Looking at the list opens no result."""
    found = study_as_reader(request.user, workspace, study)
    context = files_context(found, Wish.from_query(request.GET), may_run=_may_run(request, workspace))
    return render(request, "console/files/page.html", context)


@never_cache
@login_required
@require_GET
def download(request: HttpRequest, workspace: str, study: str, table: str, ending: str) -> HttpResponseBase:
    """One table as a file, row by row from the database to the browser."""
    if table not in TABLES or ending not in CONTENT_TYPES:
        raise NotFound("There is no such file. The study's page of files lists all there are.")
    found = _study_for(table, request, workspace, study)
    wish = Wish.from_query(request.GET)
    file = prepared(found, table, wish, request.GET, is_manager=_may_run(request, workspace))
    content = file_bytes(found, file, ending, wish, signed_in(request).uuid)
    response = StreamingHttpResponse(content, content_type=CONTENT_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="{file_name(file.about, ending)}"'
    return response


@login_required
@require_POST
def pack_bundle(request: HttpRequest, workspace: str, study: str) -> HttpResponse:
    """Have the whole study packed; the job's page shows how far it is."""
    found = study_as_manager(request.user, workspace, study)
    job = start_packing(study=found, by=signed_in(request).uuid)
    return redirect("console:job_page", workspace, job.public_id)


@never_cache
@login_required
@require_GET
def bundle(request: HttpRequest, workspace: str, study: str, job: str) -> HttpResponseBase:
    """A packed study. It tells which system wrote what: who fetches it has seen the results."""
    study_as_manager(request.user, workspace, study)
    found = results_of(request, workspace, study)
    packed = packing_job(found, job)
    try:
        archive = file_of(packed).open("rb")
    except FileNotFoundError:
        raise NotFound("The archive is not there: it is kept for a day. Have the study packed again.") from None
    note_fetched(study=found, job=packed, by=signed_in(request).uuid)
    return FileResponse(archive, as_attachment=True, filename=f"{found.slug}.zip", content_type="application/zip")


def _study_for(table: str, request: HttpRequest, workspace: str, study: str) -> Study:
    reveals = table not in DOWNLOADS or DOWNLOADS[table].reveals_systems
    return results_of(request, workspace, study) if reveals else study_as_reader(request.user, workspace, study)


def _may_run(request: HttpRequest, workspace: str) -> bool:
    return membership_of(request.user, workspace).role in RUNS_STUDIES
