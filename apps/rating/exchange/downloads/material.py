"""Items and outputs, in the columns of the documented format: what is downloaded can be imported elsewhere."""

import json
from typing import Any

from .shape import Download, Field, Kind, Look

# One user message is a prompt: as apps.rating.exchange.documents writes it.
_IS_PROMPT = (
    "jsonb_array_length(i.messages) = 1 AND i.messages->0->>'role' = 'user' AND i.messages->0->>'content' <> ''"
)
_ITEMS = """
    FROM studies_studyitem held JOIN studies_item i ON i.id = held.item_id
    WHERE held.study_id = %(study)s AND i.slices @> %(slices)s::jsonb
    ORDER BY held.id"""
_OUTPUTS = """
    FROM studies_studyoutput held
    JOIN studies_output o ON o.id = held.output_id
    JOIN studies_item i ON i.id = held.item_id
    JOIN studies_system s ON s.id = held.system_id
    WHERE held.study_id = %(study)s AND i.slices @> %(slices)s::jsonb
    ORDER BY held.id"""


def _parameters(look: Look) -> dict[str, Any]:
    return {"study": look.cut.study_id, "slices": json.dumps(look.slices)}


ITEMS = Download(
    name="items",
    title="Items",
    meaning="The inputs put before systems, in the columns that import_study reads.",
    fields=(
        Field("item", Kind.TEXT, "i.external_id", "the item's own name"),
        Field("group", Kind.TEXT, 'CASE WHEN i."group" <> i.external_id THEN i."group" END', "the items it belongs to"),
        Field("prompt", Kind.TEXT, f"CASE WHEN {_IS_PROMPT} THEN i.messages->0->>'content' END", "the input, where it"
              " is one user message"),
        Field("messages", Kind.JSON, f"CASE WHEN NOT ({_IS_PROMPT}) THEN i.messages END", "else the conversation"),
        Field("context", Kind.TEXT, "i.context", "what raters may read beside it"),
        Field("reference", Kind.TEXT, "i.reference", "a good answer, where one is known"),
        Field("slices", Kind.JSON, "i.slices", "names and values to filter by"),
        Field("metadata", Kind.JSON, "i.metadata", "anything else that was kept"),
    ),
    source=lambda look: ("", _ITEMS, _parameters(look)),
    reveals_systems=False,
    obeys_cut=False,
)  # fmt: skip
OUTPUTS = Download(
    name="outputs",
    title="Outputs",
    meaning="What each system produced, in the columns that import_study reads.",
    fields=(
        Field("item", Kind.TEXT, "i.external_id", "the item it answers"),
        Field("system", Kind.TEXT, "s.name", "the system that produced it"),
        Field("sample", Kind.WHOLE, "held.sample", "which of several outputs of this system for this item"),
        Field("text", Kind.TEXT, "o.text", "the output, where it is one text"),
        Field("messages", Kind.JSON, "o.messages", "else the conversation"),
        Field("latency_ms", Kind.NUMBER, "o.latency_ms", "how long it took, in milliseconds"),
        Field("cost_usd", Kind.NUMBER, "o.cost_usd::float8", "what it cost, in US dollars"),
        Field("tokens", Kind.WHOLE, "o.tokens", "how many tokens it has"),
    ),
    source=lambda look: ("", _OUTPUTS, _parameters(look)),
    obeys_cut=False,
)  # fmt: skip
