"""Agreement per question, slice and judge; for the verdict it is what the leaderboard says."""

import json

import pytest

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.quality.confusions import confusions_of
from apps.quality.estimates import Estimate
from apps.quality.readings import ENOUGH, FAULT, HIGH, NO_INTERVAL, NO_PAIRS, OPEN, PREFERENCES, reading_of
from apps.stats.agreement import pairs_within_units

from .quality_for_tests import ACCURACY, TONE, frozen, rated, said, study_of

VERDICTS = ("A", "B", "TIE", "BOTH_BAD")


@pytest.mark.django_db
def test_the_verdict_has_the_figures_of_the_leaderboard():
    people = [
        said(name, item, VERDICTS[(item * (3 + place)) % 4])
        for place, name in enumerate(("ada", "bea", "cleo"))
        for item in range(20)
    ]
    judge = [said("mini", item, VERDICTS[item % 3], kind="judge") for item in range(20)]
    study = study_of(*people, *judge)
    (question,) = frozen(study, "agreement")["questions"]
    board = json.loads(current_leaderboard(study=study, filters=Filters(), by=None).result)["agreement"]
    for found, told in (
        (question["people"], board["human_human"]),
        (question["judges"][0]["with_people"], board["judge_human"]["mini"]),
    ):
        assert found["n_pairs"] == told["n_pairs"]
        for name in ("alpha", "kappa"):
            assert [found[name][end] for end in ("value", "low", "high")] == [
                told[name], told[f"{name}_low"], told[f"{name}_high"]
            ]  # fmt: skip
        assert found["percent"]["value"] == pytest.approx(told["percent"] / 100)


@pytest.mark.django_db
def test_each_slice_is_its_own_items():
    agreeing = [said(name, item, "AB"[item % 4 // 2]) for name in ("ada", "bea") for item in range(0, 20, 2)]
    split = [said(name, item, verdict) for name, verdict in (("ada", "A"), ("bea", "B")) for item in range(1, 20, 2)]
    (question,) = frozen(study_of(*agreeing, *split), "agreement")["questions"]
    of_slice = {one["value"]: one["figures"] for one in question["slices"]}
    assert (of_slice["even"]["percent"]["value"], of_slice["even"]["n_pairs"]) == (1.0, 10)
    assert (of_slice["odd"]["percent"]["value"], of_slice["odd"]["n_pairs"]) == (0.0, 10)


@pytest.mark.django_db
def test_a_criterion_names_what_is_mixed_up():
    said_so = [(1, 1), (2, 2), (3, 3), (2, 3), (2, 3), (1, 2)]
    rows = [
        rated(name, item, pair[place]) for item, pair in enumerate(said_so) for place, name in enumerate(("ada", "bea"))
    ]
    (question,) = frozen(study_of(*rows, criteria=(ACCURACY,)), "agreement")["questions"]
    assert (question["key"], question["anchors"]) == ("accuracy", ["wrong", "half true", "true"])
    assert (question["people"]["level"], question["people"]["n_pairs"]) == ("ordinal", 6)
    assert question["people"]["percent"]["value"] == pytest.approx(0.5)
    first, second = question["confusions"]
    assert (first["one"], first["other"], first["n_mixed"], first["n"]) == ("half true", "true", 2, 4)
    assert (second["one"], second["other"], second["n_mixed"], second["n"]) == ("wrong", "half true", 1, 3)


@pytest.mark.django_db
def test_sides_of_a_comparison_are_put_in_order_before_they_are_compared():
    """Whoever writes the outputs of a row the other way round says the same with the other letter."""
    turned = {"output_a": "birch", "output_b": "amber"}
    rows = [
        row
        for item in range(6)
        for row in (
            said("ada", item, "A", criteria={"tone": "AB"[item % 2]}),
            said("bea", item, "B", criteria={"tone": "BA"[item % 2]}, **turned),
        )
    ]
    verdict, question = frozen(study_of(*rows, criteria=(TONE,)), "agreement")["questions"]
    assert verdict["people"]["percent"]["value"] == 1.0
    assert question["people"]["percent"]["value"] == 1.0
    assert question["n_unknown"] == 0


@pytest.mark.django_db
def test_gold_and_retests_are_no_part_of_agreement():
    rows = [
        said("ada", 0, "A"),
        said("bea", 0, "A"),
        said("ada", 0, "B", purpose="retest", showing=1),
        said("bea", 1, "A", purpose="gold"),
        said("ada", 1, "B", purpose="gold"),
    ]
    result = frozen(study_of(*rows), "agreement")
    assert result["questions"][0]["people"]["n_pairs"] == 1
    assert result["dispositions"] == {"used": 2, "gold": 2, "retest": 1}


def test_the_verdict_mixes_up_kinds_and_not_letters():
    pairs = pairs_within_units([1, 1, 2, 2, 3, 3, 4, 4], [0, 1, 0, 2, 1, 2, 2, 3])
    found = {(one.one, one.other): (one.n_mixed, one.n) for one in confusions_of(pairs, [], is_verdict=True)}
    assert found == {
        ("a winner", "tie"): (2, 3),
        ("this one is better", "that one is better"): (1, 1),
        ("tie", "both bad"): (1, 1),
    }


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ((None, None, None), NO_PAIRS),
        ((0.9, None, None), NO_INTERVAL),
        ((0.5, 0.3, 0.59), FAULT),
        ((0.5, 0.3, 0.61), OPEN),
        ((0.9, 0.59, 0.97), OPEN),
        ((0.7, 0.6, 0.9), ENOUGH),
        ((0.9, 0.8, 0.97), HIGH),
    ],
)
def test_the_reading_goes_by_the_ends(ends, sentence):
    assert reading_of(Estimate(*ends), is_preference=False) == sentence
    assert "not of the raters" in FAULT
    assert "not of the raters" in PREFERENCES


def test_a_preference_below_is_read_as_one():
    assert reading_of(Estimate(0.2, 0.1, 0.3), is_preference=True) == PREFERENCES
