"""What a study's home shows."""

from typing import Any

from django.urls import reverse

from apps.console.header import header_of
from apps.rating.dispositions import counts_at, meaning_of
from apps.rating.models import Standing
from apps.rating.selectors import (
    candidates_for,
    gold_exposures,
    n_draws,
    pairs_of,
    parked_tasks,
    raters_of,
    showing_counts,
    totals_of,
)
from apps.rating.selectors.study import RaterRow
from apps.rating.services import take_cut
from apps.studies.models import Study, StudyOutput, StudyState

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


def study_context(study: Study, *, may_run: bool) -> dict[str, Any]:
    """The whole page; actions and enrolment only for who may run the study."""
    raters = raters_of(study)
    return {
        "study": header_of(study),
        "facts": _facts(study),
        "dispositions": [
            {"name": name, "n": n, "meaning": meaning_of(name)}
            for name, n in counts_at(take_cut(study_id=study.pk)).items()
        ],
        "raters": raters,
        "systems": _systems(study),
        "actions": _actions(study) if may_run else [],
        "enrol": _enrol(study) if may_run else None,
        "replace": _replace(study, raters) if may_run else None,
        "parked": parked_tasks(study),
        "golds": gold_exposures(study),
        "pairs": pairs_of(study),
    }


def _facts(study: Study) -> list[dict[str, Any]]:
    totals, showings = totals_of(study), showing_counts(study)
    gone = {name: getattr(showings, name) for name in ("open", "judged", "late", "skipped", "expired", "released")}
    return [
        {"label": "items", "value": totals.n_items, "hint": ""},
        {"label": "systems", "value": totals.n_systems, "hint": ""},
        {
            "label": "judgments",
            "value": totals.n_judgments,
            "hint": "by people and judges, imported and given here",
        },
        {"label": "raters", "value": totals.n_raters, "hint": "people and judges with at least one judgment"},
        {
            "label": "given out here",
            "value": showings.leased,
            "hint": " + ".join(f"{n} {name}" for name, n in gone.items())
            + f"; {n_draws(study)} planned, gold and retests come on top",
        },
    ]


def _systems(study: Study) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    rows = StudyOutput.objects.filter(study=study).values_list("system__name", "system__family", "system__version")
    for name, family, version in rows.order_by("system__name"):
        row = found.setdefault(name, {"name": name, "family": family, "version": version, "n_outputs": 0})
        row["n_outputs"] += 1
    return list(found.values())


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
