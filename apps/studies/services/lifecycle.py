"""The states of a study: draft, then open and paused in turn, then closed for good."""

from uuid import UUID

from django.db import transaction

from apps.core import audit
from apps.core.database.locks import cutting_facts
from apps.core.errors import Refused
from apps.studies.models import Study, StudyState, StudyTransition

ALLOWED: dict[str, frozenset[str]] = {
    StudyState.DRAFT: frozenset({StudyState.OPEN}),
    StudyState.OPEN: frozenset({StudyState.PAUSED, StudyState.CLOSED}),
    StudyState.PAUSED: frozenset({StudyState.OPEN, StudyState.CLOSED}),
    StudyState.CLOSED: frozenset(),
}


@transaction.atomic
def change_state(*, study_id: int, to: str, by: UUID | None) -> Study:
    """Move the study to another state; asking for the state it has changes nothing."""
    cutting_facts(study_id)  # whoever stores a judgment after us sees the new state
    study = Study.objects.select_for_update().get(pk=study_id)
    if study.state == to:
        return study
    if to not in ALLOWED[study.state]:
        allowed = ", ".join(sorted(ALLOWED[study.state])) or "nothing else"
        raise Refused(f"The study is {study.state}; from there it can become {allowed}, not {to}.")
    StudyTransition.objects.create(study=study, from_state=study.state, to_state=to, by=by)
    audit.record(
        "study state changed",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        before=study.state,
        after=to,
    )
    study.state = to
    study.save(update_fields=["state"])
    return study
