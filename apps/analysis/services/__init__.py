"""Writes of analysis: freezing results, and the gates that some of them answer."""

from .gates import read_gate, retire_gate, set_gate
from .leaderboards import compute_leaderboard, current_leaderboard

__all__ = ["compute_leaderboard", "current_leaderboard", "read_gate", "retire_gate", "set_gate"]
