"""Rows that are the same on every task, such as the four answers: rendered once in a process."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()

Frozen = tuple[tuple[str, object], ...]


@register.simple_tag
def kept(name: str, rows: Iterable[Mapping[str, object]], chosen: str | None = None) -> SafeString:
    """The template `name` with `rows` and `chosen`, which must hold nothing of the task itself."""
    return _rendered(name, tuple(tuple(row.items()) for row in rows), chosen)


@lru_cache(maxsize=128)
def _rendered(name: str, rows: tuple[Frozen, ...], chosen: str | None) -> SafeString:
    return render_to_string(name, {"rows": [dict(row) for row in rows], "chosen": chosen})
