"""Hostile text to safe HTML. Whatever a model or a person wrote passes through here before a page shows it.

Markdown, tables, code and TeX are rendered with raw HTML switched off, then sanitised by an allow-list: no images,
frames, scripts, styles, forms, ids or event handlers; nothing loads from anywhere. What Markdown would take too long
over, or lose in too deep a nest, is shown as it was written.

`to_html` renders, `cached.rendered` renders once and remembers. A change of what `to_html` returns, our own or a
library's, raises RENDERER_VERSION: nothing kept under another number is ever served.
"""

import logging
import re
from html import escape

from django.utils.safestring import SafeString

from .limits import MARKDOWN_CHARACTERS, Budget, TooMuch
from .markdown import markdown_to_html
from .sanitising import sanitised

__all__ = ["RENDERER_VERSION", "to_html"]

RENDERER_VERSION = 2

_log = logging.getLogger(__name__)
# Control characters are shown by their pictures, so that they are seen and do nothing; halves of surrogate pairs,
# which no page can hold, by the replacement character. Line ends and tabs stay.
_PICTURES: dict[int, int] = {n: 0x2400 + n for n in range(0x20) if chr(n) not in "\t\n\r"}
_PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
_SURROGATES = re.compile("[\ud800-\udfff]")


def to_html(text: str) -> SafeString:
    """Markdown to sanitised HTML, in bounded time. Never raises, whatever the text; empty for a text of nothing."""
    if not text.strip():
        return SafeString("")
    printable = _SURROGATES.sub("\ufffd", text.translate(_PICTURES))
    if len(printable) > MARKDOWN_CHARACTERS:
        return _as_written(printable)
    try:
        html = sanitised(markdown_to_html(printable, Budget()))
        # To Markdown a text may be nothing (only addresses of links): the rater sees it all the same.
        return html if html.strip() else _as_written(printable)
    except TooMuch:
        return _as_written(printable)
    except Exception:  # whatever a library trips over, the rater sees the text
        _log.warning("A text of %d characters could not be rendered and is shown as written.", len(text), exc_info=True)
        return _as_written(printable)


def _as_written(text: str) -> SafeString:
    return sanitised(f'<pre class="plain" dir="auto">{escape(text)}</pre>')
