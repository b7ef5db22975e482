"""The look that a leaderboard is asked for: its form, its address, and back."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.selectors import rater_groups, rules_of, slice_values
from apps.rating.rules import SWITCHABLE
from apps.studies.models import Study

Row = dict[str, Any]

# What a look at a board may leave out, as its checkboxes say it.
WITHOUT_WORDS = {
    "told_apart": "judgments where the rater could tell the system",
    "self_identified": "outputs that name their system",
    "unblinded": "judgments given after seeing results",
}


def filters_in(request: HttpRequest) -> Filters:
    """The look that an address or a form asks for."""
    query = request.GET if request.method == "GET" else request.POST
    slices = [
        f"{key.removeprefix('slice.')}={value}" for key, value in query.items() if key.startswith("slice.") and value
    ]
    return Filters.parse(slices, query.get("group") or None, query.getlist("without"))


def leaderboard_url(study: Study, filters: Filters) -> str:
    """The address of the leaderboard with these filters."""
    query = urlencode([(field["name"], field["value"]) for field in hidden_fields(filters)])
    address = reverse("console:leaderboard", args=[study.workspace.slug, study.slug])
    return f"{address}?{query}" if query else address


def hidden_fields(filters: Filters) -> list[dict[str, str]]:
    """The filters as the fields of a form."""
    fields = [{"name": f"slice.{key}", "value": value} for key, value in filters.slices]
    fields += [{"name": "group", "value": filters.rater_group}] if filters.rater_group else []
    return fields + [{"name": "without", "value": name} for name in filters.without]


def filter_choices(study: Study, filters: Filters) -> Row:
    """What can be chosen, and what is."""
    chosen = set(filters.slices)
    return {
        "slices": [
            {"key": key, "values": [{"value": value, "selected": (key, value) in chosen} for value in values]}
            for key, values in slice_values(study).items()
        ],
        "groups": [{"name": name, "selected": name == filters.rater_group} for name in rater_groups(study)],
        "without": _without_choices(study, filters),
    }


def filter_words(filters: Filters) -> list[str]:
    """What a look narrows, in words; empty for the whole study."""
    words = [f"{key} = {value}" for key, value in filters.slices]
    words += [f"raters of {filters.rater_group}"] if filters.rater_group else []
    return words + [f"without {WITHOUT_WORDS[name]}" for name in filters.without]


def _without_choices(study: Study, filters: Filters) -> list[Row]:
    always = rules_of(study)
    return [
        {"name": name, "words": WITHOUT_WORDS[name], "chosen": name in filters.without, "always": name in always}
        for name in SWITCHABLE
    ]
