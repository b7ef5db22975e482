"""What a study holds already."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.studies.material import CriterionRow

OutputKey = tuple[str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the study already holds, so that files may speak of it without repeating it.

    `outputs` are (item, system, sample). `verdicts` and `criteria` hold where no study.json is given.
    """

    items: Collection[str] = frozenset()
    outputs: Collection[OutputKey] = frozenset()
    systems: Collection[str] = frozenset()
    verdicts: tuple[str, ...] | None = None
    criteria: tuple[CriterionRow, ...] | None = None
