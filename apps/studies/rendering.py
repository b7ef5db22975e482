"""Items and outputs as safe HTML, rendered once and kept by their content hashes."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core import rendering
from apps.core.database.queries import rows
from apps.core.rendering import to_html
from apps.core.rendering.cached import keep_rendered, rendered
from apps.studies.models import Item, Output

ROLES = {"user": "User", "assistant": "Assistant", "system": "Instructions", "tool": "Tool"}
CHUNK = 200

Part = tuple[str, Callable[[], SafeString]]


def turn_key(item_hash: str, n: int) -> str:
    """Of turn `n` of an item."""
    return f"turn:{n}:{item_hash}"


def context_key(item_hash: str) -> str:
    return f"context:{item_hash}"


def reference_key(item_hash: str) -> str:
    return f"reference:{item_hash}"


def output_key(output_hash: str) -> str:
    return f"output:{output_hash}"


def role_label(role: str) -> str:
    """What a turn's role is called on a page."""
    return ROLES.get(role, role)


def output_html(output: Output) -> SafeString:
    """One text, or the turns of a conversation under one another, each rendered by itself."""
    if output.messages is None:
        return to_html(output.text or "")
    if len(output.messages) == 1:
        return to_html(output.messages[0]["content"])
    turns = ((role_label(turn["role"]), to_html(turn["content"])) for turn in output.messages)
    return format_html_join("", '<section class="turn"><h3 class="turn-role">{}</h3>{}</section>', turns)


def material_html(item: Item, outputs: Iterable[Output]) -> dict[str, SafeString]:
    """An item and outputs of it, by the keys of their parts; what was rendered before is not rendered again."""
    return rendered(dict(chain(_item_parts([item]), _output_parts(outputs))))


def render_study(study_id: int) -> int:
    """Render ahead what raters of this study will see, so that none of them waits for it; how many parts it has.

    Doing it again costs looking for what is kept, and makes good whatever could not be stored the last time.
    """
    outputs = Output.objects.filter(studyoutput__study=study_id).order_by("pk").iterator(CHUNK)
    items = Item.objects.filter(studyitem__study=study_id).order_by("pk").iterator(CHUNK)
    return _render(_item_parts(items)) + _render(_output_parts(outputs))


_MISSING = """
    WITH part(key) AS (
        SELECT 'output:' || o.content_hash
        FROM studies_studyoutput s JOIN studies_output o ON o.id = s.output_id WHERE s.study_id = %(study)s
        UNION ALL
        SELECT of_item.key
        FROM studies_studyitem s JOIN studies_item i ON i.id = s.item_id, LATERAL (
            SELECT 'turn:' || n || ':' || i.content_hash FROM generate_series(0, jsonb_array_length(i.messages) - 1) n
            UNION ALL SELECT 'context:' || i.content_hash WHERE i.context <> ''
            UNION ALL SELECT 'reference:' || i.content_hash WHERE i.reference <> '') AS of_item(key)
        WHERE s.study_id = %(study)s)
    SELECT EXISTS (SELECT FROM part WHERE NOT EXISTS (
        SELECT FROM core_rendering r WHERE r.key = part.key AND r.version = %(version)s))
"""


def is_rendered(study_id: int) -> bool:
    """Whether every part of the study is kept. All are looked for: a rater who saw the newest output kept only that."""
    return not rows(_MISSING, {"study": study_id, "version": rendering.RENDERER_VERSION})[0][0]


def _render(parts: Iterator[Part]) -> int:
    n = 0
    while chunk := dict(islice(parts, CHUNK)):
        keep_rendered(chunk)
        n += len(chunk)
    return n


def _output_parts(outputs: Iterable[Output]) -> Iterator[Part]:
    for output in outputs:
        yield output_key(output.content_hash), partial(output_html, output)


def _item_parts(items: Iterable[Item]) -> Iterator[Part]:
    for item in items:
        for n, message in enumerate(item.messages):
            yield turn_key(item.content_hash, n), partial(to_html, message["content"])
        if item.context:
            yield context_key(item.content_hash), partial(to_html, item.context)
        if item.reference:
            yield reference_key(item.content_hash), partial(to_html, item.reference)
