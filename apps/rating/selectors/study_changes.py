"""What happened in a study since a moment, from its own rows: what people did to it, not what they judged."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from apps.core.database.queries import rows
from apps.studies.models import Study


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed: `kind`, when last, how often, and what it was about where there is one word for it.

    A change of standing is one rater's: who she is, and why. Its `n` counts all changes of standing, also those that
    are not among the newest.
    """

    kind: str
    at: datetime
    n: int
    about: str
    rater: UUID | None = None
    name: str = ""
    reason: str = ""


# Standings one by one; what comes in numbers as one line.
_STANDINGS = """
    SELECT 'standing', c.created_at, count(*) OVER (), c.standing, r.uuid,
           coalesce(nullif(r.name, ''), 'rater ' || left(r.uuid::text, 8)), c.reason
    FROM rating_standingchange c JOIN rating_rater r ON r.id = c.rater_id
    WHERE c.study_id = %(study)s AND c.created_at >= %(since)s
      AND c.reason NOT IN ('enrolled', 'imported')
    ORDER BY c.id DESC LIMIT %(most)s
"""
_COUNTED = """
    SELECT 'state', max(at), 1, (array_agg(to_state ORDER BY id DESC))[1]
    FROM studies_studytransition WHERE study_id = %(study)s AND at >= %(since)s HAVING count(*) > 0
    UNION ALL
    SELECT reason, max(created_at), count(*), ''
    FROM rating_standingchange
    WHERE study_id = %(study)s AND created_at >= %(since)s AND reason IN ('enrolled', 'imported') GROUP BY 1
    UNION ALL
    SELECT 'gold', max(created_at), count(*), ''
    FROM rating_gold WHERE study_id = %(study)s AND created_at >= %(since)s HAVING count(*) > 0
    UNION ALL
    SELECT 'gold retired', max(created_at), count(*), ''
    FROM rating_goldretirement WHERE study_id = %(study)s AND created_at >= %(since)s HAVING count(*) > 0
    UNION ALL
    SELECT 'withdrawn', max(created_at), count(*), ''
    FROM rating_withdrawal WHERE study_id = %(study)s AND created_at >= %(since)s HAVING count(*) > 0
    UNION ALL
    SELECT 'rules', max(created_at), count(*), ''
    FROM rating_ruleset WHERE study_id = %(study)s AND created_at >= %(since)s HAVING count(*) > 0
    UNION ALL
    SELECT 'planned', max(created_at), sum(size), ''
    FROM rating_plan WHERE study_id = %(study)s AND created_at >= %(since)s AND size > 0 HAVING count(*) > 0
    UNION ALL
    SELECT 'skipped', max(ended_at), count(*), (array_agg(skip_reason ORDER BY ended_at DESC))[1]
    FROM rating_assignment
    WHERE study_id = %(study)s AND outcome = 'skipped' AND ended_at >= %(since)s HAVING count(*) > 0
"""


def changes_since(study: Study, since: datetime, *, most_standings: int = 6) -> list[Change]:
    """Newest first."""
    window = {"study": study.pk, "since": since}
    found = [Change(*row) for row in rows(_STANDINGS, {**window, "most": most_standings})]
    found += [Change(kind, at, int(n), about) for kind, at, n, about in rows(_COUNTED, window)]
    return sorted(found, key=lambda change: change.at, reverse=True)
