"""Hostile text: whatever a model writes, nothing of it runs and nothing loads; and all of it can be read."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.rendering import RENDERER_VERSION, to_html

HTML = {
    "a", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre",
    "s", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
MATHML = {
    "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
}  # fmt: skip
ATTRIBUTES = {"dir", "class", "href", "title", "rel", "start", "align", "tabindex"}
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


class Seen(HTMLParser):
    """What a browser would find in the html."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_harmless(html: str) -> Seen:
    """No element, attribute or address that is not expected."""
    seen = Seen(html)
    for tag, attributes in seen.tags:
        assert tag in HTML | MATHML, tag
        for name, value in attributes.items():
            assert name in ATTRIBUTES or (tag in MATHML and re.fullmatch("[a-z]+", name)), (tag, name)
            assert not name.startswith("on") and name not in {"style", "src", "srcset", "id", "name", "action"}
            assert not re.search(r"javascript|vbscript|url\(", value, re.IGNORECASE) or name in {"href", "title"}
        assert attributes.get("class", "") != "turn", "the page's own names cannot be borrowed"
        if "href" in attributes:
            assert tag == "a"
            assert re.match(r"(https?|mailto):", attributes["href"], re.IGNORECASE), attributes["href"]
    return seen


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_runs_and_nothing_loads(text: str) -> None:
    html = to_html(text)
    assert_harmless(html)
    tags = re.findall(r"<\s*/?\s*([a-zA-Z]+)([^>]*)>", html)
    assert {tag for tag, _ in tags} <= {"p", "a", "code", "pre", "br", "em", "strong", "span"}
    assert not [attributes for _, attributes in tags if re.search(r"\bon\w+\s*=|javascript:|data:|src\s*=", attributes)]


@given(st.text())
def test_any_text_renders_without_active_content(text: str) -> None:
    assert_harmless(to_html(text))


PIECES = [
    *HOSTILE, "\n", "\n\n", " ", "    ", "\t", "> ", "- ", "1. ", "* ", "- [x] ", "# ", "```", "```python\n",
    "```math\n", "~~~",
    "`", "``", "$", "$$", r"\(", r"\)", r"\[", r"\]", r"\begin{align}", r"\end{align}", r"\frac", "{", "}", "^", "_",
    r"\href{javascript:alert(1)}{x}", r"\text{<img src=x onerror=alert(1)>}", r"\unicode{x3c}", r"\style{x}", "&",
    "&lt;",
    "&#x3c;", "<", ">", "[", "]", "](", ")", "|", "\n|-|-|\n", "**", "*", "__", "~~", "---", "\\", "\"", "'", "\x00",
    "\x1b",
    "\u202e", "\u2067", "\u2069", "שלום", "سلام", "漢字", "e\u0301", "\ufeff", "\ud800", "<!--", "-->", "<![CDATA[",
    "http://x.example",
    "](javascript:x)", "](&#106;avascript:x)", "[a]: ", "[a]", "![", "!", "=", "+", "a", "word", "0",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_mixture_of_what_markdown_and_tex_are_made_of_is_harmless(text: str) -> None:
    assert_harmless(to_html(text))


@given(st.text(alphabet=st.characters(categories=["L", "N", "Zs"]), min_size=1))
def test_no_letter_is_lost(text: str) -> None:
    seen = Seen(to_html(text)).text
    assert [letter for letter in seen if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


def test_markdown_is_markdown() -> None:
    html = to_html("**bold** `code` ~~no~~\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- one\n- two")
    for part in (
        "<strong>bold</strong>",
        '<code dir="ltr">code</code>',
        "<s>no</s>",
        '<td dir="auto">1</td>',
        '<td dir="auto" align="right">2</td>',
        '<li dir="auto">one</li>',
    ):
        assert part in html


def test_links_tell_their_target_nothing() -> None:
    assert 'rel="noopener noreferrer nofollow"' in to_html("[x](https://example.org)")


@pytest.mark.parametrize("address", ["/accounts/logout/", "//evil.example/", "#answer", "?change=1", "data.html"])
def test_an_output_cannot_link_into_the_product(address: str) -> None:
    html = to_html(f"[x]({address})")
    assert "href" not in html
    assert ">x</a>" in html


@pytest.mark.parametrize("text", ["", " ", "\n\n\t "])
def test_an_empty_text_gives_nothing(text: str) -> None:
    assert to_html(text) == ""


def test_a_text_that_markdown_makes_nothing_of_is_shown_all_the_same() -> None:
    assert "[a]: https://example.org" in to_html("[a]: https://example.org")


def test_an_image_becomes_its_words() -> None:
    assert "[image: a *black* cat &lt;3]" in to_html(r"![a \*black\* cat <3](https://evil.example/cat.png)")
    assert "[image]" in to_html("![](https://evil.example/cat.png)")


def test_tasks_are_signs_and_not_forms() -> None:
    html = to_html("- [ ] open\n- [x] done\n- [link](https://example.org)")
    assert '<li class="task" dir="auto">☐ open</li>' in html
    assert '<li class="task" dir="auto">☑ done</li>' in html
    assert html.count("task") == 2


def test_raw_html_is_text() -> None:
    assert Seen(to_html("<b id=x>not bold</b>")).text.strip() == "<b id=x>not bold</b>"


def test_control_characters_are_seen_and_do_nothing() -> None:
    assert "a␀b␛[31mc�" in to_html("a\x00b\x1b[31mc\x9b")
    assert "�" in to_html("half a pair: \ud83d")


def test_every_block_finds_its_own_direction() -> None:
    html = to_html("# שלום\n\nhello\n\n- שלום\n- hello\n\n> سلام\n\n| שלום | a |\n|-|-|\n| 1 | 2 |\n\n    code")
    blocks = [(tag, a.get("dir")) for tag, a in Seen(html).tags if tag not in {"thead", "tbody", "tr", "code"}]
    assert blocks == [
        ("h1", "auto"), ("p", "auto"), ("ul", "rtl"), ("li", "rtl"), ("li", "auto"), ("blockquote", "rtl"),
        ("p", "auto"), ("table", "rtl"), ("th", "auto"), ("th", "auto"), ("td", "auto"), ("td", "auto"),
        ("pre", "ltr"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "mark", ["\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u202c"]
)
def test_overrides_stay_in_their_block_and_are_named_in_code(mark: str) -> None:
    html = to_html(f"before {mark} after\n\n`x{mark}y`\n\n```python\nx{mark}y\n```")
    assert html.count(mark) == 1
    assert f'<p dir="auto">before {mark} after</p>' in html
    assert Seen(html).text.count(f"x[U+{ord(mark):04X}]y") == 2


def test_what_is_kept_under_this_version_was_made_by_this_renderer() -> None:
    """If this fails, the html changed: raise RENDERER_VERSION, and write the new html here."""
    html = to_html('# A\n\nb `c` $x^2$\n\n```python\nx = "1"\n```\n\n- [x] d\n\n![e](https://f.example)')
    assert RENDERER_VERSION == 2
    assert html == (
        '<h1 dir="auto">A</h1>\n'
        '<p dir="auto">b <code dir="ltr">c</code> <math display="inline" dir="ltr"><mrow><msup><mi>x</mi><mn>2</mn>'
        "</msup></mrow></math></p>\n"
        '<pre dir="ltr"><code><span class="n">x</span> <span class="o">=</span> <span class="s2">"1"</span>\n'
        "</code></pre>\n"
        '<ul dir="auto">\n<li class="task" dir="auto">☑ d</li>\n</ul>\n'
        '<p dir="auto"><span class="image">[image: e]</span></p>\n'
    )
