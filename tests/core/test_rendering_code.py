"""Code: highlighted when its language is named, whole in any case, and never for long."""

import re
import time
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from apps.core.rendering import limits, to_html
from apps.core.rendering.highlighting import ALIASES, LANGUAGES, code_to_html
from apps.core.rendering.limits import Budget
from apps.core.rendering.sanitising import CODE_CLASSES
from tests.core.test_rendering import Seen

pytestmark = pytest.mark.slow

SOURCE = 'def f(x):\n    return "<b>" + str(x)  # why\n'


def test_a_named_language_is_highlighted_with_classes_and_no_styles() -> None:
    html = to_html(f"```python\n{SOURCE}```")
    assert '<span class="k">def</span>' in html
    assert "style" not in html
    assert Seen(html).text.strip() == SOURCE.strip()


@pytest.mark.parametrize("info", ["", "klingon", '"><script>alert(1)</script>', "python2000", "../../x", "brainfuck"])
def test_an_unknown_or_absent_language_is_plain_and_never_guessed(info: str) -> None:
    html = to_html(f"```{info}\n{SOURCE}```")
    assert html.startswith('<pre dir="ltr"><code>def f(x)')
    assert "<span" not in html


@pytest.mark.parametrize("info", ["Python", "py", "python title=x", "PY3"])
def test_names_are_read_as_people_write_them(info: str) -> None:
    assert ("<span" in to_html(f"```{info}\n{SOURCE}```")) == (info != "PY3")


def test_every_language_has_a_lexer_and_every_alias_a_language() -> None:
    assert set(ALIASES.values()) <= LANGUAGES
    for language in LANGUAGES:
        assert Seen(code_to_html("x = 1\n", language, Budget())).text == "x = 1\n"
        assert Seen(code_to_html("\n x = 1", language, Budget())).text == "\n x = 1"


def test_a_very_long_block_is_plain_and_so_are_blocks_after_very_much_code() -> None:
    line = "x = 1\n"
    over = line * (limits.CODE_CHARACTERS // len(line) + 1)
    assert "<span" not in to_html(f"```python\n{over}```")
    block = f"```python\n{line * 5000}```\n\n"
    assert to_html(block * 5).count("<pre") == 5
    *highlighted, last = to_html(block * 5).split("<pre")[1:]
    assert "<span" in highlighted[0]
    assert "<span" not in last


@given(st.text(), st.sampled_from(sorted(LANGUAGES)))
def test_highlighting_changes_no_character(code: str, language: str) -> None:
    html = to_html("x\n\n~~~~~~~~ " + language + "\n" + code.replace("~", "") + "\n~~~~~~~~")
    plain = to_html("x\n\n~~~~~~~~ klingon\n" + code.replace("~", "") + "\n~~~~~~~~")
    assert Seen(html).text == Seen(plain).text
    classes = {attributes["class"] for tag, attributes in Seen(html).tags if tag == "span"}
    assert classes <= CODE_CLASSES


# What makes expressions go back and forth: long runs of words, blanks, openings and quotes, in lines as long as are
# highlighted at all.
PIECES = ["a b ", "a" + " " * 60, "(", "<a ", '"', "/*"]


@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_language_can_be_made_to_hang(language: str) -> None:
    for piece in PIECES:
        line = (piece * 1900)[:1900] + "\n"
        code = line * (40_000 // len(line))
        began = time.thread_time()
        html = code_to_html(code, language, Budget())
        assert time.thread_time() - began < 2, piece
        assert Seen(html).text == code


@pytest.mark.parametrize("code", ["x" * 5000, "int f(" + " " * 5000, "x\n" + "\n" * 5000])
def test_what_no_program_looks_like_is_plain_at_once(code: str) -> None:
    began = time.thread_time()
    assert "<span" not in code_to_html(code, "c", Budget())
    assert time.thread_time() - began < 0.1


def test_a_lexer_that_takes_too_long_costs_its_colours_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_SECONDS", -1.0)
    assert code_to_html("x = 1\n" * 100, "python", Budget()) == "x = 1\n" * 100


# Colours --------------------------------------------------------------------------------------------------------

CSS = Path(settings.BASE_DIR) / "static" / "css"


def colours(token: str) -> list[str]:
    """The light and the dark value of a colour of tokens.css."""
    found = re.search(rf"--{token}: light-dark\((#\w{{6}}), (#\w{{6}})\);", (CSS / "tokens.css").read_text())
    assert found is not None, token
    return [found[1], found[2]]


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_colour_of_code_can_be_read_on_its_ground() -> None:
    used = set(re.findall(r"color: var\(--([a-z-]+)\)", (CSS / "code.css").read_text()))
    assert used
    for token in used:
        for colour, ground in zip(colours(token), colours("well"), strict=True):
            darker, lighter = sorted((luminance(colour), luminance(ground)))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, token


def test_only_classes_that_are_let_through_are_coloured() -> None:
    css = re.sub(r"/\*.*?\*/", "", (CSS / "code.css").read_text(), flags=re.DOTALL)
    assert set(re.findall(r"\.([a-z0-9]+)\b(?=[,) ]|\s*\{)", css)) - {"prose"} <= CODE_CLASSES
