"""Planning: balance, probabilities, rounds, and what is never drawn."""

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.services import create_workspace
from apps.core.errors import Refused
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Band, Draw, Plan, Task
from apps.rating.planning.balanced import Candidate, balanced_draws, in_balance, probabilities
from apps.rating.services import plan_round, retire_gold, set_gold
from apps.studies.material import OutputRow
from apps.studies.models import Study, StudyOutput
from tests.studies_for_tests import Lab, bundle_of

SIZES = {"n_items": st.integers(1, 9), "n_systems": st.integers(2, 6), "seed": st.integers(0, 2**32)}


def everything(n_items: int, n_systems: int) -> list[Candidate]:
    """Every pair of systems on every item."""
    pairs = list(combinations([f"s{n}" for n in range(n_systems)], 2))
    cells = [(pair, f"i{item}") for item in range(n_items) for pair in pairs]
    return [Candidate(task, pair, item) for task, (pair, item) in enumerate(cells)]


def spread(counts: Counter[object], n_kinds: int) -> int:
    """How far the most frequent is ahead of the least; a kind that is missing counts 0."""
    return max(counts.values()) - (min(counts.values()) if len(counts) == n_kinds else 0)


@given(**SIZES)
def test_every_beginning_holds_every_pair_equally_often(n_items: int, n_systems: int, seed: int) -> None:
    candidates = everything(n_items, n_systems)
    ordered = in_balance(candidates, random.Random(seed))
    assert sorted(c.task_id for c in ordered) == [c.task_id for c in candidates]
    n_pairs = n_systems * (n_systems - 1) // 2
    for n in range(1, len(ordered) + 1):
        assert spread(Counter(c.pair for c in ordered[:n]), n_pairs) <= 1


@given(**SIZES)
def test_every_beginning_holds_every_item_equally_often(n_items: int, n_systems: int, seed: int) -> None:
    ordered = in_balance(everything(n_items, n_systems), random.Random(seed))
    for n in range(1, len(ordered) + 1):
        assert spread(Counter(c.item for c in ordered[:n]), n_items) <= 1


@given(
    seed=st.integers(0, 2**32), kept=st.sets(st.integers(0, 29), min_size=1), overlap=st.sampled_from([0.0, 0.15, 1.0])
)
def test_probabilities_add_to_one_where_pairs_miss_items(seed: int, kept: set[int], overlap: float) -> None:
    candidates = [c for c in everything(5, 4) if c.task_id in kept]
    assert sum(probabilities(candidates).pair.values()) == pytest.approx(1)
    draws = balanced_draws(
        candidates, replication=1, overlap_share=overlap, n_tasks=None, first_band=0, rng=random.Random(seed)
    )
    base = [draw for draw in draws if draw.purpose == "base"]
    assert sum(draw.p_pair * draw.p_item for draw in base) == pytest.approx(1)
    assert len(draws) - len(base) == round(overlap * len(candidates))


@given(replication=st.integers(1, 4), n_tasks=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_breadth_comes_before_replication(replication: int, n_tasks: int, seed: int) -> None:
    draws = balanced_draws(
        everything(5, 4),
        replication=replication,
        overlap_share=0.2,
        n_tasks=n_tasks,
        first_band=7,
        rng=random.Random(seed),
    )
    chosen = {draw.task_id for draw in draws}
    assert len(chosen) == n_tasks
    for band in range(7, 7 + replication):
        of_band = [draw for draw in draws if draw.band == band]
        assert {draw.task_id for draw in of_band if draw.purpose == "base"} == chosen
        assert sorted(draw.position for draw in of_band) == list(range(len(of_band)))
    assert {draw.band for draw in draws if draw.purpose == "overlap"} <= {7}
    assert max(Counter(d.task_id for d in draws if d.purpose == "overlap").values(), default=1) == 1


def test_nothing_gives_no_draws() -> None:
    rng = random.Random(0)
    assert balanced_draws([], replication=1, overlap_share=1, n_tasks=None, first_band=0, rng=rng) == []


def test_the_same_seed_draws_the_same_plan() -> None:
    one, other = (
        balanced_draws(
            everything(4, 3), replication=2, overlap_share=0.5, n_tasks=5, first_band=0, rng=random.Random("s:1")
        )
        for _ in range(2)
    )
    assert one == other


def test_a_round_is_planned_once_a_number(lab: Lab) -> None:
    first, n_draws = Plan.objects.get(), Draw.objects.count()
    assert plan_round(study=lab.study, by=None, number=1) == first
    assert (Plan.objects.count(), Draw.objects.count()) == (1, n_draws)
    second = plan_round(study=lab.study, by=None, number=2)
    assert (second.number, second.size) == (2, Draw.objects.filter(plan=second).count())
    assert list(Band.objects.order_by("number").values_list("number", flat=True)) == [0, 1]
    assert plan_round(study=lab.study, by=None).number == 3


def test_a_stored_plan_says_what_it_drew_from(lab: Lab) -> None:
    plan = Plan.objects.get()
    assert (plan.n_candidates, plan.n_identical, plan.size) == (12, 0, 14)
    assert Counter(Draw.objects.values_list("purpose", flat=True)) == {"base": 12, "overlap": 2}
    assert sum(plan.pair_probabilities.values()) == pytest.approx(1)
    assert len(plan.pair_probabilities) == 3
    for draw in Draw.objects.all():
        assert (draw.p_pair, draw.p_item) == pytest.approx((1 / 3, 1 / 4))


def test_a_round_can_be_cut_short_by_count(lab: Lab) -> None:
    plan = plan_round(study=lab.study, by=None, n_tasks=6)
    tasks = Task.objects.filter(draws__plan=plan, draws__purpose="base")
    assert set(Counter(tasks.values_list("system_low", "system_high")).values()) == {2}


def drafted(outputs: tuple[OutputRow, ...], **more: object) -> Study:
    """A study in draft with these outputs for the usual items and systems."""
    bundle = bundle_of(2, **more)
    workspace = create_workspace(slug="plans", name="Plans")
    changed = type(bundle)(study=bundle.study, items=bundle.items, systems=bundle.systems, outputs=outputs)
    import_bundle(bundle=changed, workspace=workspace, slug="draft", by=None)
    return Study.objects.get(slug="draft")


TEXTS = {"one": "Yes.", "two": "Yes.", "three": ""}


def with_identical_texts() -> Study:
    """Two items, on each of which systems one and two say the same."""
    outputs = (OutputRow(item=f"item-{n}", system=name, text=TEXTS[name]) for n in range(2) for name in TEXTS)
    return drafted(tuple(outputs), systems=tuple(TEXTS))


def test_identical_texts_are_counted_and_never_drawn(db: None) -> None:
    study = with_identical_texts()
    plan = plan_round(study=study, by=None)
    assert (plan.n_identical, plan.n_candidates) == (2, 4)
    drawn = Task.objects.filter(draws__plan=plan)
    assert all(task.output_a.text != task.output_b.text for task in drawn.select_related("output_a", "output_b"))
    assert Task.objects.count() == 4, "no task is made of them either"
    assert "one|two" not in plan.pair_probabilities
    assert "three|two" in plan.pair_probabilities, "the empty text is an answer too"


def test_identical_texts_that_an_import_compared_are_never_drawn(db: None) -> None:
    study = with_identical_texts()
    one, two = (StudyOutput.objects.filter(study=study, system__name=name).earliest("pk") for name in ("one", "two"))
    first, second = sorted((one, two), key=lambda row: row.output_id)
    task = Task.objects.create(
        study=study, kind="comparison", item_id=one.item_id, output_a_id=first.output_id, system_a_id=first.system_id,
        output_b_id=second.output_id, system_b_id=second.system_id,
    )  # fmt: skip
    plan = plan_round(study=study, by=None)
    assert plan.n_candidates == 4
    assert not Draw.objects.filter(task=task).exists()


@pytest.mark.parametrize(
    "outputs",
    [
        (OutputRow(item="item-0", system="one", text="x"), OutputRow(item="item-1", system="two", text="y")),
        (OutputRow(item="item-0", system="one", text="x"), OutputRow(item="item-0", system="two", text="x")),
    ],
    ids=["no common item", "equal texts only"],
)
def test_nothing_to_compare_is_refused_in_words(db: None, outputs: tuple[OutputRow, ...]) -> None:
    study = drafted(outputs, systems=("one", "two"))
    with pytest.raises(Refused, match="two systems or more for the same item"):
        plan_round(study=study, by=None)
    assert not Plan.objects.exists()


def test_a_task_with_gold_is_no_ordinary_work_until_the_gold_retires(lab: Lab) -> None:
    task = Task.objects.order_by("pk")[0]
    gold = set_gold(task=task, verdict="A", by=None)
    with_gold = plan_round(study=lab.study, by=None)
    assert not Draw.objects.filter(plan=with_gold, task=task).exists()
    assert with_gold.n_candidates == 11
    retire_gold(gold=gold, reason="a test", by=None)
    assert Draw.objects.filter(plan=plan_round(study=lab.study, by=None), task=task, purpose="base").exists()


@pytest.mark.parametrize("answer", [{}, {"verdict": "C"}, {"answers": {"key": 1}}, {"verdict": "A", "answers": {}}])
def test_gold_of_a_comparison_is_a_verdict(lab: Lab, answer: dict[str, object]) -> None:
    with pytest.raises(Refused, match="gold is a verdict"):
        set_gold(task=Task.objects.order_by("pk")[0], by=None, **answer)
