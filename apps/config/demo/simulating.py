"""The demo's simulated raters: judgments drawn from a truth that is written down, so that a board can be checked.

The truth (fixtures/demo-truth.json) holds each system's strength in log-odds, each rater's skill and left bias.
Tasks with gold are left to the gold showings; a share of the tasks is given to a second rater, for agreement.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from apps.rating.exchange.bundle import Bundle
from apps.stats.pairwise import Outcome
from apps.stats.simulation import draw_outcomes

VERDICTS = {Outcome.FIRST_WINS: "A", Outcome.SECOND_WINS: "B", Outcome.TIE: "TIE", Outcome.BOTH_BAD: "BOTH_BAD"}
START = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)


def simulated_judgments(bundle: Bundle, truth: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of judgments.jsonl: `left` is output A; the same bundle and truth give the same rows."""
    rng = np.random.default_rng(truth["seed"])
    gold = {(row.item, frozenset((row.output_a, row.output_b))) for row in bundle.golds}
    tasks = [
        (item, pair)
        for item in bundle.items
        for pair in combinations(sorted(truth["strengths"]), 2)
        if (item.external_id, frozenset(pair)) not in gold
    ]
    leaning = _leanings(bundle, truth, rng)
    for number, (item, pair, rater) in enumerate(_given_out(tasks, truth, rng)):
        left, right = pair if rng.random() < 0.5 else pair[::-1]
        appeal = {system: truth["strengths"][system] + leaning[item.external_id, system] for system in pair}
        topic = item.slices.get("topic", "")
        outcome = draw_outcomes(
            gap=appeal[left] - appeal[right],
            skill=rater["skill"],
            left_bias=rater["left_bias"],
            tie_width=truth["tie_width"],
            both_bad_probability=truth["both_bad"].get(topic, truth["both_bad"]["otherwise"]),
            rng=rng,
        )[0]
        yield _row(number, item.external_id, left, right, rater, VERDICTS[Outcome(int(outcome))], rng)
    yield from _gold_rows(bundle, truth, rng)


def _leanings(bundle: Bundle, truth: dict[str, Any], rng: np.random.Generator) -> dict[tuple[str, str], float]:
    """How much better or worse than usual each system does on each item."""
    return {
        (item.external_id, system): float(rng.normal(0.0, truth["item_leaning_sd"]))
        for item in bundle.items
        for system in sorted(truth["strengths"])
    }


def _given_out(tasks: list[Any], truth: dict[str, Any], rng: np.random.Generator) -> Iterator[tuple[Any, Any, Any]]:
    """Tasks in random order, again and again, each time to a rater who has not had it; busier raters more often."""
    shares = np.array([rater["share"] for rater in truth["raters"]])
    had: dict[int, set[int]] = {}
    n_given = 0
    while n_given < truth["n_judgments"]:
        for place in rng.permutation(len(tasks))[: truth["n_judgments"] - n_given]:
            free = np.array([r not in had.setdefault(int(place), set()) for r in range(len(shares))]) * shares
            rater = int(rng.choice(len(shares), p=free / free.sum()))
            had[int(place)].add(rater)
            n_given += 1
            yield *tasks[place], truth["raters"][rater]


def _row(
    number: int, item: str, left: str, right: str, rater: dict[str, Any], verdict: str, rng: np.random.Generator
) -> dict[str, Any]:
    seconds = float(rng.lognormal(3.3, 0.5))
    at = START + timedelta(minutes=3 * number, seconds=round(seconds))
    return {
        "item": item,
        "rater": rater["rater"],
        "rater_group": rater["group"],
        "output_a": left,
        "output_b": right,
        "left": left,
        "verdict": verdict,
        "judged_at": at.isoformat(),
        "shown_ms": round(seconds * 1000),
    }


def _gold_rows(bundle: Bundle, truth: dict[str, Any], rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Each rater meets each gold task once; the skilled know it, the one who guesses does not."""
    number = truth["n_judgments"]
    for gold in bundle.golds:
        for rater in truth["raters"]:
            knows = rng.random() < 0.5 + 0.48 * min(1.0, rater["skill"])
            verdict = gold.verdict if knows else {"A": "B", "B": "A"}[str(gold.verdict)]
            left, right = str(gold.output_a), str(gold.output_b)
            yield {**_row(number, gold.item, left, right, rater, str(verdict), rng), "purpose": "gold"}
            number += 1


def write_judgments(bundle: Bundle, truth_path: Path, target: Path) -> int:
    """Write the rows; how many there are."""
    truth = json.loads(truth_path.read_text())
    lines = [json.dumps(row, ensure_ascii=False) for row in simulated_judgments(bundle, truth)]
    target.write_text("\n".join(lines) + "\n")
    return len(lines)
