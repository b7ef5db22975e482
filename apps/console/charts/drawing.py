"""From a chart to bytes, on the server: no browser, no Node, and nothing fetched from anywhere."""

from typing import TYPE_CHECKING, Any

from .look import Look

if TYPE_CHECKING:
    from altair import FacetChart, LayerChart

PNG_SCALE = 2.0  # for screens and slides with small pixels


def finished(chart: "LayerChart | FacetChart", look: Look, *, width: int, height: int) -> dict[str, Any]:
    """The chart in its look, `width` by `height` with everything around it, as checked Vega-Lite."""
    sized = chart.properties(width=width, height=height, padding=6, autosize={"type": "fit", "contains": "padding"})
    return {**sized.to_dict(), "config": look.config}


def svg_of(specification: dict[str, Any]) -> bytes:
    """The plot as SVG. It holds no style attribute, so that our Content-Security-Policy leaves it whole."""
    import vl_convert

    return vl_convert.vegalite_to_svg(specification, allowed_base_urls=[]).encode()


def png_of(specification: dict[str, Any]) -> bytes:
    """The plot as PNG."""
    import vl_convert

    return vl_convert.vegalite_to_png(specification, scale=PNG_SCALE, allowed_base_urls=[])


DRAWN_BY = {"svg": (svg_of, "image/svg+xml"), "png": (png_of, "image/png")}
