"""Counts of length and Markdown, and texts that are made to be slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.analysis.style_counts import FEATURES, SEARCHED, style_counts
from apps.stats.models import STYLE_NAMES


def markdown_of(text: str) -> tuple[int, int, int]:
    return style_counts(len(text), text)[1:]


def test_the_features_stand_in_the_order_of_the_statistics():
    assert len(FEATURES) == len(STYLE_NAMES)
    assert FEATURES[1:] == STYLE_NAMES[1:]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("", (0, 0, 0)),
        ("plain text, 3 - 2 = 1, a * b, #1", (0, 0, 0)),
        ("# One\n\n## Two\n\ntext # none\n#none", (2, 0, 0)),
        ("- one\n* two\n+ three\n  - four\n1. five\n2) six\n-none", (0, 6, 0)),
        ("**bold** and __bold__, not ** this\nor** that *or* this", (0, 0, 2)),
        ("# Head\n```python\n# comment\n- x\n**y**\n```\n- item", (1, 1, 0)),
        ("~~~\n# never closed\n- x", (0, 0, 0)),
        ("```\n~~~\n# in\n```\n# out", (1, 0, 0)),
    ],
)
def test_markdown_is_counted_outside_code(text, counts):
    assert markdown_of(text) == counts


def test_length_is_that_of_the_whole_text():
    assert style_counts(70_000, "# begun") == (70_000, 1, 0, 0)


@pytest.mark.parametrize(
    "line", ["**" * 10, "* * " * 5, "__a" * 7, "```\n~~~\n", " " * 20, "\n#", "~~~x\n", "1" * 20, "\t- ", "**a\n"]
)
def test_no_text_is_slow(line):
    text = (line * SEARCHED)[:SEARCHED]
    begun = time.process_time()
    style_counts(len(text), text)
    assert time.process_time() - begun < 0.2


@given(st.text(alphabet="#*-_`~ 1.)\nab", max_size=200))
def test_counts_are_never_negative_and_never_more_than_the_text_has_room_for(text):
    headers, lists, bold = markdown_of(text)
    assert headers + lists <= len(text.splitlines())
    assert bold <= len(text) / 5
