"""Numbers of a leaderboard in words: signs, intervals, and the sentence on top."""

from typing import Any


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


def sentence_of(result: dict[str, Any]) -> str:
    """What a board says, in one sentence a PM can repeat. It never claims more than the rank ranges do."""
    ranked = [row for row in result["systems"] if row["island"] == 1 and row["rank_low"] is not None]
    if len(ranked) < 2:
        return "There is nothing to rank yet: two systems need judgments that decide or tie between them."
    sentence = _who_leads(ranked)
    if result["n_islands"] > 1:
        sentence += f" The systems fall into {result['n_islands']} groups that never met: ranks hold inside a group."
    return sentence


def _who_leads(ranked: list[dict[str, Any]]) -> str:
    best = [row["system"] for row in ranked if row["rank_low"] == 1]
    if len(best) == 1:
        return f"{best[0]} leads: it is first at 95 % confidence, ahead of all {len(ranked) - 1} others."
    if len(best) == len(ranked):
        return f"No system is first yet: all {len(ranked)} may still be."
    names = f"{', '.join(best[:-1])} and {best[-1]}" if len(best) <= 4 else f"{len(best)} of {len(ranked)} systems"
    return f"{names} may each still be first: they are not separable yet."
