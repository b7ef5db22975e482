"""The ways from a number to the rows behind it. A page that does not exist yet gives no link."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from apps.studies.models import Study


def address_of(study: Study, page: str, query: dict[str, Any] | None = None) -> str | None:
    """Where a console page about this study is, with a query; None where there is no such page."""
    try:
        address = reverse(f"console:{page}", args=[study.workspace.slug, study.slug])
    except NoReverseMatch:
        return None
    return f"{address}?{urlencode(query)}" if query else address


def reading_of(study: Study, **query: str) -> str | None:
    """The reading room with these filters.

    `first` and `second` name systems; a slice is `slice.key`; `rater` is a uuid, `disposition` a name.
    """
    return address_of(study, "reading", query)


def rater_of(study: Study, rater: UUID) -> str:
    """The page of one rater."""
    return reverse("console:rater", args=[study.workspace.slug, study.slug, rater])


def task_of(study: Study, task_id: int) -> str:
    """One task with its outputs and all that was said of them."""
    return reverse("console:reading_task", args=[study.workspace.slug, study.slug, task_id])
