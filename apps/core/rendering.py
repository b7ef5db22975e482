"""Hostile text to safe HTML. Whatever a model or a person wrote passes through here before a page shows it.

Markdown is rendered with raw HTML switched off, then sanitised by an allow-list: no images, frames, scripts,
styles, forms or event handlers; nothing loads from anywhere. Links keep only http(s) and mailto, open nothing by
themselves and tell their target nothing.
"""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # No images: an image is a request to somewhere. Breaks: models mean the line ends they write.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"]).disable("image")


def to_html(text: str) -> SafeString:
    """Markdown to sanitised HTML. Never raises, whatever the text."""
    html = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return SafeString(html)  # sanitised one line above
