"""Studies whose truth is known: for demonstrations, for planning, and to test what an estimate promises."""

from apps.stats.simulation.comparisons import SimulatedComparisons, simulate_comparisons
from apps.stats.simulation.expected import expected_strengths
from apps.stats.simulation.labels import Errors, SimulatedLabels, simulate_labels
from apps.stats.simulation.outcomes import draw_outcomes
from apps.stats.simulation.study import NO_GOLD, SimulatedStudy, simulate_study
from apps.stats.simulation.traits import Extras, ItemTraits, Purpose, RaterTraits, StudyTruth

__all__ = [
    "NO_GOLD",
    "Errors",
    "Extras",
    "ItemTraits",
    "Purpose",
    "RaterTraits",
    "SimulatedComparisons",
    "SimulatedLabels",
    "SimulatedStudy",
    "StudyTruth",
    "draw_outcomes",
    "expected_strengths",
    "simulate_comparisons",
    "simulate_labels",
    "simulate_study",
]
