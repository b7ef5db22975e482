"""What the console sends, checked before a service sees it."""

from django import forms


class EnrolForm(forms.Form):
    """Who is to rate, how much, and in which group."""

    user = forms.IntegerField(min_value=1)
    target = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)
    group = forms.CharField(required=False, max_length=80)
