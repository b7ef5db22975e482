"""Shaped reads about marks and the selections that were saved from them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.studies.models import Study

from .models import ReadingMark, SelectedTask, Selection

NEWEST = 20


@dataclass(frozen=True, slots=True)
class SelectionRow:
    """A saved selection in a list."""

    public_id: UUID
    title: str
    n_tasks: int
    created_by: str
    created_at: datetime


def selection_named(study: Study, public_id: str) -> Selection:
    """A saved selection of this study."""
    try:
        found = Selection.objects.filter(study=study, public_id=public_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("There is no such selection in this study. Ask whoever sent you the link.")
    return found


def selected_tasks(selection: Selection) -> list[SelectedTask]:
    """Its tasks with their notes, in order."""
    return list(SelectedTask.objects.filter(selection=selection).order_by("place"))


def selections_of(study: Study) -> list[SelectionRow]:
    """The newest saved selections of a study."""
    found = list(Selection.objects.filter(study=study).annotate(n=Count("tasks")).order_by("-pk")[:NEWEST])
    names = _names([one.created_by for one in found if one.created_by])
    return [SelectionRow(one.public_id, one.title, one.n, name_in(names, one), one.created_at) for one in found]


def author_of(selection: Selection) -> str:
    """The name of whoever saved it."""
    return name_in(_names([selection.created_by] if selection.created_by else []), selection)


def name_in(names: dict[UUID, str], selection: Selection) -> str:
    """A person who is gone is not named."""
    return names.get(selection.created_by, "somebody") if selection.created_by else "somebody"


def _names(people: list[UUID]) -> dict[UUID, str]:
    return {user.uuid: str(user) for user in User.objects.filter(uuid__in=people)} if people else {}


def marks_of(study: Study, user: User) -> dict[int, str]:
    """The tasks that this person has marked, in the order of marking, with her notes."""
    marks = ReadingMark.objects.filter(study=study, user=user).order_by("pk")
    return dict(marks.values_list("task_id", "note"))
