"""What a manager sends about a rater, checked before a service sees it."""

from django import forms

from apps.rating.models import Standing

LONGEST_REASON = 1000


class StandingForm(forms.Form):
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

    @property
    def sentences(self) -> list[str]:
        """What to do about each thing that is wrong."""
        return [str(error) for errors in self.errors.values() for error in errors]
