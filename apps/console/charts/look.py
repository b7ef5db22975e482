"""The one visual language of all plots: the tokens of the style sheet, light or dark, wide or narrow."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal
from unicodedata import east_asian_width

from django.conf import settings

Theme = Literal["light", "dark"]
NARROW = 340
FONT_SIZE = 12
# Inside an image browsers have no fonts of the page's, only the reader's own. Each family that is not there is looked
# for again for every word that is measured: the page's whole list made plots twice as slow.
FONT = "system-ui, sans-serif"
# How wide a letter is drawn, at most and on average, in pixels: Vega's own measuring takes 2 ms a word.
_LETTER, _CAPITAL, _IDEOGRAPH = 7.2, 9.0, 12.5


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
            "font": FONT,
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
                "tickCount": 4 if self.narrow else 6,
            },
            "text": {"fontSize": FONT_SIZE, "color": self.colour("ink")},
        }


@cache
def _tokens() -> dict[str, tuple[str, str]]:
    sheet = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", sheet)
    return {name: (light, dark) for name, light, dark in found}


def room_of(text: str) -> float:
    """About so many pixels a text takes; rather more than less."""
    return sum(_width(letter) for letter in text)


def shortened(text: str, room: float) -> str:
    """The text, or as much of its beginning as has room, and a sign that it goes on."""
    if room_of(text) <= room:
        return text
    ends = accumulate(map(_width, text), initial=_width("…"))
    return text[: sum(end <= room for end in ends) - 1] + "…"


def _width(letter: str) -> float:
    if east_asian_width(letter) in "WF":
        return _IDEOGRAPH
    return _CAPITAL if letter.isupper() or letter in "mw@%" else _LETTER
