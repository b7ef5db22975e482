"""Giving out work: a lease on a draw, with its sides; released, skipped or shown.

Each is one short transaction under an advisory lock on (study, rater): two tabs of one rater take turns.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from apps.core.database.locks import lock
from apps.core.errors import Refused
from apps.rating.models import Assignment, Draw, Enrolment, Outcome, SkipReason, Source, Standing, Task
from apps.rating.serving.draws import OpenDraw, draws_for
from apps.rating.serving.sides import a_on_left
from apps.studies.models import ProtocolVersion, StudyState
from apps.studies.services.protocol import current_protocol


def lock_rater(enrolment: Enrolment) -> None:
    """One rater does one thing at a time in one study."""
    lock(f"rater:{enrolment.study_id}:{enrolment.rater_id}")


@dataclass(frozen=True, slots=True)
class _Lease:
    enrolment: Enrolment
    protocol: ProtocolVersion
    now: datetime

    @property
    def expires_at(self) -> datetime:
        return self.now + timedelta(minutes=self.protocol.lease_minutes)


@transaction.atomic
def give_assignment(*, enrolment: Enrolment) -> Assignment | None:
    """The assignment the rater works on now: the one she holds, else a new one; None if there is none.

    Why there is none is asked of `selectors.why_no_task`.
    """
    lock_rater(enrolment)
    lease = _Lease(enrolment, current_protocol(enrolment.study), timezone.now())
    held = _held(lease)
    if held is not None:
        return held
    if not may_be_served(enrolment):
        return None
    for draw in draws_for(study_id=enrolment.study_id, rater_id=enrolment.rater_id, now=lease.now):
        taken = _take(lease, draw)
        if taken is not None:
            return taken
    _mark_drained_bands(enrolment.study_id, lease.now)
    return None


def may_be_served(enrolment: Enrolment) -> bool:
    """New work goes to active raters of an open study who have not reached their target."""
    if enrolment.study.state != StudyState.OPEN or enrolment.standing != Standing.ACTIVE:
        return False
    return enrolment.target is None or n_done(enrolment) < enrolment.target


def n_done(enrolment: Enrolment) -> int:
    """How many showings she has judged in this study."""
    return Assignment.objects.filter(
        study=enrolment.study_id, rater=enrolment.rater_id, outcome__in=[Outcome.JUDGED, Outcome.LATE]
    ).count()


def _held(lease: _Lease) -> Assignment | None:
    """The oldest lease she holds, renewed. A lease that ran out is still hers until someone takes it over."""
    enrolment = lease.enrolment
    held = (
        Assignment.objects.select_for_update()
        .filter(study=enrolment.study_id, rater=enrolment.rater_id, outcome__isnull=True)
        .order_by("leased_at", "pk")
        .first()
    )
    if held is not None:
        held.expires_at = lease.expires_at
        held.save(update_fields=["expires_at"])
    return held


def _take(lease: _Lease, found: OpenDraw) -> Assignment | None:
    """Lease the draw; None if someone else was faster."""
    Assignment.objects.filter(draw=found.draw_id, outcome__isnull=True, expires_at__lte=lease.now).update(
        outcome=Outcome.EXPIRED, ended_at=lease.now
    )
    draw = Draw.objects.get(pk=found.draw_id)
    return _lease_again(lease, draw) or _lease_new(lease, draw)


def _lease_again(lease: _Lease, draw: Draw) -> Assignment | None:
    """A showing she was given but never saw comes back to her as it was: same row, same side."""
    unseen = Assignment.objects.filter(
        task=draw.task_id,
        rater=lease.enrolment.rater_id,
        source=Source.SERVED,
        shown_at__isnull=True,
        outcome__in=[Outcome.EXPIRED, Outcome.RELEASED],
    ).first()
    if unseen is None:
        return None
    unseen.draw, unseen.purpose, unseen.protocol = draw, draw.purpose, lease.protocol
    unseen.leased_at, unseen.expires_at = lease.now, lease.expires_at
    unseen.outcome, unseen.ended_at = None, None
    try:
        with transaction.atomic():
            unseen.save()
    except IntegrityError:
        return None
    return unseen


# Two raters may want one draw at once: the partial unique index lets one in, the other asks for another draw.
_INSERT = """
    INSERT INTO rating_assignment (study_id, public_id, draw_id, task_id, system_low, system_high, rater_id,
        showing, purpose, source, protocol_id, a_on_left, sample, leased_at, expires_at)
    VALUES (%(study)s, %(public_id)s, %(draw)s, %(task)s, %(low)s, %(high)s, %(rater)s,
        0, %(purpose)s, 'served', %(protocol)s, %(a_on_left)s, 0, %(now)s, %(expires_at)s)
    ON CONFLICT DO NOTHING RETURNING id
"""


def _lease_new(lease: _Lease, draw: Draw) -> Assignment | None:
    task, enrolment = Task.objects.get(pk=draw.task_id), lease.enrolment
    left = a_on_left(task=task, rater_id=enrolment.rater_id, rater_uuid=enrolment.rater.uuid, seed=enrolment.study.seed)
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "study": enrolment.study_id,
                "public_id": uuid4(),
                "draw": draw.pk,
                "task": task.pk,
                "low": task.system_low,
                "high": task.system_high,
                "rater": enrolment.rater_id,
                "purpose": draw.purpose,
                "protocol": lease.protocol.pk,
                "a_on_left": left,
                "now": lease.now,
                "expires_at": lease.expires_at,
            },
        )
        row = cursor.fetchone()
    return None if row is None else Assignment.objects.get(pk=row[0])


_DRAIN = """
    UPDATE rating_band SET drained_at = %(now)s WHERE id IN (
        SELECT b.id FROM rating_band b
        WHERE b.study_id = %(study)s AND b.drained_at IS NULL AND NOT EXISTS (
            SELECT FROM rating_draw d WHERE d.study_id = b.study_id AND d.band = b.number AND NOT EXISTS (
                SELECT FROM rating_assignment x WHERE x.draw_id = d.id AND x.outcome = 'judged'))
        ORDER BY b.number FOR UPDATE OF b SKIP LOCKED)
"""


def _mark_drained_bands(study_id: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DRAIN, {"study": study_id, "now": now})


@transaction.atomic
def mark_shown(*, assignment: Assignment) -> None:
    """The page with this assignment was painted: from here it counts as a showing. The first time stands."""
    Assignment.objects.filter(pk=assignment.pk, shown_at__isnull=True, outcome__isnull=True).update(
        shown_at=timezone.now()
    )


@transaction.atomic
def skip_assignment(*, enrolment: Enrolment, assignment: Assignment, reason: str) -> None:
    """She does not want to judge this one: the draw is free for others. Skipping twice changes nothing."""
    if reason not in SkipReason.values:
        raise Refused(f"{reason!r} is not a reason. Choose one of: {', '.join(SkipReason.values)}.")
    lock_rater(enrolment)
    now = timezone.now()
    Assignment.objects.filter(pk=assignment.pk, rater=enrolment.rater_id, outcome__isnull=True).update(
        outcome=Outcome.SKIPPED, skip_reason=reason, ended_at=now, shown_at=assignment.shown_at or now
    )


@transaction.atomic
def release_assignment(*, enrolment: Enrolment, assignment: Assignment) -> None:
    """She leaves: a lease she holds is free at once. Doing it twice changes nothing."""
    lock_rater(enrolment)
    Assignment.objects.filter(pk=assignment.pk, rater=enrolment.rater_id, outcome__isnull=True).update(
        outcome=Outcome.RELEASED, ended_at=timezone.now()
    )
