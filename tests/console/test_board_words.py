"""The sentence on top of a board: what it claims, and what it never claims."""

from typing import Any

import pytest

from apps.console.words import about, parts_of, sentence_of
from tests.console.boards_for_tests import system_row

Row = dict[str, Any]


def system(name: str, place: int, ranks: tuple[int, int], *, baseline: bool = False) -> Row:
    return {**system_row(name, place, 5, baseline=baseline), "rank_low": ranks[0], "rank_high": ranks[1]}


def pair(first: str, second: str, *, separable: bool, n_more: int | None = None, kind: str = "neighbours") -> Row:
    return {"kind": kind, "first": first, "second": second, "separable": separable, "n_more": n_more}


def told(systems: list[Row], *pairs: Row, **more: Any) -> str:
    return sentence_of({"systems": systems, "n_islands": 1, "separation": list(pairs), **more})


THREE = [system("v3", 0, (1, 2)), system("v1", 1, (1, 2)), system("v2", 2, (3, 3), baseline=True)]


def test_the_leader_beats_one_and_is_not_separable_from_another() -> None:
    pairs = (
        pair("v3", "v1", separable=False, n_more=177),
        pair("v3", "v2", separable=True, kind="baseline"),
    )
    assert told(THREE, *pairs) == (
        "v3 beats v2, the baseline; v3 and v1 are not separable yet: about 180 more ratings."
    )


def test_two_systems_one_ahead() -> None:
    systems = [system("new", 0, (1, 1)), system("old", 1, (2, 2), baseline=True)]
    assert told(systems, pair("new", "old", separable=True)) == "new beats old, the baseline."


def test_a_leader_that_is_the_baseline_is_called_so() -> None:
    systems = [system("old", 0, (1, 1), baseline=True), system("new", 1, (2, 2))]
    assert told(systems, pair("old", "new", separable=True)) == "old, the baseline, beats new."


def test_first_of_many_is_said_of_the_ranks() -> None:
    systems = [system("a", 0, (1, 1)), system("b", 1, (2, 3)), system("c", 2, (2, 3))]
    assert told(systems, pair("a", "b", separable=True)) == (
        "a leads: it is first at 95 % confidence, ahead of all 2 others."
    )


def test_where_ranks_and_comparisons_disagree_the_more_careful_one_is_heard() -> None:
    systems = [system("a", 0, (1, 1)), system("b", 1, (2, 3)), system("c", 2, (2, 3))]
    assert "not separable yet" in told(systems, pair("a", "b", separable=False, n_more=30))


def test_several_that_are_close_are_named_with_their_ratings() -> None:
    systems = [system("a", 0, (1, 3)), system("b", 1, (1, 3)), system("c", 2, (1, 3), baseline=True)]
    pairs = (pair("a", "b", separable=False, n_more=1234), pair("a", "c", separable=False, kind="baseline"))
    assert told(systems, *pairs) == (
        "a is not separable yet from b (about 1,300 more ratings) and c, the baseline; "
        "3 of 3 systems may still be first."
    )


def test_the_baseline_on_top_is_compared_with_everyone() -> None:
    systems = [system("base", 0, (1, 5), baseline=True), *(system(f"s{n}", n, (1, 5)) for n in range(1, 5))]
    pairs = [pair(f"s{n}", "base", separable=False, n_more=100 * n, kind="baseline") for n in range(1, 5)]
    assert told(systems, *pairs).startswith(
        "base is not separable yet from 4 others, from s1 soonest: about 100 more ratings"
    )


def test_without_stored_comparisons_the_ranks_speak() -> None:
    assert told(THREE) == "v3 and v1 may each still be first: they are not separable yet."
    assert told([THREE[0]]).startswith("There is nothing to rank yet")


def test_regressions_follow_and_are_counted_past_three() -> None:
    slices = [{"key": "locale", "value": f"l{n}", "regressions": ["v1"] if n < 5 else []} for n in range(6)]
    said = told(THREE, slices=slices)
    assert said.endswith("Regressions: v1 on locale = l0; v1 on locale = l1; v1 on locale = l2, and in 2 more slices.")
    assert "Regressions" not in told(THREE, slices=slices[5:])


def test_groups_that_never_met_are_said() -> None:
    assert "fall into 2 groups" in told(THREE, n_islands=2)


@pytest.mark.parametrize(
    ("n", "words"),
    [(7, "about 7"), (42, "about 42"), (177, "about 180"), (1201, "about 1,300"), (99_900, "about 100,000")],
)
def test_a_planners_number_is_given_to_two_figures_and_never_too_small(n: int, words: str) -> None:
    assert about(n) == words


def test_names_are_set_apart_whole_and_the_longest_first() -> None:
    parts = parts_of("v1 beats v1.5 (beta), not v10.", ["v1", "v1.5 (beta)", ""])
    assert [part["text"] for part in parts if part["is_name"]] == ["v1", "v1.5 (beta)"]
    assert "".join(part["text"] for part in parts) == "v1 beats v1.5 (beta), not v10."
    assert parts_of("Nothing.", []) == [{"text": "Nothing.", "is_name": False}]
