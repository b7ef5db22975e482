"""What a manager sends about a rater, checked before a service sees it."""

from typing import Any

from django import forms

from apps.quality.selectors import Enrolled
from apps.rating.models import Standing
from apps.rating.services.enrolment_terms import LONGEST_GROUP, MOST_WANTED, Terms

LONGEST_REASON = 1000


class Sentences(forms.Form):
    """A form whose errors are told in sentences."""

    @property
    def sentences(self) -> list[str]:
        """What to do about each thing that is wrong."""
        return [str(error) for errors in self.errors.values() for error in errors]


class StandingForm(Sentences):
    """Another standing, and why."""

    standing = forms.ChoiceField(
        choices=Standing.choices,
        error_messages={
            "required": "Choose a standing.",
            "invalid_choice": "Choose one of the standings in the list.",
        },
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        error_messages={
            "required": "Say why: a change of standing is never without a reason.",
            "max_length": f"Shorten the reason to {LONGEST_REASON} characters.",
        },
    )


class TermsForm(Sentences):
    """Another target or group, beside the ones that were seen when it was decided."""

    target = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_WANTED,
        error_messages={
            "invalid": "The target is a whole number, or empty for as many as she likes.",
            "min_value": "The target is at least 1; leave it empty for as many as she likes.",
            "max_value": f"The target is at most {MOST_WANTED:,}; leave it empty for as many as she likes.",
        },
    )
    group = forms.CharField(
        required=False,
        max_length=LONGEST_GROUP,
        error_messages={"max_length": f"Shorten the name of the group to {LONGEST_GROUP} characters."},
    )
    seen_target = forms.IntegerField(required=False, error_messages={"invalid": "Open the rater's page again."})
    seen_group = forms.CharField(required=False, strip=False)

    @property
    def terms(self) -> Terms:
        """What is wanted."""
        return Terms(self.cleaned_data["target"], self.cleaned_data["group"])

    @property
    def seen(self) -> Terms:
        """What there was."""
        return Terms(self.cleaned_data["seen_target"], self.cleaned_data["seen_group"])


def terms_shown(person: Enrolled, sent: TermsForm | None) -> dict[str, Any]:
    """What the fields hold: what was sent, or else what there is; and what there is, to be sent along."""
    now = {"target": "" if person.target is None else str(person.target), "group": person.group}
    typed = {name: sent.data.get(name, "") for name in now} if sent else now
    return {**typed, "seen_target": now["target"], "seen_group": now["group"], "is_open": bool(sent)}
