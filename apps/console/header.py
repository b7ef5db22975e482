"""The head of every page about a study: its name, its state, and the way to its other pages."""

from typing import Any

from django.urls import reverse

from apps.studies.models import Study
from apps.studies.services.protocol import current_protocol

TABS = (
    ("study", "Study"),
    ("leaderboard", "Leaderboard"),
    ("gates", "Gates"),
    ("reading", "Read"),
    ("raters", "Raters"),
    ("agreement", "Agreement"),
    ("files", "Files"),
)


def header_of(study: Study) -> dict[str, Any]:
    """The study as the head of every console page names it."""
    address = [study.workspace.slug, study.slug]
    return {
        "name": study.name,
        "slug": study.slug,
        "workspace_slug": study.workspace.slug,
        "state": study.get_state_display(),
        "question": current_protocol(study).question,
        "invented": study.is_invented,
        "tabs": [
            {"name": name, "label": label, "url": reverse(f"console:{name}", args=address)} for name, label in TABS
        ],
    }
