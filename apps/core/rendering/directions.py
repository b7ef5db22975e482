"""Right-to-left texts: every block finds its own direction, and none can turn another's.

A block with a `dir` is isolated by the browser, and what a text embeds or overrides (U+202A to U+202E, U+2066 to
U+2069) ends with its block, closed or not (Unicode Standard Annex 9, X8). So `dir` on every block is the wall between
the text and the rest of the page. `auto` looks at a block's own letters only and not into blocks inside it: a list or
a quotation whose first letter is right-to-left is told so, or its marks would stand on the wrong side.
"""

import unicodedata
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

_LEAVES = {"paragraph_open", "heading_open", "td_open", "th_open"}
_CONTAINERS = {"list_item_open", "bullet_list_open", "ordered_list_open", "blockquote_open", "table_open"}
_ALIGNED = {"text-align:left": "left", "text-align:center": "center", "text-align:right": "right"}


def give_directions(tokens: Sequence[Token]) -> None:
    """Set `dir` on every block, and `align` on cells in place of an inline style."""
    firsts = _first_letters_after(tokens)
    for token, first_is_rtl in zip(reversed(tokens), firsts, strict=True):
        if token.type in _LEAVES:
            token.attrSet("dir", "auto")
        elif token.type in _CONTAINERS:
            token.attrSet("dir", "rtl" if first_is_rtl else "auto")
        if align := _ALIGNED.get(str(token.attrs.get("style", ""))):
            token.attrSet("align", align)


def _first_letters_after(tokens: Sequence[Token]) -> Iterator[bool]:
    """For each token, from the last to the first: is the next letter with a direction right-to-left?

    The next letter may lie behind the container's end; then the container has none, and its direction matters to
    nobody.
    """
    is_rtl = False
    for token in reversed(tokens):
        if token.type == "inline" and (found := _direction_of(token.content)):
            is_rtl = found != "L"
        yield is_rtl


def _direction_of(text: str) -> str | None:
    """`L`, `R` or `AL`: of the first letter that has a direction."""
    return next((kind for kind in map(unicodedata.bidirectional, text) if kind in {"L", "R", "AL"}), None)
