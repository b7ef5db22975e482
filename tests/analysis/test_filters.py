"""Filters from words, into the settings of an analysis and back; and what a look leaves out."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.analysis.filters import Filters
from apps.analysis.jobs import filters_of, start_leaderboard_job
from apps.analysis.models import Analysis
from apps.analysis.selectors import latest_analysis, rules_of, running_leaderboard_job
from apps.analysis.services import compute_leaderboard, current_leaderboard
from apps.core.errors import Refused
from apps.rating.models import Judgment
from apps.rating.services import set_rules, take_cut
from apps.studies.identification import SCANNER_VERSION
from apps.studies.models import OutputFinding
from tests.rating.test_rules import judge
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


def test_words_become_filters() -> None:
    asked = Filters.parse(["b=2", "a=1", "b=2"], "", ["unblinded,told_apart", " told_apart ", ""])
    assert asked == Filters((("a", "1"), ("b", "2")), None, ("told_apart", "unblinded"))
    assert Filters.parse([], None) == Filters()
    with pytest.raises(Refused, match="'too_fast' is nothing that can be left out"):
        Filters.parse([], None, ["too_fast"])
    with pytest.raises(Refused, match="write it as key=value"):
        Filters.parse(["nonsense"], None)


@pytest.mark.parametrize("filters", [Filters(), Filters((("a", "1"),), "home", ("told_apart", "unblinded"))])
def test_settings_lead_back_to_the_filters(filters: Filters) -> None:
    assert Filters.from_settings(json.loads(json.dumps(filters.as_settings()))) == filters


def test_settings_of_earlier_analyses_are_read_and_stay_the_same() -> None:
    """The key of an analysis is taken over its settings: with nothing left out they must not mention it."""
    earlier = {"slices": [["a", "1"]], "rater_group": None}
    assert Filters.from_settings(earlier).as_settings() == earlier


@pytest.fixture
def judged(lab: Lab) -> Lab:
    """Two judgments by each of two raters; she could tell one of them, and an output of another says who it is."""
    told = judge(lab, flags=("identified",))
    for rater in (0, 1, 1):
        judge(lab, rater)
    task = Judgment.objects.exclude(pk=told.pk).latest("pk").assignment.task
    OutputFinding.objects.create(
        output=task.output_a, scanner_version=SCANNER_VERSION, kind="name", excerpt="I am ChatGPT", start=5, end=12
    )
    return lab


def result_of(lab: Lab, *without: str) -> dict:
    analysis = current_leaderboard(study=lab.study, filters=Filters.parse([], None, without), by=None)
    return json.loads(analysis.result)


def test_a_look_leaves_out_and_says_how_many(judged: Lab) -> None:
    plain = result_of(judged)
    assert (plain["n_judgments"], plain["left_out"]) == (4, {})
    assert "without" not in plain["filters"]
    told = result_of(judged, "told_apart")
    assert (told["n_judgments"], told["left_out"]) == (3, {"rule:told_apart": 1})
    assert told["filters"]["without"] == ["told_apart"]
    for without in (("self_identified",), ("told_apart", "self_identified")):
        board = result_of(judged, *without)
        assert board["n_judgments"] < 4
        assert board["n_judgments"] + sum(board["left_out"].values()) == 4
    assert len({plain["inputs_sha256"], told["inputs_sha256"]}) == 2


def test_looks_are_frozen_apart_and_found_again(judged: Lab) -> None:
    plain, look = Filters(), Filters(without=("told_apart",))
    first, second = (current_leaderboard(study=judged.study, filters=f, by=None) for f in (plain, look))
    assert first != second
    assert (latest_analysis(judged.study, plain), latest_analysis(judged.study, look)) == (first, second)
    assert current_leaderboard(study=judged.study, filters=look, by=None) == second
    assert latest_analysis(judged.study, Filters(without=("unblinded",))) is None


def test_jobs_keep_looks_apart(judged: Lab) -> None:
    look = Filters(without=("told_apart",))
    job = start_leaderboard_job(study=judged.study, filters=look, by=None)
    assert filters_of(job) == look
    assert running_leaderboard_job(judged.study, look) == job
    assert running_leaderboard_job(judged.study, Filters()) is None


def test_a_board_as_of_an_earlier_cut_knows_nothing_of_later_findings(judged: Lab) -> None:
    look = Filters(without=("self_identified",))
    early = take_cut(study_id=judged.study.pk)
    then = compute_leaderboard(study=judged.study, filters=look, by=None, cut=early)
    for output in judged.study.study_outputs.values_list("output", flat=True):
        OutputFinding.objects.create(
            output_id=output, scanner_version=SCANNER_VERSION + 1, kind="name", excerpt="I am", start=0, end=4
        )
    assert compute_leaderboard(study=judged.study, filters=look, by=None, cut=early) == then
    assert result_of(judged, "self_identified")["n_judgments"] == 0


def test_the_studys_own_rules_are_known(lab: Lab) -> None:
    assert rules_of(lab.study) == frozenset()
    set_rules(study=lab.study, rules=[{"name": "told_apart"}], by=None)
    set_rules(study=lab.study, rules=[{"name": "unblinded"}], by=None)
    assert rules_of(lab.study) == {"unblinded"}


def test_the_command_takes_what_to_leave_out(judged: Lab) -> None:
    out = StringIO()
    call_command("run_analysis", "trial", "--without", "told_apart,unblinded", "--json", stdout=out)
    assert out.getvalue().strip() == Analysis.objects.get().result
    assert json.loads(out.getvalue())["filters"]["without"] == ["told_apart", "unblinded"]
    with pytest.raises(CommandError, match="Choose from"):
        call_command("run_analysis", "trial", "--without", "nonsense")
