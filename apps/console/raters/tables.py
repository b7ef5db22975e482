"""The tables of frozen figures as rows: what stands on the pages, in full. People appear by uuid, never by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from apps.rating.dispositions import meaning_of
from apps.rating.exchange.downloads.shape import Kind
from apps.rating.models import RaterKind

from .columns import Column, Row, estimate, number, share, text, whole

Rows = Iterable[Row]
_FIGURES = (
    whole("judgments", "n"), whole("of_work", "n_work"),
    number("per_hour", "times.per_hour"), whole("per_hour_n", "times.n"), number("hours", "times.hours"),
    *estimate("seconds", "times.median"), whole("seconds_n", "times.n"), whole("seconds_missing", "times.n_missing"),
    *estimate("fast", "times.fast"), whole("fast_n", "times.n"), number("fast_below", "times.fast_below"),
    *share("left"),
    *estimate("ties", "ties.share"), whole("ties_n", "ties.n"),
    number("ties_of_others", "ties.others"), whole("ties_of_others_n", "ties.n_others"),
    *estimate("ties_difference", "ties.difference"),
    *estimate("gold", "gold.share"), whole("gold_n_right", "gold.n_right"), whole("gold_n", "gold.n"),
    whole("gold_unscored", "n_gold_unscored"), text("gold_advice", "gold.advice"),
    *share("same_again", "again.same"), *share("same_side_again", "again.same_side"),
    *estimate("kappa_again", "again.kappa"), whole("kappa_again_n", "again.n_sided"),
    *estimate("kappa", "agreement.kappa"), whole("kappa_n", "agreement.n_pairs"),
    *estimate("percent", "agreement.percent"), whole("percent_n", "agreement.n_pairs"),
    whole("shared_tasks", "agreement.n_tasks"),
    *estimate("drift", "drift.difference"), whole("drift_n", "drift.n"),
)  # fmt: skip
_SIGN = (text("rater"), text("sign", "name"), whole("weight"), text("sentence"))
_DISPOSITION = (text("disposition"), text("meaning"), whole("n"))
_AGREEMENT = (
    whole("question"), text("criterion"), text("asked"), text("between"), text("judge"), text("slice_key"),
    text("slice_value"), *estimate("alpha"), *estimate("percent"), *estimate("kappa"), *estimate("ac1"),
    whole("n_tasks"), whole("n_items"), whole("n_pairs"), text("level"), text("reading"),
)  # fmt: skip
_ANSWER = (whole("question"), text("criterion"), text("answer"), whole("n_given"), whole("n"), *estimate("share"))
_MIXED = (
    whole("question"), text("criterion"), text("one"), text("other"), whole("n_mixed"), whole("n"), *estimate("share"),
)  # fmt: skip
_STRETCH = (
    whole("stretch"), Column("first_at", Kind.TIME, lambda row: _moment(row["first_at"])),
    Column("last_at", Kind.TIME, lambda row: _moment(row["last_at"])), whole("judgments", "n"),
    *estimate("seconds"), whole("seconds_n", "n_timed"), *share("left"), *share("ties"), *share("agreed"),
)  # fmt: skip
_TIMES = (whole("from_seconds", "low"), whole("to_seconds", "high"), whole("n"), number("share_of_others", "others"))
_FIGURE = (text("figure"), number("value"), number("low"), number("high"), whole("n"))


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns, and its rows out of what they are found in."""

    columns: tuple[Column, ...]
    rows: Callable[[Row], Rows]


def _raters_of(kind: str) -> Callable[[Row], Rows]:
    return lambda result: (row for row in result["raters"] if row["kind"] == kind)


def _signs(result: Row) -> Rows:
    return ({"rater": row["rater"], **sign} for row in result["raters"] for sign in row["signs"])


def _dispositions(found: Row) -> Rows:
    counts = found["dispositions"]
    return ({"disposition": name, "meaning": meaning_of(name), "n": counts[name]} for name in sorted(counts))


def _agreement(result: Row) -> Rows:
    for place, question in enumerate(result["questions"], start=1):
        asked = {"question": place, "criterion": question["key"], "asked": question["question"]}
        yield {**asked, "between": "people", **question["people"]}
        for one in question["slices"]:
            yield {**asked, "between": "people", "slice_key": one["key"], "slice_value": one["value"], **one["figures"]}
        for one in question["judges"]:
            judge = {**asked, "judge": one["judge"]}
            yield {**judge, "between": "judge and people", **one["with_people"], "reading": one["reading"]}
            yield {**judge, "between": "people on the judge's tasks", **one["people"]}


def _of_questions(name: str) -> Callable[[Row], Rows]:
    def rows(result: Row) -> Rows:
        for place, question in enumerate(result["questions"], start=1):
            yield from ({"question": place, "criterion": question["key"], **one} for one in question[name])

    return rows


def _figures(rater: Row) -> Rows:
    """Her figures under one another, each with its ends and its n; a count by itself stands under n."""
    known = {column.name: column.of(rater) for column in _FIGURES}
    kinds = {column.name: column.kind for column in _FIGURES}
    for name, kind in kinds.items():
        if kind is Kind.WHOLE and kinds.get(name.removesuffix("_n")) is not Kind.NUMBER:
            yield {"figure": name, "n": known[name]}
        elif kind is Kind.NUMBER and not name.endswith(("_low", "_high")):
            low, high, n = (known.get(f"{name}_{part}") for part in ("low", "high", "n"))
            yield {"figure": name, "value": known[name], "low": low, "high": high, "n": n}


def _stretches(rater: Row) -> Rows:
    return ({"stretch": place, **block} for place, block in enumerate(rater["blocks"], start=1))


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


OF_A_RATER = {
    "figures": Table(_FIGURE, _figures),
    "stretches": Table(_STRETCH, _stretches),
    "times": Table(_TIMES, lambda rater: rater["bins"]),
    "dispositions": Table(_DISPOSITION, _dispositions),
}
_WHO = (text("rater"), text("kind"))
TABLES = {
    "raters": {
        "raters": Table((*_WHO, *_FIGURES), _raters_of(RaterKind.HUMAN)),
        "judges": Table((*_WHO, *_FIGURES), _raters_of(RaterKind.JUDGE)),
        "signs": Table(_SIGN, _signs),
        "dispositions": Table(_DISPOSITION, _dispositions),
    },
    "agreement": {
        "agreement": Table(_AGREEMENT, _agreement),
        "answers": Table(_ANSWER, _of_questions("answers")),
        "mixed": Table(_MIXED, _of_questions("confusions")),
        "dispositions": Table(_DISPOSITION, _dispositions),
    },
}
