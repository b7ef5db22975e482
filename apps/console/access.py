"""The door to a study's results. Whoever opens it has seen them: what she rates there later is `unblinded`."""

from django.http import HttpRequest

from apps.accounts.access import signed_in
from apps.rating.services import note_results_opened
from apps.studies.access import study_as_reader
from apps.studies.models import Study


def results_of(request: HttpRequest, workspace: str, study: str) -> Study:
    """The study, for a page that shows results or reveals which system wrote what."""
    found = study_as_reader(request.user, workspace, study)
    note_results_opened(study=found, user=signed_in(request))
    return found
