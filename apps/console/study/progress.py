"""How far a study is: per slice, per pair of systems, per day."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator

from apps.rating.selectors.figures import Figures
from apps.rating.selectors.study import SystemRow
from apps.studies.models import ProtocolVersion, Study

from .addresses import reading_of

PAIRS_A_PAGE = 25
MOST_SLICES = 60
DAYS_SHOWN = 10

Row = dict[str, Any]


def progress_by_slice(study: Study, figures: Figures, protocol: ProtocolVersion) -> Row:
    """A row for each slice, in order. A key with a value for nearly every item is a name and no slice: left out."""
    rows = [_slice(study, json.loads(key), numbers, protocol) for key, numbers in sorted(figures.of("slice").items())]
    by_key: dict[str, int] = {}
    for row in rows:
        by_key[row["key"]] = by_key.get(row["key"], 0) + 1
    shown = [row for row in rows if by_key[row["key"]] <= MOST_SLICES]
    return {"rows": shown, "left_out": sorted(key for key, n in by_key.items() if n > MOST_SLICES)}


def _slice(study: Study, name: list[str], numbers: Mapping[str, int], protocol: ProtocolVersion) -> Row:
    key, value = name
    return {
        "key": key,
        "value": value,
        "quota": protocol.slice_quotas.get(f"{key}={value}"),
        "url": reading_of(study, **{f"slice.{key}": value}),
        **_numbers(numbers),
    }


def progress_by_pair(study: Study, figures: Figures, systems: list[SystemRow], page: str | None) -> Row:
    """Pairs of systems, those furthest behind first, a page of them at a time."""
    names = {system.system_id: system.name for system in systems}
    pairs = sorted((_share(numbers), _names(names, key), key) for key, numbers in figures.of("pair").items())
    pages = Paginator(pairs, PAIRS_A_PAGE)
    shown = pages.get_page(page)
    return {
        "rows": [_pair(study, *both, figures.of("pair")[key]) for _, both, key in shown],
        "n": len(pairs),
        "number": shown.number,
        "n_pages": pages.num_pages,
        "before": shown.previous_page_number() if shown.has_previous() else None,
        "after": shown.next_page_number() if shown.has_next() else None,
        "has_imported": figures.total("imported") > 0,
        "has_judges": figures.total("judged") > figures.total("imported") + figures.total("here"),
    }


def _share(numbers: Mapping[str, int]) -> float:
    """Where nothing is wanted nothing is missing."""
    return numbers.get("filled", 0) / numbers["wanted"] if numbers.get("wanted") else 1.0


def _names(names: Mapping[int, str], key: str) -> tuple[str, str]:
    one, other = (names[int(part)] for part in key.split(":"))
    return min(one, other), max(one, other)


def _pair(study: Study, first: str, second: str, numbers: Mapping[str, int]) -> Row:
    """A rubric's one system stands twice in its key, and once on the page."""
    is_rubric = first == second
    query = {"first": first} if is_rubric else {"first": first, "second": second}
    return {
        "first": first,
        "second": None if is_rubric else second,
        "url": reading_of(study, **query),
        **_numbers(numbers),
    }


def _numbers(numbers: Mapping[str, int]) -> Row:
    n_imported = numbers.get("imported", 0)
    return {
        "done": numbers.get("filled", 0),
        "wanted": numbers.get("wanted", 0),
        "n_imported": n_imported,
        "n_judges": numbers.get("judged", 0) - n_imported - numbers.get("here", 0),
    }


def progress_by_day(figures: Figures, today: date) -> Row:
    """The last days, newest first: what people judged here, and elsewhere. Days are those of UTC.

    Where nobody rated here for long, they end with the last day on which anybody judged.
    """
    counts = {date.fromisoformat(day): _by_people(numbers) for day, numbers in figures.of("day").items()}
    with_any = [day for day, (here, imported) in counts.items() if here or imported]
    if not with_any:
        return {"rows": [], "most": 0, "has_imported": False}
    last = max(with_any) if (today - max(with_any)).days >= DAYS_SHOWN else today
    days = [last - timedelta(days=n) for n in range(DAYS_SHOWN)]
    rows: list[Row] = [{"day": day, "n": sum(counts.get(day, (0, 0))), "is_today": day == today} for day in days]
    while rows and not rows[-1]["n"]:
        rows.pop()
    return {"rows": rows, "most": max(row["n"] for row in rows), "has_imported": any(n for _, n in counts.values())}


def _by_people(numbers: Mapping[str, int]) -> tuple[int, int]:
    return numbers.get("here", 0), numbers.get("imported", 0)


def filled_by_day(figures: Figures, today: date, n_days: int) -> list[int]:
    """Wanted draws judged on each of the last whole days, the oldest first, none before the first with any."""
    filled = {date.fromisoformat(day): numbers.get("filled", 0) for day, numbers in figures.of("day").items()}
    begun = min((day for day, n in filled.items() if n), default=today)
    days = [today - timedelta(days=n) for n in range(n_days, 0, -1)]
    return [filled.get(day, 0) for day in days if day >= begun]
