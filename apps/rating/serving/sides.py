"""Which output stands left: a seeded coin first, then the opposite of what she last saw of this pair."""

import hashlib
from uuid import UUID

from apps.rating.models import Assignment, Task


def a_on_left(*, task: Task, rater_id: int, rater_uuid: UUID, seed: int) -> bool:
    """Whether output A of `task` stands left for this rater.

    Sides are balanced per pair of *systems*, so that no system is favoured by the left for any one rater.
    """
    low_on_left = _last_low_on_left(task, rater_id)
    if low_on_left is None:
        wanted = _coin(seed, rater_uuid, task.system_low, task.system_high)
    else:
        wanted = not low_on_left
    return wanted == (task.system_a_id == task.system_low)


def _last_low_on_left(task: Task, rater_id: int) -> bool | None:
    """Whether the system with the lower id stood left when she last saw this pair; None if she never did."""
    last = (
        Assignment.objects.filter(
            study=task.study_id,
            rater=rater_id,
            system_low=task.system_low,
            system_high=task.system_high,
            shown_at__isnull=False,
            a_on_left__isnull=False,
        )
        .order_by("-shown_at")
        .values_list("a_on_left", "task__system_a_id")
        .first()
    )
    if last is None:
        return None
    a_stood_left, system_a = last
    return bool(a_stood_left == (system_a == task.system_low))


def _coin(seed: int, rater_uuid: UUID, low: int, high: int) -> bool:
    digest = hashlib.sha256(f"{seed}:{rater_uuid}:{low}:{high}".encode()).digest()
    return bool(digest[0] & 1)
