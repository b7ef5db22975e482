"""The tasks somebody wants to read, a page at a time, and the way from one to the next.

Pages are found by key and not by number: the last page of half a million tasks costs as much as the first.
"""

from dataclasses import dataclass
from math import inf, isfinite
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    FloatField,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)  # fmt: skip
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from apps.accounts.models import User
from apps.core.errors import Refused
from apps.rating.models import Enrolment
from apps.studies.models import Criterion, Item, Study, System

from .models import ReadingMark, SelectedTask, TaskTally
from .reading_filters import ReadingFilters

PAGE = 25
MANY = 25_000  # tasks: fewer are sorted sooner than they are met in the order of an index, where they may stand last


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
    """One page: its tallies in order, and where the pages before and after begin (None: there is none).

    Where judgments were asked for, each tally has its `n_asked` of them, and all tasks together `n_judgments`.
    """

    tallies: list[TaskTally]
    n_all: int
    n_judgments: int | None
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
    """A page of tasks: the first, or the one after (or before) a place. Two queries, beside those of the filters."""
    tasks = _passing_tasks(study, filters, user)
    asked = {"n_judgments": Sum("n_asked", default=0)} if filters.asks_for_judgments else {}
    counted = {"n_judgments": None, **tasks.aggregate(n_all=Count("task"), **asked)}
    tasks = _with_value(tasks, filters, counted["n_all"])
    if before is not None:
        found = list(_beyond(tasks, before, later=False).order_by("value", "task_id")[: PAGE + 1])
        shown = found[:PAGE][::-1]
        return TaskPage(shown, **counted, before=_edge(shown[:1], len(found) > PAGE), after=_edge(shown))
    found = list((tasks if after is None else _beyond(tasks, after)).order_by("-value", "-task_id")[: PAGE + 1])
    shown = found[:PAGE]
    return TaskPage(shown, **counted, before=_edge(shown[:1], after is not None), after=_edge(shown, len(found) > PAGE))


def neighbours(study: Study, filters: ReadingFilters, user: User, task_id: int) -> Neighbours | None:
    """Around a task in the list; None if it is not in it. Four queries, beside those of the filters."""
    tasks = _passing_tasks(study, filters, user)
    in_order = _with_value(tasks, filters)
    here = in_order.filter(task=task_id).first()
    if here is None:
        return None
    place = _place(here)
    counted = in_order.aggregate(n=Count("task"), n_before=Count("task", filter=_than(place, ">")))
    tasks = _with_value(tasks, filters, counted["n"])
    earlier, later = _beyond(tasks, place, later=False), _beyond(tasks, place)
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


def _passing_tasks(study: Study, filters: ReadingFilters, user: User) -> QuerySet[Any]:
    """The tasks that pass, each with `n_asked` where judgments are asked for."""
    tasks = TaskTally.objects.filter(_conditions(study, filters, user), study=study)
    if filters.asks_for_judgments:
        key = _judgments_asked(study, filters)
        counted = Cast(KeyTransform(key, "judged"), IntegerField())
        tasks = tasks.filter(judged__has_key=key).annotate(n_asked=counted)
    return tasks


def _with_value(tasks: QuerySet[Any], filters: ReadingFilters, n: int | None = None) -> QuerySet[Any]:
    """Each task with the `value` it is sorted by. What is added to, no index is walked for."""
    value = _value(filters)
    return tasks.annotate(value=value if n is None or n > MANY else value + Value(0))


def _judgments_asked(study: Study, filters: ReadingFilters) -> str:
    """Under which key a tally counts them (see apps.analysis.reading_counts)."""
    if filters.rater is None:
        return str(filters.disposition)
    rater = Enrolment.objects.filter(study=study, rater__uuid=filters.rater).values_list("rater", flat=True).first()
    if rater is None:
        raise Refused("There is no such rater in this study. Choose one from the list.")
    return f"r{rater} {filters.disposition}" if filters.disposition else f"r{rater}"


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
        asked &= _criterion_asked(study, filters.criterion)
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


def _criterion_asked(study: Study, key: str) -> Q:
    if not Criterion.objects.filter(protocol__study=study, key=key).exists():
        raise Refused(f"This study has asked no question {key!r}. Choose one from the list.")
    return Q(criteria__has_key=key)


def _systems_asked(study: Study, filters: ReadingFilters) -> Q:
    names = [name for name in (filters.first, filters.second) if name]
    if not names:
        return Q()
    known = {system.name: system.pk for system in systems_of(study)}
    missing = [name for name in names if name not in known]
    if missing:
        raise Refused(f"This study has no system {missing[0]!r}. Choose one from the list.")
    low, high = min(known[name] for name in names), max(known[name] for name in names)
    return Q(system_low=low, system_high=high) if filters.second else Q(system_low=low) | Q(system_high=low)


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


def _edge(shown: list[TaskTally], is_one: bool = True) -> Place | None:
    """The place of the last of them, where a page begins behind it."""
    return _place(shown[-1]) if shown and is_one else None
