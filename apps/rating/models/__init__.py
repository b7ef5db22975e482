"""The facts of rating. Everything shown about a study is derived from these rows and from nothing else."""

from .cuts import Cut, ResultsOpening, RuleSet, Withdrawal
from .judgments import Assignment, Judgment, JudgmentComment, Outcome, ParseStatus, SkipReason, Source
from .plans import Band, Draw, Plan, Purpose
from .raters import Enrolment, Rater, RaterKind, Standing, StandingChange
from .tasks import Gold, GoldRetirement, GoldUse, Task, TaskKind

__all__ = [
    "Assignment",
    "Band",
    "Cut",
    "Draw",
    "Enrolment",
    "Gold",
    "GoldRetirement",
    "GoldUse",
    "Judgment",
    "JudgmentComment",
    "Outcome",
    "ParseStatus",
    "Plan",
    "Purpose",
    "Rater",
    "RaterKind",
    "ResultsOpening",
    "RuleSet",
    "SkipReason",
    "Source",
    "Standing",
    "StandingChange",
    "Task",
    "TaskKind",
    "Withdrawal",
]
