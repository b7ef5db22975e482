"""Studies whose truth is known."""

from apps.stats.simulation.comparisons import SimulatedComparisons, draw_outcomes, simulate_comparisons

__all__ = ["SimulatedComparisons", "draw_outcomes", "simulate_comparisons"]
