"""Hostile text: whatever a model writes, nothing of it runs and nothing loads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.rendering import to_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<iframe src='https://evil.example'></iframe>",
    "<svg/onload=alert(1)>",
    "<a href='x' onclick='alert(1)'>x</a>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<form action='https://evil.example'><button>x</button></form>",
    "[x]: javascript:alert(1)\n\n[x]",
    "`</code><script>alert(1)</script>`",
    "```\n</pre><img src=x onerror=alert(1)>\n```",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_runs_and_nothing_loads(text: str) -> None:
    tags = re.findall(r"<\s*/?\s*([a-zA-Z]+)([^>]*)>", to_html(text))
    assert {tag for tag, _ in tags} <= {"p", "a", "code", "pre", "br", "em", "strong"}
    assert not [attributes for _, attributes in tags if re.search(r"\bon\w+\s*=|javascript:|data:|src\s*=", attributes)]


@given(st.text())
def test_any_text_renders_without_active_content(text: str) -> None:
    html = to_html(text)
    assert not re.search(r"<\s*(script|img|iframe|style|form|svg|object|link|meta)\b", html, re.IGNORECASE)


def test_markdown_is_markdown() -> None:
    html = to_html("**bold** `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two")
    for part in ("<strong>bold</strong>", "<code>code</code>", "<td>1</td>", "<li>one</li>"):
        assert part in html


def test_links_tell_their_target_nothing() -> None:
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://example.org)")
