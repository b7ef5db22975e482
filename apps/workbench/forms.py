"""What the desk sends, checked before a service sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, overload
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from apps.core.errors import Refused
from apps.rating.answers import Answer
from apps.rating.choices import Choice
from apps.rating.models import ScreenSide, SkipReason

MAX_MS = 2_000_000_000
MAX_COMMENT = 10_000
CRITERION = "criterion."


NOT_WHOLE = "That answer did not arrive whole. Go back, reload the page and choose again."


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """An answer as the page sent it, and the task that it has painted since."""

    answer: Answer
    painted: UUID | None


def read_answer(sent: QueryDict) -> SentAnswer:
    """The fields of an answer. Read by hand: a form of Django's copies its fields on every press of a key.

    What only measures (times, which pane came first) never costs an answer: nonsense counts as not said.
    """
    answer = Answer(
        assignment=_uuid_in(sent, "assignment", required=True),
        submission=_uuid_in(sent, "submission", required=True),
        supersedes=_uuid_in(sent, "supersedes"),
        choice=_choice_in(sent),
        criteria=_criteria_in(sent),
        flags=sent.getlist("flags"),
        comment=_comment_in(sent),
        shown_ms=_milliseconds_in(sent, "shown_ms"),
        waited_ms=_milliseconds_in(sent, "waited_ms") or 0,
        first_seen=next((side for side in ScreenSide.values if side == sent.get("first_seen")), None),
    )
    return SentAnswer(answer, _uuid_in(sent, "painted"))


@overload
def _uuid_in(sent: QueryDict, name: str, *, required: Literal[True]) -> UUID: ...
@overload
def _uuid_in(sent: QueryDict, name: str) -> UUID | None: ...
def _uuid_in(sent: QueryDict, name: str, *, required: bool = False) -> UUID | None:
    text = sent.get(name, "")
    if not text and not required:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Refused(NOT_WHOLE) from None


def _choice_in(sent: QueryDict) -> str | None:
    choice = sent.get("choice") or None
    if choice is not None and choice not in set(Choice):
        raise Refused(NOT_WHOLE)
    return choice


def _criteria_in(sent: QueryDict) -> dict[str, str]:
    return {name.removeprefix(CRITERION): str(value) for name, value in sent.items() if name.startswith(CRITERION)}


def _comment_in(sent: QueryDict) -> str:
    # PostgreSQL stores no NUL, and nobody means one.
    comment = sent.get("comment", "").replace("\0", "").strip()
    if len(comment) > MAX_COMMENT:
        raise Refused("The comment is longer than 10,000 characters. Shorten it and answer again.")
    return comment


def _milliseconds_in(sent: QueryDict, name: str) -> int | None:
    text = sent.get(name, "")
    if not text.isascii() or not text.isdigit():
        return None
    return MAX_MS if len(text) > len(str(MAX_MS)) else min(int(text), MAX_MS)


class SkipForm(forms.Form):
    """Why a task is passed on."""

    assignment = forms.UUIDField()
    reason = forms.ChoiceField(choices=SkipReason.choices)
    painted = forms.UUIDField(required=False)


class PaintedForm(forms.Form):
    """Which task is on her screen, if any."""

    painted = forms.UUIDField(required=False)


class LeaveForm(forms.Form):
    """Which prefetched task goes back, and until when the page thought it held it."""

    holds = forms.UUIDField()
    until = forms.CharField(required=False, max_length=60)

    def clean_until(self) -> datetime | None:
        """A moment with its time zone, as the server told it to the page."""
        told = self.cleaned_data["until"]
        if not told:
            return None
        try:
            until = parse_datetime(told)
        except ValueError:
            until = None
        if until is None or until.tzinfo is None:
            raise forms.ValidationError("no moment in time")
        return until


def held_in(sent: QueryDict) -> list[Any]:
    """The assignments a heartbeat names; what is no uuid is left out."""
    field = forms.UUIDField(required=False)
    held = []
    for value in sent.getlist("holds")[:10]:
        try:
            held.append(field.clean(value))
        except forms.ValidationError:
            continue
    return [value for value in held if value is not None]
