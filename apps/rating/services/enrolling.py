"""Raters come into a study, and their standing changes."""

import uuid
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Membership, User, Workspace
from apps.core import audit
from apps.core.database.locks import writing_facts
from apps.core.errors import Refused
from apps.rating.models import Enrolment, Gold, GoldUse, Rater, RaterKind, Standing, StandingChange
from apps.studies.models import Study


def rater_for_user(*, workspace: Workspace, user: User) -> Rater:
    """The rater that this person is in the workspace; made at her first enrolment."""
    rater, _ = Rater.objects.get_or_create(
        workspace=workspace,
        user=user,
        defaults={"uuid": uuid.uuid4(), "kind": RaterKind.HUMAN, "name": user.name},
    )
    return rater


@transaction.atomic
def enrol_rater(*, study: Study, user: User, by: UUID | None, group: str = "", target: int | None = None) -> Enrolment:
    """Let a member of the workspace rate in the study. Enrolling her again changes nothing.

    Where the study has training tasks she begins in training, and becomes active by passing them, or once none is
    left for her.
    """
    if not Membership.objects.filter(workspace=study.workspace_id, user=user).exists():
        raise Refused("Only members of the workspace can be enrolled: give this person a role first.")
    writing_facts(study.pk)
    rater = rater_for_user(workspace=study.workspace, user=user)
    enrolment, created = Enrolment.objects.get_or_create(
        study=study,
        rater=rater,
        defaults={
            "workspace_id": study.workspace_id,
            "group": group,
            "target": target,
            "standing": Standing.TRAINING if _has_training(study) else Standing.ACTIVE,
        },
    )
    if created:
        StandingChange.objects.create(study=study, rater=rater, standing=enrolment.standing, reason="enrolled", by=by)
        audit.record(
            "rater enrolled",
            f"rater:{rater.uuid}",
            by=by,
            workspace_id=study.workspace_id,
            study=study.slug,
        )
    return enrolment


def _has_training(study: Study) -> bool:
    return Gold.objects.filter(study=study, use=GoldUse.TRAINING, retirement__isnull=True).exists()


@transaction.atomic
def change_standing(
    *, enrolment_id: int, standing: str, reason: str, by: UUID | None, cut_id: int | None = None
) -> Enrolment:
    """Give a rater another standing in a study, with the reason. The same standing changes nothing."""
    if standing not in Standing.values:
        raise Refused(f"There is no standing {standing!r}: choose one of {', '.join(Standing.values)}.")
    if not reason.strip():
        raise Refused("Say why: a change of standing is never without a reason.")
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    writing_facts(enrolment.study_id)
    # Her row alone, and not its key: whoever stores an answer of hers holds the study's and the rater's.
    mine = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    enrolment = mine.select_related("study", "rater").get(pk=enrolment_id)
    if enrolment.standing == standing:
        return enrolment
    StandingChange.objects.create(
        study=enrolment.study, rater=enrolment.rater, standing=standing, reason=reason, by=by, cut_id=cut_id
    )
    enrolment.standing = standing
    enrolment.save(update_fields=["standing"])
    audit.record(
        "standing changed",
        f"rater:{enrolment.rater.uuid}",
        by=by,
        workspace_id=enrolment.workspace_id,
        study=enrolment.study.slug,
        standing=standing,
        reason=reason,
    )
    return enrolment
