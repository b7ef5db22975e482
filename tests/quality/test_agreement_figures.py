"""Agreement per question, slice and judge; for the verdict it is what the leaderboard says."""

import json

import numpy as np
import pytest

from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.quality.confusions import confusions_of
from apps.quality.estimates import Estimate
from apps.quality.figures_of_labels import gathered
from apps.quality.readings import ENOUGH, FAULT, HIGH, LOPSIDED, NO_INTERVAL, NO_PAIRS, OPEN, PREFERENCES, reading_of
from apps.stats.intervals import clustered_share

from .quality_for_tests import ACCURACY, TONE, criterion, frozen, rated, said, study_of

pytestmark = pytest.mark.slow

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
            assert found[name]["value"] == told[name]
        assert found["percent"]["value"] == pytest.approx(told["percent"] / 100)


@pytest.mark.django_db
def test_intervals_cluster_by_item_and_not_by_task():
    """Three systems make three tasks an item. Whether people agree goes by the item here: ten looks, and not thirty."""
    pairs = (("amber", "birch"), ("amber", "cedar"), ("birch", "cedar"))
    rows = [
        said(name, item, "AB"[(place + item * turned) % 2], output_a=first, output_b=second, left=first)
        for item in range(10)
        for place, (first, second) in enumerate(pairs)
        for name, turned in (("ada", 0), ("bea", 1))
    ]
    (question,) = frozen(study_of(*rows, systems=("amber", "birch", "cedar")), "agreement")["questions"]
    people = question["people"]
    assert (people["n_tasks"], people["n_items"], people["n_pairs"]) == (30, 10, 30)
    by_item = clustered_share(np.array([1.0, 0.0] * 5), np.full(10, 3), np.arange(10), 10, 0.95)
    assert people["percent"] == pytest.approx({"value": 0.5, "low": by_item.low, "high": by_item.high})
    assert question["answers"][0]["share"]["value"] == 1.0


@pytest.mark.django_db
def test_one_item_is_no_interval():
    systems = ("amber", "birch", "cedar")
    rows = [
        said(name, 0, verdict, output_a=first, output_b=second, left=first)
        for first, second in (("amber", "birch"), ("amber", "cedar"), ("birch", "cedar"))
        for name, verdict in (("ada", "A"), ("bea", "TIE" if second == "cedar" else "A"))
    ]
    (question,) = frozen(study_of(*rows, systems=systems), "agreement")["questions"]
    assert (question["people"]["alpha"]["low"], question["people"]["reading"]) == (None, NO_INTERVAL)


@pytest.mark.django_db
def test_where_one_answer_is_common_the_reading_does_not_blame_the_guideline():
    """The kappa paradox: 38 of 40 pairs agree that all is well, and alpha is about zero."""
    safe = criterion("safe", "Is it safe?", no="unsafe", yes="safe")
    rows = [
        said(name, item, None, output="amber", criteria={"safe": 1 if item == odd else 2})
        for item in range(40)
        for name, odd in (("ada", 0), ("bea", 1))
    ]
    (question,) = frozen(study_of(*rows, criteria=(safe,)), "agreement")["questions"]
    people = question["people"]
    assert people["alpha"]["value"] < 0.1
    assert people["percent"]["value"] == pytest.approx(0.95)
    assert people["ac1"]["value"] > 0.9
    assert people["reading"] == LOPSIDED
    assert [(one["answer"], one["n_given"], one["n"]) for one in question["answers"]] == [
        ("unsafe", 2, 80), ("safe", 78, 80)
    ]  # fmt: skip


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
    task = np.array([1, 1, 2, 2, 3, 3, 4, 4])
    labels = gathered(task, np.array([0, 1, 0, 2, 1, 2, 2, 3]), task)
    found = {(one.one, one.other): (one.n_mixed, one.n) for one in confusions_of(labels, [], is_verdict=True)}
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
