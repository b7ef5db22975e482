"""Every plot by its name: what it is drawn from, how large it is, and where a page finds it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from apps.analysis.history import history_of
from apps.analysis.models import Analysis
from apps.core.errors import NotFound

from . import history, scatter, strengths
from .drawing import DRAWN_BY
from .look import Look


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of an analysis: what it shows, the specification of its chart, its size. `stays`: it never changes."""

    shown: Callable[[Analysis], Any]
    chart: Callable[[Any, Look], dict[str, Any]]
    size: Callable[[Any, Look], tuple[int, int]]
    stays: bool = True


def _result(analysis: Analysis) -> Any:
    return json.loads(analysis.result)


def _scatter(axis: scatter.Axis) -> Plot:
    return Plot(_result, partial(_scatter_chart, axis=axis), scatter.size_of)


def _scatter_chart(result: Any, look: Look, *, axis: scatter.Axis) -> dict[str, Any]:
    return scatter.scatter_chart(result, axis, look)


PLOTS = {
    "strengths": Plot(_result, strengths.strengths_chart, strengths.size_of),
    "cost": _scatter(scatter.COST),
    "latency": _scatter(scatter.LATENCY),
    "both-bad": _scatter(scatter.BOTH_BAD),
    # A cut between two others can still be computed, and then belongs on the line.
    "history": Plot(history_of, history.history_chart, history.size_of, stays=False),
}


def plot_named(name: str) -> Plot:
    """The plot of that name."""
    if name not in PLOTS:
        raise NotFound(f"There is no such plot. Choose from: {', '.join(PLOTS)}.")
    return PLOTS[name]


def drawn(plot: Plot, analysis: Analysis, look: Look, form: str) -> tuple[bytes, str]:
    """The plot's bytes in this form (`svg` or `png`), and their content type."""
    if form not in DRAWN_BY:
        raise NotFound("Plots are drawn as svg or png.")
    draw, content_type = DRAWN_BY[form]
    return draw(plot.chart(plot.shown(analysis), look)), content_type


def picture_of(name: str, address: list[str], shown: Any, *, alt: str) -> dict[str, Any]:
    """A plot for the component `picture.html`. `address`: workspace, study and public id of the analysis."""
    url = partial(reverse, "console:plot")
    svg, png = (url(args=[*address, name, form]) for form in ("svg", "png"))
    sources = [
        _source(name, svg, shown, Look(theme, narrow)) for narrow in (True, False) for theme in ("dark", "light")
    ]
    return {
        "sources": sources,
        "src": svg,
        **sources[-1],
        "alt": alt,
        "svg": f"{svg}?download=1",
        "png": f"{png}?download=1",
    }


def _source(name: str, svg: str, shown: Any, look: Look) -> dict[str, Any]:
    """Printed pages are light: only screens are asked what they prefer."""
    wanted = {"theme": "dark"} if look.theme == "dark" else {}
    wanted |= {"narrow": "1"} if look.narrow else {}
    media = [
        words
        for words in (
            "(width < 48rem)" if look.narrow else "",
            "(prefers-color-scheme: dark)" if look.theme == "dark" else "",
        )
        if words
    ]
    width, height = PLOTS[name].size(shown, look)
    return {
        "media": " and ".join(["screen", *media]),
        "srcset": f"{svg}?{urlencode(wanted)}" if wanted else svg,
        "width": width,
        "height": height,
    }
