"""Frozen analyses for tests of the pages: computed by the real service, with more in them where a test needs it."""

import json
from typing import Any
from uuid import uuid4

from apps.analysis.canonical import canonical_json, sha256
from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.services import current_leaderboard
from apps.studies.models import Study

Row = dict[str, Any]


def frozen(study: Study, *, filters: Filters | None = None, **more: Any) -> Analysis:
    """The leaderboard of the facts as they are, with these keys of its result replaced or added."""
    computed = current_leaderboard(study=study, filters=filters or Filters(), by=None)
    return with_result(computed, {**json.loads(computed.result), **more}) if more else computed


def with_result(computed: Analysis, result: Row) -> Analysis:
    """Another analysis of the same cut and settings, with this result."""
    text = canonical_json(result)
    return Analysis.objects.create(
        study=computed.study,
        cut=computed.cut,
        kind=computed.kind,
        settings=computed.settings,
        seed=computed.seed,
        versions=computed.versions,
        key_sha256=sha256(uuid4().hex),
        inputs_sha256=computed.inputs_sha256,
        result=text,
        result_sha256=sha256(text),
    )


def everything(n: int = 3, *, n_slices: int = 2, baseline: int | None = 1, prefix: str = "system") -> Row:
    """A result of `n` systems with every part that a leaderboard can have; each is .1 weaker than the one before."""
    names = [f"{prefix}-{place:02d}" for place in range(n)]
    return {
        "systems": [system_row(name, place, n, baseline=place == baseline) for place, name in enumerate(names)],
        "n_islands": 1,
        "pairs": [pair_row(one, other) for at, one in enumerate(names) for other in names[at + 1 :]],
        "slices": [slice_row(place, names) for place in range(n_slices)],
        "style": {
            "effects": [
                {"feature": "length", "coefficient": 0.42, "low": 0.2, "high": 0.64},
                {"feature": "lists", "coefficient": 0.03, "low": -0.1, "high": 0.16},
            ],
            "systems": [style_row(name, place, n) for place, name in enumerate(names)],
        },
        "separation": separation_rows(names, baseline),
        "elo": {
            "systems": [
                {"system": name, "elo": 1100.0 - 3 * place, "order_sd": 9.0 + place} for place, name in enumerate(names)
            ],
            "n_orders": 100,
        },
        "spending": [spending_row(name, place) for place, name in enumerate(names)],
    }


def system_row(name: str, place: int, n: int, *, baseline: bool = False) -> Row:
    """Strength, interval, rank range, counts and shares of one system."""
    strength = (n - 1) / 20 - place * 0.1
    return {
        "system": name,
        "strength": strength,
        "low": strength - 0.15,
        "high": strength + 0.15,
        "rank_low": max(place, 1),
        "rank_high": min(place + 2, n),
        "n": 100 + place,
        "both_bad_share": 0.04 + place * 0.001,
        "both_bad_low": 0.01,
        "both_bad_high": 0.11,
        "win_share": 0.6 - place * 0.003,
        "win_share_low": 0.4 - place * 0.003,
        "win_share_high": 0.8 - place * 0.003,
        "undefeated": False,
        "winless": False,
        "island": 1,
        "baseline": baseline,
    }


def pair_row(one: str, other: str) -> Row:
    """Ten judgments between two systems."""
    return {
        "first": one,
        "second": other,
        "n": 10,
        "n_first": 5,
        "n_second": 2,
        "n_tie": 2,
        "n_both_bad": 1,
        "first_share": 0.6666,
        "low": 0.35,
        "high": 0.88,
    }


def slice_row(place: int, names: list[str]) -> Row:
    """One slice; the last system regresses in the first."""
    return {
        "key": "topic",
        "value": f"topic-{place}",
        "n": 50 + place,
        "n_items": 12,
        "systems": [
            {
                "system": name,
                "n": 20 + at,
                "strength": 0.5 - at * 0.1,
                "low": 0.2 - at * 0.1,
                "high": 0.8 - at * 0.1,
                "difference": -0.31 + at * 0.01,
                "difference_low": -0.58,
                "difference_high": -0.04,
                "p_adjusted": 0.02,
            }
            for at, name in enumerate(names)
        ],
        "against_baseline": [{"system": name, "n": 9, "share": 0.31, "low": 0.12, "high": 0.47} for name in names[2:]],
        "regressions": names[-1:] if place == 0 else [],
    }


def style_row(name: str, place: int, n: int) -> Row:
    """A strength after style, a little nearer to the middle."""
    strength = ((n - 1) / 20 - place * 0.1) * 0.8
    return {
        "system": name,
        "strength": strength,
        "low": strength - 0.2,
        "high": strength + 0.2,
        "rank_low": max(place, 1),
        "rank_high": min(place + 3, n),
    }


def separation_rows(names: list[str], baseline: int | None) -> list[Row]:
    """Neighbours are not separable yet; against the baseline all others are, but its neighbours."""
    neighbours = [separation_row("neighbours", names, at, at + 1) for at in range(len(names) - 1)]
    others = [at for at in range(len(names)) if at != baseline]
    return neighbours + ([separation_row("baseline", names, at, baseline) for at in others] if baseline else [])


def separation_row(kind: str, names: list[str], first: int, second: int) -> Row:
    """Two systems by their places."""
    near = abs(first - second) == 1
    difference = (second - first) * 0.1
    return {
        "kind": kind,
        "first": names[first],
        "second": names[second],
        "difference": difference,
        "low": difference - (0.15 if near else 0.05),
        "high": difference + 0.15,
        "separable": not near,
        "n_more": 177 + first if near else None,
    }


def spending_row(name: str, place: int) -> Row:
    """Cheaper and slower from place to place; every other system is on a front."""
    return {
        "system": name,
        "n_outputs": 40,
        "n_with_cost": 38,
        "n_with_latency": 39,
        "mean_cost": 0.01 / (place + 1),
        "cost_low": 0.009 / (place + 1),
        "cost_high": 0.011 / (place + 1),
        "median_latency_ms": 500.0 + 130 * place,
        "latency_low": 450.0 + 130 * place,
        "latency_high": 560.0 + 130 * place,
        "on_cost_front": place % 2 == 0,
        "on_latency_front": place == 0,
    }
