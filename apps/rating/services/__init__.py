"""Writes about rating: enrolling, planning, giving out work, recording what comes back, cutting."""

from .barring import bar_items, lift_bars
from .cutting import note_results_opened, passing_cut, set_rules, take_cut, withdraw_judgment
from .desk import Exchange, answer_and_go_on, fetch_next, open_desk, skip_and_go_on
from .enrolling import change_standing, enrol_rater, rater_for_user
from .enrolment_terms import Terms, change_terms
from .figures import freeze_figures
from .gold import retire_gold, set_gold
from .planning import plan_round
from .qualifying import Qualification, qualification_of, settle_qualification
from .recording import AnsweredDifferently, Receipt, record_judgment
from .replacing import add_replacements
from .running import open_study
from .serving import (
    give_assignment,
    mark_shown,
    prefetch_assignment,
    release_assignment,
    renew_leases,
    skip_assignment,
)

__all__ = [
    "AnsweredDifferently",
    "Exchange",
    "Qualification",
    "Receipt",
    "Terms",
    "add_replacements",
    "answer_and_go_on",
    "bar_items",
    "change_standing",
    "change_terms",
    "enrol_rater",
    "fetch_next",
    "freeze_figures",
    "give_assignment",
    "lift_bars",
    "mark_shown",
    "note_results_opened",
    "open_desk",
    "open_study",
    "passing_cut",
    "plan_round",
    "prefetch_assignment",
    "qualification_of",
    "rater_for_user",
    "record_judgment",
    "release_assignment",
    "renew_leases",
    "retire_gold",
    "set_gold",
    "set_rules",
    "settle_qualification",
    "skip_and_go_on",
    "skip_assignment",
    "take_cut",
    "withdraw_judgment",
]
