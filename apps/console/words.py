"""Numbers of a leaderboard in words: signs, intervals, and the sentence on top."""

import re
from typing import Any

Row = dict[str, Any]
Pairs = dict[tuple[str, str], Row]
BASELINE = ", the baseline"
NAMED = 3  # that many systems are named in a sentence; more are counted


def signed(value: float | None) -> str:
    """A strength with its sign, to two decimals; a dash where there is none."""
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def interval_words(low: float | None, high: float | None) -> str:
    """An interval; an open end is said to be open."""
    if low is None and high is None:
        return "–"
    return f"{'open' if low is None else signed(low)} … {'open' if high is None else signed(high)}"


def percent_words(share: float | None) -> str:
    """A share as a whole percentage."""
    return "–" if share is None else f"{share * 100:.0f} %"


def share_interval_words(low: float | None, high: float | None) -> str:
    """The interval of a share; empty where it has none."""
    return "" if low is None or high is None else f"{percent_words(low)} … {percent_words(high)}"


def rank_words(low: int | None, high: int | None) -> str:
    """The ranks that a system may have."""
    if low is None or high is None:
        return "–"
    return str(low) if low == high else f"{low}–{high}"


def sentence_of(result: Row) -> str:
    """What a board says, in one or two sentences a PM can repeat. It never claims more than the intervals do."""
    ranked = [row for row in result["systems"] if row["island"] == 1 and row["rank_low"] is not None]
    if len(ranked) < 2:
        return "There is nothing to rank yet: two systems need judgments that decide or tie between them."
    sentences = [_who_beats_whom(ranked, result) or _who_leads(ranked)]
    if result["n_islands"] > 1:
        sentences.append(
            f"The systems fall into {result['n_islands']} groups that never met: ranks hold inside a group."
        )
    return " ".join([*sentences, *_regressions(result)])


def separations_of(result: Row) -> Pairs:
    """The stored comparisons of systems by their names; empty for analyses from before there were any."""
    return {(row["first"], row["second"]): row for row in result.get("separation") or ()}


def pair_of(known: Pairs, one: str, other: str) -> Row | None:
    """The comparison of two systems, in whichever order it was stored."""
    return known.get((one, other)) or known.get((other, one))


def about(n: int) -> str:
    """A planner's number, to the two figures that it is good for."""
    step = 10 ** max(len(str(int(n))) - 2, 0)
    return f"about {-(-int(n) // step) * step:,}"


def parts_of(sentence: str, names: list[str]) -> list[Row]:
    """The sentence in pieces, so that a page can set the names of systems apart from its own words."""
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True) if name)
    if not longest_first:
        return [{"text": sentence, "is_name": False}]
    pieces = re.split(rf"(?<!\w)({longest_first})(?!\w)", sentence)
    return [{"text": text, "is_name": place % 2 == 1} for place, text in enumerate(pieces) if text]


def listed(names: list[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _who_leads(ranked: list[Row]) -> str:
    best = [row["system"] for row in ranked if row["rank_low"] == 1]
    if len(best) == 1:
        return f"{best[0]} leads: it is first at 95 % confidence, ahead of all {len(ranked) - 1} others."
    if len(best) == len(ranked):
        return f"No system is first yet: all {len(ranked)} may still be."
    names = listed(best) if len(best) <= 4 else f"{len(best)} of {len(ranked)} systems"
    return f"{names} may each still be first: they are not separable yet."


def _who_beats_whom(ranked: list[Row], result: Row) -> str | None:
    """From the leader's stored comparisons: with the next, and with the baseline. None where there are none.

    Where ranks and comparisons disagree, the comparisons are the more careful ones: they are heard first.
    """
    known = separations_of(result)
    leader, others = ranked[0]["system"], ranked[1:]
    met = [(row, pair) for row in others if (pair := pair_of(known, leader, row["system"]))]
    beaten = [_named(row) for row, pair in met if pair["separable"]]
    close = [(_named(row), pair["n_more"]) for row, pair in met if not pair["separable"]]
    if not met or (not close and len(others) > 1 and _is_first(ranked)):
        return None
    beats = f"{_named(ranked[0])}{',' if ranked[0]['baseline'] else ''} beats {_counted(beaten)}" if beaten else ""
    return "; ".join(clause for clause in (beats, _close(close, leader), _contenders(ranked)) if clause) + "."


def _is_first(ranked: list[Row]) -> bool:
    return [row["rank_low"] for row in ranked].count(1) == 1


def _named(row: Row) -> str:
    return f"{row['system']}{BASELINE}" if row["baseline"] else str(row["system"])


def _counted(names: list[str]) -> str:
    # The words in apposition stand last, where they cannot be taken for one more system.
    in_order = sorted(names, key=lambda name: name.endswith(BASELINE))
    return listed(in_order) if len(names) <= NAMED else f"{len(names)} others"


def _close(close: list[tuple[str, int | None]], leader: str) -> str:
    if not close:
        return ""
    if len(close) == 1:
        name, n_more = close[0]
        comma = "," if name.endswith(BASELINE) else ""
        return f"{leader} and {name}{comma} are not separable yet{_more(n_more)}"
    if len(close) > NAMED:
        name, n_more = min(close, key=lambda pair: pair[1] or float("inf"))
        soonest = f", from {name} soonest{_more(n_more)}" if n_more else ""
        return f"{leader} is not separable yet from {len(close)} others{soonest}"
    names = [f"{name} ({about(n_more)} more ratings)" if n_more else name for name, n_more in close]
    return f"{leader} is not separable yet from {listed(names)}"


def _more(n_more: int | None) -> str:
    return f": {about(n_more)} more ratings" if n_more else ""


def _contenders(ranked: list[Row]) -> str:
    n = [row["rank_low"] for row in ranked].count(1)
    return f"{n} of {len(ranked)} systems may still be first" if n > 2 else ""


def _regressions(result: Row) -> list[str]:
    found = [
        f"{listed(slice_['regressions'][:NAMED])} on {slice_['key']} = {slice_['value']}"
        for slice_ in result.get("slices") or ()
        if slice_["regressions"]
    ]
    if not found:
        return []
    more = f", and in {len(found) - NAMED} more slices" if len(found) > NAMED else ""
    return [f"Regressions: {'; '.join(found[:NAMED])}{more}."]
