"""What the pages of a new study show."""

from typing import Any

from django.urls import reverse

from apps.accounts.models import Membership, Workspace
from apps.core.models import Job, JobState
from apps.core.rendering import to_html
from apps.rating.exchange.flat import FLAT
from apps.rating.new_study_jobs import READING
from apps.rating.uploaded import is_archive
from apps.studies.material import CriterionRow
from apps.studies.rendering import role_label
from apps.studies.templates import TEMPLATES, template_named
from apps.studies.uploads import MAX_UPLOAD_BYTES, Upload

from .answer import USUAL, answer_context
from .criteria_rows import Edit
from .forms import SettingsForm
from .quotas import quota_fields

Plain = dict[str, Any]
STEPS = ("File", "What was found", "Settings")
CHECKED = 10


def begin_context(workspace: Workspace, *, chosen: str = TEMPLATES[0].key, refused: str = "") -> Plain:
    """Templates, and where to drop the file."""
    return {
        "workspace": workspace,
        "templates": TEMPLATES,
        "chosen": chosen,
        "refused": refused,
        "limit_mb": MAX_UPLOAD_BYTES // 1024**2,
        "limit_bytes": MAX_UPLOAD_BYTES,
        "columns": FLAT.columns,
        "steps": steps(1),
    }


def steps(now: int) -> list[Plain]:
    """The way through, with where she is."""
    return [{"n": n, "label": label, "is_now": n == now, "is_done": n < now} for n, label in enumerate(STEPS, start=1)]


def preview_context(upload: Upload, job: Job | None) -> Plain:
    """What was found in the file; while it is being read, how far that is."""
    found: Plain = upload.found or {}
    is_good = "systems" in found
    return {
        "workspace": upload.workspace,
        "upload": upload,
        "template": template_named(upload.template),
        "found": found,
        "is_good": is_good,
        "job": job_context(upload.workspace, job) if job and not upload.is_read else None,
        "facts": _facts(found) if is_good else [],
        "tasks": [_task(task) for task in found.get("tasks", ())],
        "criteria": [CriterionRow.from_dict(plain) for plain in found.get("terms", {}).get("criteria", ())],
        "notes": _notes(found) if is_good else [],
        "obstacle": obstacle_of(found) if is_good else "",
        "steps": steps(2),
    }


def _facts(found: Plain) -> list[Plain]:
    n_slices, n_golds = found["n_slices"], found["n_hidden"] + found["n_training"]
    facts = [
        {"label": "items", "value": found["n_items"], "hint": ""},
        {"label": "systems", "value": len(found["systems"]), "hint": ""},
        {"label": "outputs", "value": found["n_outputs"], "hint": ""},
        {"label": "slices", "value": n_slices, "hint": "" if n_slices else "add columns slice.NAME to get some"},
    ]
    if found["n_comparisons"]:
        hint = f"{found['n_identical']:,} more of equal texts are left out" if found["n_identical"] else ""
        facts.append({"label": "pairs to compare", "value": found["n_comparisons"], "hint": hint})
    if found["n_rubrics"]:
        facts.append({"label": "outputs to rate", "value": found["n_rubrics"], "hint": ""})
    if n_golds:
        hint = f"{found['n_training']:,} of them for training"
        facts.append({"label": "known answers", "value": n_golds, "hint": hint})
    return facts


def _notes(found: Plain) -> list[str]:
    notes = []
    missing = [f"{system['name']} ({system['n_missing']:,})" for system in found["systems"] if system["n_missing"] > 0]
    if missing:
        notes.append(f"Not every system has an output for every item: missing of {', '.join(missing[:5])}.")
    empty = [f"{system['name']} ({system['n_empty']:,})" for system in found["systems"] if system["n_empty"]]
    if empty:
        notes.append(f"Empty outputs are shown as empty: {', '.join(empty[:5])}.")
    if found["n_judgments"]:
        notes.append(f"{found['n_judgments']:,} judgments come with it and count from the beginning.")
    return notes


def obstacle_of(found: Plain) -> str:
    """Why no study can be made of this file, or nothing."""
    if found["terms"]["verdicts"] and not found["n_comparisons"]:
        return (
            "There is nothing to compare: two systems or more need outputs for the same item, with different texts. "
            "Choose a template that rates each output by itself, or send the outputs of a second system."
        )
    return "" if found["n_comparisons"] or found["n_rubrics"] else "There is nothing to rate in this file."


def _task(task: Plain) -> Plain:
    return {
        "turns": [{"role": role_label(turn["role"]), "html": to_html(turn["text"])} for turn in task["turns"]],
        "context": to_html(task["context"]),
        "reference": to_html(task["reference"]),
        "outputs": [
            {"letter": letter, "html": to_html(text)}
            for letter, text in zip("AB" if len(task["outputs"]) > 1 else [""], task["outputs"], strict=False)
        ],
    }


def settings_context(
    upload: Upload, form: SettingsForm, members: list[Membership], *, refused: str = "", edit: Edit | None = None
) -> Plain:
    """The settings in one page, with the planner's answer beside them."""
    found: Plain = upload.found or {}
    sent = form.data or form.initial
    chosen = set(form.data.getlist("raters") if form.is_bound else form.initial["raters"])  # type: ignore[attr-defined]
    asked = {f"criterion-{one.place}-about": one["about"].value() for one in form.criteria.forms}
    return {
        "workspace": upload.workspace,
        "upload": upload,
        "template": template_named(upload.template),
        "found": found,
        "form": form,
        "refused": refused,
        "edit": edit,
        "quotas": [
            {"slice": row, "field": form[name]} for name, row in zip(quota_fields(found), found["slices"], strict=True)
        ],
        **_opened(form, edit),
        "raters": [
            {"id": m.user_id, "name": str(m.user), "role": m.get_role_display(), "chosen": str(m.user_id) in chosen}
            for m in members
        ],
        "gold": getattr(upload, "gold", None),
        "takes_gold": not is_archive(upload),
        "guesses": {name: sent.get(name) or usual for name, usual in USUAL.items()},
        "answer": answer_context(found, {**USUAL, **_plain(sent), **asked}, len(chosen)),
        "steps": steps(3),
    }


def _opened(form: SettingsForm, edit: Edit | None) -> Plain:
    """Which parts of the page that are folded at first stand open: those that something is wrong or new in."""
    wrong = set(form.errors) if form.is_bound else set()
    has_quotas = any(form[name].value() for name in quota_fields(form.found))
    return {
        "opens_questions": bool(edit or form.criteria.is_wrong or wrong & {"allows_tie", "allows_both_bad"}),
        "opens_slices": has_quotas or any(name.startswith("quota-") for name in wrong),
        "questions_in_short": _in_short(form),
    }


def _in_short(form: SettingsForm) -> str:
    n = len(form.criteria.forms)
    words = [f"{n} question{'' if n == 1 else 's'}{' beside the verdict' if form.compares else ''}"] if n else []
    allowed = [
        word
        for name, word in (("allows_tie", "tie"), ("allows_both_bad", "both bad"))
        if name in form.fields and form[name].value()
    ]
    if form.compares:
        words.insert(0, f"{' and '.join(allowed)} allowed".capitalize() if allowed else "No ties")
    return "; ".join(words)


def _plain(sent: Any) -> Plain:
    return {name: value for name, value in sent.items() if value not in (None, "")}


def job_context(workspace: Workspace, job: Job) -> Plain:
    """How far the work is, and where it ends."""
    is_over = job.state in {JobState.DONE, JobState.FAILED}
    return {
        "is_over": is_over,
        "failed": job.state == JobState.FAILED,
        "percent": job.percent,
        "message": job.message,
        "title": f"Reading {job.arguments['name']}" if job.kind == READING else f"Making “{job.arguments['name']}”",
        "url": reverse("console:new_study_progress", args=[workspace.slug, job.public_id]),
    }
