"""The planner's answer in words: how many ratings, raters, hours and euros."""

from decimal import Decimal
from typing import Any

from apps.analysis.planning_answers import Design, PlanningAnswer, Work, answer_for
from apps.console.words import about
from apps.rating.serving.insertions import GOLD_RETURNS_AFTER

from .forms import AnswerForm
from .quotas import n_compared_first

USUAL = {"win_share": 60, "tie_share": 20, "seconds": 60}
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
Plain = dict[str, Any]


def answer_context(found: Plain, sent: Any, n_raters: int) -> Plain:
    """The answer to the numbers as they stand in the form, or what is wrong with them."""
    form = AnswerForm(sent, found)
    if not form.is_valid():
        wrong = next(iter(form.errors))
        label = form.fields[wrong].label or wrong.replace("_", " ")
        return {"wrong": f"The planner cannot read “{label}”: mend it, and the answer comes back."}
    design = design_of(found, form, n_raters)
    return answer_words(design, answer_for(design), form.cleaned_data.get("currency") or "EUR")


def design_of(found: Plain, form: AnswerForm, n_raters: int) -> Design:
    """The design that the form describes, on the tasks that the file holds."""
    sent = form.cleaned_data
    guess = {name: float(usual if sent.get(name) is None else sent[name]) for name, usual in USUAL.items()}
    return Design(
        n_systems=len(found["systems"]),
        n_pairs=found["n_pairs"],
        n_comparisons=found["n_comparisons"],
        n_rubrics=form.n_rubrics,
        n_hidden=found["n_hidden"],
        replication=sent["replication"],
        overlap_share=sent["overlap_share"] / 100,
        gold_share=sent["gold_share"] / 100,
        retest_share=sent["retest_share"] / 100,
        is_adaptive=sent.get("plan_method") == "adaptive",
        round_size=sent.get("round_size") or 200,
        n_compared_first=n_compared_first(found, sent),
        n_raters=n_raters,
        win_share=guess["win_share"] / 100,
        tie_share=guess["tie_share"] / 100,
        seconds=guess["seconds"],
        price=sent.get("price_per_judgment"),
    )


def answer_words(design: Design, answer: PlanningAnswer, currency: str) -> Plain:
    """Sentences and a small table, in the order in which someone asks."""
    return {
        "headline": _headline(design, answer),
        "plan": _plan_words(design, answer),
        "rows": _rows(design, answer, currency),
        "has_needed": answer.needed is not None,
        "notes": [note for note in (_gold_words(design, answer), *_cautions(design, answer)) if note],
    }


def _headline(design: Design, answer: PlanningAnswer) -> str:
    if answer.needed_per_pair is None or answer.per_pair is None:
        return _rubric_headline(answer)
    share = f"{100 * design.win_share:.3g} %"
    if design.is_adaptive:
        return f"To tell two systems apart at {share} wins takes {about(answer.needed_per_pair)} comparisons a pair."
    if answer.is_enough:
        return f"Enough: {_n(answer.per_pair)} comparisons a pair tell two systems apart if one wins {share}."
    return (
        f"Not enough yet: a pair gets {_n(answer.per_pair)} comparisons, and telling two systems apart at {share} "
        f"wins takes {about(answer.needed_per_pair)}."
    )


def _rubric_headline(answer: PlanningAnswer) -> str:
    if answer.half_width is None or answer.per_system is None:
        return "Nothing is asked of the outputs yet: add a question."
    return (
        f"Each system gets about {_n(answer.per_system)} ratings; the share of its outputs with an answer is then "
        f"known to within {100 * answer.half_width:.0f} points."
    )


def _plan_words(design: Design, answer: PlanningAnswer) -> str:
    kinds = [
        f"{_n(n)} {word}{'' if n == 1 else 's'}"
        for n, word in ((design.n_comparisons, "comparison"), (design.n_rubrics, "output to rate"))
        if n
    ]
    kinds = [kind.replace("output to rates", "outputs to rate") for kind in kinds]
    often = {1: "once", 2: "twice"}.get(design.replication, f"{design.replication} times")
    more = f" and {_n(answer.n_overlap)} once more, for agreement" if answer.n_overlap else ""
    if design.is_adaptive and design.n_comparisons:
        most = "at most " if design.n_compared_first else ""  # an item may count for several quotas
        return (
            f"The plan draws {most}{_n(answer.planned.judgments)} judgments in its first round, from "
            f"{' and '.join(kinds)}; then round by round, where they tell most, until you close the study."
        )
    return f"The plan draws {' and '.join(kinds)}, each {often}{more}."


def _rows(design: Design, answer: PlanningAnswer, currency: str) -> list[Plain]:
    planned, needed = answer.planned, answer.needed

    def row(label: str, cell: Any) -> Plain:
        return {"label": label, "planned": cell(planned), "needed": cell(needed) if needed else ""}

    rows = [
        row("judgments", lambda work: _n(work.judgments)),
        row("with gold and retests", lambda work: _n(work.showings)),
        row("hours of rating", lambda work: _hours(work.hours)),
    ]
    if design.n_raters:
        label = "for each rater" if design.n_raters > 1 else "for the one rater"
        rows.append(row(label, lambda work: _hours(work.hours_each)))
    if design.price is not None:
        rows.append(row("cost", lambda work: _money(work, currency)))
    return rows


def _gold_words(design: Design, answer: PlanningAnswer) -> str:
    if not design.gold_share:
        return ""
    if answer.gold_lasts is None:
        return "There is no hidden gold in the file: send some below, or set gold to 0."
    tasks = "1 gold task" if design.n_hidden == 1 else f"{design.n_hidden} gold tasks"
    if not answer.gold_runs_out:
        return f"Gold lasts: {tasks}, met by a rater within about {_n(answer.gold_lasts)} tasks."
    return (
        f"Gold runs out: with {tasks} a rater has met them all after about {_n(answer.gold_lasts)} tasks; each returns "
        f"{GOLD_RETURNS_AFTER} tasks later. Send more, or lower the share."
    )


def _cautions(design: Design, answer: PlanningAnswer) -> list[str]:
    notes = []
    if answer.detectable is not None and not answer.is_enough and not design.is_adaptive:
        notes.append(f"The plan as it is tells systems apart from {100 * answer.detectable:.0f} % wins upwards.")
    if answer.needed_replication is not None:
        notes.append(
            f"{_n(answer.needed_replication)} judgments a task would do; more items do it better, because judgments of "
            "one item hang together."
        )
    if not design.n_raters:
        notes.append("Nobody is chosen to rate yet.")
    elif design.replication + (design.overlap_share > 0) > design.n_raters:
        least = design.replication + (design.overlap_share > 0)
        notes.append(f"A rater judges a task once: this plan needs {least} raters or more.")
    if answer.needed_per_pair is not None:
        notes.append(
            "80 % power at 95 % confidence, for a pair chosen beforehand, one look at the end, "
            f"{100 * design.tie_share:.3g} % ties. Raters or items that lean make it more."
        )
    return notes


def _n(n: int) -> str:
    return f"{n:,}"


def _hours(hours: float | None) -> str:
    if hours is None:
        return "–"
    return f"{hours * 60:.0f} min" if hours < 1.5 else f"{hours:,.1f} h" if hours < 10 else f"{hours:,.0f} h"


def _money(work: Work, currency: str) -> str:
    amount = work.cost or Decimal(0)
    digits = 0 if amount >= 1_000 else 2
    return f"{SIGNS.get(currency, currency + ' ')}{amount:,.{digits}f}"
