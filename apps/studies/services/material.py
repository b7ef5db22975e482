"""Storing material: systems, items and outputs come into a workspace once and into any number of studies.

Each function stores what is new, leaves what is the same, and returns what differs from what the study holds:
the caller decides that then nothing at all is stored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from apps.core.database.copying import copy_rows
from apps.core.database.ids import take_ids
from apps.studies.material import ItemRow, OutputRow, SystemRow
from apps.studies.models import Item, Output, Study, StudyItem, StudyOutput, System

from .findings import own_words_of, store_findings


@dataclass(frozen=True, slots=True)
class Differs:
    """A row that says something else than what is stored under its key."""

    row: ItemRow | OutputRow | SystemRow
    column: str
    stored: Any


@dataclass(frozen=True, slots=True)
class Stored:
    """What a step stored, and what it would not."""

    n_new: int
    differing: tuple[Differs, ...] = ()


def store_systems(*, workspace_id: int, rows: Sequence[SystemRow]) -> Stored:
    """Systems of the workspace by name. One that only outputs name takes what is stored."""
    known = {system.name: system for system in System.objects.filter(workspace=workspace_id)}
    differing = [
        Differs(row, column, getattr(known[row.name], column))
        for row in rows
        if row.declared and row.name in known
        for column in ("family", "version", "settings")
        if getattr(row, column) != getattr(known[row.name], column)
    ]
    new = [row for row in rows if row.name not in known]
    System.objects.bulk_create(
        System(
            workspace_id=workspace_id,
            name=row.name,
            family=row.family,
            version=row.version,
            settings=row.settings,
        )
        for row in new
    )
    return Stored(len(new), tuple(differing))


def store_items(*, study: Study, rows: Sequence[ItemRow]) -> Stored:
    """Items of the study. The same version in another study of the workspace is used again."""
    in_study = dict(StudyItem.objects.filter(study=study).values_list("external_id", "item__content_hash"))
    hashes = {row.external_id: row.content_hash() for row in rows}
    differing = [
        Differs(row, "content", in_study[row.external_id])
        for row in rows
        if in_study.get(row.external_id, hashes[row.external_id]) != hashes[row.external_id]
    ]
    new = [row for row in rows if row.external_id not in in_study]
    if differing:
        return Stored(0, tuple(differing))
    ids = _item_ids(study, new, hashes)
    copy_rows(
        "studies_studyitem",
        ("study_id", "workspace_id", "item_id", "external_id"),
        ((study.pk, study.workspace_id, ids[row.external_id], row.external_id) for row in new),
    )
    return Stored(len(new))


def _item_ids(study: Study, rows: Sequence[ItemRow], hashes: dict[str, str]) -> dict[str, int]:
    """The id of the stored version of each row, storing the versions that are missing."""
    versions = Item.objects.filter(workspace=study.workspace_id, external_id__in=[r.external_id for r in rows])
    found = {(name, digest): pk for name, digest, pk in versions.values_list("external_id", "content_hash", "pk")}
    missing = [row for row in rows if (row.external_id, hashes[row.external_id]) not in found]
    taken = dict(zip([r.external_id for r in missing], take_ids("studies_item", len(missing)), strict=True))
    copy_rows(
        "studies_item",
        (
            "id", "workspace_id", "external_id", "content_hash", "group", "messages", "context", "reference",
            "slices", "metadata", "created_at",
        ),
        (
            (
                taken[r.external_id], study.workspace_id, r.external_id, hashes[r.external_id], r.group,
                Jsonb(list(r.messages)), r.context, r.reference, Jsonb(r.slices), Jsonb(r.metadata),
                study.created_at,
            )
            for r in missing
        ),
    )  # fmt: skip
    return {r.external_id: taken.get(r.external_id) or found[r.external_id, hashes[r.external_id]] for r in rows}


MEASURED = ("latency_ms", "cost_usd", "tokens")


def store_outputs(*, study: Study, rows: Sequence[OutputRow]) -> Stored:
    """Outputs of the study, whose items and systems are stored. The same version elsewhere is used again."""
    in_study = {
        (o.item.external_id, o.system.name, o.sample): o.output
        for o in StudyOutput.objects.filter(study=study).select_related("item", "system", "output")
    }
    differing = [difference for row in rows for difference in _differences(row, in_study.get(row.key))]
    new = [row for row in rows if row.key not in in_study]
    if differing or not new:
        return Stored(0, tuple(differing))
    items = dict(StudyItem.objects.filter(study=study).values_list("external_id", "item"))
    systems = dict(System.objects.filter(workspace=study.workspace_id).values_list("name", "pk"))
    ids, clashes = _output_ids(study, new, items, systems)
    if clashes:
        return Stored(0, tuple(clashes))
    copy_rows(
        "studies_studyoutput",
        ("study_id", "workspace_id", "item_id", "system_id", "sample", "output_id"),
        ((study.pk, study.workspace_id, items[r.item], systems[r.system], r.sample, ids[r.key]) for r in new),
    )
    return Stored(len(new))


def _differences(row: OutputRow, stored: Output | None) -> list[Differs]:
    if stored is None:
        return []
    found = [Differs(row, "text", stored.content_hash)] if stored.content_hash != row.content_hash() else []
    return found + [
        Differs(row, column, getattr(stored, column))
        for column in MEASURED
        if getattr(row, column) != getattr(stored, column)
    ]


def _output_ids(
    study: Study, rows: Sequence[OutputRow], items: dict[str, int], systems: dict[str, int]
) -> tuple[dict[tuple[str, str, int], int], list[Differs]]:
    stored = Output.objects.filter(item__in={items[r.item] for r in rows})
    versions = {(o.item_id, o.system_id, o.sample, o.content_hash): o for o in stored}
    keys = {r.key: (items[r.item], systems[r.system], r.sample, r.content_hash()) for r in rows}
    again = [(row, versions[keys[row.key]]) for row in rows if keys[row.key] in versions]
    clashes = [difference for row, output in again for difference in _differences(row, output)]
    missing = [row for row in rows if keys[row.key] not in versions]
    taken = dict(zip([r.key for r in missing], take_ids("studies_output", len(missing)), strict=True))
    if not clashes:
        _copy_outputs(study, missing, keys, taken)
        said = ((taken[row.key], row.text, row.messages) for row in missing)
        store_findings(said, own_words_of(study.workspace_id))
    return {**{row.key: output.pk for row, output in again}, **taken}, clashes


def _copy_outputs(
    study: Study, rows: Iterable[OutputRow], keys: dict[Any, tuple[int, int, int, str]], ids: dict[Any, int]
) -> None:
    copy_rows(
        "studies_output",
        (
            "id", "workspace_id", "item_id", "system_id", "sample", "content_hash", "text", "messages",
            "latency_ms", "cost_usd", "tokens", "created_at",
        ),
        (
            (
                ids[r.key], study.workspace_id, *keys[r.key], r.text,
                None if r.messages is None else Jsonb(list(r.messages)), r.latency_ms, r.cost_usd, r.tokens,
                study.created_at,
            )
            for r in rows
        ),
    )  # fmt: skip
