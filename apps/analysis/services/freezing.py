"""Freezing a result of any kind: stored once for the same inputs, settings and versions, then found again."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.analysis.canonical import canonical_json, sha256
from apps.analysis.models import Analysis
from apps.core.database.locks import lock
from apps.rating.models import Cut
from apps.studies.models import Study


def versions_of(method: str, libraries: Sequence[str]) -> dict[str, str]:
    """What the numbers depend on besides the facts. The number in `method` rises when other figures would come out."""
    return {"method": method, **{name: version(name) for name in libraries}}


def analysis_at(
    study: Study, cut: Cut, kind: str, settings: dict[str, Any], versions: dict[str, str]
) -> Analysis | None:
    """What was frozen of the very same facts: no input need be read to know that nothing moved."""
    return Analysis.objects.filter(study=study, kind=kind, cut=cut, settings=settings, versions=versions).first()


@dataclass(frozen=True, slots=True)
class Freezing:
    """A result that is about to be frozen, known by its inputs. `besides` is what it shows that no input holds."""

    study: Study
    cut: Cut
    kind: str
    settings: dict[str, Any]
    versions: dict[str, str]
    inputs_sha256: str
    besides: Any

    @property
    def seed(self) -> int:
        """Of whatever is drawn by lot: the same inputs are drawn alike."""
        return int(self.inputs_sha256[:12], 16)

    @property
    def key_sha256(self) -> str:
        """Equal for results that must be equal."""
        return sha256(
            canonical_json([self.kind, self.inputs_sha256, self.settings, self.seed, self.versions, self.besides])
        )

    def hold(self) -> None:
        """Let nobody else freeze this until the end of the transaction."""
        lock(f"analysis:{self.study.pk}:{self.key_sha256}")

    def found(self) -> Analysis | None:
        """The same result frozen before, also at another cut."""
        return Analysis.objects.filter(study=self.study, key_sha256=self.key_sha256).first()

    @transaction.atomic
    def store(self, result: dict[str, Any], *, by: UUID | None) -> Analysis:
        """Freeze it; where somebody else was faster, what she froze."""
        self.hold()
        text = canonical_json(result)
        return self.found() or Analysis.objects.create(
            study=self.study,
            cut=self.cut,
            kind=self.kind,
            settings=self.settings,
            seed=self.seed,
            versions=self.versions,
            key_sha256=self.key_sha256,
            inputs_sha256=self.inputs_sha256,
            result=text,
            result_sha256=sha256(text),
            created_by=by,
        )
