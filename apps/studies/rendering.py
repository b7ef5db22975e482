"""Items and outputs as safe HTML, rendered once and kept by their content hashes."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from apps.core.rendering import to_html
from apps.core.rendering.cached import is_kept, rendered
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


def render_study(study_id: int) -> int:
    """Render ahead what raters of this study will see, so that none of them waits for it; how many parts it has.

    Doing it again costs reading what is kept.
    """
    outputs = Output.objects.filter(studyoutput__study=study_id).order_by("pk").iterator(CHUNK)
    items = Item.objects.filter(studyitem__study=study_id).order_by("pk").iterator(CHUNK)
    return _render(_item_parts(items)) + _render(_output_parts(outputs))


def is_rendered(study_id: int) -> bool:
    """Whether `render_study` came to its end since the last output came in: outputs go by id, the newest last."""
    newest = Output.objects.filter(studyoutput__study=study_id).order_by("-pk").first()
    return newest is None or is_kept(output_key(newest.content_hash))


def _render(parts: Iterator[Part]) -> int:
    n = 0
    while chunk := dict(islice(parts, CHUNK)):
        n += len(rendered(chunk))
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
