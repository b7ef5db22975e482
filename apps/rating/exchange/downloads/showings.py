"""Every showing: who was given which task, which side stood where, and what came of it."""

from typing import Any

from .judged import ABOUT_TASK, PLAN_FIELDS, RATER_FIELDS, TASK_FIELDS, filter_parameters
from .shape import Download, Field, Kind, Look

_SHOWINGS = f"""
    FROM rating_assignment a
    JOIN rating_task t ON t.id = a.task_id
    LEFT JOIN rating_draw drawn ON drawn.id = a.draw_id
    LEFT JOIN rating_plan plan ON plan.id = drawn.plan_id
    {ABOUT_TASK} AND a.study_id = %(study)s
    ORDER BY a.id"""


def _source(look: Look) -> tuple[str, str, dict[str, Any]]:
    return "", _SHOWINGS, {"study": look.cut.study_id, **filter_parameters(look)}


SHOWINGS = Download(
    name="showings",
    title="Showings",
    meaning="Every task in a rater's hands: when it was leased, shown and ended, and how. As of now, not of a cut.",
    fields=(
        Field("assignment", Kind.TEXT, "a.public_id::text", "its id"),
        *TASK_FIELDS,
        Field("source", Kind.TEXT, "a.source", "served here, imported, or a judge's"),
        Field("outcome", Kind.TEXT, "coalesce(a.outcome, 'open')", "open, judged, late, skipped, expired, released"),
        Field("skip_reason", Kind.TEXT, "a.skip_reason", "why it was skipped"),
        Field("leased_at", Kind.TIME, "a.leased_at", "when it was given out"),
        Field("expires_at", Kind.TIME, "a.expires_at", "until when it was kept for her"),
        Field("shown_at", Kind.TIME, "a.shown_at", "when she saw it; absent if she never did"),
        Field("ended_at", Kind.TIME, "a.ended_at", "when it was over"),
        Field("sample", Kind.WHOLE, "a.sample", "which repetition of a judge's verdict"),
        Field("protocol", Kind.WHOLE, "p.number", "the version of the protocol"),
        *RATER_FIELDS,
        *PLAN_FIELDS,
        Field("plan", Kind.WHOLE, "plan.number", "the round that drew it", managers_only=True),
        Field("draw", Kind.WHOLE, "drawn.ordinal", "which draw of that round", managers_only=True),
    ),
    source=_source,
    obeys_cut=False,
)
