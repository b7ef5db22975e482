"""Slice quotas: how many judgments a slice gets before all others, a field for each slice that was found."""

from collections.abc import Mapping
from typing import Any

from django import forms

from apps.rating.exchange.kinds import MAX_INTEGER

Plain = dict[str, Any]


class QuotaField(forms.IntegerField):
    """A number that may be left empty, in a field that takes any text: what was typed is never lost."""

    def __init__(self, label: str) -> None:
        field = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        wrong = {"invalid": "Write a whole number, or nothing."}
        super().__init__(
            label=label, required=False, min_value=1, max_value=MAX_INTEGER, widget=field, error_messages=wrong
        )


def quota_fields(found: Plain) -> dict[str, QuotaField]:
    """The fields by name."""
    return {_field(n): QuotaField(f"Judgments of {name_of(row)} first") for n, row in enumerate(found["slices"])}


def quotas_initial(found: Plain, quotas: Mapping[str, int]) -> dict[str, int | None]:
    """The quotas that the terms hold, by field."""
    return {_field(n): quotas.get(name_of(row)) for n, row in enumerate(found["slices"])}


def quotas_in(found: Plain, sent: Mapping[str, Any]) -> dict[str, int]:
    """What was asked for, by slice."""
    wanted = {name_of(row): sent.get(_field(n)) for n, row in enumerate(found["slices"])}
    return {name: int(n) for name, n in wanted.items() if n}


def n_compared_first(found: Plain, sent: Mapping[str, Any]) -> int:
    """At most how many tasks with a comparison the quotas bring into the first round."""
    quotas = quotas_in(found, sent)
    return sum(min(quotas.get(name_of(row), 0), row["n_comparisons"]) for row in found["slices"])


def shortages(found: Plain, sent: Mapping[str, Any], *, replication: int, rates: bool) -> dict[str, str]:
    """By field, why a quota cannot be filled."""
    told = {}
    for n, row in enumerate(found["slices"]):
        n_tasks = row["n_comparisons"] + (row["n_ratable"] if rates else 0)
        most, wanted = n_tasks * replication, sent.get(_field(n))
        if wanted and wanted > most:
            told[_field(n)] = _told(n_tasks, replication, most)
    return told


def _told(n_tasks: int, replication: int, most: int) -> str:
    if not n_tasks:
        return "This slice has no tasks to judge: leave it empty."
    tasks = "1 task" if n_tasks == 1 else f"{n_tasks:,} tasks"
    often = {1: "once", 2: "twice"}.get(replication, f"{replication} times")
    return f"It has {tasks}, judged {often}: ask for {most:,} at most, or for more judgments a task."


def name_of(row: Plain) -> str:
    """The slice as the terms name it."""
    return f"{row['name']}={row['value']}"


def _field(n: int) -> str:
    return f"quota-{n}"
