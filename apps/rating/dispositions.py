"""What became of each current judgment: one function computes it, and every n on every page comes from it.

A current judgment has exactly one disposition, the first that matches: judge, training, gold, retest, surplus,
after_close, withdrawn, quarantined, rule:NAME, used. All of it is evaluated as of a cut, so a result can be
computed again when the facts have moved on.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from .models import Cut, RuleSet
from .rules import RULES

MEANINGS = {
    "used": "counted in the board",
    "judge": "given by an LLM judge",
    "training": "given in training",
    "gold": "on tasks with a known answer",
    "retest": "the same task again, to measure self-consistency",
    "surplus": "came after the lease had gone to someone else",
    "after_close": "came after the study was closed",
    "withdrawn": "taken back",
    "quarantined": "by raters who are set aside",
}


def meaning_of(disposition: str) -> str:
    """What a disposition means, for pages."""
    if disposition.startswith("rule:"):
        rule = RULES.get(disposition.removeprefix("rule:"))
        return rule.meaning if rule else "left out by a rule"
    return MEANINGS[disposition]


@dataclass(frozen=True, slots=True)
class JudgmentsAtCut:
    """SQL and parameters of `WITH judged AS (...)`: the current judgments of a study as of a cut.

    Columns: judgment_id, assignment_id, task_id, rater_id, verdict, answers, a_on_left, purpose, protocol_major,
    unblinded, disposition.
    """

    sql: str
    parameters: dict[str, Any]


def judgments_at(cut: Cut, *, without: tuple[str, ...] = ()) -> JudgmentsAtCut:
    """The one source of every board, agreement and count.

    `without` names rules that apply to this look on top of the study's own.

    `newer.id + 0` keeps the query planner from looking for revisions by id: while its statistics are stale that looks
    as good to it as looking by what they supersede, and reads all judgments for each of them.
    """
    joins, whens, rule_parameters = _rule_conditions(cut, without)
    sql = f"""
    judged AS (
        SELECT j.id AS judgment_id, a.id AS assignment_id, a.task_id, a.rater_id, j.verdict, j.answers,
               a.a_on_left, a.purpose, p.major AS protocol_major,
               coalesce({RULES["unblinded"].condition}, false) AS unblinded,
               CASE
                 WHEN r.kind = 'judge' THEN 'judge'
                 WHEN a.purpose IN ('training', 'gold', 'retest') THEN a.purpose
                 WHEN a.imported_disposition IS NOT NULL THEN a.imported_disposition
                 WHEN a.outcome = 'late' THEN 'surplus'
                 WHEN j.study_state = 'closed' AND a.source = 'served' THEN 'after_close'
                 WHEN w.id IS NOT NULL THEN 'withdrawn'
                 WHEN s.standing = 'quarantined' THEN 'quarantined'
                 {whens}
                 ELSE 'used'
               END AS disposition
        FROM rating_judgment j
        JOIN rating_assignment a ON a.id = j.assignment_id
        JOIN rating_rater r ON r.id = a.rater_id
        JOIN studies_protocolversion p ON p.id = a.protocol_id
        LEFT JOIN rating_judgment newer ON newer.supersedes_id = j.id AND newer.id + 0 <= %(last_judgment)s
        LEFT JOIN rating_withdrawal w ON w.judgment_id = j.id AND w.id <= %(last_withdrawal)s
        LEFT JOIN rating_resultsopening o ON o.study_id = j.study_id AND o.rater_id = a.rater_id
             AND o.id <= %(last_results_opening)s
        LEFT JOIN (SELECT DISTINCT ON (rater_id) rater_id, standing FROM rating_standingchange
                   WHERE study_id = %(study)s AND id <= %(last_standing_change)s
                   ORDER BY rater_id, id DESC) s ON s.rater_id = a.rater_id{joins}
        WHERE j.study_id = %(study)s AND j.id <= %(last_judgment)s AND newer.id IS NULL
    )"""  # noqa: S608 - constant text; values travel as parameters
    parameters = {
        "study": cut.study_id,
        "last_judgment": cut.last_judgment,
        "last_withdrawal": cut.last_withdrawal,
        "last_results_opening": cut.last_results_opening,
        "last_standing_change": cut.last_standing_change,
        "last_finding": cut.last_finding,
        **rule_parameters,
    }
    return JudgmentsAtCut(sql, parameters)


def _rule_conditions(cut: Cut, without: tuple[str, ...]) -> tuple[str, str, dict[str, Any]]:
    """The joins and the conditions of the study's rules as of the cut, then of those for this look."""
    rule_set = RuleSet.objects.filter(study=cut.study_id, version=cut.rule_version).first()
    rules = [*(rule_set.rules if rule_set else []), *({"name": name} for name in without)]
    whens: list[str] = []
    parameters: dict[str, Any] = {}
    for ordinal, rule in enumerate(rules):
        known, prefix = RULES[rule["name"]], f"rule_{ordinal}_"
        whens.append(f"WHEN {known.condition.format(prefix=prefix)} THEN 'rule:{rule['name']}'")
        parameters |= {prefix + name: rule[name] for name in known.settings}
    joins = "".join(dict.fromkeys(RULES[rule["name"]].join for rule in rules))
    return joins, "\n".join(whens), parameters


def counts_at(cut: Cut) -> dict[str, int]:
    """How many current judgments have each disposition. The values add up to all current judgments."""
    judged = judgments_at(cut)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {judged.sql} SELECT disposition, count(*) FROM judged GROUP BY 1",  # noqa: S608
            judged.parameters,
        )
        found = dict(cursor.fetchall())
    order = [*MEANINGS, *sorted(set(found) - set(MEANINGS))]
    return {name: found[name] for name in order if name in found}
