"""What the desk sends, checked before a service sees it."""

from django import forms

from apps.rating.choices import Choice
from apps.rating.models import SkipReason

MAX_SHOWN_MS = 2_000_000_000


class AnswerForm(forms.Form):
    """A choice on a showing. `submission` makes a repeated send count once."""

    assignment = forms.UUIDField()
    submission = forms.UUIDField()
    supersedes = forms.UUIDField(required=False)
    choice = forms.ChoiceField(choices=[(choice, choice) for choice in Choice])
    shown_ms = forms.IntegerField(required=False, min_value=0, max_value=MAX_SHOWN_MS)
    comment = forms.CharField(required=False, max_length=10_000)


class SkipForm(forms.Form):
    """Why a task is passed on."""

    assignment = forms.UUIDField()
    reason = forms.ChoiceField(choices=SkipReason.choices)
