"""Adaptive studies with judgments, built as the product builds them."""

import uuid
from collections.abc import Iterator
from itertools import combinations

import numpy as np

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role
from apps.rating.exchange.rows import JudgmentRow
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment
from apps.rating.services import enrol_rater, give_assignment, mark_shown, open_study, record_judgment
from apps.studies.material import StudyFile
from apps.studies.models import Study
from tests.studies_for_tests import SYSTEMS, bundle_of


def judgments(n_items: int, n_each: int, systems: tuple[str, ...] = SYSTEMS, seed: int = 1) -> Iterator[JudgmentRow]:
    """`n_each` imported judgments of every pair on the first items; earlier systems win more often."""
    rng = np.random.default_rng(seed)
    for a, b in combinations(systems, 2):
        for number in range(n_each):
            yield JudgmentRow(
                item=f"item-{number % n_items}",
                rater=f"rater {number // n_items}",
                uuid=uuid.UUID(int=int(rng.integers(2**62))),
                showing=0,
                output_a=a,
                output_b=b,
                verdict="A" if rng.random() < 0.6 else "B",
            )


def adaptive_study(
    *,
    slug: str = "it",
    n_items: int = 12,
    n_judged_each: int = 0,
    systems: tuple[str, ...] = SYSTEMS,
    judged_systems: tuple[str, ...] | None = None,
    opened: bool = True,
    **terms: object,
) -> Study:
    """A study that chooses its pairs by results, `n_judged_each` judgments of each pair imported."""
    workspace = create_workspace(slug=f"adaptive-{slug}", name="Adaptive")
    file = StudyFile(name="It", plan_method="adaptive", **{"round_size": 20, **terms})  # type: ignore[arg-type]
    known = tuple(judgments(n_items, n_judged_each, judged_systems or systems))
    bundle = bundle_of(n_items, systems, study=file, judgments=known)
    import_bundle(bundle=bundle, workspace=workspace, slug=slug, by=None)
    study = Study.objects.select_related("workspace").get(slug=slug)
    return open_study(study=study, by=None) if opened else study


def rater_of(study: Study, name: str = "ada", target: int | None = None) -> Enrolment:
    """A new rater of the study."""
    user = User.objects.create_user(f"{name}@lab.example", None, name=name)
    give_role(workspace=study.workspace, user=user, role=Role.RATER)
    enrolment = enrol_rater(study=study, user=user, by=None, target=target)
    return Enrolment.objects.select_related("study__workspace", "rater").get(pk=enrolment.pk)


def judge(enrolment: Enrolment, n: int | None = None) -> int:
    """Judge `n` tasks (None: all there are); how many were judged."""
    n_judged = 0
    while n is None or n_judged < n:
        given = give_assignment(enrolment=enrolment)
        if given is None:
            break
        mark_shown(assignment=given)
        record_judgment(enrolment=enrolment, assignment_id=given.public_id, submission=uuid.uuid4(), choice="left")
        n_judged += 1
    return n_judged
