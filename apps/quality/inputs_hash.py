"""The hash of what figures are computed from: canonical lines on natural keys, the same wherever a study is stored."""

import hashlib
from collections.abc import Iterator

from .rows import VERDICT, StudyRows

# A and B belong to the task, and which output is A to the order of storing: lines speak in system order.
_ANSWERS = """(CASE WHEN in_order IS FALSE AND {answers} IS NOT NULL THEN (
    SELECT coalesce(jsonb_object_agg(key, CASE value WHEN '"A"' THEN '"B"'::jsonb WHEN '"B"' THEN '"A"'::jsonb
                                          ELSE value END), '{{}}') FROM jsonb_each({answers}))
    ELSE {answers} END)::text"""


def sha256_of(rows: StudyRows) -> str:
    """Over a hash for each rater, of her lines sorted bytewise, and the lines of gold."""
    query = f"""{rows.given},
        lines AS (SELECT rater_uuid, json_build_array(
                      external_id, content_hash, first_system, second_system, in_order = a_on_left,
                      {VERDICT.format(verdict="verdict")}, {_ANSWERS.format(answers="answers")},
                      {VERDICT.format(verdict="first_verdict")}, {_ANSWERS.format(answers="first_answers")},
                      shown_ms, extract(epoch FROM at)::text, purpose, disposition, withdrawn
                  )::text COLLATE "C" AS line FROM given)
        SELECT rater_uuid::text COLLATE "C",
               encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line), 'UTF8')), 'hex')
        FROM lines GROUP BY 1 ORDER BY 1"""  # noqa: S608 - constant text
    of_rater = [f"{uuid} {digest}" for uuid, digest in rows.read(query)]
    return hashlib.sha256("\n".join([*of_rater, *_gold_lines(rows)]).encode()).hexdigest()


def _gold_lines(rows: StudyRows) -> Iterator[str]:
    """Gold stands on its own: another known answer gives other figures for the same judgments."""
    query = f"""
        WITH known AS (
            SELECT i.external_id, i.content_hash, g.verdict, g.answers, g.use, o.id IS NOT NULL AS retired,
                   row_number() OVER (PARTITION BY g.task_id ORDER BY g.id) AS place,
                   least(sa.name COLLATE "C", sb.name COLLATE "C") AS first_system,
                   greatest(sa.name COLLATE "C", sb.name COLLATE "C") AS second_system,
                   sa.name COLLATE "C" < sb.name COLLATE "C" AS in_order
            FROM rating_gold g
            JOIN rating_task t ON t.id = g.task_id
            JOIN studies_item i ON i.id = t.item_id
            JOIN studies_system sa ON sa.id = t.system_a_id
            LEFT JOIN studies_system sb ON sb.id = t.system_b_id
            LEFT JOIN rating_goldretirement o ON o.gold_id = g.id AND o.id <= %(last_gold_retirement)s
            WHERE g.study_id = %(study)s AND g.id <= %(last_gold)s)
        SELECT json_build_array(external_id, content_hash, first_system, second_system, place,
                                {VERDICT.format(verdict="verdict")}, {_ANSWERS.format(answers="answers")},
                                use, retired)::text COLLATE "C" AS line
        FROM known ORDER BY line"""  # noqa: S608 - constant text
    return (f"gold {line}" for (line,) in rows.read(query))
