"""How much is wanted of a rater in a study, and in which group she counts: what may change while she rates."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from apps.core import audit
from apps.core.database.locks import writing_facts
from apps.core.errors import Conflict, Refused
from apps.rating.models import Enrolment, RaterKind, StandingChange

MOST_WANTED = 1_000_000
LONGEST_GROUP = 80


@dataclass(frozen=True, slots=True)
class Terms:
    """Judgments wanted of a rater, None for as many as she likes, and her group, empty for none."""

    target: int | None
    group: str


@transaction.atomic
def change_terms(*, enrolment_id: int, terms: Terms, seen: Terms, by: UUID | None) -> Enrolment:
    """Give a rater another target or another group. What she has already changes nothing.

    `seen` is what she had when this was decided: where somebody else has changed it since, nothing is stored.
    """
    wanted = _checked(terms)
    enrolment = Enrolment.objects.get(pk=enrolment_id)
    writing_facts(enrolment.study_id)
    # Her row alone, and not its key: whoever stores an answer of hers holds the study's and the rater's.
    mine = Enrolment.objects.select_for_update(of=("self",), no_key=True)
    enrolment = mine.select_related("study", "rater").get(pk=enrolment_id)
    if enrolment.rater.kind != RaterKind.HUMAN:
        raise Refused("A judge has no target and no group: what it is asked is decided where it is run.")
    now = Terms(enrolment.target, enrolment.group)
    if wanted == now:
        return enrolment
    if seen != now:
        raise Conflict("Somebody has changed the target or the group meanwhile. Look at them again, then decide.")
    enrolment.target, enrolment.group = wanted.target, wanted.group
    enrolment.save(update_fields=["target", "group"])
    _note(enrolment, before=now, by=by)
    return enrolment


def _checked(terms: Terms) -> Terms:
    if terms.target is not None and not 1 <= terms.target <= MOST_WANTED:
        raise Refused(f"A target is between 1 and {MOST_WANTED:,} judgments, or empty for as many as she likes.")
    group = terms.group.strip()
    if len(group) > LONGEST_GROUP:
        raise Refused(f"Shorten the name of the group to {LONGEST_GROUP} characters.")
    return Terms(terms.target, group)


def _note(enrolment: Enrolment, *, before: Terms, by: UUID | None) -> None:
    audit.record(
        "enrolment changed",
        f"rater:{enrolment.rater.uuid}",
        by=by,
        workspace_id=enrolment.workspace_id,
        study=enrolment.study.slug,
        target=enrolment.target,
        group=enrolment.group,
        target_before=before.target,
        group_before=before.group,
    )
    if enrolment.group != before.group:
        _move_the_cut(enrolment, before, by)


def _move_the_cut(enrolment: Enrolment, before: Terms, by: UUID | None) -> None:
    """A board of one group counts other judgments from now on: a fact, so that no earlier cut is taken for this one.

    It stands in the history of her standing, which stays what it is.
    """
    words = " to ".join(f"group {group!r}" if group else "no group" for group in (before.group, enrolment.group))
    StandingChange.objects.create(
        study=enrolment.study,
        rater=enrolment.rater,
        standing=enrolment.standing,
        reason=f"moved from {words}",
        by=by,
    )
