"""What a manager writes down for a gate: shares as points and percent, checked before a service sees them."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django import forms

from apps.analysis.gate_material import Material
from apps.analysis.gate_rules import LEAST_SLICE_ITEMS, GateRule, RuleKind
from apps.rating.models import Flag
from apps.studies.models import Criterion, Verdict

MOST_SLICES = 500
FLAGS = (Flag.UNSAFE, Flag.BROKEN, Flag.WRONG_LANGUAGE)
_POINTS = {"invalid": "Write points as a number: 5, or 2.5.", "min_value": "A margin is 0 points or more."}
_PERCENT = {"invalid": "Write percent as a number: 1, or 0.5.", "min_value": "A share is more than 0 %."}


def _points(label: str, initial: float | None = None) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        min_value=0,
        max_value=49,
        initial=initial,
        error_messages=_POINTS | {"max_value": "A margin is at most 49 points."},
        widget=forms.NumberInput(attrs={"step": "0.5", "min": 0, "max": 49}),
    )


def _percent(label: str) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        min_value=0.05,
        max_value=99,
        error_messages=_PERCENT
        | {"min_value": "No sample shows that nothing ever fails. Write how much you could live with: 0.5, say."}
        | {"max_value": "A floor that lets everything pass is none. Write 99 or less."},
        widget=forms.NumberInput(attrs={"step": "any", "min": 0.05, "max": 99}),
    )


class GateForm(forms.Form):
    """A gate of one study; its fields follow from what the study holds."""

    candidate = forms.ChoiceField(label="Candidate", error_messages={"required": "Choose the candidate."})
    baseline = forms.ChoiceField(label="Baseline", required=False)
    margin = _points("Over all items it may lose by at most", 5)
    slice_margin = _points("In each slice marked here it may lose by at most", 5)
    slices = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    both_bad = _percent("Comparisons that end with both bad")
    looks = forms.ChoiceField(
        choices=[("watched", "At any time"), ("once", "Once, at the end")],
        initial="watched",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose when the gate is read."),
    )

    def __init__(self, material: Material, *args: Any, baseline: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self.material = material
        names = [(system.name, system.name) for system in material.systems]
        self._choices("candidate", [("", "Choose…"), *names])
        self._choices("baseline", [("", "None: floors alone"), *names])
        self._choices("slices", [(word, " = ".join(pair)) for word, pair in self.slice_words.items()])
        self.fields["baseline"].initial = baseline
        for flag in FLAGS:
            self.fields[f"flag_{flag}"] = _percent(f"Showings flagged “{flag.label}”")
        for number, criterion in enumerate(material.criteria.values()):
            self.fields[f"criterion_{number}"] = _percent(criterion.question)
            answers = [(str(anchor["value"]), anchor["label"]) for anchor in criterion.anchors]
            self.fields[f"failing_{number}"] = forms.MultipleChoiceField(
                label="Fails with the answer", choices=answers, required=False, widget=forms.CheckboxSelectMultiple
            )
        if not material.compares:
            for name in ("baseline", "margin", "slice_margin", "slices"):
                del self.fields[name]
        if Verdict.BOTH_BAD not in material.verdicts:
            del self.fields["both_bad"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices
        field.error_messages["invalid_choice"] = "Choose from the list."

    @cached_property
    def large_slices(self) -> list[tuple[str, str]]:
        """The slices that a verdict can be given on, in order."""
        return [pair for pair, n in self.material.slice_groups.items() if n >= LEAST_SLICE_ITEMS]

    @cached_property
    def slice_words(self) -> dict[str, tuple[str, str]]:
        """Those that are listed, by what the page sends for them: names and values may hold any sign."""
        return {urlencode([pair]): pair for pair in self.large_slices[:MOST_SLICES]}

    @property
    def n_small_slices(self) -> int:
        """How many slices have too few items."""
        return len(self.material.slices) - len(self.large_slices)

    @property
    def n_further_slices(self) -> int:
        """How many large enough ones find no place in the list."""
        return len(self.large_slices) - len(self.slice_words)

    def flag_fields(self) -> list[forms.BoundField]:
        """For the template."""
        return [self[f"flag_{flag}"] for flag in FLAGS]

    def criterion_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The limit of each question beside the answers that fail."""
        return [(self[f"criterion_{n}"], self[f"failing_{n}"]) for n in range(len(self.material.criteria))]

    def clean(self) -> dict[str, Any]:
        """What is only wrong together."""
        given = super().clean() or {}
        if given.get("slices") and given.get("slice_margin") is None and "slice_margin" not in self.errors:
            self.add_error("slice_margin", "Say how many points may be lost in the slices you marked.")
        for number in range(len(self.material.criteria)):
            limited, failing = given.get(f"criterion_{number}") is not None, given.get(f"failing_{number}")
            if limited and not failing:
                self.add_error(f"failing_{number}", "Mark the answers that fail.")
            if failing and not limited and f"criterion_{number}" not in self.errors:
                self.add_error(f"criterion_{number}", "Say how many percent may fail, or mark no answer.")
        return given

    def rules(self) -> list[GateRule]:
        """The rules that were asked for; the service says whether they mean anything."""
        return [*self._margins(), *self._floors()]

    def _margins(self) -> Iterator[GateRule]:
        if self._share("margin") is not None:
            yield GateRule(kind=RuleKind.MARGIN, allowed=self._share("margin") or 0.0)
        for marked in self.cleaned_data.get("slices", ()):
            inside = self.slice_words[marked]
            yield GateRule(kind=RuleKind.MARGIN, allowed=self._share("slice_margin") or 0.0, slice=inside)

    def _floors(self) -> Iterator[GateRule]:
        if allowed := self._share("both_bad"):
            yield GateRule(kind=RuleKind.BOTH_BAD, allowed=allowed)
        for flag in FLAGS:
            if allowed := self._share(f"flag_{flag}"):
                yield GateRule(kind=RuleKind.FLAG, allowed=allowed, name=flag.value)
        for number, criterion in enumerate(self.material.criteria.values()):
            if allowed := self._share(f"criterion_{number}"):
                failing = self._values(criterion, self.cleaned_data[f"failing_{number}"])
                yield GateRule(kind=RuleKind.CRITERION, allowed=allowed, name=criterion.key, failing=failing)

    def _share(self, name: str) -> float | None:
        """Points and percent as a share, without the noise of a division."""
        given = self.cleaned_data.get(name)
        return None if given is None else round(given / 100, 6)

    @staticmethod
    def _values(criterion: Criterion, chosen: list[str]) -> tuple[Any, ...]:
        """The anchors' own values: a page can only send texts."""
        return tuple(anchor["value"] for anchor in criterion.anchors if str(anchor["value"]) in chosen)


class RetireForm(forms.Form):
    """Why a gate ends."""

    reason = forms.CharField(
        max_length=500,
        error_messages={
            "required": "Say why the gate is retired: whoever reads its verdicts later will ask.",
            "max_length": "Shorten the reason to 500 characters.",
        },
    )
