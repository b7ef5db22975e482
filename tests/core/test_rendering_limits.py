"""Whatever is sent, a page comes back soon: nothing hangs, nothing grows without end, nothing is lost in the depth."""

import time

import pytest

from apps.core.rendering import limits, to_html
from tests.core.test_rendering import Seen, assert_harmless

ORDINARY = """## A heading

Some **bold** text with `code`, [a link](https://example.org/x), $x^2$ and *emphasis*, as a model writes it:

- one thing
  - within another

```python
def f(x):
    return x + 1
```

| a | b |
|---|---|
| 1 | 2 |

"""
MEGABYTE = 1_000_000
PATHOLOGICAL = {
    "quotations": ">" * 10_000,
    "spaced quotations": "> " * 10_000 + "a",
    "brackets": "[" * 10_000,
    "links": "[" * 10_000 + "a" + "](u)" * 10_000,
    "images": "![" * 50_000,
    "lists": "\n".join("  " * depth + "- a" for depth in range(300)),
    "lists in one line": "- " * 10_000 + "a",
    "emphasis": "*a **b " * 10_000,
    "closed emphasis": "a**b" * 20_000 + "c*" * 20_000,
    "much emphasis": "*" * 20_000 + "a" + "*" * 20_000,
    "underscores": "_a " * 20_000 + "a_ " * 20_000,
    "backticks": "".join("`" * n + " e" for n in range(600)),
    "less than": "<" * 100_000,
    "ampersands": "&" * 100_000,
    "link destinations": "[a](" * 50_000,
    "references": "[a]: u\n\n" + "[a]" * 60_000,
    "a long address, often": "[a]: " + "u" * 100_000 + "\n\n" + "[a]" * 30_000,
    "dollars": "$a" * 100_000,
    "open displays": "$$ a\n" * 30_000,
    "open environments": "\\begin{align}\n" * 12_000,
    "open round brackets": "\\(" * 100_000,
    "open square brackets": "\\[\n" * 50_000,
    "formulas": " ".join(f"$x_{{{n}}}$" for n in range(17_000)),
    "a wide table": "|" * 10_000 + "\n" + "|-" * 10_000 + "\n" + "|\n" * 10_000,
    "a long table": "|a|b|\n|-|-|\n" + "|1|2|\n" * 20_000,
    "paragraphs": "a\n\n" * 60_000,
    "fences": "```py\nx\n```\n" * 15_000,
    "one line": "a" * MEGABYTE,
    "overrides": "\u202e" * 100_000,
    "accents": "a" + "\u0301" * 100_000,
    "nulls": "\0" * 100_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_no_text_takes_long_or_grows_without_end(name: str) -> None:
    text = PATHOLOGICAL[name]
    began = time.thread_time()
    html = to_html(text)
    assert time.thread_time() - began < 2
    assert 0 < len(html) < 20_000_000


def test_a_megabyte_of_ordinary_text_is_shown_as_written_and_less_as_markdown() -> None:
    began = time.thread_time()
    long, short = to_html((ORDINARY * 5000)[:MEGABYTE]), to_html((ORDINARY * 2000)[:100_000])
    assert time.thread_time() - began < 2
    assert long.startswith('<pre class="plain" dir="auto">## A heading')
    assert short.startswith('<h2 dir="auto">A heading</h2>')


@pytest.mark.parametrize("text", ["> " * 30 + "deepest", "  \n".join("  " * n + "- deepest" for n in range(40))])
def test_what_is_nested_too_deeply_is_shown_and_not_dropped(text: str) -> None:
    html = to_html(text)
    assert "deepest" in html


def test_twenty_lists_inside_one_another_are_still_lists() -> None:
    html = to_html("\n".join("  " * n + f"- level {n}" for n in range(20)))
    assert html.count("<ul") == 20
    assert "level 19" in html


def test_one_address_is_not_multiplied_into_gigabytes() -> None:
    text = "[a]: https://x.example/" + "u" * 50_000 + "\n\n" + "[a] " * 5000
    assert len(to_html(text)) < 2 * len(text)


def test_the_fallback_is_the_text_itself_escaped() -> None:
    text = "<script>alert(1)</script> & *" + "x" * limits.MARKDOWN_CHARACTERS
    seen = assert_harmless(to_html(text))
    assert seen.text == text
    assert [tag for tag, _ in seen.tags] == ["pre"]


def test_a_library_that_fails_costs_the_markdown_and_not_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> str:
        raise KeyError("a bug of somebody's")

    monkeypatch.setattr("apps.core.rendering.markdown_to_html", fail)
    assert Seen(to_html("**text**")).text == "**text**"


def test_the_clock_ends_what_the_limits_did_not_foresee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_SECONDS", -1.0)
    assert to_html("a *b* " * 100).startswith('<pre class="plain"')
