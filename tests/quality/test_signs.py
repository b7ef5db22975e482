"""A look is asked for by the end of an interval, never by an estimate."""

import pytest

from .quality_for_tests import figures_of, gold, said, study_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def names_of(found: dict) -> list[str]:
    return [sign["name"] for sign in found["signs"]]


def on_gold(n: int, n_right: int) -> dict:
    judged = [said("ada", item, "A" if item < n_right else "B", purpose="gold") for item in range(n)]
    return figures_of(study_of(*judged, golds=tuple(gold(item, "A") for item in range(n))), "ada")


def test_one_wrong_gold_answer_is_no_sign_though_the_share_is_none():
    found = on_gold(1, 0)
    assert found["gold"]["share"]["value"] == 0.0
    assert names_of(found) == []


def test_many_wrong_gold_answers_are():
    found = on_gold(20, 6)
    assert names_of(found) == ["gold"]
    assert "6 of 20 gold answers are right" in found["signs"][0]["sentence"]


def test_five_of_six_on_the_left_are_no_sign():
    study = study_of(*(said("ada", item, "B" if item == 5 else "A") for item in range(6)))
    assert names_of(figures_of(study, "ada")) == []


def test_forty_of_forty_on_the_left_are_a_sign():
    found = figures_of(study_of(*(said("ada", item, "A") for item in range(40))), "ada")
    assert names_of(found) == ["side"]
    assert "go to the left" in found["signs"][0]["sentence"]


def test_following_the_side_stands_before_leaning_to_it():
    first = [said("ada", item, "A") for item in range(20)]
    again = [said("ada", item, "B", purpose="retest", showing=1, left="birch") for item in range(20)]
    assert names_of(figures_of(study_of(*first, *again), "ada")) == ["consistency", "side again", "side"]


def test_one_who_differs_from_people_who_agree_is_a_sign():
    def pattern(item: int) -> str:
        return "AB"[item % 2]

    agreeing = [said(name, item, pattern(item)) for name in ("bea", "cleo", "dora") for item in range(40)]
    other = [said("ada", item, pattern(item // 2), left="amber" if item % 3 else "birch") for item in range(40)]
    study = study_of(*agreeing, *other)
    assert "agreement" in names_of(figures_of(study, "ada"))
    assert "agreement" not in names_of(figures_of(study, "bea"))


def test_fast_and_tying_show_against_the_others():
    others = [
        said(name, item, "AB"[item % 2], shown_ms=20_000 + 100 * item) for name in ("bea", "cleo") for item in range(40)
    ]
    hers = [said("ada", item, "TIE", shown_ms=1000) for item in range(30)]
    found = figures_of(study_of(*others, *hers), "ada")
    assert {"speed", "ties"} <= set(names_of(found))
