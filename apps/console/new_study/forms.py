"""The settings of a new study: one form, checked by the rules of study.json."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from apps.accounts.models import Membership
from apps.rating.exchange.kinds import MAX_SMALL_INTEGER
from apps.rating.exchange.problems import ImportRefused
from apps.rating.given_answers import misfits
from apps.rating.previews import n_rubrics
from apps.rating.services.new_studies import terms_from
from apps.studies.material import ABOUT_OUTPUT, StudyFile
from apps.studies.models import PlanMethod
from apps.studies.uploads import Upload

from .criteria import Criteria, with_line_feeds
from .criteria_rows import Row, rows_from, rows_of
from .quotas import quota_fields, quotas_in, quotas_initial, shortages

PERCENTS = ("overlap_share", "gold_share", "retest_share")
OF_COMPARISONS = ("plan_method", "round_size", "baseline", "allows_tie", "allows_both_bad")
PLANS = (
    (PlanMethod.BALANCED, "balanced: every pair of systems equally often"),
    (PlanMethod.ADAPTIVE, "adaptive: round by round, where the order is still open"),
)
GOLD_TO_BEGIN_WITH = 8
MOST_INSERTED = 50
OPENS = "open"
NOT_KEPT = {"csrfmiddlewaretoken", "then", "file"}
Plain = dict[str, Any]


def _percent(label: str, hint: str, most: float = 100) -> forms.FloatField:
    return forms.FloatField(label=label, help_text=hint, min_value=0, max_value=most)


class WorkForm(forms.Form):
    """How the work is given out: the numbers that the planner's answer depends on."""

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
    price_per_judgment = forms.DecimalField(
        label="Price of a judgment", required=False, min_value=Decimal(0), max_value=Decimal(100_000), decimal_places=4
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", initial="EUR", error_messages={"invalid": "Three capitals, as EUR."})


class AnswerForm(WorkForm):
    """The same with guesses, as they stand in the page while somebody types."""

    win_share = forms.FloatField(required=False, min_value=50.5, max_value=99)
    tie_share = forms.FloatField(required=False, min_value=0, max_value=90)
    seconds = forms.FloatField(required=False, min_value=1, max_value=7_200)

    def __init__(self, sent: Any, found: Plain) -> None:
        super().__init__(sent)
        self.fields["currency"].required = False
        self.fields |= quota_fields(found)
        asked = [value for name, value in sent.items() if re.fullmatch(r"criterion-\d+-about", name)]
        self.n_rubrics: int = found["n_ratable"] if ABOUT_OUTPUT in asked else 0


class SettingsForm(WorkForm):
    """What is asked, how the work is given out, and who rates."""

    name = forms.CharField(max_length=200)
    question = forms.CharField(max_length=1_000)
    guideline = forms.CharField(required=False, max_length=100_000, widget=forms.Textarea(attrs={"rows": 9}))
    allows_tie = forms.BooleanField(label="Tie: both are equally good", required=False)
    allows_both_bad = forms.BooleanField(label="Both bad: neither will do", required=False)
    shows_slices = forms.BooleanField(label="Raters see the slices of an item", required=False)
    baseline = forms.ChoiceField(required=False)
    raters = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        sent: QueryDict | None = None,
        *,
        upload: Upload,
        members: list[Membership],
        typed: QueryDict | None = None,
        rows: list[Row] | None = None,
    ) -> None:
        """With `sent`, what was sent is checked; with `typed`, it is shown again as it stands, with `rows` in it."""
        self.found: Plain = upload.found or {}
        self.came = terms_from(self.found["terms"])
        self.terms: StudyFile | None = None
        given = typed if sent is None else sent
        super().__init__(sent, initial=initial_of(self.found, self.came, members) if given is None else _again(given))
        if rows is None:
            rows = rows_from(self.came.criteria) if given is None else rows_of(given)
        self.criteria = Criteria(rows, self.came.criteria, compares=self.compares, is_bound=self.is_bound)
        self._offer(members)

    def _offer(self, members: list[Membership]) -> None:
        names = [(system["name"], system["name"]) for system in self.found["systems"]]
        _choices(self, "baseline", [("", "none"), *names])
        _choices(self, "raters", [(str(member.user_id), str(member.user)) for member in members])
        self.fields |= quota_fields(self.found)
        if not self.compares:
            for name in OF_COMPARISONS:
                self.fields.pop(name)

    @property
    def compares(self) -> bool:
        """Whether outputs are compared in this study."""
        return bool(self.came.verdicts)

    @property
    def opens(self) -> bool:
        """Whether the study is to be opened, and not kept as a draft."""
        return bool(self.data.get("then") == OPENS)

    def clean(self) -> Plain:
        """The terms as study.json would say them, checked as it is. All that is wrong is told at once."""
        sent: Plain = super().clean() or {}
        criteria = self.criteria.read(opens=self.opens)
        if criteria is None:
            self.add_error(None, "The questions are not right yet: mend what is marked there.")
        self._check_inserted(sent)
        self._check_gold_is_sent()
        if self.errors or criteria is None:
            return sent
        try:
            came = self.found["terms"]
            asked = {"criteria": [row.as_dict() for row in criteria], "verdicts": self._verdicts(sent)}
            terms = terms_from({**came, **asked, **_document_of(sent), "slice_quotas": quotas_in(self.found, sent)})
        except ImportRefused as refused:
            for problem in refused.problems:
                self.add_error(problem.column if problem.column in self.fields else None, _words(problem))
            return sent
        self._check_against_file(terms, sent)
        self.terms = None if self.errors else terms
        return sent

    def _verdicts(self, sent: Plain) -> list[str]:
        allowed = {"TIE": sent.get("allows_tie"), "BOTH_BAD": sent.get("allows_both_bad")}
        return ["A", "B", *(verdict for verdict, is_on in allowed.items() if is_on)] if self.compares else []

    def _check_inserted(self, sent: Plain) -> None:
        gold, retest = sent.get("gold_share") or 0, sent.get("retest_share") or 0
        if gold + retest > MOST_INSERTED:
            self.add_error("retest_share", "Gold and retests together take at most half of what raters see.")
        if gold and not self.found["n_hidden"]:
            self.add_error("gold_share", "There is no hidden gold yet: send known answers below, or set this to 0.")

    def _check_gold_is_sent(self) -> None:
        name = self.data.get("file")  # of a form that is no file's: the name alone
        if name:
            sentence = f"{name} was chosen as gold and not added: choose it again and press Add gold, or go on without."
            self.add_error(None, sentence)

    def _check_against_file(self, terms: StudyFile, sent: Plain) -> None:
        """What the file does not have: tasks for a quota, or answers that go with the questions."""
        rates = n_rubrics(self.found["n_ratable"], terms) > 0
        for field, sentence in shortages(self.found, sent, replication=terms.replication, rates=rates).items():
            self.add_error(field, sentence)
        for misfit in misfits(self.found["answers"], terms):
            if misfit.column == "verdicts":
                self.add_error({"TIE": "allows_tie", "BOTH_BAD": "allows_both_bad"}.get(misfit.value), misfit.sentence)
            else:
                self.criteria.blame(misfit.key, misfit.sentence)
        if self.criteria.is_wrong:
            self.add_error(None, "The questions do not go with the known answers in the file: see what is marked.")


def _choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker: our own fields
    field.choices = choices


def _words(problem: Any) -> str:
    return f"Expected {problem.expected}; found {problem.found}."


def _document_of(sent: Plain) -> Plain:
    """What was sent, under the names of study.json; what was left empty is not said."""
    plain = {name: sent.get(name) or None for name in ("name", "question", "replication", "plan_method", "round_size")}
    price = sent["price_per_judgment"]
    return {
        **{name: value for name, value in plain.items() if value is not None},
        **{name: round(sent[name] / 100, 6) for name in PERCENTS},
        "guideline": with_line_feeds(sent["guideline"]) or None,
        "baseline": sent.get("baseline") or None,
        "shows_slices": sent["shows_slices"],
        "price_per_judgment": None if price is None else float(price),
        "currency": sent["currency"],
    }


def initial_of(found: Plain, terms: StudyFile, members: list[Membership]) -> Plain:
    """The terms that came with the file or the template, and everybody who rates ticked."""
    gold = _tidy(terms.gold_share) if found["n_hidden"] else 0
    return {
        "name": terms.name,
        "question": terms.question,
        "guideline": terms.guideline,
        "allows_tie": "TIE" in terms.verdicts,
        "allows_both_bad": "BOTH_BAD" in terms.verdicts,
        "shows_slices": terms.shows_slices,
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
        **quotas_initial(found, terms.slice_quotas),
    }


def _again(given: QueryDict) -> Plain:
    """What was typed, for a form that shows it as it stands."""
    return {name: given.getlist(name) if name == "raters" else given.get(name) for name in {*given, "raters"}}


def typed_in(sent: QueryDict) -> dict[str, list[str]]:
    """The fields of a form, to be kept until somebody comes back to it."""
    return {name: [str(text) for text in texts] for name, texts in sent.lists() if name not in NOT_KEPT}


def as_typed(kept: Mapping[str, list[str]]) -> QueryDict | None:
    """What was kept, as if it were sent; None where there is nothing."""
    typed = QueryDict(mutable=True)
    for name, texts in kept.items():
        typed.setlist(name, texts)
    return typed or None


def _tidy(share: float) -> float | int:
    percent = round(share * 100, 4)
    return int(percent) if percent.is_integer() else percent
