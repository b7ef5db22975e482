"""From the click to the verdict, once, in one place: sides are undone here and nowhere else."""

from enum import StrEnum

from apps.core.errors import Refused
from apps.studies.models import Verdict


class Choice(StrEnum):
    """What a rater can click."""

    LEFT = "left"
    TIE = "tie"
    BOTH_BAD = "both_bad"
    RIGHT = "right"


def verdict_of(choice: str, *, a_on_left: bool) -> Verdict:
    """The verdict that `choice` means when output A of the task stood left (or right)."""
    match choice:
        case Choice.TIE:
            return Verdict.TIE
        case Choice.BOTH_BAD:
            return Verdict.BOTH_BAD
        case Choice.LEFT | Choice.RIGHT:
            return Verdict.A if (choice == Choice.LEFT) == a_on_left else Verdict.B
    raise Refused(f"{choice!r} is not an answer. Answer with one of: {', '.join(Choice)}.")


def choice_of(verdict: str, *, a_on_left: bool) -> Choice:
    """The click that gave `verdict`: the way back, to show a rater her own answer."""
    if verdict == Verdict.TIE:
        return Choice.TIE
    if verdict == Verdict.BOTH_BAD:
        return Choice.BOTH_BAD
    return Choice.LEFT if (verdict == Verdict.A) == a_on_left else Choice.RIGHT


def choices_for(verdicts: list[str]) -> list[Choice]:
    """The clicks a protocol allows, in the order of the screen."""
    allowed = {Choice.LEFT, Choice.RIGHT} if Verdict.A in verdicts else set()
    allowed |= {Choice.TIE} if Verdict.TIE in verdicts else set()
    allowed |= {Choice.BOTH_BAD} if Verdict.BOTH_BAD in verdicts else set()
    return [choice for choice in Choice if choice in allowed]
