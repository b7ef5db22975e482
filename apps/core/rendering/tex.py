r"""Finding TeX in Markdown: `$...$`, `$$...$$`, `\(...\)`, `\[...\]` and bare environments.

Dollars and environments are found by mdit-py-plugins. Dollars are money too, and Markdown writes a literal bracket as
`\[`: what reads like words, a price or a footnote's number stays text.
"""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar

from .limits import FORMULA_CHARACTERS

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?(?:\s*\{[^{}]*\})?")
# Two words on end, or one long one and nothing else.
_WORDS = re.compile(
    r"(?<![A-Za-z\d])(?:[A-Za-z]{3,}[,;:.]?\s+[A-Za-z]{2,}|[A-Za-z]{2,}[,;:.]?\s+[A-Za-z]{3,})(?![A-Za-z])"
    r"|\A\s*[A-Za-z]{4,}\s*\Z"
)
_SIGNS = re.compile(r"[\\^_=]|\A\s.*\s\Z", re.DOTALL)

_Inline = Callable[[StateInline, bool], bool]
_Block = Callable[[StateBlock, int, int, bool], bool]


def find_tex(markdown: MarkdownIt) -> None:
    """Teach the parser to see formulas."""
    dollarmath_plugin(markdown, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    amsmath_plugin(markdown)
    dollars = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)
    markdown.inline.ruler.at("math_inline", _unless_it_is_money(dollars))
    # Models write a formula right under a line of text: it must end the paragraph, as a fence does.
    block = _asked_or_told(math_block_dollar(allow_labels=False, allow_blank_lines=False))
    markdown.block.ruler.at("math_block", block, _INTERRUPTS)
    markdown.inline.ruler.before("escape", "tex_brackets", _brackets)
    markdown.block.ruler.before("fence", "tex_brackets", _bracket_block, _INTERRUPTS)


def reads_like_words(tex: str) -> bool:
    """Whether this is prose that happens to stand between two signs of TeX."""
    return _WORDS.search(_COMMAND.sub(" ", tex)) is not None


def _unless_it_is_money(rule: _Inline) -> _Inline:
    def found(state: StateInline, silent: bool) -> bool:
        start = state.pos
        if start and state.src[start - 1].isalnum():  # US$5
            return False
        if not rule(state, True):
            return False
        end, state.pos = state.pos, start
        is_followed = end < len(state.src) and state.src[end].isalnum()
        if is_followed or reads_like_words(state.src[start:end].strip("$")):
            return False
        return rule(state, silent)

    return found


def _asked_or_told(rule: _Block) -> _Block:
    """The library's rule stores its token even when it is only asked whether it would match, or holds nothing."""

    def found(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        n_tokens, line = len(state.tokens), state.line
        matched = rule(state, start, end, silent) and bool(state.tokens[-1].content.strip())
        if silent or not matched:
            del state.tokens[n_tokens:]
            state.line = line
        return matched

    return found


def _brackets(state: StateInline, silent: bool) -> bool:
    r"""`\(...\)` anywhere, and `\[...\]` within a line."""
    opening = state.src[state.pos : state.pos + 2]
    if opening not in (r"\(", r"\["):
        return False
    start = state.pos + 2
    end = state.src.find(r"\)" if opening == r"\(" else r"\]", start, start + FORMULA_CHARACTERS)
    tex = state.src[start:end]
    if end < 0 or not tex.strip() or reads_like_words(tex) or (opening == r"\[" and not _SIGNS.search(tex)):
        return False
    if not silent:
        token = state.push("math_inline" if opening == r"\(" else "math_inline_double", "math", 0)
        token.content = tex
    state.pos = end + 2
    return True


def _bracket_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""`\[` at the start of a line to `\]` at the end of one, with no empty line between."""
    if state.is_code_block(start) or not _line(state, start).startswith(r"\["):
        return False
    last = next((n for n in range(start, end) if _ends(state, n, start)), None)
    if last is None or not (line := _line(state, last).rstrip()).endswith(r"\]"):
        return False
    lines = [_line(state, n) for n in range(start, last)] + [line]
    tex = "\n".join(lines)[2:-2]
    if not tex.strip() or r"\]" in tex or reads_like_words(tex) or not _SIGNS.search(tex):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.content, token.map = True, tex, [start, last + 1]
        state.line = last + 1
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _ends(state: StateBlock, number: int, start: int) -> bool:
    """Where the search for the end of a formula stops: its end, an empty line, or too far away."""
    if state.isEmpty(number) or state.sCount[number] < state.blkIndent:
        return True
    is_far = state.bMarks[number] - state.bMarks[start] > FORMULA_CHARACTERS
    return is_far or _line(state, number).rstrip().endswith(r"\]")
