"""Exclusion rules a study may switch on: each a name, its settings, and a condition in SQL.

The conditions speak of the aliases of apps.rating.dispositions: `j` judgment, `a` assignment, `o` the rater's
first opening of the results as of the cut.
"""

from dataclasses import dataclass
from typing import Any

from apps.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of exclusion. `condition` is SQL; `{name}` stands for a setting, passed as a parameter."""

    meaning: str
    condition: str
    settings: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "unblinded": Rule(
        "given by someone who had opened the study's results",
        "o.last_judgment IS NOT NULL AND j.id > o.last_judgment",
    ),
    "too_fast": Rule(
        "answered faster than the study allows", "j.shown_ms < %({prefix}min_shown_ms)s", ("min_shown_ms",)
    ),
    "told_apart": Rule("the rater said she could tell which system it was", "'identified' = ANY(j.flags)"),
}


def check_rules(rules: list[dict[str, Any]]) -> None:
    """Refuse rules that do not exist or lack their settings."""
    for rule in rules:
        known = RULES.get(rule.get("name", ""))
        if known is None:
            raise Refused(f"There is no rule {rule.get('name')!r}. Rules: {', '.join(RULES)}.")
        missing = [name for name in known.settings if not isinstance(rule.get(name), int)]
        if missing:
            raise Refused(f"The rule {rule['name']!r} needs a whole number for {', '.join(missing)}.")
