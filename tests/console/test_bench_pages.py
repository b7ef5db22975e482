"""`make bench-console` knows how to ask for every address of the console, also the newest."""

import pytest

from tests.benchmarks.console.pages import NOT_PAGES, names, samples_of


@pytest.mark.parametrize("name", sorted(names()))
def test_every_address_has_a_sample_for_each_argument(name: str) -> None:
    missing = [one for one, sample in samples_of(name, names()[name]).items() if sample is None]
    assert name in NOT_PAGES or missing == []


def test_what_is_left_out_exists() -> None:
    assert set(NOT_PAGES) <= set(names())
