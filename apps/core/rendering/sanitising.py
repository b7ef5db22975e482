"""The allow-list, and the one place where a string is called safe.

Attributes are listed with the values they may have; free values are left only to what cannot act: the place and the
title of a link, the number a list starts with, and the measures of formulas, which `formulas` has checked already.
"""

import nh3
from django.utils.safestring import SafeString
from pygments.token import STANDARD_TYPES

_BLOCKS = {
    "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "table", "td", "th", "ul",
}  # fmt: skip
_HTML = _BLOCKS | {
    "a", "br", "code", "del", "div", "em", "hr", "pre", "s", "span", "strong", "tbody", "thead", "tr",
}  # fmt: skip
FORMULA_TAGS = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
FORMULA_ATTRIBUTES = {
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle",
    "fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize",
    "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "voffset",
    "width",
}  # fmt: skip
CODE_CLASSES = {name for name in STANDARD_TYPES.values() if name}

_CLEANER = nh3.Cleaner(
    tags=_HTML | FORMULA_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, **dict.fromkeys(FORMULA_TAGS, FORMULA_ATTRIBUTES)},
    tag_attribute_values={
        **{tag: {"dir": {"auto", "rtl"}} for tag in _BLOCKS - {"td", "th"}},
        **{tag: {"dir": {"auto", "rtl"}, "align": {"left", "center", "right"}} for tag in ("td", "th")},
        **{tag: {"dir": {"ltr"}} for tag in ("code", "math")},
        "pre": {"dir": {"ltr", "auto"}},
        "div": {"dir": {"ltr"}, "tabindex": {"0"}},
    },
    allowed_classes={
        "span": CODE_CLASSES | {"image"},
        "code": {"tex"},
        "div": {"formula"},
        "li": {"task"},
        "pre": {"plain"},
    },
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # an output's own addresses lead nowhere here; ours are not its to press
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def sanitised(html: str) -> SafeString:
    """What the allow-list leaves of `html`."""
    return SafeString(_CLEANER.clean(html))
