"""Cuts, and the facts that decide what a cut leaves out."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model

from apps.accounts.models import User
from apps.core import audit
from apps.core.database.locks import cutting_facts, lock, writing_facts
from apps.core.errors import Refused
from apps.rating.models import (
    Cut,
    Gold,
    GoldRetirement,
    Judgment,
    ResultsOpening,
    RuleSet,
    StandingChange,
    Withdrawal,
)
from apps.rating.rules import check_rules
from apps.rating.services.enrolling import rater_for_user
from apps.studies.models import ProtocolVersion, Study

_TABLES: dict[str, type[Model]] = {
    "last_judgment": Judgment,
    "last_standing_change": StandingChange,
    "last_gold": Gold,
    "last_gold_retirement": GoldRetirement,
    "last_withdrawal": Withdrawal,
    "last_results_opening": ResultsOpening,
}


@transaction.atomic
def take_cut(*, study_id: int) -> Cut:
    """Note the highest id of every table of facts while nobody writes; the same facts give the same cut."""
    cutting_facts(study_id)
    marks: dict[str, Any] = {name: _highest(model, study_id) for name, model in _TABLES.items()}
    rule_version = RuleSet.objects.filter(study=study_id).aggregate(n=Max("version"))["n"] or 0
    number = ProtocolVersion.objects.filter(study=study_id).aggregate(n=Max("number"))["n"]
    cut, _ = Cut.objects.get_or_create(study_id=study_id, rule_version=rule_version, protocol_number=number, **marks)
    return cut


def _highest(model: type[Model], study_id: int) -> int:
    return model._default_manager.filter(study=study_id).aggregate(n=Max("pk"))["n"] or 0


@transaction.atomic
def set_rules(*, study: Study, rules: list[dict[str, Any]], by: UUID | None) -> RuleSet:
    """The study's exclusion rules from now on; earlier cuts keep theirs."""
    check_rules(rules)
    writing_facts(study.pk)
    lock(f"rules:{study.pk}")
    version = (RuleSet.objects.filter(study=study).aggregate(n=Max("version"))["n"] or 0) + 1
    rule_set = RuleSet.objects.create(study=study, version=version, rules=rules, by=by)
    audit.record(
        "rules set",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        version=version,
        rules=rules,
    )
    return rule_set


@transaction.atomic
def withdraw_judgment(*, judgment: Judgment, reason: str, by: UUID | None) -> Withdrawal:
    """Take a judgment out of every later result; it stays stored. Doing it twice changes nothing."""
    if not reason.strip():
        raise Refused("Say why: a judgment is never withdrawn without a reason.")
    writing_facts(judgment.study_id)
    withdrawal, created = Withdrawal.objects.get_or_create(
        judgment=judgment, defaults={"study_id": judgment.study_id, "reason": reason, "by": by}
    )
    if created:
        audit.record("judgment withdrawn", f"judgment:{judgment.submission}", by=by, reason=reason)
    return withdrawal


@transaction.atomic
def note_results_opened(*, study: Study, user: User) -> ResultsOpening:
    """Remember that this person saw the study's results: what she judges later is unblinded.

    Only the first time counts. It is noted for everyone, since anyone may be enrolled later.
    """
    rater = rater_for_user(workspace=study.workspace, user=user)
    found = ResultsOpening.objects.filter(study=study, rater=rater).first()
    if found is not None:
        return found
    writing_facts(study.pk)
    opening, _ = ResultsOpening.objects.get_or_create(
        study=study, rater=rater, defaults={"last_judgment": _highest(Judgment, study.pk)}
    )
    return opening
