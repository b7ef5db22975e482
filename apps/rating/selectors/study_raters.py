"""What a study's raters did lately, and which of them need a look."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from apps.core.database.queries import rows
from apps.rating.counting import QUICK_MS
from apps.rating.models import Standing
from apps.stats.intervals import Interval, wilson
from apps.studies.models import Study

SILENT_AFTER = timedelta(days=3)
AT_WORK = timedelta(minutes=10)
# Beyond these an interval must lie as a whole: nothing is said on a point estimate.
QUICK_SHARE, LEFT_LOW, LEFT_HIGH = 0.5, 0.4, 0.6


@dataclass(frozen=True, slots=True)
class RecentWork:
    """What one rater gave here, and when. `is_served` where she may get work: active, her target not reached."""

    rater_id: int
    rater: UUID
    name: str
    is_served: bool
    n_all: int
    n_today: int
    n_since_yesterday: int
    n_last_hour: int
    last_at: datetime | None
    enrolled_at: datetime


# Answers given here are numbered without gaps: those since a moment come after the last one before it.
_BEFORE = """
    coalesce((SELECT b.done_number FROM rating_assignment b
              WHERE b.study_id = %(study)s AND b.rater_id = e.rater_id AND b.done_number IS NOT NULL
                AND b.ended_at < {moment} ORDER BY b.ended_at DESC LIMIT 1), 0)
"""
_RECENT = f"""
    SELECT e.rater_id, r.uuid, coalesce(nullif(r.name, ''), 'rater ' || left(r.uuid::text, 8)),
           e.standing = '{Standing.ACTIVE}' AND (e.target IS NULL OR e.target > coalesce(last.done_number, 0)),
           coalesce(last.done_number, 0), coalesce(last.done_number, 0) - {_BEFORE.format(moment="%(midnight)s")},
           coalesce(last.done_number, 0) - {_BEFORE.format(moment="%(yesterday)s")},
           coalesce(last.done_number, 0) - {_BEFORE.format(moment="%(an_hour_ago)s")},
           last.ended_at, e.created_at
    FROM rating_enrolment e
    JOIN rating_rater r ON r.id = e.rater_id AND r.user_id IS NOT NULL
    LEFT JOIN LATERAL (SELECT d.done_number, d.ended_at FROM rating_assignment d
                       WHERE d.study_id = %(study)s AND d.rater_id = e.rater_id AND d.done_number IS NOT NULL
                       ORDER BY d.ended_at DESC LIMIT 1) last ON true
    WHERE e.study_id = %(study)s ORDER BY 3, 1
"""  # noqa: S608 - constant text


def recent_work(study: Study, now: datetime) -> list[RecentWork]:
    """Every person who may rate here: a few index probes each, however much she has done. Days are those of UTC."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    moments: dict[str, Any] = {
        "study": study.pk,
        "midnight": midnight,
        "yesterday": midnight - timedelta(days=1),
        "an_hour_ago": now - timedelta(hours=1),
    }
    return [RecentWork(*row) for row in rows(_RECENT, moments)]


def n_at_work(work: list[RecentWork], now: datetime) -> int:
    """How many answered in the last ten minutes."""
    return sum(one.last_at is not None and one.last_at > now - AT_WORK for one in work)


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a rater needs a look; a share comes with its interval and the answers it rests on."""

    rater: UUID
    name: str
    kind: str
    since: datetime | None = None
    share: float | None = None
    interval: Interval | None = None
    n: int = 0


def remarks_on(work: list[RecentWork], counts: dict[str, dict[str, int]], now: datetime) -> list[Remark]:
    """Raters who are silent though there is work for them, answer too quickly, or lean to a side.

    `counts` are the figures by rater. A share is remarked on only where its whole 95 % interval lies beyond the bound.
    """
    found = [_silence(one, now) for one in work if one.is_served]
    for one in work:
        numbers = counts.get(str(one.rater_id), {})
        found += [_haste(one, numbers), _leaning(one, numbers)]
    return [remark for remark in found if remark is not None]


def _silence(one: RecentWork, now: datetime) -> Remark | None:
    since = one.last_at or one.enrolled_at
    return Remark(one.rater, one.name, "silent", since=since) if now - since > SILENT_AFTER else None


def _haste(one: RecentWork, numbers: dict[str, int]) -> Remark | None:
    n, n_quick = numbers.get("timed", 0), numbers.get("quick", 0)
    if not n:
        return None
    interval = wilson(n_quick, n)
    if interval.low <= QUICK_SHARE:
        return None
    return Remark(one.rater, one.name, "quick", None, n_quick / n, interval, n)


def _leaning(one: RecentWork, numbers: dict[str, int]) -> Remark | None:
    n, n_left = numbers.get("sided", 0), numbers.get("left", 0)
    if not n:
        return None
    interval, share = wilson(n_left, n), n_left / n
    if interval.low > LEFT_HIGH:
        return Remark(one.rater, one.name, "left", None, share, interval, n)
    if interval.high < LEFT_LOW:
        mirrored = Interval(1 - interval.high, 1 - interval.low)
        return Remark(one.rater, one.name, "right", None, 1 - share, mirrored, n)
    return None


QUICK_SECONDS = QUICK_MS // 1000
