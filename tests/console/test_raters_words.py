"""Numbers of the pages of raters and of agreement as they are printed."""

import re

import pytest
from django.test import Client

from apps.console.raters.numbers import decimal, estimate_cell, points_words, seconds_estimate
from apps.console.raters.place import Place
from apps.core.errors import NotFound
from tests.console.test_console import judge_everything
from tests.console.test_raters import AGREEMENT, RATERS, freeze, text
from tests.studies_for_tests import Lab


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.0, "0.00"), (-0.001, "0.00"), (-0.126, "−0.13"), (0.995001, "1.00")]
)
def test_a_coefficient_is_never_a_negative_nothing(value: float | None, words: str) -> None:
    assert decimal(value) == words


def test_a_difference_is_told_in_points_with_its_ends() -> None:
    assert points_words({"value": -0.09, "low": -0.131, "high": 0.002}) == "−9 points (−13 … +0)"
    assert points_words({"value": None, "low": None, "high": None}) == "–"


def test_an_estimate_without_ends_says_so() -> None:
    assert estimate_cell({"value": 0.5, "low": None, "high": None}, "")["under"] == "no interval"
    assert seconds_estimate({"value": 4.5, "low": 3.0, "high": 12.0}, 9)["under"] == "3.0 … 12 s · n 9"
    assert seconds_estimate({"value": None, "low": None, "high": None}, 0)["is_none"]


def test_what_was_never_frozen_has_no_address(lab: Lab) -> None:
    with pytest.raises(NotFound, match="No figures are frozen yet"):
        Place(lab.study, "raters", None).table("raters")
    assert Place(lab.study, "raters", None).permanent_url is None


def test_many_slices_are_on_the_page_in_part_and_in_the_files_in_full(
    lab: Lab, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.console.raters.agreement_page.MOST_SLICES", 1)
    monkeypatch.setattr("apps.console.raters.agreement_page.FEWEST_SLICES", 1)
    client.force_login(lab.manager)
    judge_everything(lab)
    freeze(lab)
    page = text(client, AGREEMENT)
    assert "1 slice with fewer pairs is in the files alone." in page
    assert len(re.findall(r'<span class="quiet">topic</span>', page)) == 1
    (path,) = set(re.findall(r'href="([^"]*/agreement\.json\?question=1)"', page))
    assert [row["slice_value"] for row in client.get(path).json()["rows"]] == [None, "even", "odd"]


def test_what_people_agree_on_is_told_with_its_interval(lab: Lab, client: Client) -> None:
    client.force_login(lab.manager)
    judge_everything(lab)
    freeze(lab)
    told = re.search(r"with one another (\d+) % agree \((\d+) … (\d+) %\)", text(client, RATERS))
    assert told, "a percentage of people who agree stands with its ends"
    share, low, high = map(int, told.groups())
    assert low <= share <= high
