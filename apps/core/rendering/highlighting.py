"""Code to HTML: highlighted by Pygments when the text names a language, never by guessing."""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape
from typing import Any

from pygments import format as format_tokens
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from .limits import Budget, TooMuch

# Languages that models answer in, of Pygments' six hundred. A lexer is a heap of regular expressions, and one that
# backtracks for ever cannot be stopped from outside: only those are here that were tried on hostile code
# (tests/core/test_rendering_code.py tries each of them again).
LANGUAGES = {
    "bash", "c", "clojure", "cmake", "cpp", "csharp", "css", "dart", "diff", "docker", "elixir", "erlang", "fortran",
    "go", "graphql", "groovy", "haskell", "html", "http", "ini", "java", "javascript", "json", "julia", "kotlin",
    "latex", "lua", "make", "matlab", "nginx", "objective-c", "ocaml", "perl", "php", "powershell", "prolog",
    "protobuf", "python", "r", "ruby", "rust", "scala", "scheme", "scss", "solidity", "sql", "swift", "terraform",
    "toml", "typescript", "xml", "yaml",
}  # fmt: skip
ALIASES = {
    "c#": "csharp", "c++": "cpp", "console": "bash", "cs": "csharp", "dockerfile": "docker", "ex": "elixir",
    "gql": "graphql", "golang": "go", "hs": "haskell", "htm": "html", "js": "javascript", "jsonc": "json",
    "json5": "json", "jsx": "javascript", "jl": "julia", "kt": "kotlin", "makefile": "make", "mysql": "sql",
    "node": "javascript", "objc": "objective-c", "patch": "diff", "pl": "perl", "plsql": "sql", "postgres": "sql",
    "postgresql": "sql", "proto": "protobuf", "ps1": "powershell", "py": "python", "python3": "python", "rb": "ruby",
    "rs": "rust", "sass": "scss", "sh": "bash", "shell": "bash", "sqlite": "sql", "svg": "xml", "tex": "latex",
    "tf": "terraform", "ts": "typescript", "tsx": "typescript", "udiff": "diff", "yml": "yaml", "zsh": "bash",
}  # fmt: skip
# What lexers go back and forth over for minutes, and programs do not hold: C's takes a run of spaces for the inside of
# a function's head, in every way there is to cut it.
_UNLIKE_CODE = re.compile(r"\s{120}|[^\n]{2000}")
# In code an override that turns letters round is a trick upon the reader (Boucher and Anderson 2023, "Trojan
# Source"): it is shown by its name.
_NAMED = {n: f"[U+{n:04X}]" for n in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def code_to_html(code: str, language: str, budget: Budget) -> str:
    """Escaped code, with spans of Pygments' short classes if the language is known and the budget allows."""
    shown = code.translate(_NAMED)
    name = language.lower()
    name = ALIASES.get(name, name)
    if name not in LANGUAGES or _UNLIKE_CODE.search(shown) or not budget.takes_code(shown):
        return escape(shown)
    try:
        tokens = list(_checked(_lexer(name).get_tokens(shown), budget))
    except TooMuch:
        return escape(shown)
    if "".join(text for _, text in tokens) != shown:  # some lexers mend what they read
        return escape(shown)
    html = str(format_tokens(tokens, _formatter()))
    return html if shown.endswith("\n") else html.removesuffix("\n")  # the formatter ends every line


def _checked(tokens: Iterator[Any], budget: Budget) -> Iterator[Any]:
    for token in tokens:
        budget.check()
        yield token


@lru_cache(maxsize=64)
def _lexer(name: str) -> Any:
    # Nothing of the code is trimmed: what the rater sees is what the model wrote. PHP mostly comes without its tag.
    options = {"startinline": True} if name == "php" else {}
    return get_lexer_by_name(name, stripnl=False, ensurenl=False, **options)


@lru_cache(maxsize=1)
def _formatter() -> Any:
    return HtmlFormatter(nowrap=True)
