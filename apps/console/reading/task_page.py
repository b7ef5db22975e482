"""What one task shows: the item, the outputs with their systems, and everything that was said."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.models import SelectedTask, Selection
from apps.analysis.reading import Neighbours
from apps.analysis.reading_filters import ReadingFilters
from apps.analysis.reading_summary import summary_of
from apps.console.header import header_of
from apps.rating.models import Task, TaskKind
from apps.rating.selectors.reading import Showing, showings_of
from apps.rating.services import passing_cut
from apps.studies.models import Item, Output, Study, System
from apps.studies.rendering import context_key, material_html, output_key, reference_key, role_label, turn_key

from .judgments import judgment_rows
from .rows import Naming, disagreement_words, said_by_people, slice_words, task_url

# A task with a known answer is shown to everybody: a page of a thousand judgments would be too heavy to open.
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Way:
    """How the reader came here: the list (or the saved selection) she walks through, and where she is in it."""

    neighbours: Neighbours | None
    filters: ReadingFilters | None = None
    selection: Selection | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """For the addresses of the tasks around."""
        if self.selection is not None:
            return [("selection", str(self.selection.public_id))]
        return self.filters.as_pairs() if self.filters else []


def task_context(
    study: Study, task: Task, way: Way, marks: dict[int, str], *, tells_inserted: bool, every: bool = False
) -> dict[str, Any]:
    """The whole page; with `every` judgment, however many. `tells_inserted`: the reader runs the study."""
    first = way.filters.first if way.filters else None
    naming = Naming(task.system_a.name, task.system_b.name if task.system_b else None, first)
    return {
        "study": header_of(study),
        "task_id": task.pk,
        "is_rubric": task.kind == TaskKind.RUBRIC,
        **_material(task, naming),
        **_said(study, task, naming, way, every, tells_inserted),
        "way": _way(study, way),
        "note_in_selection": _note(way, task),
        **_mark(study, task, way, marks),
    }


def _said(study: Study, task: Task, naming: Naming, way: Way, every: bool, tells_inserted: bool) -> dict[str, Any]:
    showings = showings_of(study, task.pk, passing_cut(study.pk))
    summary = summary_of(showing.current for showing in showings)
    rows = judgment_rows(study, naming, showings, way.filters, tells_inserted=tells_inserted)
    people, judges = ([row for row in rows if row["is_judge"] is is_judge] for is_judge in (False, True))
    n_shown = len(rows) if every else MOST_SHOWN
    return {
        "people": said_by_people(summary, naming),
        "disagreement": disagreement_words(summary.n_people, differ=summary.differ) if people else "",
        "has_conflict": summary.has_conflict,
        "has_comments": any(_has_comment(showing) for showing in showings),
        "n_asked": sum(row["is_asked"] for row in rows),
        "by_people": people[:n_shown],
        "n_by_people": len(people),
        "by_judges": judges[:n_shown],
        "n_by_judges": len(judges),
        "every_url": task_url(study, task.pk, urlencode([*way.query, ("every", "1")])),
    }


def _has_comment(showing: Showing) -> bool:
    return any(said.comment for said in (showing.current, *showing.earlier))


def _material(task: Task, naming: Naming) -> dict[str, Any]:
    sides = [(task.system_a, task.output_a)]
    if task.system_b and task.output_b:
        sides.append((task.system_b, task.output_b))
    item, html = task.item, material_html(task.item, [output for _, output in sides])
    panes = [_pane(system, output, html) for system, output in sides]
    return {
        "item": {
            "name": item.external_id,
            "slices": slice_words(item.slices),
            "turns": _turns(item, html),
            "context_html": html.get(context_key(item.content_hash), ""),
            "reference_html": html.get(reference_key(item.content_hash), ""),
        },
        "panes": panes if naming.a_is_first else panes[::-1],
    }


def _turns(item: Item, html: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"role": role_label(message["role"]), "html": html[turn_key(item.content_hash, n)]}
        for n, message in enumerate(item.messages)
    ]


def _pane(system: System, output: Output, html: dict[str, Any]) -> dict[str, Any]:
    facts = [
        f"{output.tokens} tokens" if output.tokens is not None else "",
        f"{output.latency_ms / 1000:.1f} s" if output.latency_ms is not None else "",
        f"$ {output.cost_usd:.4f}" if output.cost_usd is not None else "",
    ]
    return {
        "system": system.name,
        "version": system.version,
        "facts": [fact for fact in facts if fact],
        "html": html[output_key(output.content_hash)],
    }


def _way(study: Study, way: Way) -> dict[str, Any]:
    address = [study.workspace.slug, study.slug]
    query, around = urlencode(way.query), way.neighbours
    back = reverse("console:reading", args=address) + (f"?{query}" if query else "")
    if way.selection:
        back = reverse("console:reading_selection", args=[*address, way.selection.public_id])
    return {
        "back_url": back,
        "title": way.selection.title if way.selection else "",
        "is_filtered": way.filters is not None and way.filters.narrows,
        "number": around.number if around else None,
        "n_all": around.n_all if around else None,
        "previous_url": task_url(study, around.previous, query) if around and around.previous else None,
        "next_url": task_url(study, around.next, query) if around and around.next else None,
    }


def _note(way: Way, task: Task) -> str:
    if way.selection is None:
        return ""
    chosen = SelectedTask.objects.filter(selection=way.selection, task=task).first()
    return chosen.note if chosen else ""


def _mark(study: Study, task: Task, way: Way, marks: dict[int, str]) -> dict[str, Any]:
    query = urlencode(way.query)
    url = reverse("console:reading_mark", args=[study.workspace.slug, study.slug, task.pk])
    return {
        "mark_url": f"{url}?{query}" if query else url,
        "is_marked": task.pk in marks,
        "note": marks.get(task.pk, ""),
        "n_marked": len(marks),
        "marked_url": reverse("console:reading", args=[study.workspace.slug, study.slug]) + "?marked=1",
    }
