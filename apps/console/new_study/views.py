"""A new study: choose a template and a file, look at what was found, set the terms, open."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from apps.accounts.access import signed_in
from apps.accounts.models import Membership
from apps.core.errors import Refused
from apps.core.models import Job, JobState
from apps.rating.new_study_jobs import READING, job_named, job_of, made_of, start_making, start_reading
from apps.rating.services.new_studies import Wish, free_slug
from apps.rating.uploaded import check_ending, check_gold_ending, gold_of, is_archive
from apps.studies.services.uploads import drop_upload, keep_typed, keep_upload, note_found
from apps.studies.templates import TEMPLATES, template_named
from apps.studies.uploads import Upload
from apps.studies.uploads_access import upload_as_sender, workspace_as_manager

from .answer import answer_context
from .criteria_rows import edited, rows_of
from .forms import OPENS, SettingsForm, as_typed, typed_in
from .page import begin_context, job_context, obstacle_of, preview_context, settings_context
from .receiving import parts_of, receives_file, sample_parts, sent_file

SETTINGS = "console/new_study/settings.html"


def _is_ready(upload: Upload) -> bool:
    """Whether the file was read and a study can be made of it."""
    found = upload.found or {}
    return "systems" in found and not obstacle_of(found)


def of_upload_that_is_ready(view: Callable[[HttpRequest, Upload], HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of an upload of which a study can be made; any other leads to what was found in it."""

    @wraps(view)
    def guarded(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
        found = upload_as_sender(request, workspace, upload)
        if not _is_ready(found):
            return redirect("console:new_study_preview", workspace, found.public_id)
        return view(request, found)

    return guarded


@never_cache
@login_required
@require_safe
def begin(request: HttpRequest, workspace: str) -> HttpResponse:
    """Templates, samples, and where to drop a file."""
    context = begin_context(workspace_as_manager(request, workspace))
    return render(request, "console/new_study/page.html", context)


@receives_file
@login_required
@require_POST
def send_file(request: HttpRequest, workspace: str) -> HttpResponse:
    """Keep the file and read it; what cannot be read ends on the same page, in a sentence."""
    found = workspace_as_manager(request, workspace)
    chosen = request.POST.get("template", TEMPLATES[0].key)
    by = signed_in(request).uuid
    try:
        template, sent = template_named(chosen), sent_file(request)
        check_ending(sent.name or "")
        upload = keep_upload(workspace=found, by=by, name=sent.name or "", chunks=parts_of(sent), template=template.key)
    except Refused as refused:
        context = begin_context(found, chosen=chosen, refused=refused.sentence)
        return render(request, "console/new_study/page.html", context, status=400)
    start_reading(upload=upload, by=by)
    return redirect("console:new_study_preview", workspace, upload.public_id)


@login_required
@require_POST
def take_sample(request: HttpRequest, workspace: str) -> HttpResponse:
    """The same with a template's own sample, and its gold where it has some."""
    found, by = workspace_as_manager(request, workspace), signed_in(request).uuid
    template = template_named(request.POST.get("sample", ""))
    keep = partial(keep_upload, workspace=found, by=by, template=template.key, is_sample=True)
    upload = keep(name=template.sample, chunks=sample_parts(template.sample))
    if template.sample_gold:
        keep(name=template.sample_gold, chunks=sample_parts(template.sample_gold), gold_of=upload)
    start_reading(upload=upload, by=by)
    return redirect("console:new_study_preview", workspace, upload.public_id)


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """What was found in the file, or what is wrong with it."""
    found = upload_as_sender(request, workspace, upload)
    context = preview_context(found, job_of(found, READING))
    return render(request, "console/new_study/preview.html", context)


@never_cache
@login_required
@require_safe
@of_upload_that_is_ready
def settings_page(request: HttpRequest, upload: Upload) -> HttpResponse:
    """The terms in one page, with the planner's answer beside them; as they were left, where they were typed before."""
    members = _members(upload)
    form = SettingsForm(upload=upload, members=members, typed=as_typed(upload.typed))
    return render(request, SETTINGS, settings_context(upload, form, members))


@never_cache
@login_required
@require_safe
def planner_answer(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """The planner's answer to the numbers as they stand, asked for as they change."""
    found = upload_as_sender(request, workspace, upload)
    if _is_ready(found):
        answer = answer_context(found.found or {}, request.GET, len(set(request.GET.getlist("raters"))))
    else:
        # Gold was sent a moment ago: a question that was on its way is no mistake of anybody.
        answer = {"wrong": "The file is being read: the answer comes back with it."}
    return render(request, "console/new_study/answer.html", {"answer": answer})


@receives_file
@login_required
@require_POST
def send_gold(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """Known answers beside the file; both are read together, and the page tells what was found."""
    found, by = upload_as_sender(request, workspace, upload), signed_in(request).uuid
    keep_typed(upload=found, typed=typed_in(request.POST))
    try:
        if not found.is_read:
            raise Refused("The file is still being read: send the gold when that is done.")
        if is_archive(found):
            raise Refused("Put the gold into the archive, as a table gold, and send that again.")
        sent = sent_file(request)
        check_gold_ending(sent.name or "")
        keep_upload(
            workspace=found.workspace,
            by=by,
            name=sent.name or "",
            chunks=parts_of(sent),
            template=found.template,
            gold_of=found,
        )
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("console:new_study_settings", workspace, found.public_id)
    note_found(upload=found, found=None)
    start_reading(upload=found, by=by)
    return redirect("console:new_study_preview", workspace, found.public_id)


@login_required
@require_POST
def drop_gold(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """Go on without the known answers."""
    found = upload_as_sender(request, workspace, upload)
    gold = gold_of(found)
    if gold is not None and found.is_read:  # while it is being read, the gold is, too
        drop_upload(upload=gold)
        note_found(upload=found, found=None)
        start_reading(upload=found, by=signed_in(request).uuid)
    return redirect("console:new_study_preview", workspace, found.public_id)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """What the buttons of the settings do. A second press of the same button leads to the study of the first.

    The page is shown again under this address where something is wrong: whoever calls it up anew gets the settings.
    """
    if request.method != "POST":
        return redirect("console:new_study_settings", workspace, upload)
    made = made_of(workspace_id=workspace_as_manager(request, workspace).pk, by=signed_in(request).uuid, upload=upload)
    return redirect(_where(workspace, made)) if made else _settings_sent(request, workspace, upload)


@of_upload_that_is_ready
def _settings_sent(request: HttpRequest, upload: Upload) -> HttpResponse:
    """Open the study, keep it as a draft, change its questions, or look at the file once more."""
    then = request.POST.get("then", "")
    if then == "look":
        keep_typed(upload=upload, typed=typed_in(request.POST))
        return redirect("console:new_study_preview", upload.workspace.slug, upload.public_id)
    members = _members(upload)
    compares = bool((upload.found or {})["terms"]["verdicts"])
    edit = edited(rows_of(request.POST), then, compares=compares)
    if edit is not None:
        form = SettingsForm(upload=upload, members=members, typed=request.POST, rows=edit.rows)
        return _questions(request, settings_context(upload, form, members, edit=edit))
    form = SettingsForm(request.POST, upload=upload, members=members)
    if not form.is_valid() or form.terms is None or then not in (OPENS, "draft"):
        return render(request, SETTINGS, settings_context(upload, form, members))
    return _made(request, upload, form, members)


def _questions(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The questions after a change: alone for HTMX, in the whole page for a browser without JavaScript."""
    if not getattr(request, "htmx", False):
        return render(request, SETTINGS, context)
    reply = render(request, "console/new_study/questions.html", context)
    return trigger_client_event(reply, "questions-changed", after="settle")


def _made(request: HttpRequest, upload: Upload, form: SettingsForm, members: list[Membership]) -> HttpResponse:
    """Make the study: at once, or by a worker while the page tells how far it is."""
    assert form.terms is not None  # noqa: S101 - for the type checker: a valid form has terms
    wish = Wish(
        slug=free_slug(upload.workspace, form.terms.name),
        terms=form.terms,
        raters=tuple(int(rater) for rater in form.cleaned_data["raters"]),
        opens=form.opens,
    )
    job = start_making(upload=upload, wish=wish, by=signed_in(request).uuid)
    workspace = upload.workspace.slug
    if job.state == JobState.FAILED and job.result:
        messages.error(request, job.message)
        return redirect(_study_url(workspace, job))
    if job.state == JobState.FAILED:
        context = settings_context(upload, form, members, refused=job.message)
        return render(request, SETTINGS, context, status=400)
    return redirect(_where(workspace, job))


@login_required
@require_POST
def forget(request: HttpRequest, workspace: str, upload: UUID) -> HttpResponse:
    """Throw the file away and start again."""
    drop_upload(upload=upload_as_sender(request, workspace, upload))
    return redirect("console:new_study", workspace)


@never_cache
@login_required
@require_safe
def progress(request: HttpRequest, workspace: str, job: UUID) -> HttpResponse:
    """How far the worker is, asked for every second; at the end the page goes where the work led."""
    found = workspace_as_manager(request, workspace)
    running = job_named(workspace_id=found.pk, by=signed_in(request).uuid, public_id=job)
    is_htmx = getattr(request, "htmx", False)
    if running.state == JobState.DONE:
        where = _where(workspace, running)
        return HttpResponseClientRedirect(where) if is_htmx else redirect(where)
    context = {
        "workspace": found,
        "job": job_context(found, running),
        "retry": _retry(workspace, running),
        "draft": _study_url(workspace, running),
    }
    return render(request, f"console/new_study/progress.html{'#progress' if is_htmx else ''}", context)


def _where(workspace: str, job: Job) -> str:
    """Where a job leads: to its study, to what was found, or to the page that tells how far it is."""
    if job.state == JobState.DONE:
        return _study_url(workspace, job) or _retry(workspace, job)
    return reverse("console:new_study_progress", args=[workspace, job.public_id])


def _study_url(workspace: str, job: Job) -> str:
    """The study that the job has stored, or nothing."""
    return reverse("console:study", args=[workspace, job.result["study"]]) if job.result else ""


def _retry(workspace: str, job: Job) -> str:
    """The page from which the work was begun."""
    public_id = job.subject.removeprefix("upload:")
    return reverse("console:new_study_preview", args=[workspace, public_id])


def _members(upload: Upload) -> list[Membership]:
    members = Membership.objects.filter(workspace=upload.workspace_id).select_related("user")
    return sorted(members, key=lambda membership: (membership.role != "rater", str(membership.user).lower()))
