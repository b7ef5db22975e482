"""What is told of a file is what a study made of it draws; and the answers in it hold its questions."""

from dataclasses import replace

import pytest

from apps.rating.exchange.rows import GoldRow
from apps.rating.exchange.storing import import_bundle
from apps.rating.given_answers import given_answers, misfits
from apps.rating.models import Draw
from apps.rating.previews import N_SLICES, preview_of
from apps.rating.services import open_study
from apps.studies.material import Anchor, CriterionRow, ItemRow, OutputRow, StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import Lab, bundle_of

CHECK = CriterionRow(
    key="true", question="True?", anchors=(Anchor(value="yes", label="Yes"), Anchor(value="no", label="No"))
)
BOTH = StudyFile(name="Both", criteria=(CHECK,), overlap_share=0)
SYSTEMS = ("one", "two", "three")


def golds() -> tuple[GoldRow, ...]:
    return (
        GoldRow(item="item-0", output_a="one", output_b="two", verdict="TIE"),
        GoldRow(item="item-1", output_a="one", output_b="two", verdict="A", use="training"),
        GoldRow(item="item-1", output="two", criteria={"true": "no"}),
    )


def test_the_tasks_that_are_told_are_those_that_are_drawn(lab: Lab) -> None:
    bundle = bundle_of(3, SYSTEMS, study=BOTH, golds=golds())
    same = [replace(output, text="The same.") if output.item == "item-1" else output for output in bundle.outputs]
    bundle = replace(bundle, outputs=tuple(same))
    found = preview_of(bundle)
    # 3 items by 3 pairs; all 3 pairs of item-1 are of equal texts, one of them gold; one more gold on item-0.
    assert (found["n_comparisons"], found["n_identical"]) == (9 - 3 - 1, 3)
    assert (found["n_ratable"], found["n_rubrics"]) == (8, 8)
    assert (found["n_hidden"], found["n_training"]) == (2, 1)
    import_bundle(bundle=bundle, workspace=lab.workspace, slug="both", by=None)
    study = open_study(study=Study.objects.get(slug="both"), by=None)
    drawn = Draw.objects.filter(study=study, purpose="base")
    assert drawn.filter(task__kind="comparison").count() == found["n_comparisons"]
    assert drawn.filter(task__kind="rubric").count() == found["n_rubrics"]
    odd = next(row for row in found["slices"] if row["value"] == "odd")
    assert (odd["n_items"], odd["n_comparisons"], odd["n_ratable"]) == (1, 0, 2)
    assert drawn.filter(task__item__external_id="item-1").count() == odd["n_comparisons"] + odd["n_ratable"]


def test_a_slice_with_many_values_does_not_hide_the_others() -> None:
    bundle = bundle_of(60, SYSTEMS)
    items = [
        replace(item, slices={"id": f"{n:02}", "locale": "de" if n % 2 else "en"})
        for n, item in enumerate(bundle.items)
    ]
    found = preview_of(replace(bundle, items=tuple(items)))
    assert len(found["slices"]) == N_SLICES
    assert found["n_slices"] == 62
    assert [row["value"] for row in found["slices"] if row["name"] == "locale"] == ["de", "en"]


def test_a_slice_with_a_quota_is_told_in_any_case() -> None:
    terms = StudyFile(slice_quotas={"topic=odd": 2, "topic=none": 1})
    rows = preview_of(bundle_of(4, SYSTEMS, study=terms))["slices"]
    assert [(row["value"], row["n_items"]) for row in rows] == [("even", 2), ("odd", 2), ("none", 0)]


def test_pairs_of_systems_are_those_that_meet() -> None:
    outputs = tuple(
        OutputRow(item=item, system=system, text=f"{item} {system}")
        for item, systems in (("a", "xy"), ("b", "yz"), ("c", "w"))
        for system in systems
    )
    items = tuple(ItemRow(external_id=name, messages=({"role": "user", "content": "?"},)) for name in "abc")
    assert preview_of(replace(bundle_of(0), items=items, outputs=outputs))["n_pairs"] == 2


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (BOTH, []),
        (replace(BOTH, verdicts=("A", "B")), ["a tie: allow it"]),
        (replace(BOTH, criteria=()), ["rate “true”, and no question"]),
        (replace(BOTH, criteria=(replace(CHECK, about="comparison"),)), ["rate “true”, and no question"]),
        (replace(BOTH, criteria=(replace(CHECK, anchors=CHECK.anchors[:1]),)), ["the answer 'no', which is not there"]),
    ],
    ids=["as before", "no tie", "no question", "another kind", "no such answer"],
)
def test_answers_hold_the_terms_they_were_given_under(terms: StudyFile, said: list[str]) -> None:
    given = given_answers(bundle_of(3, SYSTEMS, study=BOTH, golds=golds()))
    found = [misfit.sentence for misfit in misfits(given, terms)]
    assert len(found) == len(said)
    assert all(words in sentence for words, sentence in zip(said, found, strict=True))
