"""Items a rater may not see: she wrote them, knows their author, or cannot read them."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from apps.core import audit
from apps.core.errors import Refused
from apps.rating.models import Enrolment, ItemBar
from apps.rating.serving.desk_state import lock_desk
from apps.studies.models import StudyItem


@transaction.atomic
def bar_items(*, enrolment: Enrolment, items: Iterable[str], reason: str, by: UUID | None) -> int:
    """Never again give this rater a task on these items (by external id). How many are newly barred.

    What she has judged stays; a task she holds now is hers to finish. Barring twice changes nothing.
    """
    if not reason.strip():
        raise Refused("Say why: an item is never barred without a reason.")
    wanted = set(items)
    found = dict(
        StudyItem.objects.filter(study=enrolment.study_id, external_id__in=wanted).values_list("external_id", "item")
    )
    missing = sorted(wanted - found.keys())
    if missing:
        raise Refused(f"The study has no item {missing[0]!r}: nothing was barred. Look its name up in items.jsonl.")
    lock_desk(enrolment)
    barred = set(
        ItemBar.objects.filter(study=enrolment.study_id, rater=enrolment.rater_id).values_list("item", flat=True)
    )
    new = [
        ItemBar(study_id=enrolment.study_id, rater_id=enrolment.rater_id, item_id=item, reason=reason, by=by)
        for item in found.values()
        if item not in barred
    ]
    ItemBar.objects.bulk_create(new)
    _record("items barred", enrolment, by=by, n=len(new), reason=reason)
    return len(new)


@transaction.atomic
def lift_bars(*, enrolment: Enrolment, items: Iterable[str], by: UUID | None) -> int:
    """Let this rater see these items again. How many bars were lifted."""
    lock_desk(enrolment)
    n, _ = ItemBar.objects.filter(
        study=enrolment.study_id,
        rater=enrolment.rater_id,
        item__in=StudyItem.objects.filter(study=enrolment.study_id, external_id__in=set(items)).values("item"),
    ).delete()
    _record("item bars lifted", enrolment, by=by, n=n)
    return n


def _record(verb: str, enrolment: Enrolment, *, by: UUID | None, n: int, **details: object) -> None:
    if n:
        audit.record(
            verb, f"rater:{enrolment.rater.uuid}", by=by, workspace_id=enrolment.workspace_id,
            study=enrolment.study.slug, n=n, **details,
        )  # fmt: skip
