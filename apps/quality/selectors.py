"""Shaped reads about quality: frozen figures, the jobs that make them, and why a rater's standing is what it is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Func, QuerySet, TextField, Value

from apps.accounts.models import User
from apps.analysis.models import Analysis
from apps.core.errors import NotFound
from apps.core.jobs import UNDER_WAY
from apps.core.models import Job
from apps.rating.models import Enrolment, RaterKind, StandingChange
from apps.studies.models import Study

from .services import KINDS


def latest_figures(study: Study, kind: str) -> Analysis | None:
    """The newest frozen figures of a kind: those of the latest cut."""
    found = Analysis.objects.select_related("cut").filter(study=study, kind=kind)
    return found.order_by("-cut__last_judgment", "-pk").first()


def figures_named(study: Study, public_id: UUID) -> Analysis:
    """Frozen figures of the study by the address where they stay, of whichever kind."""
    found = Analysis.objects.select_related("cut").filter(study=study, kind__in=KINDS, public_id=public_id).first()
    if found is None:
        raise NotFound("There are no such figures in this study. Open the page of the raters for the newest ones.")
    return found


@dataclass(frozen=True, slots=True)
class Frozen:
    """Frozen figures in a list: where they stay, when and by whom they were computed, and what they saw."""

    public_id: UUID
    created_at: datetime
    by: str
    n_judgments: int


FrozenRow = tuple[UUID, datetime, UUID | None, str]


def all_figures(study: Study, kind: str) -> QuerySet[Analysis, FrozenRow]:
    """Every frozen result of a kind, the newest first, for `listed` to name a page of them."""
    # Results are long: the database finds the one number in the text instead of parsing it.
    pattern = Value(r'\n "n_judgments": (\d+)')
    n = Func("result", pattern, function="substring", output_field=TextField())
    found = Analysis.objects.filter(study=study, kind=kind).order_by("-pk").annotate(n=n)
    return found.values_list("public_id", "created_at", "created_by", "n")


def listed(page: Iterable[FrozenRow]) -> list[Frozen]:
    """One page of them, with names. Two queries."""
    rows = list(page)
    people = _people(by for _, _, by, _ in rows)
    return [Frozen(public_id, at, _by(people, by), int(n)) for public_id, at, by, n in rows]


def job_subject(study: Study) -> str:
    """How jobs about a study's figures are filed."""
    return f"study:{study.pk}"


def running_job(study: Study, kind: str) -> Job | None:
    """The job that is computing figures of this kind, if one is."""
    found = Job.objects.filter(kind=kind, subject=job_subject(study), state__in=UNDER_WAY)
    return found.order_by("-pk").first()


def figures_job(study: Study, kind: str, public_id: UUID) -> Job:
    """A job of this study that computes figures of this kind."""
    found = Job.objects.filter(kind=kind, subject=job_subject(study), public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such job in this study. Open the page of the raters again.")
    return found


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A rater of the study as the pages name her; the uuid is what frozen figures know her by."""

    enrolment_id: int
    rater: str
    name: str
    kind: str
    group: str
    standing: str
    target: int | None

    @property
    def is_person(self) -> bool:
        """Whether this is no LLM judge."""
        return self.kind == RaterKind.HUMAN


def enrolled(study: Study) -> list[Enrolled]:
    """Everybody in the study, by name. One query."""
    rows = Enrolment.objects.filter(study=study).select_related("rater").order_by("rater__name", "pk")
    return [_enrolled(enrolment) for enrolment in rows]


def enrolled_rater(study: Study, rater: UUID) -> Enrolled:
    """One rater of the study by her public id."""
    found = Enrolment.objects.filter(study=study, rater__uuid=rater).select_related("rater").first()
    if found is None:
        raise NotFound("There is no such rater in this study. Choose one from the list of raters.")
    return _enrolled(found)


def _enrolled(enrolment: Enrolment) -> Enrolled:
    rater = enrolment.rater
    return Enrolled(
        enrolment.pk, str(rater.uuid), str(rater), rater.kind, enrolment.group, enrolment.standing, enrolment.target
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One change of standing: to what, why, when, and by whom; by nobody where the program itself did."""

    standing: str
    label: str
    reason: str
    at: datetime
    by_uuid: UUID | None
    by: str


def standing_history(study: Study, rater: UUID) -> list[Change]:
    """Every change of her standing in the study, the newest first. Two queries."""
    changes = list(StandingChange.objects.filter(study=study, rater__uuid=rater).order_by("-pk"))
    people = _people(change.by for change in changes)
    return [
        Change(
            change.standing,
            change.get_standing_display(),
            change.reason,
            change.created_at,
            change.by,
            _by(people, change.by),
        )
        for change in changes
    ]


def _people(uuids: Iterable[UUID | None]) -> dict[UUID, str]:
    known = {uuid for uuid in uuids if uuid is not None}
    return {user.uuid: str(user) for user in User.objects.filter(uuid__in=known)}


def _by(people: dict[UUID, str], uuid: UUID | None) -> str:
    return people.get(uuid, "someone who is gone") if uuid else "Touchstone"
