"""Exclusion rules a study may switch on: each a name, its settings, and a condition in SQL.

The conditions speak of the aliases of apps.rating.dispositions: `j` judgment, `a` assignment, `o` the rater's
first opening of the results as of the cut. A rule that needs more rows brings its own join.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of exclusion. `condition` is SQL; `{prefix}name` stands for a setting, passed as a parameter."""

    meaning: str
    condition: str
    settings: tuple[str, ...] = ()
    join: str = ""


# Tasks with an output that names a system, each once. A join and no EXISTS: its cost is that of reading the findings
# and their tasks once, whatever the number of judgments.
_NAMING_TASKS = """
        LEFT JOIN (SELECT t.id AS task_id FROM studies_outputfinding f JOIN rating_task t ON t.output_a_id = f.output_id
                   WHERE t.study_id = %(study)s AND f.id <= %(last_finding)s
                   UNION
                   SELECT t.id FROM studies_outputfinding f JOIN rating_task t ON t.output_b_id = f.output_id
                   WHERE t.study_id = %(study)s AND f.id <= %(last_finding)s) n ON n.task_id = a.task_id"""


RULES: dict[str, Rule] = {
    "unblinded": Rule(
        "given by someone who had opened the study's results",
        "o.last_judgment IS NOT NULL AND j.id > o.last_judgment",
    ),
    "too_fast": Rule(
        "answered faster than the study allows", "j.shown_ms < %({prefix}min_shown_ms)s", ("min_shown_ms",)
    ),
    "told_apart": Rule("the rater said she could tell which system it was", "'identified' = ANY(j.flags)"),
    "self_identified": Rule("an output says which system it is", "n.task_id IS NOT NULL", join=_NAMING_TASKS),
}
# Those a single look at a board may switch on: they need no settings.
SWITCHABLE = tuple(name for name, rule in RULES.items() if not rule.settings)


def check_switchable(names: Iterable[str]) -> None:
    """Refuse what a look cannot leave out."""
    for name in names:
        if name not in SWITCHABLE:
            raise Refused(f"{name!r} is nothing that can be left out. Choose from: {', '.join(SWITCHABLE)}.")


def check_rules(rules: list[dict[str, Any]]) -> None:
    """Refuse rules that do not exist or lack their settings."""
    for rule in rules:
        known = RULES.get(rule.get("name", ""))
        if known is None:
            raise Refused(f"There is no rule {rule.get('name')!r}. Rules: {', '.join(RULES)}.")
        missing = [name for name in known.settings if not isinstance(rule.get(name), int)]
        if missing:
            raise Refused(f"The rule {rule['name']!r} needs a whole number for {', '.join(missing)}.")
