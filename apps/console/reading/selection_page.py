"""What a saved selection shows."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.models import Selection
from apps.analysis.reading_selections import author_of, selected_tasks
from apps.console.header import header_of
from apps.rating.selectors.reading import task_facts
from apps.studies.models import Study

from .rows import Naming, slice_words, task_url


def selection_context(study: Study, selection: Selection, link: str) -> dict[str, Any]:
    """Its tasks in order, with the notes they were chosen with. `link` is its own full address."""
    chosen = selected_tasks(selection)
    facts = task_facts(study, [one.task_id for one in chosen])
    query = urlencode({"selection": selection.public_id})
    return {
        "study": header_of(study),
        "selection": selection,
        "author": author_of(selection),
        "link": link,
        "list_url": reverse("console:reading", args=[study.workspace.slug, study.slug]),
        "rows": [
            {
                "place": one.place,
                "note": one.note,
                "url": task_url(study, one.task_id, query),
                "excerpt": facts[one.task_id].excerpt,
                "item": facts[one.task_id].item,
                "slices": slice_words(facts[one.task_id].slices),
                "systems": Naming(facts[one.task_id].system_a, facts[one.task_id].system_b).names,
            }
            for one in chosen
        ],
    }
