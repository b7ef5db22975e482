"""Shaped reads about material."""

from dataclasses import dataclass

from django.db.models import QuerySet

from .models import OutputFinding, Study, StudyOutput


@dataclass(frozen=True, slots=True)
class SelfNaming:
    """An output that says which system it is, and the words with which it says so."""

    item: str
    system: str
    sample: int
    excerpt: str


def n_self_naming_outputs(study: Study) -> int:
    """How many outputs of the study say which system they are."""
    return _findings_of(study).values("output").distinct().count()


def self_naming_outputs(study: Study, *, limit: int) -> list[SelfNaming]:
    """The first outputs of the study that say which system they are, each with the first place where it does."""
    findings = _findings_of(study).select_related("output__item", "output__system")
    first = findings.order_by("output", "start", "pk").distinct("output")[:limit]
    return [SelfNaming(f.output.item.external_id, f.output.system.name, f.output.sample, f.excerpt) for f in first]


def _findings_of(study: Study) -> QuerySet[OutputFinding]:
    return OutputFinding.objects.filter(output__in=StudyOutput.objects.filter(study=study).values("output"))
