"""Figures are frozen once for the same facts, and computed by a job that says how far it is."""

import pytest

from apps.analysis.models import Analysis
from apps.config.celery import app
from apps.core.models import Job, JobState
from apps.quality import jobs
from apps.quality.jobs import compute_figures_job, start_figures_job
from apps.quality.selectors import latest_figures
from apps.quality.services import KINDS, freeze_figures
from apps.rating.exchange.rows import JudgmentRow
from apps.rating.models import Enrolment, Rater
from apps.rating.services import change_standing, note_results_opened
from tests.console.test_console import judge_everything
from tests.studies_for_tests import Lab

from .quality_for_tests import START, TONE, gold, said, study_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


AT = {"judged_at": START}


def quiet(percent: int, message: str) -> None:
    """Nobody watches."""


def freeze(lab: Lab, kind: str) -> Analysis:
    return freeze_figures(study=lab.study, kind=kind, by=None, report=lambda percent, message: None)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_facts_are_frozen_once(lab: Lab, kind: str):
    judge_everything(lab)
    first = freeze(lab, kind)
    assert freeze(lab, kind) == first
    assert (first.kind, latest_figures(lab.study, kind)) == (kind, first)


def test_another_standing_is_another_fact(lab: Lab):
    judge_everything(lab)
    before = freeze(lab, "raters")
    change_standing(enrolment_id=lab.enrolments[0].pk, standing="quarantined", reason="a look", by=None)
    after = freeze(lab, "raters")
    assert before != after
    assert before.inputs_sha256 != after.inputs_sha256
    assert latest_figures(lab.study, "raters") == after


def test_the_hash_stands_on_natural_keys_and_not_on_ids():
    """The same study elsewhere, its systems stored the other way round, has the same inputs."""

    def rows(who: str) -> list[JudgmentRow]:
        return [
            said(who, 0, "A", criteria={"tone": "A"}, **AT),
            said(who, 1, "B", criteria={"tone": "TIE"}, **AT),
            said(who, 2, "A", purpose="gold", **AT),
        ]

    hashes = []
    for slug, systems in (("here", ("amber", "birch")), ("there", ("birch", "amber"))):
        bundle_rows = rows("ada")
        study = study_of(*bundle_rows, golds=(gold(2, "A"),), systems=systems, slug=slug, criteria=(TONE,))
        hashes.append([freeze_figures(study=study, kind=kind, by=None, report=quiet).inputs_sha256 for kind in KINDS])
    assert hashes[0] == hashes[1]


def test_another_known_answer_is_another_input():
    first = study_of(said("ada", 0, "A", purpose="gold", **AT), golds=(gold(0, "A"),), slug="one")
    second = study_of(said("ada", 0, "A", purpose="gold", **AT), golds=(gold(0, "B"),), slug="two")
    found = [
        freeze_figures(study=study, kind="raters", by=None, report=quiet).inputs_sha256 for study in (first, second)
    ]
    assert found[0] != found[1]


def test_figures_that_are_there_are_not_computed_again(lab: Lab):
    """A new fact that changes no input makes a new cut, and finds what was frozen."""
    judge_everything(lab)
    first, told = freeze(lab, "raters"), []
    Rater.objects.filter(pk=lab.enrolments[0].rater_id).update(name="Another")
    note_results_opened(study=lab.study, user=lab.analyst)
    again = freeze_figures(
        study=lab.study, kind="raters", by=None, report=lambda percent, message: told.append(message)
    )
    assert again == first
    assert "comparing the raters with one another" not in told


def test_a_job_computes_them_and_says_how_far_it_is(lab: Lab, django_capture_on_commit_callbacks):
    judge_everything(lab)
    seen = []
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            job = start_figures_job(study=lab.study, kind="raters", by=lab.manager.uuid)
            seen.append(job.state)
    finally:
        app.conf.task_always_eager = False
    job.refresh_from_db()
    frozen = latest_figures(lab.study, "raters")
    assert (seen, job.state, job.percent) == ([JobState.QUEUED], JobState.DONE, 100)
    assert (job.result, frozen.created_by) == ({"figures": str(frozen.public_id)}, lab.manager.uuid)
    compute_figures_job(job.pk)  # twice is once
    assert Analysis.objects.filter(kind="raters").count() == 1


def test_the_job_under_way_is_not_started_again(lab: Lab):
    first = start_figures_job(study=lab.study, kind="raters", by=None)
    assert start_figures_job(study=lab.study, kind="raters", by=None) == first
    assert start_figures_job(study=lab.study, kind="agreement", by=None) != first


def test_a_failed_job_keeps_its_reason(lab: Lab):
    job = Job.objects.create(kind="raters", workspace_id=lab.workspace.pk, subject="study:0", arguments={"study": 0})
    with pytest.raises(Exception, match="does not exist"):
        compute_figures_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "does not exist" in job.message


def test_every_kind_can_be_sent_again_by_the_sweep():
    from apps.core.jobs import KINDS as KNOWN

    assert {KNOWN[kind].task for kind in KINDS} == {jobs.compute_figures_job.name}


def test_who_never_judged_is_enrolled_without_figures(lab: Lab):
    lab.add_rater("newcomer")
    judge_everything(lab)
    frozen = freeze(lab, "raters")
    assert Enrolment.objects.count() == 3
    assert frozen.result.count('"rater":') == 2
