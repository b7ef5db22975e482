"""Finding a draw for a rater: probe, walk, and only then ask for the whole set.

Probing a random dense position until it hits is exactly uniform among the draws open to her, at the cost of an
index probe or two; "the first open task she has not seen" would read everything she has seen.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

N_PROBES = 64
N_WALKED = 256
N_SHORT_LIST = 100
PARKED_AFTER_SKIPS = 3

# Open to her: nobody holds or has judged the draw, she has not met the task, nobody else has it reserved,
# and the task is not parked because too many raters skipped it.
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
"""  # noqa: S608 - constant text

# LATERAL with LIMIT keeps the order of the positions and stops at the first that is open.
_FIRST_OPEN = f"""
    SELECT found.id, found.task_id FROM unnest(%(positions)s::int[]) AS p(position)
    CROSS JOIN LATERAL (
        SELECT d.id, d.task_id FROM rating_draw d
        WHERE d.study_id = %(study)s AND d.band = %(band)s AND d.position = p.position AND {_OPEN}
        LIMIT 1) found
    LIMIT 1
"""  # noqa: S608 - constant text

_SHORT_LIST = f"""
    SELECT d.id, d.task_id FROM rating_draw d
    JOIN rating_band b ON b.study_id = d.study_id AND b.number = d.band AND b.drained_at IS NULL
    WHERE d.study_id = %(study)s AND {_OPEN}
    ORDER BY d.band, random() LIMIT {N_SHORT_LIST}
"""  # noqa: S608 - constant text

_BANDS = "SELECT number, size FROM rating_band WHERE study_id = %(study)s AND drained_at IS NULL ORDER BY number"


@dataclass(frozen=True, slots=True)
class OpenDraw:
    """A draw that was open to the rater a moment ago."""

    draw_id: int
    task_id: int


def draws_for(*, study_id: int, rater_id: int, now: datetime) -> Iterator[OpenDraw]:
    """Draws open to the rater, the best first; ask for the next only if one was taken meanwhile.

    Band by band: probes, then a walk from a random place. If nothing is found in any band, one query fills
    a short list.
    """
    parameters = {"study": study_id, "rater": rater_id, "now": now}
    for band, size in _fetch(_BANDS, parameters):
        for positions in (_probes(size), _walk(size)):
            yield from _found(_FIRST_OPEN, {**parameters, "band": band, "positions": positions})
    yield from _found(_SHORT_LIST, parameters)


def _probes(size: int) -> list[int]:
    return random.choices(range(size), k=N_PROBES)  # noqa: S311 - fairness, not secrecy


def _walk(size: int) -> list[int]:
    start = random.randrange(size)  # noqa: S311 - fairness, not secrecy
    return [(start + step) % size for step in range(min(size, N_WALKED))]


def _found(query: str, parameters: dict[str, Any]) -> Iterator[OpenDraw]:
    for draw_id, task_id in _fetch(query, parameters):
        yield OpenDraw(draw_id, task_id)


def _fetch(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
