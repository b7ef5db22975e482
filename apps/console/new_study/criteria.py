"""The questions beside the verdict, as forms: each with a short name, and two to five answers in words."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import slugify

from apps.studies.material import ABOUT_COMPARISON, ABOUT_OUTPUT, Anchor, CriterionRow

from .criteria_rows import CAME, FEWEST_ANSWERS, MOST_ANSWERS, MOST_CRITERIA, Row, n_answers, n_held

ABOUT = ((ABOUT_OUTPUT, "each output by itself"), (ABOUT_COMPARISON, "both, after the verdict"))
SHAPES = (("2", "yes or no"), ("3", "3 points"), ("4", "4 points"), ("5", "5 points"))
MAX_KEY = 60
Came = Mapping[str, tuple[Anchor, ...]]


class CriterionForm(forms.Form):
    """One question with its answers. Two answers are a check, three to five a scale."""

    use_required_attribute = False  # a browser that refuses a field which is folded away says nothing

    question = forms.CharField(
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"required": "Write the question, or remove it."},
    )
    key = forms.RegexField(
        r"^[A-Za-z0-9_-]+$",
        label="Short name",
        required=False,
        max_length=MAX_KEY,
        error_messages={"invalid": "Use letters from A to Z, digits, - and _ alone."},
    )
    about = forms.ChoiceField(label="Asked about", choices=ABOUT)
    points = forms.ChoiceField(label="Answers", choices=SHAPES)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, row: Row, *, place: int, came: Came, compares: bool, is_bound: bool) -> None:
        prefix = f"criterion-{place}"
        sent = {f"{prefix}-{name}": text for name, text in row.items()} if is_bound else None
        super().__init__(sent, initial=row, prefix=prefix, label_suffix="")
        self.place, self.n_answers, self.short_name = place, n_answers(row), ""
        self._came = came.get(row.get("points", "").removeprefix(CAME), ()) if self.n_answers == 0 else ()
        if self._came:
            self._offer_what_came(row)
        if not compares:
            self.fields["about"] = forms.ChoiceField(choices=ABOUT[:1], widget=forms.HiddenInput)
        for n in range(max(n_held(row), self.n_answers)):
            self._add_answer(n)

    def _offer_what_came(self, row: Row) -> None:
        points = self.fields["points"]
        assert isinstance(points, forms.ChoiceField)  # noqa: S101 - for the type checker
        n = len(self._came)
        points.choices = [*SHAPES, (row["points"], f"{n} point{'' if n == 1 else 's'}, as in the file")]

    def _add_answer(self, n: int) -> None:
        wanted = {"required": "Say what this answer is."}
        label = forms.CharField(
            label=f"Answer {n + 1}", max_length=200, required=n < self.n_answers, error_messages=wanted
        )
        self.fields[f"label-{n}"] = label
        self.fields[f"example-{n}"] = forms.CharField(
            label=f"Example of answer {n + 1}",
            max_length=1_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 1}),
        )
        self.fields[f"value-{n}"] = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def answers(self) -> Iterator[dict[str, Any]]:
        """The fields of each answer; those that are kept and not shown are none."""
        for n in range(n_held(self.initial) or self.n_answers):
            fields = {part: self[f"{part}-{n}"] for part in ("label", "example", "value")}
            yield {"n": n + 1, "is_shown": n < self.n_answers, **fields}

    def clean(self) -> dict[str, Any]:
        """Two answers that read the same cannot be told apart."""
        sent: dict[str, Any] = super().clean() or {}
        labels = [sent.get(f"label-{n}") for n in range(self.n_answers)]
        for n, label in enumerate(labels):
            if label and label in labels[:n]:
                self.add_error(f"label-{n}", "This answer reads as another one does: give it words of its own.")
        return sent

    def criterion(self, key: str) -> CriterionRow:
        """The criterion under this short name."""
        sent, self.short_name = self.cleaned_data, key
        anchors = self._came or tuple(
            Anchor(value=value, label=sent[f"label-{n}"], example=with_line_feeds(sent[f"example-{n}"]))
            for n, value in enumerate(self._values())
        )
        question = with_line_feeds(sent["question"])
        return CriterionRow(key=key, question=question, about=sent["about"], anchors=anchors)

    def _values(self) -> list[int | str]:
        values = [_value(self.cleaned_data[f"value-{n}"]) for n in range(self.n_answers)]
        known = [value for value in values if value is not None]
        return known if len(set(map(str, known))) == len(values) else list(range(1, len(values) + 1))

    def check_size(self) -> None:
        """Refuse to open a study with a scale on which raters agree too little."""
        if self._came:
            self.add_error("points", f"Raters choose from {FEWEST_ANSWERS} to {MOST_ANSWERS} answers: take fewer.")


def with_line_feeds(text: str) -> str:
    """A text whose lines end as everybody but a browser ends them."""
    return text.replace("\r\n", "\n")


def _value(text: str) -> int | str | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if type(value) in (int, str) else None


class Criteria:
    """All criteria of a form, in order."""

    def __init__(self, rows: list[Row], came: Iterable[CriterionRow], *, compares: bool, is_bound: bool) -> None:
        """`came` are the criteria of the file or the template."""
        anchors = {criterion.key: criterion.anchors for criterion in came}
        self.forms = [
            CriterionForm(row, place=place, came=anchors, compares=compares, is_bound=is_bound)
            for place, row in enumerate(rows)
        ]
        self.may_add = len(rows) < MOST_CRITERIA
        self.gone: list[str] = []  # sentences about criteria that are not there

    @property
    def is_wrong(self) -> bool:
        """Whether something in them has to be mended."""
        return bool(self.gone or any(form.errors for form in self.forms))

    def read(self, *, opens: bool) -> tuple[CriterionRow, ...] | None:
        """The criteria, or None where one of them cannot be; its fields then say why."""
        for form in self.forms:
            if opens and not form.errors:
                form.check_size()
        keys = [form.cleaned_data.get("key", "") if form.is_bound and not form.errors else "" for form in self.forms]
        for form, key in zip(self.forms, keys, strict=True):
            if key and Counter(keys)[key] > 1:
                form.add_error("key", "Another question has this short name: give each its own.")
        if self.is_wrong:
            return None
        return tuple(form.criterion(key) for form, key in zip(self.forms, self._named(keys), strict=True))

    def _named(self, keys: list[str]) -> Iterator[str]:
        """The keys, with one made of the question where none was given."""
        taken = set(keys)
        for form, key in zip(self.forms, keys, strict=True):
            stem = key or slugify(form.cleaned_data["question"])[: MAX_KEY - 3].strip("-_") or "question"
            free = stem if key else next(name for name in _numbered(stem) if name not in taken)
            taken.add(free)
            yield free

    def blame(self, key: str, sentence: str) -> None:
        """Say at the criterion of this short name what is wrong with it; above all where it is gone."""
        form = next((form for form in self.forms if form.short_name == key), None)
        if form is None:
            self.gone.append(sentence)
        else:
            form.add_error("points", sentence)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    n = 2
    while True:
        yield f"{stem}-{n}"
        n += 1
