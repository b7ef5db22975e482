"""What the page of files shows."""

from typing import Any

from django.urls import reverse

from apps.accounts.models import User
from apps.analysis.filters import Filters
from apps.analysis.selectors import latest_analysis, rater_groups, rules_of, slice_values
from apps.console.header import header_of
from apps.console.jobs.page import job_card
from apps.rating.exchange.downloads import DOWNLOADS, Field
from apps.rating.exchange.downloads.noting import PastDownload, past_downloads
from apps.rating.exchange.packing import last_packing
from apps.rating.rules import RULES, SWITCHABLE
from apps.studies.models import Study

from . import board_table
from .forms import Wish

FORMATS = (("csv", "CSV"), ("jsonl", "JSONL"), ("parquet", "Parquet"))


def files_context(study: Study, wish: Wish, *, may_run: bool) -> dict[str, Any]:
    """The whole page; the archive only for who may run the study."""
    return {
        "study": header_of(study),
        "tables": _tables(study, wish, may_run=may_run),
        "filters": _choices(study, wish.filters),
        "wish": wish,
        "is_filtered": wish != Wish(Filters()),
        "bundle": _bundle(study) if may_run else None,
        "past": _past(study, past_downloads(study)),
    }


def _tables(study: Study, wish: Wish, *, may_run: bool) -> list[dict[str, Any]]:
    has_board = latest_analysis(study, wish.filters) is not None
    board = _table(study, board_table.NAME, board_table.TITLE, board_table.MEANING, board_table.FIELDS, wish)
    board["missing"] = None if has_board else "None for these filters yet."
    return [board] + [
        _table(study, table.name, table.title, table.meaning, table.fields_for(is_manager=may_run), wish)
        for table in DOWNLOADS.values()
    ]


def _table(study: Study, name: str, title: str, meaning: str, fields: tuple[Field, ...], wish: Wish) -> dict[str, Any]:
    query = wish.as_query()
    return {
        "name": name,
        "title": title,
        "meaning": meaning,
        "columns": [{"name": one.name, "kind": one.kind.value, "meaning": one.meaning} for one in fields],
        "links": [{"words": words, "url": _url(study, name, ending, query)} for ending, words in FORMATS],
        "missing": None,
    }


def _url(study: Study, table: str, ending: str, query: str) -> str:
    address = reverse("console:download", args=[study.workspace.slug, study.slug, table, ending])
    return f"{address}?{query}" if query else address


def _choices(study: Study, filters: Filters) -> dict[str, Any]:
    chosen, always = set(filters.slices), rules_of(study)
    return {
        "slices": [
            {"key": key, "values": [{"value": value, "selected": (key, value) in chosen} for value in values]}
            for key, values in slice_values(study).items()
        ],
        "groups": [{"name": name, "selected": name == filters.rater_group} for name in rater_groups(study)],
        "without": [
            {"name": name, "words": RULES[name].meaning, "chosen": name in filters.without, "always": name in always}
            for name in SWITCHABLE
        ],
    }


def _bundle(study: Study) -> dict[str, Any]:
    job = last_packing(study)
    return {
        "url": reverse("console:pack_bundle", args=[study.workspace.slug, study.slug]),
        "job": job_card(job, study.workspace.slug, study=study, may_run=True) if job else None,
    }


def _past(study: Study, downloads: list[PastDownload]) -> list[dict[str, Any]]:
    people = {user.uuid: str(user) for user in User.objects.filter(uuid__in=[one.by for one in downloads])}
    return [_past_row(study, one, people.get(one.by) if one.by else None) for one in downloads]


def _past_row(study: Study, past: PastDownload, by: str | None) -> dict[str, Any]:
    told = past.manifest
    wish = Wish(Filters.from_settings(told["filters"]))
    query = "&".join(part for part in (wish.as_query(), f"cut={told['cut']}" if "cut" in told else "") if part)
    return {
        "at": past.at,
        "by": by or "–",
        "table": told["table"],
        "format": told["format"],
        "cut": told.get("cut"),
        "filters": _filter_words(wish.filters),
        "n": told["n"],
        "sha256": told["sha256"],
        "url": _url(study, told["table"], told["format"], query),
    }


def _filter_words(filters: Filters) -> str:
    words = [f"{key}={value}" for key, value in filters.slices]
    words += [f"group {filters.rater_group}"] if filters.rater_group else []
    return ", ".join([*words, *(f"without {name}" for name in filters.without)]) or "all"
