"""Slices beside one another, regressions first."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.console.words import interval_words, percent_words, share_interval_words, signed

from .interval_plot import plot_of, scale_of
from .links import Reading

Row = dict[str, Any]
COLUMNS = 6  # with more systems the board lists slices, and each slice has its systems on a page of its own


def slices_of(result: Row, address: list[str], reading: Reading) -> Row | None:
    """All slices, those with regressions first, as stored; None for analyses without slices."""
    if not result.get("slices"):
        return None
    baseline = _baseline(result)
    names = [row["system"] for row in result["systems"] if row["system"] != baseline]
    beside = names if len(names) <= COLUMNS else []
    return {
        "names": beside,
        "baseline": baseline,
        "rows": [_slice(found, beside, baseline, address, reading) for found in result["slices"]],
        "n_regressions": sum(len(found["regressions"]) for found in result["slices"]),
    }


def slice_named(result: Row, key: str, value: str) -> Row | None:
    """The stored slice `key` = `value`."""
    found = (row for row in result.get("slices") or () if (row["key"], str(row["value"])) == (key, value))
    return next(found, None)


def slice_rows(found: Row, baseline: str | None, reading: Reading) -> list[Row]:
    """Every system in one slice: strength there, difference to elsewhere, share against the baseline."""
    scale = scale_of(found["systems"])
    against = {row["system"]: row for row in found["against_baseline"]}
    ranked = sorted(found["systems"], key=lambda row: (row["strength"] is None, -(row["strength"] or 0.0)))
    inside = _inside(found)
    return [
        {
            **_difference(row, found["regressions"]),
            **_against(against.get(row["system"])),
            "plot": plot_of(row, scale, None),
            "interval_label": interval_words(row["low"], row["high"]),
            "p_label": "–" if row["p_adjusted"] is None else _p_words(row["p_adjusted"]),
            "url": reading.to(inside, first=row["system"]),
            "against_url": reading.to(inside, first=row["system"], second=baseline) if baseline else None,
            "is_baseline": row["system"] == baseline,
        }
        for row in ranked
    ]


def _baseline(result: Row) -> str | None:
    return next((row["system"] for row in result["systems"] if row["baseline"]), None)


def _inside(found: Row) -> tuple[str, str]:
    return found["key"], str(found["value"])


def _slice(found: Row, names: list[str], baseline: str | None, address: list[str], reading: Reading) -> Row:
    systems = {row["system"]: row for row in found["systems"]}
    against = {row["system"]: row for row in found["against_baseline"]}
    inside, second = _inside(found), {"second": baseline} if baseline else {}
    query = urlencode({"key": found["key"], "value": found["value"]})
    return {
        "label": f"{found['key']} = {found['value']}",
        "url": f"{reverse('console:slice', args=address)}?{query}",
        "reading_url": reading.to(inside),
        "n": found["n"],
        "n_items": found["n_items"],
        "regressions": found["regressions"],
        "cells": [
            cell | {"system": name, "url": reading.to(inside, first=name, **second)} if cell else None
            for name in names
            for cell in [_cell(systems.get(name), against.get(name), baseline, found["regressions"])]
        ],
    }


def _cell(row: Row | None, against: Row | None, baseline: str | None, regressions: list[str]) -> Row | None:
    """One figure a cell: against the baseline where there is one, else against the system itself elsewhere."""
    if row is None or (baseline is not None and against is None):
        return None
    if against is None:
        return {
            "regression": row["system"] in regressions,
            "ahead": row["difference_low"] is not None and row["difference_low"] > 0,
            "label": signed(row["difference"]),
            "interval_label": interval_words(row["difference_low"], row["difference_high"]),
            "n": row["n"],
        }
    return {
        "regression": row["system"] in regressions,
        "ahead": against["low"] is not None and against["low"] > 0.5,
        "label": percent_words(against["share"]),
        "interval_label": share_interval_words(against["low"], against["high"]),
        "n": against["n"],
    }


def _difference(row: Row, regressions: list[str]) -> Row:
    return {
        "system": row["system"],
        "n": row["n"],
        "strength_label": signed(row["strength"]),
        "difference_label": signed(row["difference"]),
        "difference_interval_label": interval_words(row["difference_low"], row["difference_high"]),
        "regression": row["system"] in regressions,
    }


def _against(row: Row | None) -> Row:
    if row is None:
        return {"against_label": "", "against_interval_label": "", "against_n": 0}
    return {
        "against_label": percent_words(row["share"]),
        "against_interval_label": share_interval_words(row["low"], row["high"]),
        "against_n": row["n"],
    }


def _p_words(p: float) -> str:
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")
