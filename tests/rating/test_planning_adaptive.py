"""Adaptive rounds: drawn from the probabilities they log, from the judgments of a cut, once a number."""

from collections import Counter
from itertools import combinations
from unittest.mock import patch

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from apps.config.integrity import CHECKS
from apps.core.errors import Refused
from apps.rating.models import Draw, Plan, Task
from apps.rating.planning.adaptive import DrawnRound, JudgedRow, RoundTerms, adaptive_round
from apps.rating.planning.candidates import Candidate
from apps.rating.services import plan_round, set_gold, take_cut
from apps.rating.services.adapting import judged_at, plan_next_round
from apps.stats.errors import StatisticsError
from apps.studies.material import Anchor, CriterionRow
from apps.studies.models import Study, StudyOutput
from apps.studies.services import ProtocolTerms, revise_protocol
from tests.rating.adaptive_for_tests import adaptive_study, judge, rater_of
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow

SYSTEMS = ("a", "b", "c", "d")
PAIRS = list(combinations(SYSTEMS, 2))
TERMS = RoundTerms(size=200, at_least=30, overlap_share=0.0, uniform_floor=0.3)


def tasks(n_items: int = 5, pairs: list[tuple[str, str]] = PAIRS) -> list[Candidate]:
    """Every pair on every item, but for the first pair, which misses half of them."""
    cells = [(pair, item) for item in range(n_items) for pair in pairs if pair != PAIRS[0] or item % 2 == 0]
    return [Candidate(task, pair, f"i{item}") for task, (pair, item) in enumerate(cells)]


def judged(n_each: int, pairs: list[tuple[str, str]] = PAIRS) -> list[JudgedRow]:
    """Each pair judged so often, the first system winning more often, but never always."""
    rows = [(a, b, verdict, n) for a, b in pairs for verdict, n in (("A", n_each - n_each // 3), ("B", n_each // 3))]
    return [row for row in rows if row[3]]


def drawn(
    candidates: list[Candidate] | None = None, rows: list[JudgedRow] | None = None, seed: int = 1, **terms: object
) -> DrawnRound:
    given = {name: getattr(TERMS, name) for name in ("size", "at_least", "overlap_share", "uniform_floor")} | terms
    return adaptive_round(
        tasks() if candidates is None else candidates,
        judged(20) if rows is None else rows,
        {},
        {},
        RoundTerms(**given),
        band=3,
        rng=np.random.default_rng(seed),
    )


def test_draws_follow_the_logged_probabilities() -> None:
    """Chi-square over 60,000 draws: pairs as logged, and the tasks of a pair evenly."""
    candidates = tasks()
    of_task = {c.task_id: c for c in candidates}
    found = drawn(candidates, size=60_000, seed=7)
    assert found.is_independent
    assert found.uniform_floor == 0.3
    pairs = Counter(of_task[d.task_id].pair for d in found.draws)
    expected = [found.chances[pair] * 60_000 for pair in PAIRS]
    assert chisquare([pairs[pair] for pair in PAIRS], expected).pvalue > 0.001
    for pair in PAIRS:
        of_pair = [c.task_id for c in candidates if c.pair == pair]
        times = Counter(d.task_id for d in found.draws if d.task_id in of_pair)
        assert chisquare([times[task] for task in of_pair]).pvalue > 0.001
        told = {(d.p_pair, d.p_item) for d in found.draws if d.task_id in of_pair}
        assert told == {(found.chances[pair], 1 / len(of_pair))}


@given(
    seed=st.integers(0, 2**32),
    floor=st.floats(0.05, 1),
    overlap=st.sampled_from([0.0, 0.15, 1.0]),
    n_each=st.integers(0, 40),
    kept=st.sets(st.integers(0, 26), min_size=8),
)
def test_a_round_is_sound_whatever_it_starts_from(
    seed: int, floor: float, overlap: float, n_each: int, kept: set[int]
) -> None:
    candidates = [c for c in tasks() if c.task_id in kept]
    found = drawn(candidates, judged(n_each), seed, size=40, overlap_share=overlap, uniform_floor=floor)
    of_task = {c.task_id: c for c in candidates}
    assert sum(found.chances.values()) == pytest.approx(1)
    assert set(found.chances) == {c.pair for c in candidates}
    assert min(found.chances.values()) >= floor / len(found.chances) - 1e-12
    assert sorted(d.position for d in found.draws) == list(range(len(found.draws)))
    assert {d.band for d in found.draws} == {3}
    for draw in found.draws:
        pair = of_task[draw.task_id].pair
        assert (draw.p_pair, draw.p_item) == (found.chances[pair], 1 / sum(c.pair == pair for c in candidates))
    base = [d for d in found.draws if d.purpose != "overlap"]
    assert len(base) == 40 or not found.is_independent
    assert len(found.draws) - len(base) == round(overlap * len(base))
    assert {d.task_id for d in found.draws} == {d.task_id for d in base}, "overlap repeats what the round drew"


def test_the_same_seed_draws_the_same_round_and_another_seed_another() -> None:
    assert drawn(seed=5) == drawn(seed=5)
    assert drawn(seed=5).draws != drawn(seed=6).draws


def test_a_task_may_be_drawn_twice() -> None:
    assert max(Counter(d.task_id for d in drawn().draws).values()) > 1


def test_the_start_is_balanced_and_only_as_long_as_it_must_be() -> None:
    found = drawn(rows=judged(3), at_least=2)
    assert not found.is_independent
    assert found.uniform_floor == 1.0
    assert "The start lacks" in found.reading
    assert len(found.draws) == 12, "two more judgments of each of six pairs"
    assert set(found.chances.values()) == {1 / 6}
    assert {d.p_pair for d in found.draws} == {1 / 6}
    of_task = {c.task_id: c.pair for c in tasks()}
    assert set(Counter(of_task[d.task_id] for d in found.draws).values()) == {2}
    assert len(drawn(rows=judged(3), at_least=20).draws) == 20
    assert len(drawn(rows=judged(3), at_least=20, size=5).draws) == 5


def test_a_balanced_round_counts_what_is_still_to_be_judged_and_takes_what_was_drawn_least() -> None:
    candidates = tasks()
    often = {c.task_id: 9 for c in candidates if c.item != "i4"}
    waiting = dict.fromkeys(PAIRS[:3], 4)
    terms = RoundTerms(size=3, at_least=1, overlap_share=0.0, uniform_floor=0.3)
    found = adaptive_round(candidates, [], often, waiting, terms, band=0, rng=np.random.default_rng(1))
    of_task = {c.task_id: c for c in candidates}
    assert {of_task[d.task_id].pair for d in found.draws} == set(PAIRS[3:])
    assert {of_task[d.task_id].item for d in found.draws} == {"i4"}


def test_newcomers_are_boosted_and_named() -> None:
    known = [pair for pair in PAIRS if "d" not in pair]
    found = drawn(rows=judged(60, known), size=400)
    assert found.is_independent
    of_task = {c.task_id: c.pair for c in tasks()}
    assert {"d" in of_task[d.task_id] for d in found.draws if d.purpose == "newcomer"} == {True}
    assert {"d" in of_task[d.task_id] for d in found.draws if d.purpose == "base"} == {False}
    share = sum(p for pair, p in found.chances.items() if "d" in pair)
    assert share == pytest.approx(0.3 / 2 + 0.7 / 2)


def test_systems_that_can_never_meet_are_drawn_evenly_and_it_is_said() -> None:
    islands = [("a", "b"), ("c", "d")]
    found = drawn([c for c in tasks() if c.pair in islands], judged(30, islands))
    assert not found.is_independent
    assert "Balanced, because no pair can be preferred" in found.reading
    assert found.chances == dict.fromkeys(islands, 0.5)


def test_after_results_had_a_say_no_round_is_balanced_again() -> None:
    """A later cut may know less: work was set aside, or another major asks anew."""
    assert not drawn(rows=judged(1)).is_independent
    later = drawn(rows=judged(1), start_is_over=True, size=40)
    assert later.is_independent
    assert len(later.draws) == 40, "the start's count is no matter any more"
    of_task = {c.task_id: c.pair for c in tasks()}
    assert {d.p_pair for d in later.draws} <= {later.chances[of_task[d.task_id]] for d in later.draws}


def test_where_no_pair_can_be_preferred_later_each_draw_has_the_chance_it_logs() -> None:
    """Chi-square over 60,000 draws: balanced ones would come out even, far too even."""
    islands = [("a", "b"), ("c", "d")]
    candidates = [c for c in tasks() if c.pair in islands]
    of_task = {c.task_id: c.pair for c in candidates}
    counted = []
    for seed in range(60):
        found = drawn(candidates, judged(30, islands), seed, size=1_000, start_is_over=True)
        counted.append(Counter(of_task[d.task_id] for d in found.draws)[islands[0]])
    assert found.is_independent
    assert found.uniform_floor == 1.0, "nothing but chance had a say"
    assert "Every pair with the same chance, because no pair can be preferred" in found.reading
    assert {d.p_pair for d in found.draws} == {0.5}
    assert chisquare([sum(counted), 60_000 - sum(counted)]).pvalue > 0.001
    assert 8 < float(np.std(counted)) < 26, "independent draws: 15.8"
    times = Counter(d.task_id for d in found.draws if of_task[d.task_id] == islands[1])
    assert chisquare([times[c.task_id] for c in candidates if c.pair == islands[1]]).pvalue > 0.001


# Stored rounds ---------------------------------------------------------------------------------------------


def violations() -> list[str]:
    return [told for check in CHECKS for told in check.violations()]


def test_a_plan_says_what_its_chances_are_true_of(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    assert Plan.objects.get().settings["chances"] == "of whole rounds"
    assert plan_next_round(study=study, by=None).settings["chances"] == "of each draw"


def test_a_round_of_the_start_has_its_chances_over_whole_rounds_only(db: None) -> None:
    plan = plan_next_round(study=adaptive_study(), by=None)
    assert (plan.method, plan.settings["chances"]) == ("balanced", "of whole rounds")


def test_a_new_major_starts_anew_but_not_balanced(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    assert plan_next_round(study=study, by=None).method == "adaptive"
    criterion = {"key": "k", "question": "?", "anchors": [], "about": "comparison"}
    terms = ProtocolTerms(question="?", plan_method="adaptive", round_size=25, criteria=(criterion,))
    revise_protocol(study=study, terms=terms, by=None)
    assert judged_at(take_cut(study_id=study.pk)) == []
    assert plan_next_round(study=study, by=None).method == "adaptive"
    assert violations() == []


def test_the_first_round_fills_the_quotas_however_many_they_ask_for(db: None) -> None:
    """18 tasks are odd; a round alone would take 4 tasks, of any slice."""
    study = adaptive_study(round_size=4, overlap_share=0.0, slice_quotas={"topic=odd": 15})
    first = Plan.objects.get()
    assert first.slice_quotas == {"topic=odd": 15}
    assert first.draws.filter(task__item__slices__topic="odd").count() >= 15
    assert plan_next_round(study=study, by=None).slice_quotas == {}


def test_the_first_round_is_a_balanced_start_of_a_rounds_size(db: None) -> None:
    adaptive_study(round_size=20, overlap_share=0.1)
    plan = Plan.objects.get()
    assert (plan.number, plan.method, plan.n_candidates, plan.cut) == (1, "balanced", 36, None)
    assert Counter(plan.draws.values_list("purpose", flat=True)) == {"base": 20, "overlap": 2}
    assert violations() == []


def test_a_later_round_says_what_it_saw_and_with_which_chances(db: None) -> None:
    study = adaptive_study(n_judged_each=8, overlap_share=0.25)
    plan = plan_next_round(study=study, number=2, by=None)
    assert (plan.method, plan.uniform_floor, plan.size, plan.n_candidates) == ("adaptive", 0.3, 25, 36)
    assert plan.cut is not None
    assert plan.cut.last_judgment == study.judgments.latest("pk").pk
    assert {"planner", "numpy", "scipy"} <= set(plan.versions)
    assert sum(plan.pair_probabilities.values()) == pytest.approx(1, abs=1e-12)
    assert "pairs are drawn" in plan.settings["reading"]
    assert {draw.p_item for draw in plan.draws.all()} == {1 / 12}
    assert violations() == []


def test_a_round_is_planned_once_a_number(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    second = plan_next_round(study=study, number=2, by=None)
    n_draws = Draw.objects.count()
    assert plan_next_round(study=study, number=2, by=None) == second
    assert plan_next_round(study=study, number=1, by=None).method == "balanced"
    assert Draw.objects.count() == n_draws
    assert plan_next_round(study=study, by=None).number == 3


def test_a_later_round_drawn_evenly_says_that_all_of_it_was_even(db: None) -> None:
    """Once a round was adaptive, a cut that tells no pairs apart gives draws without any preference."""
    study = adaptive_study(n_judged_each=8)
    assert plan_next_round(study=study, by=None).uniform_floor == 0.3
    with patch("apps.rating.planning.adaptive.pair_probabilities", side_effect=StatisticsError("nothing to tell")):
        plan = plan_next_round(study=study, by=None)
    assert "Every pair with the same chance" in plan.settings["reading"]
    assert (plan.method, plan.settings["chances"], plan.uniform_floor) == ("adaptive", "of each draw", 1.0)
    assert violations() == []


class _Undone(Exception):
    """Raised to roll back."""


def test_the_same_cut_gives_the_same_plan(db: None) -> None:
    study = adaptive_study(n_judged_each=8, round_size=60)
    cut = take_cut(study_id=study.pk)
    plans = []
    for n_more in (0, 5):
        with pytest.raises(_Undone), transaction.atomic():
            judge(rater_of(study), n_more)
            plan = plan_next_round(study=study, by=None, cut=cut)
            plans.append(
                (
                    list(plan.draws.order_by("ordinal").values_list("task", "purpose", "p_pair", "p_item", "position")),
                    plan.pair_probabilities,
                    plan.candidates_sha256,
                )
            )
            raise _Undone
    assert plans[0] == plans[1]
    judge(rater_of(study), 30)
    later = plan_next_round(study=study, by=None)
    assert later.cut != cut
    assert later.pair_probabilities != plans[0][1]


def test_a_round_during_the_start_has_the_same_plan_for_the_same_cut(db: None) -> None:
    study = adaptive_study()
    enrolment = rater_of(study)
    judge(enrolment, 3)
    cut = take_cut(study_id=study.pk)
    rounds = []
    for n_more in (0, 5):
        with pytest.raises(_Undone), transaction.atomic():
            judge(enrolment, n_more)
            plan = plan_next_round(study=study, by=None, cut=cut)
            rounds.append(list(plan.draws.order_by("ordinal").values_list("task", "position")))
            raise _Undone
    assert rounds[0] == rounds[1]


def test_only_what_a_board_counts_is_learnt_from(db: None) -> None:
    study = adaptive_study()
    enrolment = rater_of(study)
    judge(enrolment, 6)
    rows = judged_at(take_cut(study_id=study.pk))
    assert sum(n for *_, n in rows) == 6
    assert all(a < b for a, b, *_ in rows)
    criterion = {"key": "k", "question": "?", "anchors": [], "about": "comparison"}
    terms = ProtocolTerms(question="?", plan_method="adaptive", criteria=(criterion,))
    revise_protocol(study=study, terms=terms, by=None)
    assert judged_at(take_cut(study_id=study.pk)) == [], "another major asks something else"


def test_gold_is_no_candidate(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    gold = Task.objects.order_by("pk")[0]
    set_gold(task=gold, verdict="A", by=None)
    plan = plan_next_round(study=study, by=None)
    assert plan.n_candidates == 35
    assert not plan.draws.filter(task=gold).exists()


def test_rubrics_stay_balanced_and_are_planned_at_once(db: None) -> None:
    anchors = tuple(Anchor(value=n, label=str(n)) for n in (1, 2))
    study = adaptive_study(n_judged_each=8, criteria=(CriterionRow(key="k", question="?", anchors=anchors),))
    first = Plan.objects.get()
    assert Counter(first.draws.filter(purpose="base").values_list("task__kind", flat=True)) == {
        "comparison": 20,
        "rubric": 36,
    }
    second = plan_next_round(study=study, by=None)
    assert set(second.draws.values_list("task__kind", flat=True)) == {"comparison"}
    assert violations() == []


def test_a_balanced_study_has_no_rounds_by_results(lab: Lab) -> None:
    with pytest.raises(Refused, match="Only an adaptive study"):
        plan_next_round(study=lab.study, by=None)
    assert Plan.objects.count() == 1


def test_nothing_left_to_compare_is_refused_in_words(db: None) -> None:
    study = adaptive_study(n_items=2)
    for task in Task.objects.all():
        set_gold(task=task, verdict="A", by=None)
    with pytest.raises(Refused, match="nothing left to compare"):
        plan_next_round(study=study, by=None)


def test_a_new_system_becomes_a_newcomer(db: None) -> None:
    study = adaptive_study(n_judged_each=40, judged_systems=("zebra-canary-one", "zebra-canary-two"))
    plan = plan_next_round(study=study, by=None)
    assert plan.method == "adaptive"
    names = (
        dict(Task.objects.values_list("pk", "system_b__name")),
        dict(Task.objects.values_list("pk", "system_a__name")),
    )
    newcomers = plan.draws.filter(purpose="newcomer").values_list("task", flat=True)
    assert newcomers
    assert all("zebra-canary-three" in {by_task[task] for by_task in names} for task in newcomers)
    assert StudyOutput.objects.filter(study=study).count() == 36
    assert Study.objects.get(pk=study.pk).state == "open"


def test_a_balanced_round_beside_the_adaptive_ones_is_numbered_with_them(db: None) -> None:
    study = adaptive_study(n_judged_each=8)
    assert [plan_round(study=study, by=None).number, plan_next_round(study=study, by=None).number] == [2, 3]
