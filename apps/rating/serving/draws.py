"""Finding a draw for a rater: probe, walk, and only then ask for the whole set.

Probing a random dense position until it hits is exactly uniform among the draws open to her, at the cost of an
index probe or two; "the first open task she has not seen" would read everything she has seen.
"""

from datetime import datetime

from apps.core.database.queries import rows

N_PROBES = 64
N_WALKED = 256
N_SHORT_LIST = 100
PARKED_AFTER_SKIPS = 3

# Open to her: nobody holds or has judged the draw, she has not met the task, nobody else has it reserved, the
# task is not parked because too many raters skipped it, and the item is not barred for her.
_OPEN = f"""
    NOT EXISTS (SELECT FROM rating_assignment x WHERE x.draw_id = d.id
                AND (x.outcome IS NULL OR x.outcome = 'judged')
                AND (x.outcome = 'judged' OR x.expires_at > %(now)s))
    AND (d.rater_id IS NULL OR d.rater_id = %(rater)s)
    AND NOT EXISTS (SELECT FROM rating_assignment s WHERE s.task_id = d.task_id AND s.rater_id = %(rater)s
                    AND (s.shown_at IS NOT NULL OR s.outcome IN ('judged', 'late', 'skipped')
                         OR s.outcome IS NULL AND s.expires_at > %(now)s))
    AND (SELECT count(DISTINCT k.rater_id) FROM rating_assignment k
         WHERE k.task_id = d.task_id AND k.outcome = 'skipped') < {PARKED_AFTER_SKIPS}
    AND NOT EXISTS (SELECT FROM rating_itembar b JOIN rating_task i ON i.item_id = b.item_id
                    WHERE b.study_id = d.study_id AND b.rater_id = %(rater)s AND i.id = d.task_id)
"""  # noqa: S608 - constant text

# Band by band, probes and then a walk from a random place. Every step is LATERAL under a LIMIT, so that the
# order is kept and nothing is read beyond the first draw that is open.
FIRST_OPEN = f"""
    SELECT o.id, o.task_id, o.purpose FROM (
        SELECT number, size, floor(random() * size)::int AS start FROM rating_band
        WHERE study_id = %(study)s AND drained_at IS NULL ORDER BY number) band
    CROSS JOIN LATERAL (
        SELECT d.id, d.task_id, d.purpose FROM (
            SELECT floor(random() * band.size)::int AS position FROM generate_series(1, {N_PROBES})
            UNION ALL
            SELECT (band.start + step) %% band.size FROM generate_series(0, least(band.size, {N_WALKED}) - 1) step) p
        CROSS JOIN LATERAL (
            SELECT d.id, d.task_id, d.purpose FROM rating_draw d
            WHERE d.study_id = %(study)s AND d.band = band.number AND d.position = p.position AND {_OPEN}
            LIMIT 1) d
        LIMIT 1) o
    LIMIT 1
"""  # noqa: S608 - constant text

ONE_DRAW = f"""
    SELECT d.id, d.task_id, d.purpose FROM rating_draw d WHERE d.id = %(draw)s AND d.study_id = %(study)s AND {_OPEN}
"""  # noqa: S608 - constant text

_SHORT_LIST = f"""
    SELECT d.id FROM rating_draw d
    JOIN rating_band b ON b.study_id = d.study_id AND b.number = d.band AND b.drained_at IS NULL
    WHERE d.study_id = %(study)s AND {_OPEN}
    ORDER BY d.band, random() LIMIT {N_SHORT_LIST}
"""  # noqa: S608 - constant text


def short_list(*, study_id: int, rater_id: int, now: datetime) -> list[int]:
    """Draws open to the rater, the first bands first: reads the whole study, so it is asked when all else missed."""
    found = rows(_SHORT_LIST, {"study": study_id, "rater": rater_id, "now": now})
    return [draw_id for (draw_id,) in found]
