"""The name under which a browser keeps what waits for the network: one for each rater in each study."""

import re

import pytest
from django.test import Client, override_settings

from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment
from apps.rating.services import enrol_rater, open_study
from apps.studies.models import Study
from apps.workbench.addresses import outbox_key
from tests.studies_for_tests import Lab, bundle_of


def key_on(client: Client, slug: str) -> str:
    """As the desk prints it."""
    (key,) = re.findall(r'data-outbox="([^"]*)"', client.get(f"/rate/lab/{slug}/").content.decode())
    return key


@pytest.fixture
def elsewhere(lab: Lab) -> Enrolment:
    """The first rater in a second study of the workspace."""
    import_bundle(bundle=bundle_of(4), workspace=lab.workspace, slug="second", by=None)
    second = open_study(study=Study.objects.select_related("workspace").get(slug="second"), by=None)
    return enrol_rater(study=second, user=lab.raters[0], by=None)


def test_no_two_raters_and_no_two_studies_share_a_key(lab: Lab, elsewhere: Enrolment) -> None:
    assert elsewhere.rater_id == lab.enrolments[0].rater_id
    keys = [outbox_key(enrolment) for enrolment in [*lab.enrolments, elsewhere]]
    assert len(set(keys)) == len(keys) == 3


def test_a_rater_keeps_her_key(lab: Lab) -> None:
    mine = lab.enrolments[0]
    first = outbox_key(mine)
    Enrolment.objects.filter(pk=mine.pk).update(standing="quarantined", target=7, group="other")
    assert outbox_key(Enrolment.objects.get(pk=mine.pk)) == first


def test_a_new_secret_of_the_server_orphans_no_answer_that_waits(lab: Lab) -> None:
    mine = lab.enrolments[0]
    first = outbox_key(mine)
    with override_settings(SECRET_KEY="another secret of this server, long enough"):
        assert outbox_key(mine) == first


def test_the_key_tells_nobody_who_she_is(lab: Lab) -> None:
    mine = lab.enrolments[0]
    assert re.fullmatch(r"touchstone\.[0-9a-f]{24}", outbox_key(mine))
    assert mine.rater.uuid.hex[:8] not in outbox_key(mine)


def test_the_desk_prints_the_key_of_whoever_is_signed_in(lab: Lab, elsewhere: Enrolment) -> None:
    printed = []
    for user, enrolment in zip(lab.raters, lab.enrolments, strict=True):
        client = Client()
        client.force_login(user)
        printed.append(key_on(client, "trial"))
        assert printed[-1] == outbox_key(enrolment)
    client = Client()
    client.force_login(lab.raters[0])
    assert key_on(client, "second") == outbox_key(elsewhere) not in printed
