"""Writes about rating: enrolling, planning, giving out work, recording what comes back, cutting."""

from .cutting import note_results_opened, set_rules, take_cut, withdraw_judgment
from .enrolling import change_standing, enrol_rater, rater_for_user
from .gold import retire_gold, set_gold
from .planning import plan_round
from .recording import AnsweredDifferently, Receipt, record_judgment
from .running import open_study
from .serving import give_assignment, mark_shown, release_assignment, skip_assignment

__all__ = [
    "AnsweredDifferently",
    "Receipt",
    "change_standing",
    "enrol_rater",
    "give_assignment",
    "mark_shown",
    "note_results_opened",
    "open_study",
    "plan_round",
    "rater_for_user",
    "record_judgment",
    "release_assignment",
    "retire_gold",
    "set_gold",
    "set_rules",
    "skip_assignment",
    "take_cut",
    "withdraw_judgment",
]
