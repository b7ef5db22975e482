"""Shaped reads about rating."""

from .own import (
    NoTask,
    Progress,
    RecentAnswer,
    current_judgment,
    enrolments_of,
    may_be_served,
    progress_of,
    recent_answers,
    why_no_task,
)
from .showing import Showing, Side, showing_of
from .study import (
    GoldExposure,
    candidates_for,
    gold_exposures,
    parked_tasks,
    raters_of,
    showing_counts,
    systems_of,
)

__all__ = [
    "GoldExposure",
    "NoTask",
    "Progress",
    "RecentAnswer",
    "Showing",
    "Side",
    "candidates_for",
    "current_judgment",
    "enrolments_of",
    "gold_exposures",
    "may_be_served",
    "parked_tasks",
    "progress_of",
    "raters_of",
    "recent_answers",
    "showing_counts",
    "showing_of",
    "systems_of",
    "why_no_task",
]
