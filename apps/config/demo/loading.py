"""Loads the demo's workspace, people and study. Doing it again changes nothing."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import create_workspace, give_role
from apps.rating.exchange.bundle import read_bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.services import enrol_rater, open_study
from apps.studies.models import Study, StudyState

from .people import DEMO_PEOPLE, STUDY, WORKSPACE

FIXTURES: Path = settings.BASE_DIR / "fixtures" / "demo"


@transaction.atomic
def load_demo() -> Study:
    """The demo study, open for rating: imported on the first call, found on every later one."""
    workspace = create_workspace(slug=WORKSPACE, name="Demo")
    for person in DEMO_PEOPLE:
        _person(workspace, person.email, person.name, person.role)
    found = Study.objects.filter(workspace=workspace, slug=STUDY).first()
    return found or _import(workspace)


def _person(workspace: Workspace, email: str, name: str, role: Role) -> None:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)
    give_role(workspace=workspace, user=user, role=role)


def _import(workspace: Workspace) -> Study:
    bundle = read_bundle(FIXTURES)
    import_bundle(bundle=bundle, workspace=workspace, slug=STUDY, by=None, is_invented=True)
    study = Study.objects.select_related("workspace").get(workspace=workspace, slug=STUDY)
    for person in DEMO_PEOPLE:
        if person.role == Role.RATER:
            enrol_rater(study=study, user=User.objects.get(email=person.email), by=None, group="demo", target=60)
    return study if study.state == StudyState.OPEN else open_study(study=study, by=None)
