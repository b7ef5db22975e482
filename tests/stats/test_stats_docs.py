"""The worked examples of the method pages say what the code does."""

import doctest
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "methods"


@pytest.mark.parametrize("page", ["leaderboard.md", "agreement.md"])
def test_worked_examples(page):
    failed, tried = doctest.testfile(str(PAGES / page), module_relative=False, encoding="utf-8")
    assert tried > 3
    assert failed == 0
