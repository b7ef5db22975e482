"""Writes of analysis: freezing results."""

from .leaderboards import compute_leaderboard, current_leaderboard

__all__ = ["compute_leaderboard", "current_leaderboard"]
