"""The statement that counts what was said of tasks and stores one row for each: the reading room's only arithmetic."""

# Agreement looks at what is used and at the surplus beside it; so does disagreement. A pair that agrees is added to
# all pairs, so that three against three stands before one against one, and both before nine against one.
COUNTED = """
    said AS MATERIALIZED (
        SELECT g.judgment_id, g.task_id, g.rater_id, g.verdict, g.answers, g.disposition,
               g.disposition = 'judge' AS by_judge, g.disposition IN ('used', 'surplus') AS counts,
               g.unblinded AND g.disposition IN ('used', 'rule:unblinded') AS unblinded
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
    ),
    sorted AS (
        SELECT task_id, concat_ws(' ', 'r' || rater_id, disposition) AS key, count(*) AS n
        FROM said GROUP BY task_id, GROUPING SETS ((disposition), (rater_id), (rater_id, disposition))
        UNION ALL
        SELECT task_id, concat_ws(' ', 'r' || rater_id, 'unblinded'), count(*)
        FROM said WHERE unblinded GROUP BY task_id, GROUPING SETS ((), (rater_id))
    ),
    judged_as AS (
        SELECT task_id, jsonb_object_agg(key, n) AS judged FROM sorted GROUP BY 1
    )"""

STORE = """
    INSERT INTO analysis_tasktally (study_id, task_id, item_id, system_low, system_high, n_people, n_a, n_b, n_tie,
        n_both_bad, n_set_aside, n_judges, n_comments, flags, disagreement, criteria, has_conflict, last_judgment,
        judged)
    SELECT t.study_id, t.id, t.item_id, t.system_low, t.system_high, d.n_people, d.n_a, d.n_b, d.n_tie,
           d.n_both_bad, d.n_set_aside, d.n_judges, coalesce(commented.n, 0), coalesce(flagged.flags, '{}'),
           CASE WHEN t.kind = 'rubric' THEN coalesce(criteria.most, 0)
                ELSE round((power(n_verdicts::numeric, 2) - power(n_a, 2)::numeric - power(n_b, 2)::numeric
                            - power(n_tie, 2)::numeric - power(n_both_bad, 2)::numeric)
                           / (n_verdicts * (n_verdicts - 1) + 2), 6) END,
           coalesce(criteria.differ, '{}'), conflict.task_id IS NOT NULL, d.last_judgment,
           judged_as.judged
    FROM differing d JOIN rating_task t ON t.id = d.task_id JOIN judged_as ON judged_as.task_id = t.id
    LEFT JOIN conflict ON conflict.task_id = t.id
    LEFT JOIN criteria ON criteria.task_id = t.id
    LEFT JOIN flagged ON flagged.task_id = t.id
    LEFT JOIN commented ON commented.task_id = t.id
    ON CONFLICT (task_id) DO UPDATE SET
        n_people = excluded.n_people, n_a = excluded.n_a, n_b = excluded.n_b, n_tie = excluded.n_tie,
        n_both_bad = excluded.n_both_bad, n_set_aside = excluded.n_set_aside, n_judges = excluded.n_judges,
        n_comments = excluded.n_comments, flags = excluded.flags, disagreement = excluded.disagreement,
        criteria = excluded.criteria, has_conflict = excluded.has_conflict, last_judgment = excluded.last_judgment,
        judged = excluded.judged
"""
