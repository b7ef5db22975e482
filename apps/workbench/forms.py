"""What the desk sends, checked before a service sees it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

from apps.core.errors import Refused
from apps.rating.answers import Answer
from apps.rating.choices import Choice
from apps.rating.models import Flag, ScreenSide, SkipReason

MAX_MS = 2_000_000_000
CRITERION = "criterion."


class AnswerForm(forms.Form):
    """An answer to a showing. `submission` makes a repeated send count once."""

    assignment = forms.UUIDField()
    submission = forms.UUIDField()
    supersedes = forms.UUIDField(required=False)
    choice = forms.ChoiceField(choices=[(choice, choice) for choice in Choice], required=False)
    flags = forms.MultipleChoiceField(choices=Flag.choices, required=False)
    comment = forms.CharField(required=False, max_length=10_000)
    shown_ms = forms.IntegerField(required=False, min_value=0, max_value=MAX_MS)
    waited_ms = forms.IntegerField(required=False, min_value=0, max_value=MAX_MS)
    first_seen = forms.ChoiceField(choices=ScreenSide.choices, required=False)
    painted = forms.UUIDField(required=False)

    def as_answer(self) -> Answer:
        """The answer, if the form is whole."""
        if not self.is_valid():
            raise Refused(_what_is_wrong(self))
        sent: dict[str, Any] = {**self.cleaned_data}
        del sent["painted"]
        sent["waited_ms"] = sent["waited_ms"] or 0
        sent["choice"] = sent["choice"] or None
        sent["first_seen"] = sent["first_seen"] or None
        return Answer(**sent, criteria=_criteria(self.data))


def _criteria(sent: Any) -> dict[str, str]:
    return {name.removeprefix(CRITERION): value for name, value in sent.items() if name.startswith(CRITERION)}


def _what_is_wrong(form: forms.Form) -> str:
    if "comment" in form.errors:
        return "The comment is longer than 10,000 characters. Shorten it and answer again."
    return "That answer did not arrive whole. Go back, reload the page and choose again."


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
