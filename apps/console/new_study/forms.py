"""The settings of a new study: one form, checked by the rules of study.json."""

from decimal import Decimal
from typing import Any

from django import forms

from apps.accounts.models import Membership, User
from apps.rating.exchange.kinds import MAX_SMALL_INTEGER
from apps.rating.exchange.problems import ImportRefused
from apps.rating.services.new_studies import terms_from
from apps.studies.material import StudyFile
from apps.studies.models import PlanMethod
from apps.studies.uploads import Upload

PERCENTS = ("overlap_share", "gold_share", "retest_share")
PLANS = (
    (PlanMethod.BALANCED, "balanced: every pair of systems equally often"),
    (PlanMethod.ADAPTIVE, "adaptive: round by round, where the order is still open"),
)
GOLD_TO_BEGIN_WITH = 8
MOST_INSERTED = 50


def _percent(label: str, hint: str, most: float = 100) -> forms.FloatField:
    return forms.FloatField(label=label, help_text=hint, min_value=0, max_value=most)


class SettingsForm(forms.Form):
    """What is asked, how the work is given out, and who rates."""

    name = forms.CharField(max_length=200)
    question = forms.CharField(max_length=1_000)
    guideline = forms.CharField(required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 9}))
    replication = forms.IntegerField(
        label="Judgments a task",
        min_value=1,
        max_value=100,
        help_text="How many raters judge each task.",
    )
    overlap_share = _percent("Overlap, %", "Tasks that one rater more judges, to measure agreement.")
    gold_share = _percent("Gold, %", "Showings that have a known answer.", MOST_INSERTED)
    retest_share = _percent("Retest, %", "Showings she has seen before, mirrored.", MOST_INSERTED)
    plan_method = forms.ChoiceField(label="Plan", choices=PLANS, required=False)
    round_size = forms.IntegerField(
        label="Judgments a round", required=False, min_value=1, max_value=MAX_SMALL_INTEGER, initial=200
    )
    baseline = forms.ChoiceField(required=False)
    price_per_judgment = forms.DecimalField(
        label="Price of a judgment", required=False, min_value=Decimal(0), max_value=Decimal(100_000), decimal_places=4
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", initial="EUR", error_messages={"invalid": "Three capitals, as EUR."})
    raters = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, upload: Upload, members: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.found: dict[str, Any] = upload.found or {}
        self.terms: StudyFile | None = None
        names = [(system["name"], system["name"]) for system in self.found["systems"]]
        _choices(self, "baseline", [("", "none"), *names])
        _choices(self, "raters", [(str(user.pk), str(user)) for user in members])
        if not self.compares:
            for name in ("plan_method", "round_size", "baseline"):
                self.fields.pop(name)

    @property
    def compares(self) -> bool:
        """Whether outputs are compared in this study."""
        return bool(self.found["terms"]["verdicts"])

    def clean(self) -> dict[str, Any]:
        """The terms as study.json would say them, checked as it is."""
        sent: dict[str, Any] = super().clean() or {}
        if self.errors:
            return sent
        self._check_inserted(sent)
        if self.errors:
            return sent
        try:
            self.terms = terms_from({**self.found["terms"], **_document_of(sent)})
        except ImportRefused as refused:
            for problem in refused.problems:
                self.add_error(problem.column if problem.column in self.fields else None, _words(problem))
        return sent

    def _check_inserted(self, sent: dict[str, Any]) -> None:
        if sent["gold_share"] + sent["retest_share"] > MOST_INSERTED:
            self.add_error("retest_share", "Gold and retests together take at most half of what raters see.")
        if sent["gold_share"] and not self.found["n_hidden"]:
            self.add_error("gold_share", "There is no hidden gold yet: send known answers below, or set this to 0.")


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker: our own fields
    field.choices = choices


def _words(problem: Any) -> str:
    return f"Expected {problem.expected}; found {problem.found}."


def _document_of(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent, under the names of study.json; what was left empty is not said."""
    plain = {
        name: sent.get(name) or None
        for name in ("name", "question", "guideline", "replication", "plan_method", "round_size", "baseline")
    }
    shares = {name: round(sent[name] / 100, 6) for name in PERCENTS}
    price = sent["price_per_judgment"]
    return {
        **{name: value for name, value in plain.items() if value is not None or name in ("guideline", "baseline")},
        **shares,
        "price_per_judgment": None if price is None else float(price),
        "currency": sent["currency"],
    }


def initial_of(upload: Upload, members: list[Membership]) -> dict[str, Any]:
    """The terms that came with the file or the template, and everybody who rates ticked."""
    found: dict[str, Any] = upload.found or {}
    terms = terms_from(found["terms"])
    gold = terms.gold_share * 100 if found["n_hidden"] else 0
    return {
        "name": terms.name,
        "question": terms.question,
        "guideline": terms.guideline,
        "replication": terms.replication,
        "overlap_share": _tidy(terms.overlap_share),
        "gold_share": gold or (GOLD_TO_BEGIN_WITH if found["n_hidden"] else 0),
        "retest_share": _tidy(terms.retest_share),
        "plan_method": terms.plan_method,
        "round_size": terms.round_size,
        "baseline": terms.baseline or "",
        "price_per_judgment": terms.price_per_judgment,
        "currency": terms.currency,
        "raters": [str(membership.user_id) for membership in members if membership.role == "rater"],
    }


def _tidy(share: float) -> float | int:
    percent = round(share * 100, 4)
    return int(percent) if percent.is_integer() else percent


class AnswerForm(forms.Form):
    """The numbers that the planner's answer depends on."""

    replication = forms.IntegerField(min_value=1, max_value=100)
    overlap_share = forms.FloatField(min_value=0, max_value=100)
    gold_share = forms.FloatField(min_value=0, max_value=MOST_INSERTED)
    retest_share = forms.FloatField(min_value=0, max_value=MOST_INSERTED)
    plan_method = forms.ChoiceField(choices=PLANS, required=False)
    round_size = forms.IntegerField(required=False, min_value=1, max_value=MAX_SMALL_INTEGER)
    price_per_judgment = forms.DecimalField(required=False, min_value=Decimal(0), max_value=Decimal(100_000))
    currency = forms.RegexField(r"^[A-Z]{3}$", required=False)
    win_share = forms.FloatField(required=False, min_value=50.5, max_value=99)
    tie_share = forms.FloatField(required=False, min_value=0, max_value=90)
    seconds = forms.FloatField(required=False, min_value=1, max_value=7_200)
