"""Rendered once, kept by content hash: in this process's memory, then in the database for all of them.

A key is a word of the caller's and a hash of everything its html depends on (`output:HASH`). Content that changes has
another hash, so nothing here is ever out of date; a renderer that changes has another RENDERER_VERSION.
"""

from collections.abc import Callable, Collection, Mapping

from django.db import transaction
from django.utils.safestring import SafeString

from apps.core import rendering
from apps.core.database.queries import rows
from apps.core.models import Rendering

from .memory import Memory

MEMORY = Memory(max_bytes=32 * 1024 * 1024)


def rendered(parts: Mapping[str, Callable[[], SafeString]]) -> dict[str, SafeString]:
    """The html of every part by its key; only what nobody has rendered yet is rendered now.

    No query if this process has seen all of them, else one, and a second to store what was missing. Stored after the
    caller's transaction, if there is one: two requests that render the same text never wait for one another's locks,
    and a cache that cannot be written fails no request.
    """
    version = rendering.RENDERER_VERSION
    found = {key: html for key in parts if (html := MEMORY.get(key, version)) is not None}
    if unread := parts.keys() - found.keys():
        found |= _stored(unread, version)
    if missing := parts.keys() - found.keys():
        new = {key: parts[key]() for key in sorted(missing)}
        transaction.on_commit(lambda: _store(new, version), robust=True)
        found |= new
    for key in unread:
        MEMORY.put(key, version, found[key])
    return {key: found[key] for key in parts}


def keep_rendered(parts: Mapping[str, Callable[[], SafeString]]) -> None:
    """Have every part in the database, for all processes; only what is not there is rendered now.

    What this process remembers counts for nothing: it may never have been stored. An error of the database is the
    caller's to hear: nobody waits for this html, so whoever asked can only ask again.
    """
    version = rendering.RENDERER_VERSION
    if missing := parts.keys() - _kept(parts.keys(), version):
        new = {key: parts[key]() for key in sorted(missing)}
        transaction.on_commit(lambda: _store(new, version))


def forget_old_renderings() -> int:
    """Delete what earlier renderers made; how many rows that were. Safe at any time."""
    return Rendering.objects.filter(version__lt=rendering.RENDERER_VERSION).delete()[0]


# By way of `unnest` one plan serves any number of keys; with `= ANY` each question would be planned anew.
_STORED = """
    SELECT r.key, r.html FROM unnest(%(keys)s::varchar[]) k (key)
    JOIN core_rendering r ON r.key = k.key AND r.version = %(version)s
"""


def _stored(keys: Collection[str], version: int) -> dict[str, SafeString]:
    found = rows(_STORED, {"keys": list(keys), "version": version})
    return {key: SafeString(html) for key, html in found}  # sanitised before it was stored: only `_store` writes here


_KEPT = """
    SELECT r.key FROM unnest(%(keys)s::varchar[]) k (key)
    JOIN core_rendering r ON r.key = k.key AND r.version = %(version)s
"""


def _kept(keys: Collection[str], version: int) -> set[str]:
    return {key for (key,) in rows(_KEPT, {"keys": list(keys), "version": version})} if keys else set()


def _store(new: Mapping[str, SafeString], version: int) -> None:
    made = [Rendering(key=key, version=version, html=html) for key, html in new.items()]
    Rendering.objects.bulk_create(made, ignore_conflicts=True)
