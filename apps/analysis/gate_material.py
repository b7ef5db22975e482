"""What the rules of a gate can be about in a study."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.db import connection

from apps.studies.models import About, Criterion, Study, StudyOutput, System
from apps.studies.services.protocol import current_protocol

# The database counts: there may be a million items.
_SLICES = """
    SELECT pair.key, pair.value, count(*), count(DISTINCT i."group")
    FROM studies_studyitem si
    JOIN studies_item i ON i.id = si.item_id
    CROSS JOIN LATERAL jsonb_each_text(i.slices) pair
    WHERE si.study_id = %s GROUP BY 1, 2"""


class SliceSize(NamedTuple):
    """Items, and the independent groups they fall into."""

    n_items: int
    n_groups: int


@dataclass(frozen=True)
class Material:
    """What rules can be about in a study."""

    systems: tuple[System, ...]
    criteria: dict[str, Criterion]
    verdicts: tuple[str, ...]
    n_items: int
    slices: Mapping[tuple[str, str], SliceSize]  # in order

    @property
    def compares(self) -> bool:
        """Whether raters compare outputs at all."""
        return bool(self.verdicts)

    @cached_property
    def slice_groups(self) -> dict[tuple[str, str], int]:
        """How many independent groups of items each slice has, in order."""
        return {pair: size.n_groups for pair, size in self.slices.items()}

    def n_items_of(self, wanted: tuple[str, str] | None) -> int:
        """How many items a slice has; of the study without one."""
        return self.n_items if wanted is None else self.slices[wanted].n_items


def material_of(study: Study) -> Material:
    """Everything a rule of this study can name."""
    held = StudyOutput.objects.filter(study=study).values("system")
    return Material(
        systems=tuple(System.objects.filter(pk__in=held).order_by("name")),
        criteria=output_criteria(study),
        verdicts=tuple(current_protocol(study).verdicts),
        n_items=study.study_items.count(),
        slices=_slices(study),
    )


def output_criteria(study: Study) -> dict[str, Criterion]:
    """The questions about single outputs, by their key."""
    criteria = current_protocol(study).criteria.filter(about=About.OUTPUT).order_by("ordinal")
    return {criterion.key: criterion for criterion in criteria}


def _slices(study: Study) -> dict[tuple[str, str], SliceSize]:
    with connection.cursor() as cursor:
        cursor.execute(_SLICES, [study.pk])
        return {(key, value): SliceSize(*sizes) for key, value, *sizes in sorted(cursor.fetchall())}
