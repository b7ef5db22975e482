"""Six kinds of evidence, each asked of every public function of `apps/stats`.

A test says what it proves, and for which functions:

    @proves(Kind.WORKED, fit_davidson)
    def test_the_puddings_of_davidson(): ...

`tests/repo/test_statistics.py` holds the list complete.
"""

from collections.abc import Callable
from enum import StrEnum

import pytest


class Kind(StrEnum):
    """What a test compares with."""

    WORKED = "worked"  # a value published (its source named) or worked out by hand in the test
    GOLDEN = "golden"  # a stored result, of an oracle in tests/oracles or of our own, to the digits stored
    PROPERTY = "property"  # a law that any input obeys, tried by Hypothesis
    TWO_WAYS = "two_ways"  # the same number by another road: brute force, an optimiser, a resampling, a package
    RECOVERY = "recovery"  # the truth of a simulation, found again as often as promised
    DEGENERATE = "degenerate"  # empty, constant, separated, malformed: a named error or an explained None


def proves(kind: Kind, *functions: Callable[..., object]) -> pytest.MarkDecorator:
    """Mark a test as evidence of one kind for one or more public functions."""
    return pytest.mark.proves(kind=kind, functions=tuple(function.__qualname__ for function in functions))
