"""What the list of the reading room shows."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.models import TallyMark
from apps.analysis.reading import Place, TaskPage, systems_of
from apps.analysis.reading_filters import CHOICES, DISPOSITIONS, INSERTED, SORTS, ReadingFilters
from apps.analysis.reading_selections import selections_of
from apps.analysis.selectors import slice_values
from apps.console.header import header_of
from apps.core.models import Job
from apps.quality.selectors import Enrolled, enrolled
from apps.rating.dispositions import meaning_of
from apps.rating.models import Flag
from apps.studies.models import Criterion, Study

from .rows import flag_words, task_rows


def list_context(
    study: Study,
    filters: ReadingFilters,
    page: TaskPage,
    *,
    marks: dict[int, str],
    tallies: TallyMark | None,
    job: Job | None,
    tells_inserted: bool,
) -> dict[str, Any]:
    """The whole page: filters, tasks, the pages around this one, and what is marked.

    `tells_inserted`: the reader runs the study, and may single out gold, retests and training.
    """
    address = [study.workspace.slug, study.slug]
    query = urlencode(filters.as_pairs())
    raters = enrolled(study)
    return {
        "study": header_of(study),
        "address": reverse("console:reading", args=address),
        "filters": _choices(study, filters, raters, tells_inserted),
        "is_filtered": filters.narrows,
        "rows": task_rows(study, page.tallies, query, first=filters.first, marks=marks),
        "n_all": page.n_all,
        "n_judgments": page.n_judgments,
        "asked": _asked(filters, raters),
        "begin_url": "?" + query,
        "before_url": _page_url(filters, "before", page.before),
        "after_url": _page_url(filters, "after", page.after),
        "counted_at": tallies.advanced_at if tallies else None,
        "job": job,
        "n_marked": len(marks),
        "marked_url": f"{reverse('console:reading', args=address)}?marked=1",
        "save_url": reverse("console:reading_save", args=address),
        "selections": [
            {"row": row, "url": reverse("console:reading_selection", args=[*address, row.public_id])}
            for row in selections_of(study)
        ],
    }


def _page_url(filters: ReadingFilters, name: str, place: Place | None) -> str | None:
    return None if place is None else "?" + urlencode([*filters.as_pairs(), (name, str(place))])


def _asked(filters: ReadingFilters, raters: list[Enrolled]) -> dict[str, str]:
    """Which judgments are meant, in words; empty where the tasks alone are."""
    return {
        "rater": next((one.name for one in raters if one.rater == str(filters.rater)), ""),
        "disposition": filters.disposition or "",
        "meaning": _meaning(filters.disposition) if filters.disposition else "",
    }


def _meaning(disposition: str) -> str:
    return DISPOSITIONS.get(disposition) or meaning_of(disposition)


def _choices(study: Study, filters: ReadingFilters, raters: list[Enrolled], tells_inserted: bool) -> dict[str, Any]:
    chosen = dict(filters.slices)
    systems = [system.name for system in systems_of(study)]
    return {
        "slices": [
            {"key": key, "options": _options(((value, value) for value in values), chosen.get(key))}
            for key, values in slice_values(study).items()
        ],
        "first": _options(((name, name) for name in systems), filters.first),
        "second": _options(((name, name) for name in systems), filters.second),
        "flags": _options(zip(Flag.values, flag_words(Flag.values), strict=True), filters.flag),
        "criteria": _options(_criteria(study), filters.criterion),
        "people": _raters([one for one in raters if one.is_person], filters),
        "judges": _raters([one for one in raters if not one.is_person], filters),
        "dispositions": _dispositions(filters.disposition, tells_inserted),
        "only": [{"name": name, "label": label, "chosen": name in filters.only} for name, label in CHOICES.items()],
        "sorts": _options(SORTS.items(), filters.sort),
    }


def _raters(raters: list[Enrolled], filters: ReadingFilters) -> list[dict[str, Any]]:
    return _options(((one.rater, one.name) for one in raters), str(filters.rater) if filters.rater else None)


def _dispositions(chosen: str | None, tells_inserted: bool) -> list[dict[str, Any]]:
    """Those that there are, and a rule of another release where the address asks for it."""
    known = [name for name in DISPOSITIONS if tells_inserted or name not in INSERTED]
    names = [*known, *([chosen] if chosen and chosen not in DISPOSITIONS else [])]
    return _options(((name, f"{name}: {_meaning(name)}") for name in names), chosen)


def _criteria(study: Study) -> list[tuple[str, str]]:
    """Every criterion a version of the protocol has asked, as it was asked last."""
    asked = Criterion.objects.filter(protocol__study=study).order_by("protocol__number", "ordinal")
    return list(dict(asked.values_list("key", "question")).items())


def _options(options: Any, chosen: str | None) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "selected": value == chosen} for value, label in options]
