"""When a study will be done, and what it costs until then, in words."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from apps.analysis.finishing import MOST_DAYS, Finish, finish_of
from apps.rating.selectors.figures import Figures
from apps.studies.models import ProtocolVersion, Study, StudyState

from .addresses import reading_of
from .progress import filled_by_day

Row = dict[str, Any]


def finish_figure(study: Study, figures: Figures, today: date) -> Row:
    """The finishing date with its range, or why there is none."""
    done, wanted = figures.total("filled"), figures.total("wanted")
    if not wanted:
        return _figure("–", "nothing is planned yet")
    if done >= wanted:
        return _figure("done", "every wanted judgment is there")
    if study.state != StudyState.OPEN:
        return _figure("–", f"the study is {study.get_state_display()}")
    daily = filled_by_day(figures, today, MOST_DAYS)
    finish = finish_of(wanted - done, daily, today)
    if finish is None:
        return _no_rate(daily)
    figure = _figure(_day(finish.expected, today) if finish.expected else "open", _range(finish, today))
    return {**figure, "url": reading_of(study, sort="newest")}


def _figure(value: str, hint: str) -> Row:
    return {"label": "finished at this pace", "value": value, "hint": hint}


def _no_rate(daily: list[int]) -> Row:
    if daily:
        return _figure("no date", f"nothing was judged on the last {len(daily)} whole days")
    return _figure("too early", "a date needs one whole day of rating")


def _range(finish: Finish, today: date) -> str:
    high = _day(finish.high, today) if finish.high else "open"
    days = "the last whole day" if finish.n_days == 1 else f"the last {finish.n_days} whole days"
    return f"{_day(finish.low, today)} … {high} (95 %), at the {finish.per_day:,.0f} a day of {days}"


def _day(day: date, today: date) -> str:
    if day <= today + timedelta(days=1):
        return "today" if day <= today else "tomorrow"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day.day} {day:%b}{year}"


def cost_figure(study: Study, figures: Figures, protocols: list[ProtocolVersion]) -> Row | None:
    """What the judgments given here cost so far, each at the price of the protocol it was given under; and to the end.

    None where the current protocol has no price. Gold and retests are paid for too: the end reckons with their shares.
    """
    current = max(protocols, key=lambda protocol: protocol.number)
    if current.price_per_judgment is None:
        return None
    so_far = {protocol.currency: Decimal(0) for protocol in protocols}
    for protocol in protocols:
        n = figures.of("protocol").get(str(protocol.pk), {}).get("here", 0)
        so_far[protocol.currency] += n * (protocol.price_per_judgment or Decimal(0))
    left = max(0, figures.total("wanted") - figures.total("filled"))
    showings = Decimal(left) / Decimal(str(1 - current.gold_share - current.retest_share))
    end = {**so_far, current.currency: so_far[current.currency] + showings * current.price_per_judgment}
    return {
        "label": "cost so far",
        "value": _money(so_far, current.currency),
        "url": reading_of(study, sort="newest"),
        "hint": f"about {_money(end, current.currency)} when all that is planned is judged, "
        f"at {current.price_per_judgment.normalize():f} {current.currency} a judgment",
    }


def _money(amounts: dict[str, Decimal], currency: str) -> str:
    kept = {name: amount for name, amount in amounts.items() if amount} or {currency: Decimal(0)}
    return " + ".join(f"{amount:,.2f} {name}" for name, amount in sorted(kept.items()))
