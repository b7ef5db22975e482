"""Current judgments as of a cut, and what adds them up: pairs of systems, raters."""

import json
from typing import Any

from apps.rating.dispositions import judgments_at

from .shape import Download, Field, Kind, Look

# Who is no manager may be enrolled as a rater, and must not learn which tasks are gold or return.
_DISPOSITION_FOR_OTHERS = (
    "CASE WHEN d.disposition IN ('training', 'gold', 'retest') THEN 'inserted' ELSE d.disposition END"
)
_LEFT = "CASE WHEN a.a_on_left THEN sa.name WHEN NOT a.a_on_left THEN sb.name END"
_BETTER = "CASE d.verdict WHEN 'A' THEN sa.name WHEN 'B' THEN sb.name END"

RATER_FIELDS = (
    Field("rater", Kind.TEXT, "r.uuid::text", "who judged: a uuid, never a name"),
    Field("rater_kind", Kind.TEXT, "r.kind", "human, or judge (an LLM)"),
    Field("judge", Kind.TEXT, "CASE WHEN r.kind = 'judge' THEN nullif(r.name, '') END", "the name of an LLM judge"),
    Field("rater_group", Kind.TEXT, "nullif(e.\"group\", '')", "the group she belongs to in this study"),
)
TASK_FIELDS = (
    Field("item", Kind.TEXT, "i.external_id", "the item"),
    Field("kind", Kind.TEXT, "t.kind", "comparison, or rubric"),
    Field("system_a", Kind.TEXT, "sa.name", "the system whose output is A; of a rubric: the one that is rated"),
    Field("system_b", Kind.TEXT, "sb.name", "the system whose output is B"),
    Field("sample_a", Kind.WHOLE, "oa.sample", "which sample of system A"),
    Field("sample_b", Kind.WHOLE, "ob.sample", "which sample of system B"),
    Field("left", Kind.TEXT, _LEFT, "the system whose output stood left, where that is known"),
    Field("first_seen", Kind.TEXT, "a.first_seen", "which side she saw first, where the screen showed one at a time"),
)
PLAN_FIELDS = (
    Field("purpose", Kind.TEXT, "a.purpose", "why the task was shown", managers_only=True),
    Field("showing", Kind.WHOLE, "a.showing", "which showing of the task to her, from 0", managers_only=True),
    Field("p_pair", Kind.NUMBER, "coalesce(w.p_pair, a.imported_p_pair)", "the chance with which this pair of systems"
          " was drawn", managers_only=True),
    Field("p_item", Kind.NUMBER, "coalesce(w.p_item, a.imported_p_item)", "the chance with which, then, this item was"
          " drawn", managers_only=True),
)  # fmt: skip
ABOUT_TASK = """
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_system sa ON sa.id = t.system_a_id
    LEFT JOIN studies_system sb ON sb.id = t.system_b_id
    JOIN studies_output oa ON oa.id = t.output_a_id
    LEFT JOIN studies_output ob ON ob.id = t.output_b_id
    JOIN studies_protocolversion p ON p.id = a.protocol_id
    JOIN rating_rater r ON r.id = a.rater_id
    LEFT JOIN rating_enrolment e ON e.study_id = a.study_id AND e.rater_id = a.rater_id
    LEFT JOIN rating_draw w ON w.id = a.draw_id
    WHERE i.slices @> %(slices)s::jsonb
      AND (%(rater_group)s::text IS NULL OR r.kind = 'judge' OR e."group" = %(rater_group)s)"""


def filter_parameters(look: Look) -> dict[str, Any]:
    """What ABOUT_TASK asks for. The group never filters judges, as on the leaderboard."""
    return {"slices": json.dumps(look.slices), "rater_group": look.rater_group}


def _judged(look: Look, after: str) -> tuple[str, str, dict[str, Any]]:
    judged = judgments_at(look.cut, without=look.without)
    return f"WITH {judged.sql}", after, {**judged.parameters, **filter_parameters(look)}


_JUDGED = f"""
    FROM judged d
    JOIN rating_judgment j ON j.id = d.judgment_id
    JOIN rating_assignment a ON a.id = d.assignment_id
    JOIN rating_task t ON t.id = d.task_id
    LEFT JOIN rating_judgmentcomment c ON c.judgment_id = d.judgment_id
    {ABOUT_TASK}
    ORDER BY d.judgment_id"""

JUDGMENTS = Download(
    name="judgments",
    title="Judgments",
    meaning="Every current judgment of people and LLM judges, with what became of it as of the cut.",
    fields=(
        Field("judgment", Kind.TEXT, "j.submission::text", "its id"),
        *TASK_FIELDS,
        Field("verdict", Kind.TEXT, "d.verdict", "A, B, TIE or BOTH_BAD: A and B are systems A and B, not sides"),
        Field("better_system", Kind.TEXT, _BETTER, "the system that was found better, where one was"),
        Field("criteria", Kind.JSON, "d.answers", "the answers by criterion"),
        Field("flags", Kind.JSON, "to_jsonb(j.flags)", "what the rater marked, such as identified"),
        Field("comment", Kind.TEXT, "c.text", "what she wrote beside it"),
        Field("confidence", Kind.NUMBER, "j.confidence", "how sure she was, where that is known"),
        Field("unparsed", Kind.YES_NO, "j.parse_status = 'unparsed'", "true where an LLM judge's answer could not be"
              " read"),
        Field("shown_at", Kind.TIME, "a.shown_at", "when the task was shown"),
        Field("judged_at", Kind.TIME, "j.judged_at", "when it was judged"),
        Field("shown_ms", Kind.WHOLE, "j.shown_ms", "for how long it was shown, in milliseconds"),
        Field("revision", Kind.WHOLE, "j.revision", "which version of it, from 1"),
        Field("disposition", Kind.TEXT, "d.disposition", "what became of it: only “used” counts on the leaderboard",
              others=_DISPOSITION_FOR_OTHERS),
        Field("unblinded", Kind.YES_NO, "d.unblinded", "true where she had opened the study's results before"),
        Field("protocol", Kind.WHOLE, "p.number", "the version of the protocol she worked under"),
        *RATER_FIELDS,
        *PLAN_FIELDS,
    ),
    source=lambda look: _judged(look, _JUDGED),
)  # fmt: skip

# Pairs stand in system order (by name, bytewise), as on the leaderboard.
_A_FIRST = 'sa.name COLLATE "C" < sb.name COLLATE "C"'


def _count(condition: str) -> str:
    return f"count(*) FILTER (WHERE {condition})"


_PAIRS = f"""
    FROM judged d
    JOIN rating_assignment a ON a.id = d.assignment_id
    JOIN rating_task t ON t.id = d.task_id AND t.kind = 'comparison'
    {ABOUT_TASK}
      AND d.disposition IN ('used', 'judge')
    GROUP BY 1, 2, 3, 4
    ORDER BY 1, 2, 3, 4"""

PAIRS = Download(
    name="pairs",
    title="Pair counts",
    meaning="How often each of two systems won, tied or was found as bad: people who count, and each LLM judge.",
    fields=(
        Field("system", Kind.TEXT, 'least(sa.name COLLATE "C", sb.name COLLATE "C")', "the system that comes first"),
        Field("other_system", Kind.TEXT, 'greatest(sa.name COLLATE "C", sb.name COLLATE "C")', "the other one"),
        Field("rater_kind", Kind.TEXT, "r.kind", "human, or judge (an LLM)"),
        Field("judge", Kind.TEXT, "CASE WHEN r.kind = 'judge' THEN coalesce(nullif(r.name, ''), r.uuid::text) END",
              "which LLM judge; people stand together"),
        Field("n", Kind.WHOLE, "count(*)", "judgments"),
        Field("n_system_better", Kind.WHOLE, _count(f"d.verdict = CASE WHEN {_A_FIRST} THEN 'A' ELSE 'B' END"),
              "of them: `system` was better"),
        Field("n_other_better", Kind.WHOLE, _count(f"d.verdict = CASE WHEN {_A_FIRST} THEN 'B' ELSE 'A' END"),
              "of them: `other_system` was better"),
        Field("n_tie", Kind.WHOLE, _count("d.verdict = 'TIE'"), "of them: a tie"),
        Field("n_both_bad", Kind.WHOLE, _count("d.verdict = 'BOTH_BAD'"), "of them: both bad"),
        Field("n_unreadable", Kind.WHOLE, _count("d.verdict IS NULL"), "of them: a judge's answer without a verdict"),
        Field("n_items", Kind.WHOLE, "count(DISTINCT i.id)", "items they are about"),
        Field("n_raters", Kind.WHOLE, "count(DISTINCT r.id)", "raters who gave them"),
    ),
    source=lambda look: _judged(look, _PAIRS),
)  # fmt: skip

_RATERS = f"""
    FROM judged d
    JOIN rating_judgment j ON j.id = d.judgment_id
    JOIN rating_assignment a ON a.id = d.assignment_id
    JOIN rating_task t ON t.id = d.task_id
    {ABOUT_TASK}
    GROUP BY 1, 2, 3, 4
    ORDER BY 1"""
_SIDED = "d.verdict IN ('A', 'B') AND a.a_on_left IS NOT NULL"

RATERS = Download(
    name="raters",
    title="Raters",
    meaning="Each rater's judgments, counted: what was used, sides, ties, time. No estimates.",
    fields=(
        *RATER_FIELDS,
        Field("n", Kind.WHOLE, "count(*)", "current judgments"),
        Field("n_used", Kind.WHOLE, _count("d.disposition = 'used'"), "of them: on the leaderboard"),
        Field("n_unblinded", Kind.WHOLE, _count("d.unblinded"), "of them: given after she had opened the results"),
        Field("n_sided", Kind.WHOLE, _count(_SIDED), "of them: for one side of a comparison whose sides are known"),
        Field("n_left", Kind.WHOLE, _count(f"{_SIDED} AND (d.verdict = 'A') = a.a_on_left"), "of those: the left one"),
        Field("n_tie", Kind.WHOLE, _count("d.verdict = 'TIE'"), "of all: a tie"),
        Field("n_both_bad", Kind.WHOLE, _count("d.verdict = 'BOTH_BAD'"), "of all: both bad"),
        Field("median_shown_ms", Kind.NUMBER, "percentile_cont(0.5) WITHIN GROUP (ORDER BY j.shown_ms)",
              "the median time a task was shown, in milliseconds"),
        Field("first_judged_at", Kind.TIME, "min(j.judged_at)", "her first judgment"),
        Field("last_judged_at", Kind.TIME, "max(j.judged_at)", "her latest"),
    ),
    source=lambda look: _judged(look, _RATERS),
)  # fmt: skip
