"""Every public function of `apps/stats` has a methods page, and evidence of all six kinds."""

import doctest
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

import apps.stats
import tests.stats
from tests.stats.kinds import Kind

PAGES: Path = settings.BASE_DIR / "docs" / "methods"
SECTIONS = ["Promise", "Data", "Formula", "Example", "When it misleads", "References"]


def rooms() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(apps.stats.__path__):
        if found.ispkg:
            yield importlib.import_module(f"apps.stats.{found.name}")


def public_functions() -> dict[str, Callable[..., object]]:
    """Functions by `room/name`."""
    return {
        f"{room.__name__.rpartition('.')[2]}/{name}": getattr(room, name)
        for room in rooms()
        for name in room.__all__
        if inspect.isfunction(getattr(room, name))
    }


@cache
def evidence() -> dict[str, set[Kind]]:
    """The kinds of evidence that the tests declare, by function name."""
    kinds = defaultdict(set)
    for found in pkgutil.walk_packages(tests.stats.__path__, "tests.stats."):
        module = importlib.import_module(found.name)
        for test in vars(module).values():
            for mark in getattr(test, "pytestmark", []) if inspect.isfunction(test) else []:
                if mark.name == "proves":
                    for function in mark.kwargs["functions"]:
                        kinds[function].add(mark.kwargs["kind"])
    return kinds


def headings(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


@pytest.mark.parametrize("name", public_functions())
def test_every_public_function_has_a_page(name: str) -> None:
    page = PAGES / f"{name}.md"
    assert page.exists()
    text = page.read_text()
    assert text.startswith(f"# {name.partition('/')[2]}\n")
    assert [heading for heading in headings(text) if heading in SECTIONS] == SECTIONS
    assert name.partition("/")[2] in text.split("```python", 1)[1].split("```")[0], "the example calls the function"


@pytest.mark.parametrize("page", sorted(PAGES.glob("*/*.md")), ids=lambda page: page.stem)
def test_worked_examples_say_what_the_code_does(page: Path) -> None:
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert failed == 0
    assert tried > 0


def test_no_page_describes_what_is_gone() -> None:
    known = {f"{name}.md" for name in public_functions()}
    assert {str(page.relative_to(PAGES)) for page in PAGES.glob("*/*.md")} - known == set()


def test_the_index_lists_every_page() -> None:
    index = (PAGES / "README.md").read_text()
    assert [name for name in public_functions() if f"({name}.md)" not in index] == []


@pytest.mark.parametrize("name", public_functions())
def test_every_public_function_has_evidence_of_each_kind(name: str) -> None:
    assert set(Kind) - evidence()[name.partition("/")[2]] == set()
