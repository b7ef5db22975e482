"""Markdown as models write it: tables, strikethrough, task lists, code, TeX. Raw HTML is text, an image its words.

The parser is a library's; here it is set up, its tokens are given their direction, and a few of them another face.
"""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from .directions import give_directions
from .formulas import formula_block_to_html, formula_to_html
from .highlighting import code_to_html
from .limits import ADDRESS_CHARACTERS, BLOCK_DEPTH, TOKEN_DEPTH, Budget, TooMuch
from .tex import find_tex

_INTERRUPTS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def markdown_to_html(text: str, budget: Budget) -> str:
    """HTML that still has to be sanitised. Raises TooMuch."""
    markdown = _markdown()
    env: dict[str, Any] = {"budget": budget}
    tokens = markdown.parse(text, env)
    _refuse_bombs(tokens)
    _tick_tasks(tokens)
    give_directions(tokens)
    return str(markdown.renderer.render(tokens, markdown.options, env))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # Breaks: models mean the line ends they write. The parser drops, without a word, what is nested deeper than
    # maxNesting: it stands higher than our own limit, which refuses aloud.
    options = {"html": False, "breaks": True, "maxNesting": BLOCK_DEPTH + 10}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    find_tex(markdown)
    markdown.inline.ruler.before("text", "budget", _spend_inline)
    markdown.block.ruler.before("table", "budget", _spend_block, _INTERRUPTS)
    faces = {
        "fence": _fence, "code_block": _code_block, "code_inline": _code_inline, "image": _image,
        "math_inline": _formula, "math_inline_double": _display,
        "math_block": _formula_block, "amsmath": _formula_block,
    }  # fmt: skip
    for name, face in faces.items():
        markdown.add_render_rule(name, face)
    return markdown


def _spend_inline(state: StateInline, silent: bool) -> bool:
    state.env["budget"].check()
    return False


def _spend_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    state.env["budget"].check()
    if state.level > BLOCK_DEPTH:
        raise TooMuch
    return False


def _refuse_bombs(tokens: Sequence[Token]) -> None:
    """Emphasis nests without limit, and one address written once may be referred to a thousand times."""
    addresses = 0
    for token in tokens:
        for child in token.children or ():
            if child.level > TOKEN_DEPTH:
                raise TooMuch
            addresses += sum(len(str(value)) for value in child.attrs.values())
    if addresses > ADDRESS_CHARACTERS:
        raise TooMuch


def _tick_tasks(tokens: Sequence[Token]) -> None:
    """A task's box as a sign and not as a form's element, which nobody here could tick."""
    for item, _, inline in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if item.type != "list_item_open" or not inline.children or inline.children[0].type != "text":
            continue
        text = inline.children[0]
        if sign := _TASKS.get(text.content[:4]):
            text.content = sign + text.content[4:]
            item.attrSet("class", "task")


# Faces: what the renderer calls for a token; the first argument is the renderer itself ---------------------------


def _fence(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token, words = tokens[at], tokens[at].info.split()
    language = words[0] if words else ""
    if language == "math":
        return formula_block_to_html(token.content, budget=env["budget"])
    return f'<pre dir="ltr"><code>{code_to_html(token.content, language, env["budget"])}</code></pre>\n'


def _code_block(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f'<pre dir="ltr"><code>{code_to_html(tokens[at].content, "", env["budget"])}</code></pre>\n'


def _code_inline(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f'<code dir="ltr">{code_to_html(tokens[at].content, "", env["budget"])}</code>'


def _image(renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    words = renderer.renderInlineAsText(tokens[at].children or [], options, env).strip()
    return f'<span class="image">[image: {escape(words)}]</span>' if words else '<span class="image">[image]</span>'


def _formula(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return formula_to_html(tokens[at].content, display=False, budget=env["budget"])


def _display(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return formula_to_html(tokens[at].content, display=True, budget=env["budget"])


def _formula_block(_: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return formula_block_to_html(tokens[at].content, budget=env["budget"])
