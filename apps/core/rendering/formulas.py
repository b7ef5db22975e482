"""TeX to MathML, which a browser draws without a script. What cannot be converted is shown as it was written.

The converter is a library's; its tree is taken, not its text: that text is not escaped. Only known elements leave,
with known attributes, and no length that could lay one thing over another. Colours are dropped: they hide as well as
they show. Definitions (`\\newcommand`, `\\def`) are not followed: a few lines of them can stand for a page of a
gigabyte.
"""

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element

from .limits import FORMULA_DEPTH, Budget
from .sanitising import FORMULA_ATTRIBUTES, FORMULA_TAGS

_DEFINES = re.compile(r"\\(?:re)?(?:newcommand|newenvironment)|\\provide|\\[gex]?def\b|\\let\b|\\Declare|\\require\b")
_SECOND_NAMES = {
    "aligned": "align*", "align": "align*", "alignedat": "align*", "split": "align*", "flalign": "align*",
    "flalign*": "align*", "eqnarray": "align*", "eqnarray*": "align*", "gather": "matrix", "gather*": "matrix",
    "gathered": "matrix", "multline": "matrix", "multline*": "matrix", "dcases": "cases", "rcases": "cases",
}  # fmt: skip
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([a-z]+\*?)\}")
_EQUATION = re.compile(r"\\(?:begin|end)\s*\{equation\*?\}|\\(?:nonumber|notag)(?![a-zA-Z])")
_CHARACTER = re.compile(r"&#x[0-9A-Fa-f]{1,6};")
_UNKNOWN = re.compile(r"\\[a-zA-Z]+")
_LENGTHS = {"depth", "height", "linethickness", "lspace", "maxsize", "minsize", "rspace", "voffset", "width"}
_LENGTH = re.compile(r"([+-]?)(\d{0,3}(?:\.\d{1,4})?)(em|ex|px|pt|cm|mm|in|)")
_PER_EM = {"em": 1.0, "ex": 2.0, "px": 16.0, "pt": 12.0, "cm": 0.42, "mm": 4.2, "in": 0.17, "": 1.0}
_LONGEST_EM, _FURTHEST_BACK_EM = 10.0, 1.0
_PLAIN_VALUE = re.compile(r"[a-z0-9. -]{1,80}")
_WIDE_CHARACTERS = 60


def formula_to_html(tex: str, *, display: bool, budget: Budget) -> str:
    """MathML, or the source in `<code>`: what stands within a paragraph. Still to be sanitised."""
    source = tex.strip()
    math = _convert(source, display) if source and budget.takes_formula(source) else None
    return f'<code class="tex" dir="ltr">{html.escape(source)}</code>' if math is None else math


def formula_block_to_html(tex: str, *, budget: Budget) -> str:
    """The same as a block of its own."""
    source = tex.strip()
    math = formula_to_html(source, display=True, budget=budget)
    if not math.startswith("<math"):
        return f'<pre dir="ltr">{math}</pre>\n'
    # A formula does not break into lines: a long one scrolls, and what scrolls must be within reach of the keyboard.
    reach = ' tabindex="0"' if len(source) > _WIDE_CHARACTERS else ""
    return f'<div class="formula" dir="ltr"{reach}>{math}</div>\n'


@lru_cache(maxsize=1024)
def _convert(tex: str, display: bool) -> str | None:
    """The formula as MathML, or None."""
    from latex2mathml.converter import convert_to_element  # a table of 4,000 signs: read at the first formula

    if _DEFINES.search(tex):
        return None
    kind = "block" if display else "inline"
    try:
        tree = convert_to_element(_in_known_words(tex), display=kind)
        inner = "".join(_written(child, FORMULA_DEPTH) for child in tree)
    except Exception:  # the converter has no one error of its own: it may end in any, deep recursion among them
        return None
    return f'<math display="{kind}" dir="ltr">{inner}</math>'


class _NotConverted(Exception):
    pass


def _in_known_words(tex: str) -> str:
    """Environments under names the converter knows; lines outside of any, set under one another."""
    renamed = _ENVIRONMENT.sub(_rename, _EQUATION.sub("", tex))
    if r"\\" not in renamed or r"\begin" in renamed:
        return renamed
    around = "align*" if re.search(r"(?<!\\)&", renamed) else "matrix"
    return rf"\begin{{{around}}}{renamed}\end{{{around}}}"


def _rename(found: re.Match[str]) -> str:
    return rf"\{found[1]}{{{_SECOND_NAMES.get(found[2], found[2])}}}"


def _written(element: Element, depth: int) -> str:
    """An element and what is in it as text. Refuses what was left unconverted, or is nested too deeply."""
    text = _CHARACTER.sub(lambda found: html.unescape(found[0]), element.text or "")
    is_left_over = element.tag == "mi" and (text == "&" or _UNKNOWN.fullmatch(text))
    if element.tag not in FORMULA_TAGS or not depth or is_left_over or "linebreak" in element.attrib:
        raise _NotConverted
    inner = "".join(_written(child, depth - 1) for child in element)
    attributes = "".join(f' {name}="{value}"' for name, value in element.attrib.items() if _is_harmless(name, value))
    return f"<{element.tag}{attributes}>{html.escape(text)}{inner}</{element.tag}>"


def _is_harmless(name: str, value: str) -> bool:
    if name not in FORMULA_ATTRIBUTES:
        return False
    return _is_modest(value) if name in _LENGTHS else _PLAIN_VALUE.fullmatch(value) is not None


def _is_modest(length: str) -> bool:
    """Short enough, and not so far back that one thing would lie upon another."""
    found = _LENGTH.fullmatch(length)
    if not found or not found[2]:
        return False
    ems = float(found[2]) / _PER_EM[found[3]]
    return ems <= (_FURTHEST_BACK_EM if found[1] == "-" else _LONGEST_EM)
