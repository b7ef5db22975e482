"""Counting what was said of each task, from cut to cut: what the reading room filters and sorts by.

A tally is derived. It is advanced only for tasks about which something new is known, so that a study of a million
judgments costs as much as what came since; where that is too much for somebody to wait for, a job does it.
"""

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from apps.core.database.locks import lock
from apps.core.database.queries import rows
from apps.rating.dispositions import judgments_at
from apps.rating.models import Cut
from apps.rating.services import take_cut
from apps.studies.models import Study

from .models import TallyMark

WAITS_FOR = 20_000  # judgments: counting them takes 0.2 s, for which somebody waits; more are counted by a job

# Agreement looks at what is used and at the surplus beside it; so does disagreement. A pair that agrees is added to
# all pairs, so that three against three stands before one against one, and both before nine against one.
_COUNTED = """
    said AS MATERIALIZED (
        SELECT g.judgment_id, g.task_id, g.rater_id, g.verdict, g.answers, g.disposition = 'judge' AS by_judge,
               g.disposition IN ('used', 'surplus') AS counts
        FROM judged g {scope}
    ),
    people AS (
        SELECT task_id, max(judgment_id) AS last_judgment,
               count(*) FILTER (WHERE counts) AS n_people,
               count(*) FILTER (WHERE counts AND verdict = 'A') AS n_a,
               count(*) FILTER (WHERE counts AND verdict = 'B') AS n_b,
               count(*) FILTER (WHERE counts AND verdict = 'TIE') AS n_tie,
               count(*) FILTER (WHERE counts AND verdict = 'BOTH_BAD') AS n_both_bad,
               count(*) FILTER (WHERE NOT counts AND NOT by_judge) AS n_set_aside,
               count(DISTINCT rater_id) FILTER (WHERE by_judge) AS n_judges
        FROM said GROUP BY task_id
    ),
    differing AS (
        SELECT *, n_a + n_b + n_tie + n_both_bad AS n_verdicts,
               CASE WHEN n_a > greatest(n_b, n_tie, n_both_bad) THEN 'A'
                    WHEN n_b > greatest(n_a, n_tie, n_both_bad) THEN 'B'
                    WHEN n_tie > greatest(n_a, n_b, n_both_bad) THEN 'TIE'
                    WHEN n_both_bad > greatest(n_a, n_b, n_tie) THEN 'BOTH_BAD' END AS most_say
        FROM people
    ),
    judge AS (
        SELECT task_id, CASE WHEN min(verdict) = max(verdict) THEN min(verdict) ELSE 'TIE' END AS verdict
        FROM said WHERE by_judge AND verdict IS NOT NULL GROUP BY task_id, rater_id
    ),
    conflict AS (
        SELECT DISTINCT task_id FROM judge JOIN differing d USING (task_id) WHERE judge.verdict <> d.most_say
    ),
    answer AS (
        SELECT task_id, key, value, count(*) AS n FROM said, jsonb_each_text(said.answers)
        WHERE counts GROUP BY 1, 2, 3
    ),
    criterion AS (
        SELECT task_id, key, round((power(sum(n), 2) - sum(n * n)) / (sum(n) * (sum(n) - 1) + 2), 6) AS differ
        FROM answer GROUP BY 1, 2
    ),
    criteria AS (
        SELECT task_id, jsonb_object_agg(key, differ) AS differ, max(differ) AS most FROM criterion GROUP BY 1
    ),
    flagged AS (
        SELECT task_id, array_agg(DISTINCT flag) AS flags
        FROM said JOIN rating_judgment j ON j.id = said.judgment_id, unnest(j.flags) flag
        WHERE NOT by_judge GROUP BY 1
    ),
    commented AS (
        SELECT task_id, count(*) AS n FROM said JOIN rating_judgmentcomment c ON c.judgment_id = said.judgment_id
        WHERE NOT by_judge GROUP BY 1
    )"""

_STORE = """
    INSERT INTO analysis_tasktally (study_id, task_id, item_id, system_low, system_high, n_people, n_a, n_b, n_tie,
        n_both_bad, n_set_aside, n_judges, n_comments, flags, disagreement, criteria, has_conflict, last_judgment)
    SELECT t.study_id, t.id, t.item_id, t.system_low, t.system_high, d.n_people, d.n_a, d.n_b, d.n_tie,
           d.n_both_bad, d.n_set_aside, d.n_judges, coalesce(commented.n, 0), coalesce(flagged.flags, '{}'),
           CASE WHEN t.kind = 'rubric' THEN coalesce(criteria.most, 0)
                ELSE round((power(n_verdicts::numeric, 2) - power(n_a, 2)::numeric - power(n_b, 2)::numeric
                            - power(n_tie, 2)::numeric - power(n_both_bad, 2)::numeric)
                           / (n_verdicts * (n_verdicts - 1) + 2), 6) END,
           coalesce(criteria.differ, '{}'), conflict.task_id IS NOT NULL, d.last_judgment
    FROM differing d JOIN rating_task t ON t.id = d.task_id
    LEFT JOIN conflict ON conflict.task_id = t.id
    LEFT JOIN criteria ON criteria.task_id = t.id
    LEFT JOIN flagged ON flagged.task_id = t.id
    LEFT JOIN commented ON commented.task_id = t.id
    ON CONFLICT (task_id) DO UPDATE SET
        n_people = excluded.n_people, n_a = excluded.n_a, n_b = excluded.n_b, n_tie = excluded.n_tie,
        n_both_bad = excluded.n_both_bad, n_set_aside = excluded.n_set_aside, n_judges = excluded.n_judges,
        n_comments = excluded.n_comments, flags = excluded.flags, disagreement = excluded.disagreement,
        criteria = excluded.criteria, has_conflict = excluded.has_conflict, last_judgment = excluded.last_judgment
"""

# What is new, or is seen in another light: judgments, withdrawals, and all of a rater whose standing changed or who
# has opened the results.
_TOUCHED = """
    SELECT DISTINCT a.task_id FROM rating_assignment a
    WHERE a.id IN (SELECT j.assignment_id FROM rating_judgment j
                   WHERE j.study_id = %(study)s AND j.id > %(from_judgment)s AND j.id <= %(to_judgment)s
                   UNION
                   SELECT j.assignment_id FROM rating_withdrawal w JOIN rating_judgment j ON j.id = w.judgment_id
                   WHERE w.study_id = %(study)s AND w.id > %(from_withdrawal)s AND w.id <= %(to_withdrawal)s)
    UNION
    SELECT a.task_id FROM rating_assignment a
    WHERE a.study_id = %(study)s AND a.outcome IN ('judged', 'late') AND a.rater_id IN (
        SELECT s.rater_id FROM rating_standingchange s
        WHERE s.study_id = %(study)s AND s.id > %(from_standing)s AND s.id <= %(to_standing)s
        UNION
        SELECT o.rater_id FROM rating_resultsopening o
        WHERE o.study_id = %(study)s AND o.id > %(from_opening)s AND o.id <= %(to_opening)s)
"""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a study's tallies have not seen yet: these tasks, or all of them (`tasks` is None)."""

    cut: Cut
    tasks: list[int] | None
    n_judgments: int

    @property
    def is_much(self) -> bool:
        """Too much to be counted while somebody waits."""
        return self.n_judgments > WAITS_FOR


def behind(study: Study) -> Behind | None:
    """What the tallies lack of the facts as they are now; None if nothing."""
    cut = take_cut(study_id=study.pk)
    mark = TallyMark.objects.select_related("cut").filter(study=study).first()
    if mark is not None and mark.cut_id == cut.pk:
        return None
    if mark is None or _counts_otherwise(mark.cut, cut):
        return Behind(cut, None, _n_judgments(study, 0))
    n_new = _n_judgments(study, mark.cut.last_judgment)
    if n_new > WAITS_FOR:
        return Behind(cut, None, n_new)
    tasks = [task for (task,) in rows(_TOUCHED, _steps(mark.cut, cut))]
    return Behind(cut, tasks, len(tasks))


@transaction.atomic
def advance_tallies(*, study: Study) -> TallyMark | None:
    """Count what is new. Nobody counts beside us; doing it again changes nothing. None: nothing was new."""
    lock(f"tallies:{study.pk}")
    missing = behind(study)
    if missing is None:
        return None
    judged = judgments_at(missing.cut)
    scope = "" if missing.tasks is None else "WHERE g.task_id = ANY(%(tasks)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {judged.sql}, {_COUNTED.format(scope=scope)} {_STORE}",
            {**judged.parameters, "tasks": missing.tasks},
        )
    mark, _ = TallyMark.objects.update_or_create(
        study=study, defaults={"cut": missing.cut, "advanced_at": timezone.now()}
    )
    return mark


def _counts_otherwise(seen: Cut, now: Cut) -> bool:
    """Other rules, or outputs found to name their system: any judgment may have another disposition."""
    return (seen.rule_version, seen.last_finding) != (now.rule_version, now.last_finding)


_N_JUDGMENTS = """
    SELECT count(*) FROM (SELECT FROM rating_judgment WHERE study_id = %(study)s AND id > %(after)s
                          LIMIT %(limit)s) newer
"""


def _n_judgments(study: Study, after: int) -> int:
    """How many judgments came after that one; no further than it matters."""
    return rows(_N_JUDGMENTS, {"study": study.pk, "after": after, "limit": WAITS_FOR + 1})[0][0]


def _steps(seen: Cut, now: Cut) -> dict[str, int]:
    """From one cut to the next, table by table."""
    steps = {"study": now.study_id}
    for word, name in (
        ("judgment", "last_judgment"),
        ("withdrawal", "last_withdrawal"),
        ("standing", "last_standing_change"),
        ("opening", "last_results_opening"),
    ):
        steps |= {f"from_{word}": getattr(seen, name), f"to_{word}": getattr(now, name)}
    return steps
