"""Cuts, and the facts that decide what a cut leaves out."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

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
from apps.studies.models import OutputFinding, ProtocolVersion, Study, StudyOutput

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
    cut, _ = Cut.objects.get_or_create(study_id=study_id, **_marks_of(study_id))
    return cut


def passing_cut(study_id: int) -> Cut:
    """The facts as they are seen at this moment, for a page that counts and freezes nothing: not stored, no lock.

    A fact that is being written may come in later, below the marks: never keep what was computed at such a cut.
    """
    return Cut(study_id=study_id, **_marks_of(study_id))


def _marks_of(study_id: int) -> dict[str, Any]:
    marks: dict[str, Any] = {name: Coalesce(_highest_of(model), 0) for name, model in _TABLES.items()}
    held = StudyOutput.objects.filter(study=OuterRef(OuterRef("pk"))).values("output")
    marks |= {
        "last_finding": Coalesce(_alone(OutputFinding.objects.filter(output__in=held), Max("pk")), 0),
        "rule_version": Coalesce(_alone(RuleSet.objects.filter(study=OuterRef("pk")), Max("version")), 0),
        "protocol_number": _alone(ProtocolVersion.objects.filter(study=OuterRef("pk")), Max("number")),
    }
    return {**Study.objects.values(**marks).get(pk=study_id)}


def _highest_of(model: type[Model]) -> Subquery:
    return _alone(model._default_manager.filter(study=OuterRef("pk")), Max("pk"))


def _alone(rows: QuerySet[Any], aggregate: Max) -> Subquery:
    """An aggregate over all the rows as a subquery: one row, whatever its columns."""
    return Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(found=aggregate).values("found"))


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
    last = Judgment.objects.filter(study=study).aggregate(n=Max("pk"))["n"] or 0
    opening, _ = ResultsOpening.objects.get_or_create(study=study, rater=rater, defaults={"last_judgment": last})
    return opening
