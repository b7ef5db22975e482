"""What a study's home shows."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from apps.console.header import header_of
from apps.rating.models import Standing
from apps.rating.selectors import (
    candidates_for,
    gold_exposures,
    parked_tasks,
    raters_of,
    showing_counts,
    systems_of,
)
from apps.rating.selectors.figures import Figures, figures_of
from apps.rating.selectors.study import GoldExposure, ParkedTask, RaterRow, SystemRow
from apps.studies.models import Study, StudyItem, StudyState

from .addresses import address_of, rater_of, reading_of, task_of
from .live import live_parts

MOST_ROWS = 60  # of a table: the page stays light however many raters a study has
ACTIONS = {
    StudyState.DRAFT: [(StudyState.OPEN, "Open the study", "Plans the first round and lets raters in.", "primary")],
    StudyState.OPEN: [
        (StudyState.PAUSED, "Pause", "Nobody gets new tasks; answers under way are still stored.", "plain"),
        (StudyState.CLOSED, "Close", "For good. Answers under way are kept for a week, set aside.", "danger"),
    ],
    StudyState.PAUSED: [
        (StudyState.OPEN, "Open again", "Raters get tasks again.", "primary"),
        (StudyState.CLOSED, "Close", "For good. Answers under way are kept for a week, set aside.", "danger"),
    ],
    StudyState.CLOSED: [],
}


def study_context(study: Study, *, may_run: bool, page: str | None = None) -> dict[str, Any]:
    """The whole page; actions and enrolment only for who may run the study. `page` is that of the pairs."""
    figures, systems = figures_of(study), systems_of(study)
    raters = raters_of(study, figures)
    return {
        "study": header_of(study),
        **live_parts(study, figures, systems, page=page),
        "facts": _facts(study, figures, systems),
        "raters": _part([_rater(study, rater) for rater in raters[:MOST_ROWS]], len(raters)),
        "raters_url": address_of(study, "raters"),
        "systems": _part([_system(study, system) for system in systems[:MOST_ROWS]], len(systems)),
        "actions": _actions(study) if may_run else [],
        "enrol": _enrol(study) if may_run else None,
        "replace": _replace(study, raters) if may_run else None,
        "parked": _tasks(study, parked_tasks(study)),
        # Not for whoever only reads: an engineer may be enrolled as a rater, and must not learn which tasks are gold.
        "golds": _tasks(study, gold_exposures(study) if may_run else []),
    }


def _part(rows: list[dict[str, Any]], n: int) -> dict[str, Any]:
    """As much of a table as a page should hold, and how many rows there are."""
    return {"rows": rows, "n": n, "n_more": n - len(rows)}


def _tasks(study: Study, found: Sequence[ParkedTask | GoldExposure]) -> dict[str, Any]:
    """Rows about tasks, each with the way to it."""
    rows = [{"row": one, "url": task_of(study, one.task_id)} for one in found[:MOST_ROWS]]
    return _part(rows, len(found))


def _rater(study: Study, rater: RaterRow) -> dict[str, Any]:
    """A rater's row: her name leads to her page, her number to what she judged."""
    return {
        "row": rater,
        "url": rater_of(study, rater.rater),
        "read_url": reading_of(study, rater=str(rater.rater)) if rater.n_judgments else None,
    }


def _system(study: Study, system: SystemRow) -> dict[str, Any]:
    return {"row": system, "url": reading_of(study, first=system.name)}


def _facts(study: Study, figures: Figures, systems: list[SystemRow]) -> list[dict[str, Any]]:
    showings = showing_counts(study, figures)
    gone = {name: getattr(showings, name) for name in ("open", "judged", "late", "skipped", "expired", "released")}
    return [
        {"label": "items", "value": StudyItem.objects.filter(study=study).count(), "url": reading_of(study)},
        {"label": "systems", "value": len(systems), "url": address_of(study, "leaderboard")},
        {
            "label": "judgments",
            "value": figures.total("judged"),
            "hint": "by people and judges, imported and given here",
            "url": reading_of(study),
        },
        {
            "label": "raters",
            "value": len(figures.of("rater")),
            "hint": "people and judges with at least one judgment",
            "url": address_of(study, "raters"),
        },
        {
            "label": "given out here",
            "value": showings.leased,
            "hint": " + ".join(f"{n:,} {name}" for name, n in gone.items())
            + f"; {figures.total('wanted'):,} planned, gold and retests come on top",
        },
    ]


def _actions(study: Study) -> list[dict[str, str]]:
    return [
        {
            "url": reverse("console:state", args=[study.workspace.slug, study.slug, to]),
            "label": label,
            "hint": hint,
            "kind": kind,
        }
        for to, label, hint, kind in ACTIONS[StudyState(study.state)]
    ]


def replaced_sentence(n: int) -> str:
    """What came of drawing again what is set aside."""
    if not n:
        return (
            "There is nothing to replace: whatever is set aside was imported, is drawn again already, or is gold now."
        )
    return f"{n} draw{'' if n == 1 else 's'} added, for raters who have not seen {'it' if n == 1 else 'them'} yet."


def _replace(study: Study, raters: list[RaterRow]) -> dict[str, str] | None:
    """Offered only where work may be set aside and others may still do it."""
    if study.state == StudyState.CLOSED or all(rater.standing != Standing.QUARANTINED for rater in raters):
        return None
    return {"url": reverse("console:replace", args=[study.workspace.slug, study.slug])}


def _enrol(study: Study) -> dict[str, Any]:
    return {
        "url": reverse("console:enrol", args=[study.workspace.slug, study.slug]),
        "candidates": [{"user_id": user.pk, "name": str(user)} for user in candidates_for(study)],
    }
