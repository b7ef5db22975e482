"""The facts of rating. Everything shown about a study is derived from these rows and from nothing else."""

from .cuts import Cut, ResultsOpening, RuleSet, Withdrawal
from .figures import StudyFigures
from .judgments import (
    Assignment,
    Flag,
    Judgment,
    JudgmentComment,
    Outcome,
    ParseStatus,
    ScreenSide,
    SkipReason,
    Source,
)
from .plans import INSERTED_PURPOSES, Band, Draw, Plan, Purpose, RoundMethod
from .raters import Enrolment, ItemBar, Rater, RaterKind, Standing, StandingChange
from .tasks import Gold, GoldRetirement, GoldUse, Task, TaskKind

__all__ = [
    "INSERTED_PURPOSES",
    "Assignment",
    "Band",
    "Cut",
    "Draw",
    "Enrolment",
    "Flag",
    "Gold",
    "GoldRetirement",
    "GoldUse",
    "ItemBar",
    "Judgment",
    "JudgmentComment",
    "Outcome",
    "ParseStatus",
    "Plan",
    "Purpose",
    "Rater",
    "RaterKind",
    "ResultsOpening",
    "RoundMethod",
    "RuleSet",
    "ScreenSide",
    "SkipReason",
    "Source",
    "Standing",
    "StandingChange",
    "StudyFigures",
    "Task",
    "TaskKind",
    "Withdrawal",
]
