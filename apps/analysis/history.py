"""Analyses beside one another: how a leaderboard came to be what it is, and what changed between two."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Func, QuerySet, TextField
from django.db.models.functions import Left

from apps.core.errors import NotFound
from apps.studies.models import Study

from .models import Analysis
from .services.leaderboards import KIND

MOMENTS = 24  # a line of more points says no more, and each is a stored result to be read


@dataclass(frozen=True, slots=True)
class Listed:
    """An analysis in a list: which one, of when, and the position of its cut."""

    public_id: UUID
    created_at: datetime
    last_judgment: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """What a leaderboard said at one cut. `systems` are the rows of its result."""

    public_id: UUID
    created_at: datetime
    n_judgments: int
    systems: list[dict[str, Any]]


def history_of(analysis: Analysis, *, at_most: int = MOMENTS) -> tuple[Moment, ...]:
    """The same look at the same study up to this analysis, oldest first, at most so many, evenly apart.

    One for each cut: where a cut was computed again, by newer statistics, the newest stands.
    """
    by_cut = {cut: pk for pk, cut in _same_look(analysis).order_by("pk").values_list("pk", "cut__last_judgment")}
    by_cut[analysis.cut.last_judgment] = analysis.pk
    ordered = [by_cut[cut] for cut in sorted(by_cut)]
    return _moments(Analysis.objects.filter(pk__in=_evenly(ordered, at_most)).order_by("cut__last_judgment"))


def latest_analyses(study: Study, *, also: Iterable[Analysis] = (), at_most: int = 50) -> tuple[Listed, ...]:
    """The study's newest leaderboards through whatever look, the newest first; then those of `also` that are older."""
    rows = Analysis.objects.filter(study=study, kind=KIND).order_by("-pk")
    values = rows.values_list("public_id", "created_at", "cut__last_judgment", "settings__filters")[:at_most]
    newest = {row[0]: Listed(*row[:3], not _narrows(row[3])) for row in values}
    older = {each.public_id: _listed(each) for each in also if each.public_id not in newest}
    return (*newest.values(), *older.values())


def _listed(analysis: Analysis) -> Listed:
    narrows = _narrows(analysis.settings["filters"])
    return Listed(analysis.public_id, analysis.created_at, analysis.cut.last_judgment, not narrows)


def moment_before(analysis: Analysis) -> Moment | None:
    """What the same look at the nearest earlier cut said."""
    earlier = _same_look(analysis).filter(cut__last_judgment__lt=analysis.cut.last_judgment)
    return next(iter(_moments(earlier.order_by("-cut__last_judgment", "-pk")[:1])), None)


def two_analyses(study: Study, first: str, second: str) -> tuple[Analysis, Analysis]:
    """Two leaderboards of the study by their public ids, in this order."""
    found = [_named(study, public_id) for public_id in (first, second)]
    return found[0], found[1]


def _named(study: Study, public_id: str) -> Analysis:
    try:
        found = Analysis.objects.select_related("cut").filter(study=study, kind=KIND, public_id=public_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("There is no such analysis in this study. Choose two from its history.")
    return found


def _same_look(analysis: Analysis) -> QuerySet[Analysis]:
    return Analysis.objects.filter(
        study=analysis.study_id,
        kind=analysis.kind,
        settings__filters=analysis.settings["filters"],
        settings__protocol_major=analysis.settings["protocol_major"],
        cut__last_judgment__lte=analysis.cut.last_judgment,
    )


def _moments(analyses: QuerySet[Analysis]) -> tuple[Moment, ...]:
    """What these say, in their order. One query."""
    rows = analyses.annotate(
        n=Left(_PartOfResult(F("result"), key="n_judgments"), 20),
        rows=_PartOfResult(F("result"), key="systems"),
    ).values_list("public_id", "created_at", "n", "rows")
    return tuple(Moment(public_id, at, _first_value(n), _first_value(systems)) for public_id, at, n, systems in rows)


def _evenly(ordered: list[int], at_most: int) -> list[int]:
    if len(ordered) <= at_most:
        return ordered
    return [ordered[round(place * (len(ordered) - 1) / (at_most - 1))] for place in range(at_most)]


def _narrows(filters: dict[str, Any]) -> bool:
    return bool(filters["slices"] or filters["rater_group"] or filters.get("without"))


class _PartOfResult(Func):
    """The text of a stored result from one of its outermost keys on.

    Whole results are long and there are many: the database cuts the text instead of parsing it. Results are canonical
    JSON (`canonical_json`), so a line with one space before its key is an outermost one, and strings hold no line ends.
    """

    template = "split_part(%(expressions)s, E'\\n \"%(key)s\": ', 2)"
    output_field = TextField()


def _first_value(text: str) -> Any:
    return json.JSONDecoder().raw_decode(text)[0]
