"""Slices by hand: who is compared, who lost, in which order."""

import numpy as np
import pytest

from apps.analysis import slices as room
from apps.analysis.slices import sayable_slices, slices_of
from apps.stats.pairwise import ComparisonRows, head_to_head
from tests.analysis.comparisons_for_tests import comparisons_of

SYSTEMS = ("base", "new", "old")


def study(records, locales=("de", "en"), n_raters=7):
    """Of each locale a list of (first, second, outcomes); every judgment is on its own item, raters take turns."""
    rows, slices = [], []
    for locale, record in zip(locales, records, strict=True):
        for first, second, outcomes in record:
            for letter in outcomes:
                rows.append((first, second, letter, len(rows) % n_raters, len(rows)))
                slices.append({"locale": locale})
    return comparisons_of(SYSTEMS, rows, slices)


def fair(n):
    return "12" * (n // 2)


@pytest.fixture
def regressed():
    """In German `new` loses to the baseline by 6 : 54, elsewhere it wins by 40 : 20; `old` is as good everywhere."""
    spread = [("base", "old", fair(40)), ("new", "old", fair(40))]
    german = [("base", "new", ("1" * 9 + "2") * 6), *spread]
    return study([german, [("base", "new", "221" * 20), *spread]])


def test_a_slice_says_how_each_system_differs_and_what_it_earned_from_the_baseline(regressed):
    found = slices_of(regressed, "base", 0.95)
    assert [(each["key"], each["value"]) for each in found] == [("locale", "de"), ("locale", "en")]
    german, english = found
    assert (german["n"], german["n_items"]) == (140, 140)
    assert [row["system"] for row in german["systems"]] == list(SYSTEMS)
    assert [row["n"] for row in german["systems"]] == [100, 100, 80]
    new = german["systems"][1]
    assert new["difference_low"] < new["difference"] < new["difference_high"] < 0
    assert new["difference"] == pytest.approx(-english["systems"][1]["difference"])
    assert new["low"] < new["strength"] < new["high"]
    assert new["p_adjusted"] < 0.05
    against = {row["system"]: row for row in german["against_baseline"]}
    assert set(against) == {"new", "old"}
    assert (against["new"]["n"], against["new"]["share"]) == (60, pytest.approx(0.1))
    assert against["new"]["low"] < 0.1 < against["new"]["high"] < 0.5


def test_regressions_are_those_that_lose_to_the_baseline_and_come_first(regressed):
    german, english = slices_of(regressed, "base", 0.95)
    assert (german["regressions"], english["regressions"]) == (["new"], [])


def test_without_a_baseline_regressions_differ_downward_from_the_rest(regressed):
    found = {each["value"]: each for each in slices_of(regressed, None, 0.95)}
    assert found["de"]["regressions"] == ["new"]
    # What one system gains the others lose: in English the baseline falls back as `new` comes up.
    assert "new" not in found["en"]["regressions"]
    assert found["de"]["against_baseline"] == []


def test_shares_are_those_of_the_two_systems_alone(regressed):
    """Two ways: the clustered interval of `head_to_head`, from the rows of the slice."""
    german = slices_of(regressed, "base", 0.95)[0]
    inside = np.array([regressed.items.slices[item]["locale"] == "de" for item in regressed.item])
    record = head_to_head(regressed.rows().where(inside), 1, 0)
    new = german["against_baseline"][0]
    assert (new["share"], new["low"], new["high"]) == pytest.approx(
        (record.score, record.clustered_low, record.clustered_high)
    )


def test_one_loss_among_many_looks_is_no_regression():
    """2 : 16 refutes one half by itself, but not when it is the worst of twenty looks."""
    lone = [("base", "new", "1" * 16 + "2" * 2), ("base", "old", fair(18)), ("new", "old", fair(18))]
    even = [("base", "new", fair(18)), ("base", "old", fair(18)), ("new", "old", fair(18))]
    few = slices_of(study([lone, even], n_raters=999), "base", 0.95)
    assert few[0]["regressions"] == ["new"]
    locales = [f"l{n:02d}" for n in range(12)]
    many = slices_of(study([lone, *[even] * 11], locales, n_raters=999), "base", 0.95)
    lone_one = next(each for each in many if each["value"] == "l00")
    assert lone_one["against_baseline"][0]["high"] < 0.5
    assert [each["regressions"] for each in many] == [[]] * 12


@pytest.mark.slow
def test_holm_by_intervals_is_holm():
    """The names are those whose two-sided p values, found by bisecting the level of the interval, Holm rejects."""
    letters = ["1" * 17 + "2" * 3, "1" * 14 + "2" * 6, "1" * 19 + "2", "1" * 18 + "2" * 2]
    records = [[("base", "new", each), ("base", "old", fair(20)), ("new", "old", fair(20))] for each in letters]
    comparisons = study(records, ["a", "b", "c", "d"], n_raters=999)
    p_values = {}
    for value in "abcd":
        rows = comparisons.rows().where(np.array([s["locale"] for s in comparisons.items.slices]) == value)
        for system in (1, 2):
            p_values[value, system] = _p_value(rows, system, 0)
    in_order = sorted(p_values, key=lambda test: p_values[test])
    rejected = set()
    for n_before, test in enumerate(in_order):
        if p_values[test] > 0.05 / (len(in_order) - n_before):
            break
        rejected.add(test)
    # One of them Holm rejects only because others went before it.
    assert max(p_values[test] for test in rejected) > 0.05 / len(p_values)
    assert 0 < len(rejected) < 4
    found = {each["value"]: each["regressions"] for each in slices_of(comparisons, "base", 0.95)}
    assert found == {value: ["new"] if (value, 1) in rejected else [] for value in "abcd"}


def _p_value(rows: ComparisonRows, first: int, second: int) -> float:
    low, high = 1e-12, 1 - 1e-12
    for _ in range(60):
        middle = (low + high) / 2
        found = head_to_head(rows, first, second, confidence_level=1 - middle)
        excluded = found.clustered_low > 0.5 or found.clustered_high < 0.5
        low, high = (low, middle) if excluded else (middle, high)
    return high


def test_only_slices_with_enough_inside_and_outside_are_looked_at(monkeypatch):
    rows = [("base", "new", "12"[n % 2], n % 3, n // 2) for n in range(60)]
    slices = [
        {"everywhere": "yes", "half": "ab"[n < 15], "alone": str(n), "few": "yes" if n < 2 else "no"}
        for n in range(30)
    ]  # fmt: skip
    comparisons = comparisons_of(SYSTEMS, rows, slices)
    assert [(each.key, each.value) for each in sayable_slices(comparisons)] == [("half", "a"), ("half", "b")]
    monkeypatch.setattr(room, "LEAST_JUDGMENTS", 4)
    known = {(each.key, each.value): (each.n, each.n_items) for each in sayable_slices(comparisons)}
    assert known["few", "yes"] == (4, 2)
    monkeypatch.setattr(room, "MOST_SLICES", 1)
    assert [(each.key, each.value) for each in sayable_slices(comparisons)] == [("few", "no")]


def test_both_bad_counts_as_a_showing_but_is_not_enough_to_say():
    bad = study([[("base", "new", "x" * 30)], [("base", "new", fair(30))]])
    assert sayable_slices(bad) == []
    both = study([[("base", "new", fair(20) + "xxxx")], [("base", "new", fair(20))]])
    german = next(each for each in slices_of(both, "base", 0.95) if each["value"] == "de")
    assert (german["n"], german["systems"][0]["n"], german["against_baseline"][0]["n"]) == (24, 24, 20)


def test_a_system_that_is_not_in_a_slice_has_no_numbers_there():
    rest = [("base", "new", fair(20)), ("new", "old", fair(20))]
    german = slices_of(study([[("base", "new", fair(20))], rest]), "base", 0.95)
    old = next(each for each in german if each["value"] == "de")["systems"][2]
    assert (old["n"], old["strength"], old["difference"], old["p_adjusted"]) == (0, None, None, None)


def test_no_judgments_no_slices():
    assert slices_of(comparisons_of(SYSTEMS, []), "base", 0.95) == []
