"""What stands on a rater's screen for one assignment: everything but the long texts, which are rendered and cached."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core.database.queries import rows


@dataclass(frozen=True, slots=True)
class Side:
    """An output by its hash: what it says is fetched only where it was never rendered."""

    output_id: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Showing:
    """One showing as it stands: left and right are the screen's; a rubric's one output is `left`."""

    assignment_id: int
    public_id: UUID
    kind: str
    purpose: str
    a_on_left: bool | None
    expires_at: datetime
    is_answered: bool
    protocol_id: int
    protocol_number: int
    question: str
    verdicts: list[str]
    shows_slices: bool
    has_criteria: bool
    task_id: int
    item_id: int
    item_hash: str
    roles: list[str]
    has_context: bool
    has_reference: bool
    slices: dict[str, Any]
    left: Side
    right: Side | None


_SHOWING = """
    SELECT a.id, a.public_id, t.kind, a.purpose, a.a_on_left, a.expires_at, a.outcome IS NOT NULL,
           p.id, p.number, p.question, p.verdicts, p.shows_slices,
           EXISTS (SELECT FROM studies_criterion c WHERE c.protocol_id = p.id),
           t.id, i.id, i.content_hash, jsonb_path_query_array(i.messages, '$[*].role')::text,
           coalesce(i.context, '') <> '', coalesce(i.reference, '') <> '',
           CASE WHEN p.shows_slices THEN i.slices::text ELSE '{}' END,
           oa.id, oa.content_hash, ob.id, ob.content_hash
    FROM rating_assignment a
    JOIN studies_protocolversion p ON p.id = a.protocol_id
    JOIN rating_task t ON t.id = a.task_id
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_output oa ON oa.id = t.output_a_id
    LEFT JOIN studies_output ob ON ob.id = t.output_b_id
    WHERE a.id = %(assignment)s
"""


def showing_of(assignment_id: int) -> Showing:
    """One query. jsonb arrives as text."""
    ((*facts, roles, has_context, has_reference, slices, id_a, hash_a, id_b, hash_b),) = rows(
        _SHOWING, {"assignment": assignment_id}
    )
    a, b = Side(id_a, hash_a), Side(id_b, hash_b) if id_b is not None else None
    a_on_left = facts[4]
    left, right = (b, a) if b is not None and not a_on_left else (a, b)
    values: list[Any] = [*facts, json.loads(roles), has_context, has_reference, json.loads(slices), left, right]
    return Showing(*values)
