"""The tasks somebody wants to read, a page at a time, and the way from one to the next.

Pages are found by key and not by number: the last page of half a million tasks costs as much as the first.
"""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from django.db.models import BooleanField, Count, Exists, F, FloatField, Func, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.studies.models import Item, Study, System

from .models import ReadingMark, SelectedTask, TaskTally
from .reading_filters import ReadingFilters

PAGE = 25


@dataclass(frozen=True, slots=True)
class Place:
    """Where a task stands in a sorted list: its value, then its id."""

    value: float
    task: int

    @classmethod
    def parse(cls, word: str) -> "Place":
        """From an address."""
        value, _, task = word.partition("_")
        try:
            place = cls(float(value), int(task))
        except ValueError:
            place = cls(inf, 0)
        if not isfinite(place.value):
            raise Refused("This page of the list cannot be found. Go back to its beginning.")
        return place

    def __str__(self) -> str:
        return f"{self.value!r}_{self.task}"


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One page: its tallies in order, and where the pages before and after begin (None: there is none)."""

    tallies: list[TaskTally]
    n_all: int
    before: Place | None
    after: Place | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A task among those of its list: which comes before and after, and the how manieth of how many it is."""

    previous: int | None
    next: int | None
    number: int
    n_all: int


def tasks_page(
    study: Study, filters: ReadingFilters, user: User, *, after: Place | None = None, before: Place | None = None
) -> TaskPage:
    """A page of tasks: the first, or the one after (or before) a place. Two queries."""
    tasks = _sorted_tasks(study, filters, user)
    n_all = tasks.order_by().values("pk").count()
    if before is not None:
        found = list(_beyond(tasks, before, later=False).order_by("value", "task_id")[: PAGE + 1])
        shown = found[:PAGE][::-1]
        return TaskPage(shown, n_all, _place(shown[0]) if len(found) > PAGE else None, _edge(shown))
    found = list((tasks if after is None else _beyond(tasks, after)).order_by("-value", "-task_id")[: PAGE + 1])
    shown = found[:PAGE]
    return TaskPage(
        shown, n_all, _place(shown[0]) if after and shown else None, _edge(shown) if len(found) > PAGE else None
    )


def neighbours(study: Study, filters: ReadingFilters, user: User, task_id: int) -> Neighbours | None:
    """Around a task in the list; None if it is not in it. Four queries."""
    tasks = _sorted_tasks(study, filters, user)
    here = tasks.filter(task=task_id).first()
    if here is None:
        return None
    place = _place(here)
    earlier, later = _beyond(tasks, place, later=False), _beyond(tasks, place)
    counted = tasks.order_by().aggregate(n=Count("pk"), n_before=Count("pk", filter=_than(place, ">")))
    return Neighbours(
        previous=earlier.order_by("value", "task_id").values_list("task_id", flat=True).first(),
        next=later.order_by("-value", "-task_id").values_list("task_id", flat=True).first(),
        number=counted["n_before"] + 1,
        n_all=counted["n"],
    )


def neighbours_in_selection(selection_id: int, task_id: int) -> Neighbours | None:
    """Around a task in a saved selection, in its order; None if it is not in it."""
    tasks = list(
        SelectedTask.objects.filter(selection=selection_id).order_by("place").values_list("task_id", flat=True)
    )
    if task_id not in tasks:
        return None
    at = tasks.index(task_id)
    following = tasks[at + 1] if at + 1 < len(tasks) else None
    return Neighbours(tasks[at - 1] if at else None, following, at + 1, len(tasks))


def systems_of(study: Study) -> list[System]:
    """The systems of the study, by name."""
    held = Exists(study.study_outputs.filter(system=OuterRef("pk")))
    return list(System.objects.filter(held, workspace=study.workspace_id).order_by("name"))


def _sorted_tasks(study: Study, filters: ReadingFilters, user: User) -> QuerySet[Any]:
    """The tasks that pass, each with the `value` it is sorted by."""
    tasks = TaskTally.objects.filter(_conditions(study, filters, user), study=study)
    return tasks.annotate(value=_value(filters))


def _value(filters: ReadingFilters) -> Any:
    if filters.sort == "newest":
        return F("last_judgment")
    if filters.criterion:
        return Coalesce(Cast(KeyTextTransform(filters.criterion, "criteria"), FloatField()), Value(0.0))
    return F("disagreement")


def _conditions(study: Study, filters: ReadingFilters, user: User) -> Q:
    asked = _systems_asked(study, filters)
    if filters.slices:
        items = Item.objects.filter(studyitem__study=study, slices__contains=dict(filters.slices))
        asked &= Q(item__in=items.values("pk"))
    if filters.flag:
        asked &= Q(flags__contains=[filters.flag])
    if filters.criterion:
        asked &= Q(criteria__has_key=filters.criterion)
    if "marked" in filters.only:
        asked &= Q(task__in=ReadingMark.objects.filter(user=user, study=study).values("task"))
    for name in filters.only - {"marked"}:
        asked &= _ONLY[name]
    return asked


_ONLY = {
    "disagree": Q(disagreement__gt=0),
    "both_bad": Q(n_both_bad__gt=0),
    "conflict": Q(has_conflict=True),
    "comments": Q(n_comments__gt=0),
}


def _systems_asked(study: Study, filters: ReadingFilters) -> Q:
    names = [name for name in (filters.first, filters.second) if name]
    if not names:
        return Q()
    known = dict(System.objects.filter(workspace=study.workspace_id, name__in=names).values_list("name", "pk"))
    missing = [name for name in names if name not in known]
    if missing:
        raise Refused(f"This study has no system {missing[0]!r}. Choose one from the list.")
    ids = sorted(known.values())
    if len(ids) == 1:
        return Q(system_low=ids[0]) | Q(system_high=ids[0])
    return Q(system_low=ids[0], system_high=ids[1])


def _beyond(tasks: QuerySet[Any], place: Place, *, later: bool = True) -> QuerySet[Any]:
    """Those after a place, or before it."""
    return tasks.filter(_than(place, "<" if later else ">"))


class _Row(Func):
    """Two columns compared as one, so that an index on both finds the place and each value is looked at once."""

    template = "(%(expressions)s)"


def _than(place: Place, sign: str) -> Func:
    # A whole number compared as a fraction would not be looked for in an index of whole numbers.
    value = int(place.value) if place.value.is_integer() else place.value
    here = _Row(Value(value), Value(place.task))
    return Func(
        _Row(F("value"), F("task_id")),
        here,
        template="%(expressions)s",
        arg_joiner=f" {sign} ",
        output_field=BooleanField(),
    )


def _place(tally: Any) -> Place:
    return Place(float(tally.value), tally.task_id)


def _edge(shown: list[TaskTally]) -> Place | None:
    return _place(shown[-1]) if shown else None
