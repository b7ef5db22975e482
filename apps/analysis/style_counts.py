"""How long a text is and how much Markdown it carries: what style control allows for.

The counts are those of the LMArena leaderboard, outside code: a comment in Python is no heading. Length is in
characters, because no tokenizer is the same for all systems and languages. Texts are strangers' and may be made to
hurt: every expression here takes time in proportion to the text.
"""

import re

# In the order of apps.stats.models.STYLE_NAMES; length stands for its tokens.
FEATURES = ("length", "headers", "lists", "bold")
# So many characters of a text are searched for Markdown; its length is taken from all of it.
SEARCHED = 20_000

_CODE = re.compile(r"^ {0,3}(```|~~~).*?(?:^ {0,3}\1|\Z)", re.MULTILINE | re.DOTALL)
_HEADER = re.compile(r"^ {0,3}#{1,6}[ \t]", re.MULTILINE)
_LIST = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_BOLD = re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__")


def style_counts(length: int, text: str) -> tuple[int, int, int, int]:
    """The counts of `FEATURES` for a text of so many characters, of which `text` is the beginning."""
    prose = _CODE.sub("", text)
    return length, _n(_HEADER, prose), _n(_LIST, prose), _n(_BOLD, prose)


def _n(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
