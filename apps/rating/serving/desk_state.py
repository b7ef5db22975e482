"""Where a rater is in a study at this moment: one query, asked under her lock before anything is given or stored."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from apps.core.database.locks import lock_and_share
from apps.core.database.queries import Row, rows
from apps.rating.models import Enrolment, Standing
from apps.studies.models import StudyState

MAX_LEASES = 2  # the task on her screen, and the one prefetched behind it

_STATE = """
    SELECT st.state, st.seed, r.uuid, e.standing, e.target,
           coalesce((SELECT max(s.shown_number) FROM rating_assignment s
                     WHERE s.study_id = e.study_id AND s.rater_id = e.rater_id), 0),
           coalesce((SELECT max(d.done_number) FROM rating_assignment d
                     WHERE d.study_id = e.study_id AND d.rater_id = e.rater_id), 0),
           p.id, p.lease_minutes, p.gold_share, p.retest_share,
           a.id, a.public_id, a.shown_at IS NOT NULL, a.expires_at
    FROM rating_enrolment e
    JOIN studies_study st ON st.id = e.study_id
    JOIN rating_rater r ON r.id = e.rater_id
    CROSS JOIN LATERAL (SELECT v.id, v.lease_minutes, v.gold_share, v.retest_share
                        FROM studies_protocolversion v WHERE v.study_id = st.id ORDER BY v.number DESC LIMIT 1) p
    LEFT JOIN rating_assignment a
           ON a.study_id = e.study_id AND a.rater_id = e.rater_id AND a.outcome IS NULL
    WHERE e.id = %(enrolment)s
    ORDER BY a.leased_at, a.id
"""


@dataclass(frozen=True, slots=True)
class Lease:
    """A live assignment of hers."""

    id: int
    public_id: UUID
    is_shown: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DeskState:
    """What serving and recording need to know. `n_shown` and `n_done` count her showings and answers so far."""

    study_id: int
    study_state: str
    seed: int
    rater_id: int
    rater_uuid: UUID
    standing: str
    target: int | None
    n_shown: int
    n_done: int
    protocol_id: int
    lease_minutes: int
    gold_share: float
    retest_share: float
    leases: tuple[Lease, ...]
    now: datetime

    @property
    def expires_at(self) -> datetime:
        """When a lease given now ends."""
        return self.now + timedelta(minutes=self.lease_minutes)

    @property
    def is_training(self) -> bool:
        """Whether she is still being trained: one task at a time, with its answer explained."""
        return self.standing == Standing.TRAINING

    @property
    def is_at_work(self) -> bool:
        """Whether she may rate: the study is open, and she is active or in training."""
        return self.study_state == StudyState.OPEN and self.standing in {Standing.ACTIVE, Standing.TRAINING}

    @property
    def may_be_served(self) -> bool:
        """New work goes to whoever is at work, and only until her target is covered."""
        if not self.is_at_work:
            return False
        return self.target is None or self.is_training or self.n_done + len(self.leases) < self.target

    def lease(self, public_id: UUID | None) -> Lease | None:
        """The live assignment of this id, if it is hers."""
        return next((lease for lease in self.leases if lease.public_id == public_id), None)

    def having_shown(self, n_shown: int, painted: UUID | None) -> "DeskState":
        """The same once `painted` was shown."""
        leases = (replace(held, is_shown=held.is_shown or held.public_id == painted) for held in self.leases)
        return replace(self, n_shown=n_shown, leases=tuple(leases))

    def holding(self, public_ids: Collection[UUID]) -> "DeskState":
        """The same with these leases only: somebody took the others over."""
        return replace(self, leases=tuple(held for held in self.leases if held.public_id in public_ids))

    def having_answered(self, answered: UUID) -> "DeskState":
        """The same once the lease `answered`, which was shown, is over."""
        leases = tuple(held for held in self.leases if held.public_id != answered)
        return replace(self, n_done=self.n_done + 1, leases=leases)


def desk_state(enrolment: Enrolment) -> DeskState:
    """The rater's state; consistent for the rest of the transaction if `lock_desk` came first."""
    found = rows(_STATE, {"enrolment": enrolment.pk})
    state, seed, uuid, standing, target, n_shown, n_done, protocol, minutes, gold, retest = found[0][:11]
    return DeskState(
        study_id=enrolment.study_id,
        study_state=state,
        seed=seed,
        rater_id=enrolment.rater_id,
        rater_uuid=uuid,
        standing=standing,
        target=target,
        n_shown=n_shown,
        n_done=n_done,
        protocol_id=protocol,
        lease_minutes=minutes,
        gold_share=gold,
        retest_share=retest,
        leases=_leases(found),
        now=timezone.now(),
    )


def _leases(found: list[Row]) -> tuple[Lease, ...]:
    return tuple(Lease(*row[11:]) for row in found if row[11] is not None)


def lock_desk(enrolment: Enrolment) -> None:
    """One rater does one thing at a time in one study, and no cut or change of state falls into it."""
    lock_and_share(f"rater:{enrolment.study_id}:{enrolment.rater_id}", f"facts:{enrolment.study_id}")
