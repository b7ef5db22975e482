"""Writing rows and reading them gives them back, whatever they hold and in every file format."""

import dataclasses
import json
import tempfile
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Workspace
from apps.accounts.services import create_workspace
from apps.rating.exchange.bundle import Bundle, read_bundle
from apps.rating.exchange.columns import DISPOSITIONS, PURPOSES
from apps.rating.exchange.documents import (
    gold_document,
    item_document,
    judgment_document,
    output_document,
    study_document,
    system_document,
    write_jsonl,
)
from apps.rating.exchange.export import export_study, terms_of
from apps.rating.exchange.kinds import ROLES
from apps.rating.exchange.problems import ImportRefused
from apps.rating.exchange.rows import GoldRow, JudgmentRow, task_key_of
from apps.rating.exchange.storing import import_bundle
from apps.rating.exchange.terms import study_from
from apps.rating.models import Judgment
from apps.studies.material import Anchor, CriterionRow, ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study
from tests.studies_for_tests import SYSTEMS, bundle_of

pytestmark = pytest.mark.slow

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
GIVEN = TEXT.filter(bool)
# A CSV cell cannot tell "\r" within a text from the end of a line in every reader; names are short and plain.
NAME = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=6)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)
SLICE_NAME = NAME.filter(lambda name: "=" not in name)
MESSAGES = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(ROLES), "content": TEXT}), min_size=1, max_size=3
).map(tuple)
ANCHORS = (Anchor(value=1, label="bad"), Anchor(value="fine", label="good", example="so"))
SIDES = (Anchor(value="A", label="A"), Anchor(value=0, label="neither"), Anchor(value="B", label="B"))
STUDY = StudyFile(
    name="Everything",
    guideline="Read.",
    verdicts=("A", "B", "TIE", "BOTH_BAD"),
    criteria=(
        CriterionRow(key="tone", question="?", anchors=ANCHORS),
        CriterionRow(key="gap", question="Which is kinder?", anchors=SIDES, about="comparison"),
    ),
)
ITEM_NAMES, SYSTEM_NAMES = ("q1", "q 2"), ("plain", "chätty", "=curt")


def maybe(strategy):
    return st.none() | strategy


@st.composite
def items(draw):
    return tuple(
        ItemRow(
            external_id=name,
            group=draw(st.just("") | NAME),
            messages=draw(MESSAGES),
            context=draw(maybe(GIVEN)),
            reference=draw(maybe(GIVEN)),
            slices=draw(st.dictionaries(SLICE_NAME, GIVEN, max_size=2)),
            metadata=draw(OBJECT),
        )
        for name in ITEM_NAMES
    )


@st.composite
def outputs(draw):
    rows = []
    for item in ITEM_NAMES:
        for system in SYSTEM_NAMES:
            is_text = draw(st.booleans())
            rows.append(
                OutputRow(
                    item=item,
                    system=system,
                    sample=draw(st.sampled_from((0, 3))),
                    text=draw(TEXT) if is_text else None,
                    messages=None if is_text else draw(MESSAGES),
                    latency_ms=draw(maybe(st.floats(0, 1e12))),
                    cost_usd=draw(maybe(st.decimals(0, Decimal("999999.99999999"), places=8))),
                    tokens=draw(maybe(st.integers(0, 2**31 - 1))),
                )
            )
    return tuple(rows)


@st.composite
def answers(draw, samples, *, is_gold):
    item = draw(st.sampled_from(ITEM_NAMES))
    if draw(st.booleans()):
        system = draw(st.sampled_from(SYSTEM_NAMES))
        criteria = {"tone": draw(st.sampled_from(("fine", 1)))}
        return {"item": item, "output": system, "sample": samples[item, system], "criteria": criteria}
    a, b = draw(st.permutations(SYSTEM_NAMES))[:2]
    answer = {"output_a": a, "output_b": b, "sample_a": samples[item, a], "sample_b": samples[item, b]}
    screen = {"left": draw(st.sampled_from((None, a, b))), "first_seen": draw(st.sampled_from((None, "left", "right")))}
    gap = {} if is_gold or draw(st.booleans()) else {"criteria": {"gap": draw(st.sampled_from(("A", "B", 0)))}}
    return {"item": item, "verdict": draw(st.sampled_from(STUDY.verdicts))} | answer | ({} if is_gold else screen) | gap


@st.composite
def golds(draw, samples):
    rows = [
        GoldRow(
            **draw(answers(samples, is_gold=True)),
            rationale=draw(maybe(GIVEN)),
            use=draw(st.sampled_from(("training", "hidden"))),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]
    return tuple({task_key_of(row): row for row in rows}.values())


@st.composite
def judgments(draw, samples):
    rows = []
    for showing, uuid in enumerate(draw(st.lists(st.uuids(), max_size=4, unique=True))):
        answer = draw(answers(samples, is_gold=False))
        unparsed = draw(st.booleans())
        if unparsed:
            answer |= {"criteria": None, "verdict": None}
        rows.append(
            JudgmentRow(
                **answer,
                uuid=uuid,
                showing=showing,
                unparsed=unparsed,
                rater="judge" if unparsed else draw(st.sampled_from(("ada", str(uuid)))),
                kind="judge" if unparsed else "human",
                rater_group=None if unparsed else draw(st.sampled_from((None, "crowd"))),
                judged_at=draw(maybe(st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)))),  # noqa: DTZ001
                shown_ms=draw(maybe(st.integers(0, 2**31 - 1))),
                confidence=draw(maybe(st.floats(0, 1))),
                comment=draw(maybe(GIVEN)),
                purpose=draw(st.sampled_from(PURPOSES)),
                disposition=draw(st.sampled_from((None, *DISPOSITIONS, "rule:too_fast"))),
                flags=tuple(draw(st.lists(GIVEN, max_size=2))),
                p_pair=draw(maybe(st.floats(0, 1, exclude_min=True))),
                p_item=draw(maybe(st.floats(0, 1, exclude_min=True))),
                metadata=draw(OBJECT),
            )
        )
    return tuple(rows)


@st.composite
def studies(draw):
    """Terms of a study, those of STUDY among them, with whatever may be said about giving out the work."""
    gold_share = draw(st.floats(0, 1, exclude_max=True))
    price = st.decimals(0, Decimal("999999.9999"), places=4)
    return dataclasses.replace(
        STUDY,
        replication=draw(st.integers(1, 2**15 - 1)),
        overlap_share=draw(st.floats(0, 1)),
        gold_share=gold_share,
        retest_share=draw(st.floats(0, 1 - gold_share, exclude_max=True).filter(lambda r: gold_share <= 1 - r)),
        lease_minutes=draw(st.integers(1, 2**15 - 1)),
        shows_slices=draw(st.booleans()),
        plan_method=draw(st.sampled_from(("balanced", "adaptive"))),
        round_size=draw(st.integers(1, 2**31 - 1)),
        uniform_floor=draw(st.floats(0, 1, exclude_min=True)),
        slice_quotas=draw(
            st.dictionaries(st.builds("{}={}".format, SLICE_NAME, NAME), st.integers(1, 2**31 - 1), max_size=2)
        ),
        qualification_pass=draw(st.floats(0, 1)),
        price_per_judgment=draw(maybe(price)),
        currency=draw(st.sampled_from(("EUR", "CHF"))),
    )


@st.composite
def bundles(draw):
    systems = tuple(
        SystemRow(name=name, family=draw(TEXT), version=draw(TEXT), settings=draw(OBJECT)) for name in SYSTEM_NAMES
    )
    answered = draw(outputs())
    samples = {(output.item, output.system): output.sample for output in answered}
    return Bundle(
        study=draw(studies()),
        items=draw(items()),
        outputs=answered,
        systems=systems,
        golds=draw(golds(samples)),
        judgments=draw(judgments(samples)),
    )


def documents(bundle: Bundle) -> dict:
    return {
        "systems": [system_document(row) for row in bundle.systems],
        "items": [item_document(row) for row in bundle.items],
        "outputs": [output_document(row) for row in bundle.outputs],
        "gold": [gold_document(row) for row in bundle.golds],
        "judgments": [judgment_document(row) for row in bundle.judgments],
    }


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet", "csv.gz"])
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bundle=bundles())
def test_writing_and_reading_gives_the_rows_back(cell_writers, ending, bundle):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "study.json").write_text(json.dumps(study_document(bundle.study)))
        for table, rows in documents(bundle).items():
            if rows and ending == "jsonl":
                write_jsonl(folder / f"{table}.jsonl", rows)
            elif rows:
                (folder / f"{table}.{ending}").write_bytes(cell_writers[ending](rows))
        assert read_bundle(folder) == bundle


def test_a_study_without_verdicts_stays_without():
    study = StudyFile(verdicts=(), criteria=STUDY.criteria)
    assert study_document(study)["verdicts"] == []


def test_terms_that_are_usual_are_not_written():
    assert set(study_document(StudyFile(name="It"))) == {"name", "question", "verdicts"}
    assert study_document(StudyFile(gold_share=0.08))["gold_share"] == 0.08
    assert "about" not in study_document(STUDY)["criteria"][0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(study=studies())
def test_the_terms_of_a_study_come_back_from_the_database(db, study):
    """Through the stored protocol, and byte for byte in the second export."""
    with undone():
        text = json.dumps(study_document(stored_terms(study, "first")))
        again = study_from(json.loads(text), file="study.json", report=pytest.fail)
        assert json.dumps(study_document(stored_terms(again, "second"))) == text
        assert again == study


@contextmanager
def undone():
    with suppress(RuntimeError), transaction.atomic():
        yield
        raise RuntimeError


def stored_terms(study, slug):
    """The terms as an export reads them, after an import."""
    workspace = create_workspace(slug=slug, name=slug)
    import_bundle(bundle=bundle_of(1, study=study), workspace=workspace, slug=slug, by=None)
    import_bundle(bundle=bundle_of(1, study=study), workspace=workspace, slug=slug, by=None)
    return terms_of(Study.objects.get(slug=slug))


@pytest.mark.parametrize(
    "change", [{"gold_share": 0.2}, {"slice_quotas": {"a=b": 1}}, {"price_per_judgment": Decimal("0.5")}]
)
def test_other_terms_for_a_stored_study_are_refused(db, change):
    stored_terms(STUDY, "it")
    other = bundle_of(1, study=dataclasses.replace(STUDY, **change))
    with pytest.raises(ImportRefused, match=f"study.json, column {next(iter(change))}: expected .*, as the study says"):
        import_bundle(bundle=other, workspace=Workspace.objects.get(), slug="it", by=None)


def test_answers_that_are_outputs_follow_the_order_of_the_task(db, tmp_path):
    """Another database may number the outputs the other way round: A of the file stays A of the file."""
    judged = JudgmentRow(
        item="item-0", rater="ada", uuid=UUID(int=5), showing=0, output_a=SYSTEMS[1], output_b=SYSTEMS[0], verdict="A",
        criteria={"gap": "A"},
    )  # fmt: skip
    for slug, systems in (("one", SYSTEMS), ("two", SYSTEMS[::-1])):
        bundle = bundle_of(1, systems, study=STUDY, judgments=(judged,))
        import_bundle(bundle=bundle, workspace=create_workspace(slug=slug, name=slug), slug=slug, by=None)
        export_study(study=Study.objects.get(slug=slug), folder=tmp_path / slug)
        (row,) = map(json.loads, (tmp_path / slug / "judgments.jsonl").read_text().splitlines())
        winner = row[{"A": "output_a", "B": "output_b"}[row["verdict"]]]
        kinder = row[{"A": "output_a", "B": "output_b"}[row["criteria"]["gap"]]]
        assert (winner, kinder) == (SYSTEMS[1], SYSTEMS[1])
    stored = Judgment.objects.order_by("pk").values_list("verdict", "answers__gap")
    assert sorted(stored) == [("A", "A"), ("B", "B")], "one of the two stored it the other way round"


def test_which_side_was_seen_first_travels_and_is_left_out_where_unknown(db, tmp_path):
    """Out of one study and into another and out again: the same bytes. A file that does not say it changes nothing."""
    terms = {"rater": "ada", "output_a": SYSTEMS[1], "output_b": SYSTEMS[0], "verdict": "A", "left": SYSTEMS[0]}
    said = JudgmentRow(item="item-0", uuid=UUID(int=5), showing=0, first_seen="right", **terms)
    unsaid = JudgmentRow(item="item-1", uuid=UUID(int=6), showing=0, **terms)
    workspace = create_workspace(slug="one", name="one")
    material = bundle_of(2, study=STUDY)
    first = dataclasses.replace(material, judgments=(said, unsaid))
    import_bundle(bundle=first, workspace=workspace, slug="one", by=None)
    export_study(study=Study.objects.get(slug="one"), folder=tmp_path / "one")
    rows = [json.loads(line) for line in (tmp_path / "one" / "judgments.jsonl").read_text().splitlines()]
    assert [row.get("first_seen", "absent") for row in rows] == ["right", "absent"]

    again = create_workspace(slug="two", name="two")
    import_bundle(bundle=read_bundle(tmp_path / "one"), workspace=again, slug="two", by=None)
    export_study(study=Study.objects.get(slug="two"), folder=tmp_path / "two")
    assert (tmp_path / "one" / "judgments.jsonl").read_bytes() == (tmp_path / "two" / "judgments.jsonl").read_bytes()

    older = dataclasses.replace(said, first_seen=None)
    import_bundle(bundle=dataclasses.replace(material, judgments=(older,)), workspace=workspace, slug="one", by=None)
    assert Judgment.objects.get(submission=UUID(int=5), study__slug="one").assignment.first_seen == "right"
    other = dataclasses.replace(material, judgments=(dataclasses.replace(said, first_seen="left"),))
    with pytest.raises(ImportRefused, match="column first_seen: expected what is stored"):
        import_bundle(bundle=other, workspace=workspace, slug="one", by=None)
