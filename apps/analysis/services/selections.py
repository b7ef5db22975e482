"""Marking tasks while reading, and sharing what was marked: a saved selection never changes."""

from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.analysis.models import ReadingMark, SelectedTask, Selection
from apps.core import audit
from apps.core.database.locks import lock
from apps.core.errors import NotFound, Refused
from apps.rating.models import Task
from apps.studies.models import Study

MOST_MARKS = 200
LONGEST_NOTE = 2000
LONGEST_TITLE = 200


@transaction.atomic
def mark_task(*, study: Study, task_id: int, user: User, note: str = "") -> ReadingMark:
    """Keep a task for later, with a note; marking it again replaces the note."""
    note = _text(note, LONGEST_NOTE, "note")
    if not Task.objects.filter(study=study, pk=task_id).exists():
        raise NotFound("There is no such task in this study. Go back to the list and choose another one.")
    _lock_marks(study, user)
    others = ReadingMark.objects.filter(study=study, user=user).exclude(task=task_id).count()
    if others >= MOST_MARKS:
        raise Refused(f"You have marked {MOST_MARKS} tasks. Save them as a selection, then mark more.")
    mark, _ = ReadingMark.objects.update_or_create(study=study, task_id=task_id, user=user, defaults={"note": note})
    _note_down("task marked", study, task_id, by=user.uuid)
    return mark


@transaction.atomic
def unmark_task(*, study: Study, task_id: int, user: User) -> None:
    """Forget a mark; one that is not there changes nothing."""
    _lock_marks(study, user)
    n, _ = ReadingMark.objects.filter(study=study, task=task_id, user=user).delete()
    if n:
        _note_down("task unmarked", study, task_id, by=user.uuid)


@transaction.atomic
def save_selection(*, study: Study, user: User, title: str) -> Selection:
    """What this person has marked becomes a selection under a permanent address; her marks are used up."""
    title = _text(title, LONGEST_TITLE, "title")
    if not title:
        raise Refused("Give the selection a title: others see it when they open your link.")
    _lock_marks(study, user)
    marks = list(ReadingMark.objects.filter(study=study, user=user).order_by("pk"))
    if not marks:
        raise Refused("Nothing is marked. Open a task, mark it, and then save the selection.")
    selection = Selection.objects.create(study=study, title=title, created_by=user.uuid)
    SelectedTask.objects.bulk_create(
        SelectedTask(study=study, selection=selection, task_id=mark.task_id, place=place, note=mark.note)
        for place, mark in enumerate(marks, start=1)
    )
    ReadingMark.objects.filter(pk__in=[mark.pk for mark in marks]).delete()
    audit.record(
        "selection saved",
        f"selection:{selection.public_id}",
        by=user.uuid,
        workspace_id=study.workspace_id,
        n_tasks=len(marks),
    )
    return selection


def _lock_marks(study: Study, user: User) -> None:
    """Two tabs of one person take turns: what is marked meanwhile is saved or stays marked, never lost."""
    lock(f"marks:{study.pk}:{user.pk}")


def _text(value: str, longest: int, what: str) -> str:
    value = value.replace("\x00", "").strip()
    if len(value) > longest:
        raise Refused(f"The {what} is {len(value)} characters long. Shorten it to {longest}.")
    return value


def _note_down(verb: str, study: Study, task_id: int, *, by: UUID) -> None:
    audit.record(verb, f"study:{study.slug}", by=by, workspace_id=study.workspace_id, task=task_id)
