"""Advancing the stored figures of a study from one cut to the next."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.core.database.locks import lock
from apps.rating.counting import (
    Counts,
    added,
    dispositions_at,
    dispositions_between,
    judged_between,
    same_rules,
    wanted_between,
)
from apps.rating.models import Cut, Plan, StudyFigures

from .cutting import take_cut


def freeze_figures(*, study_id: int) -> StudyFigures:
    """Count what is newer than the stored figures and store the sum. Doing it twice changes nothing.

    Whoever rates waits for the cut alone, which is its own transaction; the counting holds nobody up.
    """
    cut = take_cut(study_id=study_id)
    with transaction.atomic():
        lock(f"figures:{study_id}")
        stored = StudyFigures.objects.select_related("cut").filter(study=study_id).first()
        last_plan = Plan.objects.filter(study=study_id).aggregate(n=Max("number"))["n"] or 0
        # The same facts are the same cut, so a later cut has a higher id.
        if stored is not None and (cut.pk, last_plan) <= (stored.cut_id, stored.last_plan):
            return stored
        return _store(cut, last_plan, _counts_at(cut, last_plan, stored))


def misstated(stored: StudyFigures) -> Iterator[str]:
    """Where the stored figures are not what the rows give, counted from the first one: a sentence for each number."""
    counts = _counts_at(stored.cut, stored.last_plan, None)
    for column, n in (("judged", stored.n_judged), ("filled", stored.n_filled)):
        if n != (found := _sum(counts, column)):
            yield f"{n} {column} are stored, the rows give {found}"
    for margin in sorted({*counts, *stored.counts}):
        kept, found_here = stored.counts.get(margin, {}), counts.get(margin, {})
        for key in sorted({*kept, *found_here}):
            if kept.get(key) != found_here.get(key):
                yield f"{margin} {key} is stored as {kept.get(key)}, the rows give {found_here.get(key)}"


def _counts_at(cut: Cut, last_plan: int, stored: StudyFigures | None) -> Counts:
    after, plan = (stored.cut.last_judgment, stored.last_plan) if stored else (0, 0)
    known = {**stored.counts} if stored else {}
    if stored is not None and same_rules(stored.cut, cut):
        dispositions = dispositions_between(stored.cut, cut)
    else:
        known.pop("disposition", None)
        dispositions = dispositions_at(cut)
    judged = judged_between(cut.study_id, after, cut.last_judgment)
    return added(known, judged, wanted_between(cut.study_id, plan, last_plan), dispositions)


def _store(cut: Cut, last_plan: int, counts: Counts) -> StudyFigures:
    figures, _ = StudyFigures.objects.update_or_create(
        study_id=cut.study_id,
        defaults={
            "cut": cut,
            "last_plan": last_plan,
            "n_judged": _sum(counts, "judged"),
            "n_filled": _sum(counts, "filled"),
            "counts": counts,
            "counted_at": timezone.now(),
        },
    )
    return figures


def _sum(counts: Counts, column: str) -> int:
    return sum(numbers.get(column, 0) for numbers in counts["pair"].values())
