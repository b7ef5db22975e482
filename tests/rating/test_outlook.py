"""A study's opening says when its gold will run out."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role
from apps.rating.exchange.rows import GoldRow
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment, Gold, Rater, Task
from apps.rating.outlook import gold_outlook
from apps.rating.services import open_study, plan_round, retire_gold, set_gold
from apps.studies.material import StudyFile
from apps.studies.models import Study
from apps.studies.services import change_state
from tests.rating.adaptive_for_tests import rater_of
from tests.studies_for_tests import SYSTEMS, Lab, bundle_of

pytestmark = pytest.mark.slow


def study_with_gold(n_golds: int, n_items: int = 60, **terms: object) -> Study:
    """An open study with so many hidden golds on its first items."""
    golds = tuple(
        GoldRow(item=f"item-{n}", output_a=SYSTEMS[0], output_b=SYSTEMS[1], verdict="A") for n in range(n_golds)
    )
    file = StudyFile(name="It", overlap_share=0.0, **terms)  # type: ignore[arg-type]
    workspace = create_workspace(slug="gold", name="Gold")
    import_bundle(bundle=bundle_of(n_items, study=file, golds=golds), workspace=workspace, slug="it", by=None)
    return open_study(study=Study.objects.select_related("workspace").get(slug="it"), by=None)


def test_gold_that_runs_out_is_told(db: None) -> None:
    outlook = gold_outlook(study_with_gold(8, gold_share=0.1))
    assert (outlook.n_golds, outlook.n_until_all_seen) == (8, 80)
    assert outlook.n_expected == pytest.approx((180 - 8) / 0.9)
    assert outlook.sentence == (
        "With 8 gold tasks and a gold share of 10 %, a rater has seen them all after about 80 tasks; each may then "
        "return after 200 more. Add gold or lower the share."
    )


def test_no_gold_share_no_warning(lab: Lab) -> None:
    outlook = gold_outlook(lab.study)
    assert (outlook.n_until_all_seen, outlook.sentence) == (None, None)


def test_enough_gold_comes_round_again_in_time(db: None) -> None:
    """20 golds and a share of 10 %: after 200 tasks the first may return."""
    assert gold_outlook(study_with_gold(20, gold_share=0.1, plan_method="adaptive")).sentence is None


def test_one_gold_too_few_for_an_adaptive_study_without_an_end(db: None) -> None:
    outlook = gold_outlook(study_with_gold(19, gold_share=0.1, plan_method="adaptive"))
    assert outlook.n_expected == float("inf")
    assert outlook.sentence is not None


@pytest.mark.parametrize(("target", "is_told"), [(60, False), (90, True)])
def test_a_target_says_how_far_gold_must_reach(db: None, target: int, is_told: bool) -> None:
    study = study_with_gold(8, gold_share=0.1)
    rater_of(study, target=target)
    outlook = gold_outlook(study)
    assert outlook.n_expected == target
    assert (outlook.sentence is not None) == is_told


def test_without_targets_the_plan_is_shared(db: None) -> None:
    study = study_with_gold(8, gold_share=0.1)
    for number in range(4):
        rater_of(study, f"rater{number}")
    assert gold_outlook(study).n_expected == pytest.approx(172 / 4 / 0.9)
    assert gold_outlook(study).sentence is None


def test_raters_of_an_import_share_no_work(db: None) -> None:
    study = study_with_gold(8, gold_share=0.1)
    rater_of(study)
    stranger = Rater.objects.create(workspace=study.workspace, uuid=uuid4(), kind="human", name="")
    Enrolment.objects.create(study=study, workspace=study.workspace, rater=stranger)
    assert gold_outlook(study).n_expected == pytest.approx(172 / 0.9)


def test_training_and_retired_gold_is_not_counted(lab: Lab) -> None:
    tasks = Task.objects.order_by("pk")
    set_gold(task=tasks[0], verdict="A", use="training", by=None)
    retire_gold(gold=set_gold(task=tasks[1], verdict="A", by=None), reason="a test", by=None)
    set_gold(task=tasks[2], verdict="A", by=None)
    assert gold_outlook(lab.study).n_golds == 1
    assert Gold.objects.count() == 3


def test_the_console_tells_it_when_the_study_opens(db: None, client: Client) -> None:
    study = study_with_gold(2, gold_share=0.1)
    change_state(study_id=study.pk, to="paused", by=None)
    plan_round(study=study, by=None)
    manager = User.objects.create_user("m@lab.example", None, name="M")
    give_role(workspace=study.workspace, user=manager, role=Role.MANAGER)
    client.force_login(manager)
    page = client.post(reverse("console:state", args=["gold", "it", "open"]), follow=True)
    assert "With 2 gold tasks and a gold share of 10 %" in page.content.decode()
