"""Planning: balance, quotas, probabilities, rounds, and what is never drawn."""

import random
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.accounts.services import create_workspace
from apps.core.errors import Refused
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Band, Draw, Plan, Task
from apps.rating.planning.balanced import BalancedDraws, BalancedTerms, balanced_draws
from apps.rating.planning.candidates import Candidate, probabilities
from apps.rating.planning.ordering import in_balance
from apps.rating.planning.quotas import shortages
from apps.rating.services import open_study, plan_round, retire_gold, set_gold
from apps.studies.material import Anchor, CriterionRow, OutputRow, StudyFile
from apps.studies.models import Study, StudyOutput
from apps.studies.services import ProtocolTerms, revise_protocol
from tests.studies_for_tests import Lab, bundle_of

pytestmark = pytest.mark.slow

SIZES = {"n_items": st.integers(1, 9), "n_systems": st.integers(2, 6), "seed": st.integers(0, 2**32)}
KINDS = st.sampled_from([("comparison",), ("rubric",), ("comparison", "rubric")])


def everything(
    n_items: int, n_systems: int, kinds: Sequence[str] = ("comparison",), slices: Sequence[frozenset[str]] = ()
) -> list[Candidate]:
    """Every pair of systems, and every system by itself for rubrics, on every item."""
    systems = [f"s{n}" for n in range(n_systems)]
    pairs: list[tuple[str, ...]] = list(combinations(systems, 2)) if "comparison" in kinds else []
    pairs += [(system,) for system in systems] if "rubric" in kinds else []
    cells = [(pair, item) for item in range(n_items) for pair in pairs]
    of_item = [slices[item] if item < len(slices) else frozenset() for item in range(n_items)]
    return [Candidate(task, pair, f"i{item}", of_item[item]) for task, (pair, item) in enumerate(cells)]


def spread(counts: Counter[object], n_kinds: int) -> int:
    """How far the most frequent is ahead of the least; a kind that is missing counts 0."""
    return max(counts.values()) - (min(counts.values()) if len(counts) == n_kinds else 0)


def planned(candidates: Sequence[Candidate], seed: object = 0, band: int = 0, **terms: object) -> BalancedDraws:
    return balanced_draws(candidates, BalancedTerms(**terms), first_band=band, rng=random.Random(seed))  # type: ignore[arg-type]


@given(**SIZES, kinds=KINDS)
def test_every_beginning_holds_every_pair_equally_often(
    n_items: int, n_systems: int, seed: int, kinds: Sequence[str]
) -> None:
    candidates = everything(n_items, n_systems, kinds)
    ordered = in_balance(candidates, random.Random(seed))
    assert sorted(c.task_id for c in ordered) == [c.task_id for c in candidates]
    n_pairs = len({c.pair for c in candidates})
    for n in range(1, len(ordered) + 1):
        assert spread(Counter(c.pair for c in ordered[:n]), n_pairs) <= 1


@given(**SIZES, kinds=KINDS)
def test_every_beginning_holds_every_item_equally_often(
    n_items: int, n_systems: int, seed: int, kinds: Sequence[str]
) -> None:
    ordered = in_balance(everything(n_items, n_systems, kinds), random.Random(seed))
    for n in range(1, len(ordered) + 1):
        assert spread(Counter(c.item for c in ordered[:n]), n_items) <= 1


@given(n_items=st.integers(3, 9), n_systems=st.integers(2, 6), seed=st.integers(0, 2**32))
def test_pairs_that_are_ahead_wait_for_the_others(n_items: int, n_systems: int, seed: int) -> None:
    candidates, rng = everything(n_items, n_systems), random.Random(seed)
    pairs = sorted({c.pair for c in candidates})
    have = Counter({pair: rng.randrange(4) for pair in pairs})
    ordered = in_balance(candidates, rng, have)
    most = max(have.values())
    n_to_catch_up = sum(most - have[pair] for pair in pairs)
    so_far = Counter(have)
    so_far.update(c.pair for c in ordered[:n_to_catch_up])
    assert {so_far[pair] for pair in pairs} == {most}


SLICES = st.lists(st.frozensets(st.sampled_from(["l=de", "t=refund"])), min_size=6, max_size=6)


@given(
    seed=st.integers(0, 2**32),
    kept=st.sets(st.integers(0, 59), min_size=1),
    overlap=st.sampled_from([0.0, 0.15, 1.0]),
    slices=SLICES,
    kinds=KINDS,
    n_tasks=st.none() | st.integers(1, 20),
)
def test_probabilities_add_to_one(
    seed: int,
    kept: set[int],
    overlap: float,
    slices: list[frozenset[str]],
    kinds: Sequence[str],
    n_tasks: int | None,
) -> None:
    """Where pairs miss items, items lie in slices with quotas, and the plan is cut short, too."""
    candidates = [c for c in everything(6, 4, kinds, slices) if c.task_id in kept]
    assume(candidates)
    quotas = {name: min(3, sum(name in c.slices for c in candidates)) for name in ("l=de", "t=refund")}
    plan = planned(candidates, seed, overlap_share=overlap, n_tasks=n_tasks, quotas=quotas)
    base = [draw for draw in plan.draws if draw.purpose == "base"]
    assert sum(plan.chances.pair.values()) == pytest.approx(1)
    drawn = [c for c in candidates if (c.pair, c.slices) in plan.chances.item]
    assert sum(p * q for p, q in map(plan.chances.of, drawn)) == pytest.approx(1)
    assert {d.task_id: (d.p_pair, d.p_item) for d in plan.draws} == {
        c.task_id: plan.chances.of(c) for c in candidates if c.task_id in {d.task_id for d in base}
    }
    assert len(plan.draws) - len(base) == round(overlap * len({draw.task_id for draw in base}))


@given(replication=st.integers(1, 3), slices=SLICES, seed=st.integers(0, 2**32), wanted=st.integers(1, 15))
def test_a_whole_plan_has_the_same_probabilities_with_quotas_as_without(
    replication: int, slices: list[frozenset[str]], seed: int, wanted: int
) -> None:
    candidates = everything(6, 3, slices=slices)
    quotas = {"l=de": wanted}
    assume(not shortages(candidates, quotas, replication))
    with_quotas = planned(candidates, seed, replication=replication, quotas=quotas)
    assert Counter(d.task_id for d in with_quotas.draws) == {c.task_id: replication for c in candidates}
    assert all((d.p_pair, d.p_item) == pytest.approx((1 / 3, 1 / 6)) for d in with_quotas.draws)


def test_logged_probabilities_are_how_often_tasks_are_drawn() -> None:
    """Over many plans cut short, quotas and all, each task is drawn as often as its draws say."""
    slices = [frozenset({"l=de"}), frozenset({"l=de"}), *[frozenset[str]()] * 6]
    candidates = everything(8, 3, slices=slices)
    n_plans, drawn, told = 2000, Counter[int](), Counter[int]()
    for seed in range(n_plans):
        plan = planned(candidates, seed, n_tasks=9, quotas={"l=de": 5})
        drawn.update(draw.task_id for draw in plan.draws)
        for candidate in candidates:
            pair, item = plan.chances.of(candidate)
            told[candidate.task_id] += pair * item * len(plan.draws)
    for candidate in candidates:
        error = (told[candidate.task_id] * (1 - told[candidate.task_id] / n_plans)) ** 0.5
        assert abs(drawn[candidate.task_id] - told[candidate.task_id]) < 4 * error + 1e-9


@given(replication=st.integers(1, 4), n_tasks=st.integers(1, 30), seed=st.integers(0, 2**32))
def test_breadth_comes_before_replication(replication: int, n_tasks: int, seed: int) -> None:
    draws = planned(everything(5, 4), seed, band=7, replication=replication, overlap_share=0.2, n_tasks=n_tasks).draws
    chosen = {draw.task_id for draw in draws}
    assert len(chosen) == n_tasks
    for band in range(7, 7 + replication):
        of_band = [draw for draw in draws if draw.band == band]
        assert {draw.task_id for draw in of_band if draw.purpose == "base"} == chosen
        assert sorted(draw.position for draw in of_band) == list(range(len(of_band)))
    assert {draw.band for draw in draws if draw.purpose == "overlap"} <= {7}
    assert max(Counter(d.task_id for d in draws if d.purpose == "overlap").values(), default=1) == 1


@given(
    slices=SLICES,
    kinds=KINDS,
    seed=st.integers(0, 2**32),
    replication=st.integers(1, 3),
    german=st.integers(1, 30),
    refunds=st.integers(1, 30),
    n_tasks=st.none() | st.integers(1, 40),
)
def test_quotas_are_filled_first(
    slices: list[frozenset[str]],
    kinds: Sequence[str],
    seed: int,
    replication: int,
    german: int,
    refunds: int,
    n_tasks: int | None,
) -> None:
    candidates = everything(6, 4, kinds, slices)
    quotas = {"l=de": german, "t=refund": refunds}
    assume(not shortages(candidates, quotas, replication))
    draws = planned(candidates, seed, replication=replication, quotas=quotas, n_tasks=n_tasks, overlap_share=0.1).draws
    of_task = {c.task_id: c for c in candidates}
    base = [of_task[d.task_id] for d in sorted(draws, key=lambda d: d.band) if d.purpose == "base"]
    first = quota_bands(draws, of_task, quotas)
    for name, wanted in quotas.items():
        of_slice = [c for c in base[:first] if name in c.slices]
        assert len(of_slice) >= wanted
        times = Counter(c.task_id for c in of_slice)
        assert max(times.values()) <= replication
    assert first <= german + refunds, "no draw stands before the rest that no quota asks for"
    assert all(c.slices for c in base[:first])
    assert max(Counter(c.task_id for c in base).values()) <= replication


def quota_bands(draws: Sequence[object], of_task: dict[int, Candidate], quotas: dict[str, int]) -> int:
    """After how many base draws, band by band, every quota is filled."""
    open_quotas, n = Counter(quotas), 0
    for band in sorted({d.band for d in draws}):
        of_band = [of_task[d.task_id] for d in draws if d.band == band and d.purpose == "base"]
        n += len(of_band)
        open_quotas.subtract(name for c in of_band for name in c.slices)
        if all(left <= 0 for left in open_quotas.values()):
            break
    return n


@given(seed=st.integers(0, 2**32), wanted=st.integers(1, 36), replication=st.integers(2, 3))
def test_a_quota_is_balanced_over_pairs_and_broad_before_deep(seed: int, wanted: int, replication: int) -> None:
    slices = [frozenset({"l=de"})] * 3
    candidates = everything(6, 4, slices=slices)
    draws = planned(candidates, seed, replication=replication, quotas={"l=de": wanted}).draws
    of_task = {c.task_id: c for c in candidates}
    german: list[int] = []
    for band in sorted({d.band for d in draws}):
        here = [d.task_id for d in draws if d.band == band]
        if len(german) + len(here) > wanted or not all(of_task[t].slices for t in here):
            break
        german += here
    assert len(german) == wanted
    assert spread(Counter(of_task[t].pair for t in german), 6) <= 1
    assert spread(Counter(german), 18) <= 1


def test_an_overlap_draw_stands_where_its_task_first_stands() -> None:
    slices = [frozenset({"l=de"})] * 2
    draws = planned(everything(6, 4, slices=slices), 1, replication=2, overlap_share=0.5, quotas={"l=de": 8}).draws
    first = {
        t: min(d.band for d in draws if d.task_id == t and d.purpose == "base") for t in {d.task_id for d in draws}
    }
    overlap = [d for d in draws if d.purpose == "overlap"]
    assert len(overlap) == 18
    assert all(d.band == first[d.task_id] for d in overlap)
    assert {d.band for d in overlap} == {0, 1}


def test_only_comparisons_are_cut_where_a_round_is_theirs() -> None:
    draws = planned(everything(5, 4, ("comparison", "rubric")), n_comparisons=7).draws
    sizes = Counter(
        len(c.pair) for d in draws for c in everything(5, 4, ("comparison", "rubric")) if c.task_id == d.task_id
    )
    assert sizes == {2: 7, 1: 20}


def test_nothing_gives_no_draws() -> None:
    assert planned([], overlap_share=1).draws == []


def test_the_same_seed_draws_the_same_plan() -> None:
    one, other = (planned(everything(4, 3), "s:1", replication=2, overlap_share=0.5, n_tasks=5) for _ in range(2))
    assert one == other


def test_probabilities_of_a_whole_plan_are_even() -> None:
    candidates = everything(3, 3)
    assert probabilities(candidates, candidates).of(candidates[0]) == pytest.approx((1 / 3, 1 / 3))


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


# Rubrics, quotas and readiness ------------------------------------------------------------------------------

SCALE = tuple(Anchor(value=n, label=f"{n}") for n in range(1, 4))


def study_with(**terms: object) -> Study:
    """A study in draft with three systems on four items, two in each topic."""
    workspace = create_workspace(slug="plans", name="Plans")
    import_bundle(bundle=bundle_of(4, study=StudyFile(name="It", **terms)), workspace=workspace, slug="it", by=None)  # type: ignore[arg-type]
    return Study.objects.select_related("workspace").get(slug="it")


def criterion(about: str = "output", n_anchors: int = 3) -> CriterionRow:
    anchors = tuple(Anchor(value=n, label=str(n)) for n in range(n_anchors))
    return CriterionRow(key=f"about-{about}", question="?", anchors=anchors, about=about)


@pytest.mark.parametrize(
    ("terms", "kinds"),
    [
        ({}, {"comparison": 12}),
        ({"criteria": (criterion("comparison"),)}, {"comparison": 12}),
        ({"criteria": (criterion(),)}, {"comparison": 12, "rubric": 12}),
        ({"criteria": (criterion(),), "verdicts": ()}, {"rubric": 12}),
    ],
    ids=["verdicts", "about the comparison", "both", "rubric only"],
)
def test_a_protocol_says_which_tasks_there_are(db: None, terms: dict[str, object], kinds: dict[str, int]) -> None:
    study = study_with(overlap_share=0.0, **terms)
    plan = plan_round(study=study, by=None)
    assert Counter(Task.objects.values_list("kind", flat=True)) == kinds
    assert plan.size == Draw.objects.count() == sum(kinds.values())
    assert sum(plan.pair_probabilities.values()) == pytest.approx(1)
    assert {len(key.split("|")) for key in plan.pair_probabilities} == {
        {"comparison": 2, "rubric": 1}[kind] for kind in kinds
    }
    assert all(d.p_item == pytest.approx(1 / 4) for d in Draw.objects.all())


def test_rubrics_take_systems_and_items_equally_often_and_no_gold(db: None) -> None:
    study = study_with(overlap_share=0.0, criteria=(criterion(),), verdicts=())
    plan_round(study=study, by=None, n_tasks=6)
    drawn = Task.objects.filter(draws__isnull=False)
    assert spread(Counter(drawn.values_list("system_a", flat=True)), 3) == 0
    assert spread(Counter(drawn.values_list("item", flat=True)), 4) <= 1
    gold = set_gold(task=Task.objects.order_by("pk")[0], answers={"about-output": 1}, by=None)
    assert not plan_round(study=study, by=None).draws.filter(task=gold.task).exists()


def test_all_tasks_gold_leaves_nothing_to_rate(db: None) -> None:
    study = study_with(criteria=(criterion(),), verdicts=())
    plan_round(study=study, by=None)
    for task in Task.objects.all():
        set_gold(task=task, answers={"about-output": 1}, by=None)
    with pytest.raises(Refused, match="nothing to rate"):
        plan_round(study=study, by=None)


def test_the_quota_of_a_slice_is_served_first_and_once(db: None) -> None:
    study = study_with(slice_quotas={"topic=odd": 4}, overlap_share=0.0)
    plan = plan_round(study=study, by=None)
    assert plan.slice_quotas == {"topic=odd": 4}
    first = Draw.objects.filter(band=0).values_list("task__item__slices__topic", flat=True)
    assert list(first) == ["odd"] * 4
    assert plan_round(study=study, by=None).slice_quotas == {}, "the first round filled it"


@pytest.mark.parametrize(
    ("quotas", "words"),
    [
        ({"topic=odd": 7}, "topic=odd wants 7 judgments and can have 6"),
        ({"topic=none": 1}, "topic=none wants 1 judgments and can have 0"),
    ],
)
def test_a_quota_that_cannot_be_filled_is_refused_in_words(db: None, quotas: dict[str, int], words: str) -> None:
    study = study_with(slice_quotas=quotas)
    with pytest.raises(Refused, match=words):
        open_study(study=study, by=None)
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"criteria": (criterion(n_anchors=7),)}, "has 7 answers to choose from: give it 2 to 5"),
        ({"criteria": (criterion("comparison", n_anchors=1),)}, "has 1 answer to choose from"),
        ({"gold_share": 0.1}, "10 % of what raters see is meant to be gold"),
        ({"gold_share": 0.3, "retest_share": 0.3}, "would take 60 % of what raters see"),
    ],
)
def test_a_study_that_cannot_be_rated_is_not_opened(db: None, terms: dict[str, object], words: str) -> None:
    study = study_with(**terms)
    with pytest.raises(Refused, match=words):
        open_study(study=study, by=None)
    assert not Plan.objects.exists()
    assert Study.objects.get(pk=study.pk).state == "draft"


def test_five_anchors_and_half_inserted_are_allowed(db: None) -> None:
    study = study_with(criteria=(criterion(n_anchors=5),), gold_share=0.3, retest_share=0.2)
    plan_round(study=study, by=None)
    set_gold(task=Task.objects.filter(kind="comparison").order_by("pk")[0], verdict="A", by=None)
    assert open_study(study=study, by=None).state == "open"


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"replication": 0}, "replication of 1 or more"),
        ({"lease_minutes": 0}, "lease_minutes of 1 or more"),
        ({"overlap_share": 1.5}, "overlap share"),
        ({"gold_share": 0.6, "retest_share": 0.5}, "together they cannot be more"),
        ({"plan_method": "clever"}, "balanced or adaptive"),
        ({"plan_method": "adaptive", "verdicts": ()}, "give the study verdicts, or plan it balanced"),
        ({"round_size": 0}, "round_size of 1 or more"),
        ({"uniform_floor": 0.0}, "uniform floor is above 0"),
        ({"qualification_pass": 1.2}, "qualification"),
        ({"slice_quotas": {"locale": 5}}, "slice quota names a slice"),
        ({"slice_quotas": {"locale=de": 0}}, "slice quota names a slice"),
        ({"criteria": (criterion("weather").as_dict(),)}, "about one output"),
        ({"criteria": (criterion("comparison").as_dict(),), "verdicts": ()}, "asked after its verdict"),
    ],
)
def test_terms_that_no_study_can_have_are_refused_in_words(lab: Lab, terms: dict[str, object], words: str) -> None:
    with pytest.raises(Refused, match=words):
        revise_protocol(study=lab.study, terms=ProtocolTerms(question="?", **terms), by=None)  # type: ignore[arg-type]


def test_what_a_criterion_is_about_is_kept_and_makes_a_major(lab: Lab) -> None:
    first = ProtocolTerms(question="?", criteria=({"key": "k", "question": "?", "anchors": []},))
    assert revise_protocol(study=lab.study, terms=first, by=None).major == 2
    spelled = ProtocolTerms(question="?", criteria=({"key": "k", "about": "output", "question": "?", "anchors": []},))
    assert revise_protocol(study=lab.study, terms=spelled, by=None).major == 2
    other = ProtocolTerms(question="?", criteria=(criterion("comparison").as_dict(),))
    version = revise_protocol(study=lab.study, terms=other, by=None)
    assert (version.major, version.criteria.get().about) == (3, "comparison")
