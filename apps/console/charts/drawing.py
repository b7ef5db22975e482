"""From a chart to bytes, on the server: no browser, no Node, and nothing fetched from anywhere."""

from collections.abc import Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any

from .look import Look

if TYPE_CHECKING:
    from altair import FacetChart, LayerChart

Row = dict[str, Any]
PNG_SCALE = 2.0  # for screens and slides with small pixels
AROUND = 6  # pixels between a plot and its edge


def finished(
    chart: "LayerChart | FacetChart", look: Look, data: Mapping[str, list[Row]], *, width: int, height: int
) -> Row:
    """The chart in its look, `width` by `height` with everything around it, as checked Vega-Lite.

    `data` are the rows by the names under which the chart asks for them: our own rows need no check, which takes longer
    than drawing them.
    """
    fit = {"type": "fit", "contains": "padding"}
    sized = chart.properties(width=width, height=height, padding=AROUND, autosize=fit)
    return {**sized.to_dict(), "datasets": dict(data), "config": look.config}


def placed(specification: Row, *, left: int, bottom: int) -> Row:
    """The same with so much room for what stands left of the axes and below: nothing is measured, and so it is fast."""
    return {
        **specification,
        "autosize": "none",
        "padding": {"left": left, "right": AROUND, "top": AROUND, "bottom": bottom},
        "width": specification["width"] - left - AROUND,
        "height": specification["height"] - AROUND - bottom,
    }


def svg_of(specification: Row) -> bytes:
    """The plot as SVG. It holds no style attribute, so that our Content-Security-Policy leaves it whole."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]).encode()


def png_of(specification: Row) -> bytes:
    """The plot as PNG."""
    import vl_convert

    return vl_convert.vegalite_to_png(specification, scale=PNG_SCALE, allowed_base_urls=[])


DRAWN_BY = {"svg": (svg_of, "image/svg+xml"), "png": (png_of, "image/png")}


def warm_up() -> Thread:
    """Draw something that nobody sees: the first drawing of a process takes two seconds, and no reader's shall be it.

    In a thread of its own, so that the process serves pages meanwhile.
    """
    warming = Thread(target=_draw_nothing, name="warming up plots", daemon=True)
    warming.start()
    return warming


def _draw_nothing() -> None:
    # Altair looks whether numpy is loaded, and stumbles where another thread is half through with that.
    import numpy  # noqa: F401

    import altair as alt  # isort: skip

    dot = alt.layer(alt.Chart(alt.NamedData("rows")).mark_point().encode(x="x:Q"))
    svg_of(finished(dot, Look(), {"rows": [{"x": 1}]}, width=60, height=60))
