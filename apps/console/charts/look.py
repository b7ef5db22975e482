"""The one visual language of all plots: the tokens of the style sheet, light or dark, wide or narrow."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings

Theme = Literal["light", "dark"]
NARROW = 340
FONT_SIZE = 12


@dataclass(frozen=True, slots=True)
class Look:
    """How a plot is drawn. Plots for phones are drawn narrow: a wide one, shrunk, could not be read."""

    theme: Theme = "light"
    narrow: bool = False

    def colour(self, token: str) -> str:
        """A colour of the style sheet, by the name of its custom property."""
        return _tokens()[token][1 if self.theme == "dark" else 0]

    def width(self, wide: int) -> int:
        """The width of a plot that is `wide` where there is room."""
        return NARROW if self.narrow else wide

    @property
    def config(self) -> dict[str, Any]:
        """Vega-Lite's configuration: quiet axes, the page's type, nothing for screen readers inside the picture.

        The picture is an image to the page, with an alternative text of its own.
        """
        return {
            "background": self.colour("sheet"),
            "font": _font(),
            "aria": False,
            "view": {"stroke": None},
            "axis": {
                "domainColor": self.colour("line-strong"),
                "gridColor": self.colour("line"),
                "tickColor": self.colour("line-strong"),
                "labelColor": self.colour("ink-soft"),
                "titleColor": self.colour("ink-soft"),
                "labelFontSize": FONT_SIZE,
                "titleFontSize": FONT_SIZE,
                "titleFontWeight": "normal",
                "labelLimit": 150 if self.narrow else 260,
                "tickCount": 4 if self.narrow else 6,
            },
            "text": {"fontSize": FONT_SIZE, "color": self.colour("ink")},
        }


def _sheet() -> str:
    return (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()


@cache
def _tokens() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", _sheet())
    return {name: (light, dark) for name, light, dark in found}


@cache
def _font() -> str:
    stack = re.search(r"--chrome: ([^;]+);", _sheet())
    return re.sub(r"\s+", " ", stack[1].replace('"', "'")) if stack else "sans-serif"
