"""New studies and new versions of their protocol."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.accounts.models import Workspace
from apps.core import audit
from apps.core.database.locks import writing_facts
from apps.core.errors import Refused
from apps.studies.models import About, Criterion, PlanMethod, ProtocolVersion, Study, System, Verdict

ALL_VERDICTS = tuple(Verdict.values)
TAKEN_SLUGS = frozenset({"new", "jobs"})  # pages of the workspace stand there


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolTerms:
    """The rules of a study as someone states them; a ProtocolVersion is what is stored of it."""

    question: str
    guideline: str = ""
    verdicts: tuple[str, ...] = ALL_VERDICTS
    criteria: tuple[dict[str, Any], ...] = ()
    replication: int = 1
    overlap_share: float = 0.15
    gold_share: float = 0.0
    retest_share: float = 0.0
    lease_minutes: int = 30
    shows_slices: bool = False
    plan_method: str = PlanMethod.BALANCED
    round_size: int = 200
    uniform_floor: float = 0.3
    slice_quotas: Mapping[str, int] = field(default_factory=dict)
    qualification_pass: float = 0.8
    price_per_judgment: Decimal | None = None
    currency: str = "EUR"
    baseline: System | None = field(default=None)

    def plain_criteria(self) -> list[dict[str, Any]]:
        """The criteria as `criteria_of` gives them back."""
        return [_plain(criterion) for criterion in self.criteria]


def check_terms(terms: ProtocolTerms) -> None:
    """Refuse terms that no study can have, each in a sentence."""
    for is_good, sentence in _requirements(terms):
        if not is_good:
            raise Refused(sentence)


def _requirements(terms: ProtocolTerms) -> Iterator[tuple[bool, str]]:
    about = {criterion.get("about", About.OUTPUT) for criterion in terms.criteria}
    yield about <= set(About.values), "A criterion is about one output (output) or about two (comparison)."
    yield (
        bool(terms.verdicts) or About.COMPARISON not in about,
        "A criterion about a comparison is asked after its verdict: give the study verdicts, or ask about outputs.",
    )
    yield terms.replication >= 1, "Each task is judged at least once: give a replication of 1 or more."
    yield terms.lease_minutes >= 1, "A rater needs at least a minute for a task: give lease_minutes of 1 or more."
    yield 0 <= terms.overlap_share <= 1, "The overlap share is a share: give a number from 0 to 1."
    yield (
        0 <= terms.gold_share < 1 and 0 <= terms.retest_share < 1 and terms.gold_share <= 1 - terms.retest_share,
        "Gold share and retest share are shares of what a rater sees: together they cannot be more than all of it.",
    )
    yield terms.plan_method in PlanMethod.values, f"A plan is {' or '.join(PlanMethod.values)}."
    yield (
        terms.plan_method != PlanMethod.ADAPTIVE or bool(terms.verdicts),
        "An adaptive plan chooses which systems to compare next: give the study verdicts, or plan it balanced.",
    )
    yield terms.round_size >= 1, "A round of an adaptive plan has draws: give a round_size of 1 or more."
    yield 0 < terms.uniform_floor <= 1, "The uniform floor is above 0 and at most 1: give a share such as 0.3."
    yield 0 <= terms.qualification_pass <= 1, "The qualification is passed by a share: give a number from 0 to 1."
    yield (
        all("=" in name and n >= 1 for name, n in terms.slice_quotas.items()),
        'A slice quota names a slice and how many judgments it gets first, such as {"locale=de": 60}.',
    )


@transaction.atomic
def create_study(
    *,
    workspace: Workspace,
    slug: str,
    name: str,
    terms: ProtocolTerms,
    by: UUID | None = None,
    seed: int | None = None,
    is_invented: bool = False,
) -> Study:
    """A new study in draft with the first version of its protocol."""
    check_terms(terms)
    if slug in TAKEN_SLUGS:
        raise Refused(f"The address {slug!r} is a page of the workspace. Choose another slug.")
    if Study.objects.filter(workspace=workspace, slug=slug).exists():
        raise Refused(f"There is a study {slug!r} already. Choose another slug.")
    study = Study.objects.create(
        workspace=workspace,
        slug=slug,
        name=name,
        seed=secrets.randbits(62) if seed is None else seed,
        is_invented=is_invented,
    )
    _store_version(study, number=1, major=1, terms=terms, by=by)
    audit.record("study created", f"study:{slug}", by=by, workspace_id=workspace.pk)
    return study


@transaction.atomic
def revise_protocol(*, study: Study, terms: ProtocolTerms, by: UUID | None) -> ProtocolVersion:
    """The next version of the protocol; `major` rises when verdicts or criteria change."""
    check_terms(terms)
    writing_facts(study.pk)
    Study.objects.select_for_update().get(pk=study.pk)
    last = current_protocol(study)
    changes_answers = set(terms.verdicts) != set(last.verdicts) or criteria_of(last) != terms.plain_criteria()
    version = _store_version(study, number=last.number + 1, major=last.major + changes_answers, terms=terms, by=by)
    audit.record(
        "protocol revised",
        f"study:{study.slug}",
        by=by,
        workspace_id=study.workspace_id,
        number=version.number,
    )
    return version


def current_protocol(study: Study) -> ProtocolVersion:
    """The protocol under which new assignments are given."""
    return ProtocolVersion.objects.filter(study=study).order_by("-number")[0]


def criteria_of(version: ProtocolVersion) -> list[dict[str, Any]]:
    """The criteria in order, as files write them; `about` only where it is not one output."""
    return [
        _plain({"key": c.key, "about": c.about, "question": c.question, "anchors": c.anchors})
        for c in version.criteria.order_by("ordinal")
    ]


def rates_outputs(version: ProtocolVersion) -> bool:
    """Whether raters are asked about single outputs: then there are rubric tasks."""
    return version.criteria.filter(about=About.OUTPUT).exists()


def _plain(criterion: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in criterion.items() if (name, value) != ("about", About.OUTPUT)}


def _store_version(study: Study, *, number: int, major: int, terms: ProtocolTerms, by: UUID | None) -> ProtocolVersion:
    version = ProtocolVersion.objects.create(
        study=study,
        number=number,
        major=major,
        question=terms.question,
        guideline=terms.guideline,
        verdicts=list(terms.verdicts),
        replication=terms.replication,
        overlap_share=terms.overlap_share,
        gold_share=terms.gold_share,
        retest_share=terms.retest_share,
        lease_minutes=terms.lease_minutes,
        shows_slices=terms.shows_slices,
        plan_method=terms.plan_method,
        round_size=terms.round_size,
        uniform_floor=terms.uniform_floor,
        slice_quotas=dict(terms.slice_quotas),
        qualification_pass=terms.qualification_pass,
        price_per_judgment=terms.price_per_judgment,
        currency=terms.currency,
        baseline=terms.baseline,
        created_by=by,
    )
    Criterion.objects.bulk_create(
        Criterion(protocol=version, ordinal=ordinal, **criterion) for ordinal, criterion in enumerate(terms.criteria)
    )
    return version
