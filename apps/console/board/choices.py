"""The look that a leaderboard is asked for: its form, its address, and back."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from apps.analysis.filters import Filters
from apps.analysis.selectors import rater_groups, rules_of, slice_values
from apps.core.errors import Refused
from apps.rating.rules import SWITCHABLE
from apps.studies.models import Study

Row = dict[str, Any]
MOST_OPTIONS = 100  # a slice with more values (one an item, perhaps) is typed: nobody looks through such a list

# What a look at a board may leave out, as its checkboxes say it.
WITHOUT_WORDS = {
    "told_apart": "judgments where the rater could tell the system",
    "self_identified": "outputs that name their system",
    "unblinded": "judgments given after seeing results",
}


def filters_in(request: HttpRequest) -> Filters:
    """The look that an address or a form asks for."""
    query = request.POST if request.method == "POST" else request.GET
    if any("\x00" in word for word in [*query, *query.values()]):
        raise Refused("The address holds a character that no name has. Choose from the lists on the page.")
    named = ((key.removeprefix("slice."), str(value)) for key, value in query.items() if key.startswith("slice."))
    slices = tuple(sorted((key, value) for key, value in named if key and value))
    return replace(Filters.parse((), query.get("group"), query.getlist("without")), slices=slices)


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
    chosen = dict(filters.slices)
    return {
        "slices": [_slice_choices(key, values, chosen.get(key, "")) for key, values in slice_values(study).items()],
        "groups": [{"name": name, "selected": name == filters.rater_group} for name in rater_groups(study)],
        "without": _without_choices(study, filters),
    }


def filter_words(filters: Filters) -> list[str]:
    """What a look narrows, in words; empty for the whole study."""
    words = [f"{key} = {value}" for key, value in filters.slices]
    words += [f"raters of {filters.rater_group}"] if filters.rater_group else []
    return words + [f"without {WITHOUT_WORDS[name]}" for name in filters.without]


def _slice_choices(key: str, values: list[str], chosen: str) -> Row:
    listed = [] if len(values) > MOST_OPTIONS else values
    options = [{"value": value, "selected": value == chosen} for value in listed]
    return {"key": key, "values": options, "chosen": chosen, "n_values": len(values)}


def _without_choices(study: Study, filters: Filters) -> list[Row]:
    always = rules_of(study)
    return [
        {"name": name, "words": WITHOUT_WORDS[name], "chosen": name in filters.without, "always": name in always}
        for name in SWITCHABLE
    ]
