"""Keeping the reading room's counts up to date, from cut to cut: one row a task, by which the room filters and sorts.

A tally is derived. It is advanced only for tasks about which something new is known, so that a study of a million
judgments costs as much as what came since; where that is too much for somebody to wait for, a job does it.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.core.database.locks import lock
from apps.core.database.queries import rows
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut, Judgment
from apps.rating.services import passing_cut, take_cut
from apps.studies.models import Study

from .models import TallyMark
from .reading_counts import COUNTED, STORE

WAITS_FOR = 200  # showings: counting their tasks takes a tenth of a second, for which somebody waits
SMALL = 5_000  # judgments: all of so small a study are counted as quickly, since they lie beside one another
ONE_BY_ONE = 50_000  # showings; with more, reading all judgments in their order is quicker than looking these up

# What is new, or is seen in another light: judgments, withdrawals, and all of a rater whose standing changed or who
# has opened the results. A task may be named more than once; no part is read further than it matters.
_TOUCHED = """
    SELECT a.task_id FROM rating_assignment a
    JOIN (SELECT j.assignment_id FROM rating_judgment j
          WHERE j.study_id = %(study)s AND j.id > %(from_judgment)s AND j.id <= %(to_judgment)s
          ORDER BY j.id LIMIT %(most)s) newer ON newer.assignment_id = a.id
    UNION ALL
    (SELECT a.task_id FROM rating_withdrawal w
     JOIN rating_judgment j ON j.id = w.judgment_id JOIN rating_assignment a ON a.id = j.assignment_id
     WHERE w.study_id = %(study)s AND w.id > %(from_withdrawal)s AND w.id <= %(to_withdrawal)s LIMIT %(most)s)
    UNION ALL
    (SELECT a.task_id FROM rating_assignment a
     WHERE a.study_id = %(study)s AND a.outcome IN ('judged', 'late') AND a.rater_id IN (
         SELECT s.rater_id FROM rating_standingchange s
         WHERE s.study_id = %(study)s AND s.id > %(from_standing)s AND s.id <= %(to_standing)s
         UNION
         SELECT o.rater_id FROM rating_resultsopening o
         WHERE o.study_id = %(study)s AND o.id > %(from_opening)s AND o.id <= %(to_opening)s) LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a study's tallies have not seen of a cut: these tasks, or so many that they were not named (None)."""

    cut: Cut
    tasks: list[int] | None


def behind(study: Study, most: int = ONE_BY_ONE) -> Behind | None:
    """What the tallies lack of the facts as they are now, task by task up to so many showings; None if nothing.

    While nothing is new no lock is taken. Otherwise raters wait for the cut, and for nothing else.
    """
    mark = TallyMark.objects.select_related("cut").filter(study=study).first()
    if mark is not None and _shows_the_same(mark.cut, passing_cut(study.pk)):
        return None
    cut = take_cut(study_id=study.pk)
    known = mark.cut if mark is not None and not _counts_otherwise(mark.cut, cut) else None
    touched = [task for (task,) in rows(_TOUCHED, {**_steps(known, cut), "most": most + 1})]
    return Behind(cut, sorted(set(touched)) if len(touched) <= most else None)


def behind_briefly(study: Study) -> Behind | None:
    """The same for somebody who waits: its tasks are named only where counting them is quick."""
    missing = behind(study, WAITS_FOR)
    if missing is None or missing.tasks is not None or Judgment.objects.filter(study=study)[SMALL:].exists():
        return missing
    return behind(study, SMALL)


def advance_tallies(*, study: Study) -> TallyMark | None:
    """Count what is new, however much it is; doing it again changes nothing. None: nothing was new."""
    missing = behind(study)
    return None if missing is None else count_missing(missing=missing)


@transaction.atomic
def count_missing(*, missing: Behind) -> TallyMark:
    """Count these tasks as of the cut, unless somebody has counted as far meanwhile."""
    lock(f"tallies:{missing.cut.study_id}")
    mark = TallyMark.objects.filter(study=missing.cut.study_id).first()
    # The same facts are the same cut, so a later cut has a higher id.
    if mark is not None and mark.cut_id >= missing.cut.pk:
        return mark
    if missing.tasks != []:
        _count(missing)
    seen = {"cut": missing.cut, "advanced_at": timezone.now()}
    return TallyMark.objects.update_or_create(study_id=missing.cut.study_id, defaults=seen)[0]


def _count(missing: Behind) -> None:
    judged = judgments_at(missing.cut)
    scope = "" if missing.tasks is None else "WHERE g.task_id = ANY(%(tasks)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {judged.sql}, {COUNTED.format(scope=scope)} {STORE}",
            {**judged.parameters, "tasks": missing.tasks},
        )
        if missing.tasks is None:
            # Whoever reads next must not be served by plans made for the table as it was before, far smaller.
            cursor.execute("ANALYZE analysis_tasktally")


_STEPS = {
    "judgment": "last_judgment",
    "withdrawal": "last_withdrawal",
    "standing": "last_standing_change",
    "opening": "last_results_opening",
}


def _shows_the_same(seen: Cut, now: Cut) -> bool:
    """Whether no fact is newer that a tally depends on."""
    return not _counts_otherwise(seen, now) and all(getattr(seen, to) == getattr(now, to) for to in _STEPS.values())


def _counts_otherwise(seen: Cut, now: Cut) -> bool:
    """Other rules, or outputs found to name their system: any judgment may have another disposition."""
    return (seen.rule_version, seen.last_finding) != (now.rule_version, now.last_finding)


def _steps(seen: Cut | None, now: Cut) -> dict[str, Any]:
    """From one cut to the next, table by table; from nothing, every judgment is new and with it all else."""
    steps: dict[str, Any] = {"study": now.study_id}
    for word, name in _STEPS.items():
        to = getattr(now, name)
        start = getattr(seen, name) if seen is not None else 0 if word == "judgment" else to
        steps |= {f"from_{word}": start, f"to_{word}": to}
    return steps
