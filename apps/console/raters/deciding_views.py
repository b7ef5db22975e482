"""What a manager decides about one rater: her standing, her target and her group."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from apps.accounts.access import signed_in
from apps.console.access import results_of
from apps.core.errors import Conflict, Refused
from apps.quality.selectors import Enrolled, enrolled_rater, latest_figures
from apps.rating.services import change_standing, change_terms
from apps.studies.access import study_as_manager
from apps.studies.models import Study

from .forms import StandingForm, TermsForm
from .page import KIND
from .place import Place
from .rater_page import Deciding, rater_context


@login_required
@require_POST
def set_standing(request: HttpRequest, workspace: str, study: str, rater: UUID) -> HttpResponse:
    """Give her another standing, with the reason."""
    found, person = _person(request, workspace, study, rater)
    form = StandingForm(request.POST)
    if not form.is_valid():
        return _again(request, found, person, Deciding(standing=form), status=400)
    if form.cleaned_data["standing"] == person.standing:
        messages.info(request, f"{person.name} has this standing already: nothing was changed.")
        return redirect("console:rater", workspace, study, rater)
    changed = change_standing(enrolment_id=person.enrolment_id, by=signed_in(request).uuid, **form.cleaned_data)
    messages.success(request, f"{person.name} is {changed.get_standing_display()} now.")
    return redirect("console:rater", workspace, study, rater)


@login_required
@require_POST
def set_terms(request: HttpRequest, workspace: str, study: str, rater: UUID) -> HttpResponse:
    """Give her another target or another group."""
    found, person = _person(request, workspace, study, rater)
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _again(request, found, person, Deciding(terms=form), status=400)
    try:
        change_terms(enrolment_id=person.enrolment_id, terms=form.terms, seen=form.seen, by=signed_in(request).uuid)
    except Conflict as conflict:
        form.add_error(None, conflict.sentence)
        return _again(request, found, enrolled_rater(found, rater), Deciding(terms=form), status=409)
    messages.success(request, f"{person.name} has the target and the group that you see here.")
    return redirect("console:rater", workspace, study, rater)


def _person(request: HttpRequest, workspace: str, study: str, rater: UUID) -> tuple[Study, Enrolled]:
    found = study_as_manager(request.user, workspace, study)
    person = enrolled_rater(found, rater)
    if not person.is_person:
        raise Refused("A judge has no standing, target or group: what it says is never on the board of people.")
    return found, person


def _again(request: HttpRequest, study: Study, person: Enrolled, deciding: Deciding, *, status: int) -> HttpResponse:
    """Her page once more, with what was sent and what is wrong with it; it shows results, and is noted like them."""
    results_of(request, study.workspace.slug, study.slug)
    place = Place(study, KIND, latest_figures(study, KIND))
    return render(request, "console/raters/rater.html", rater_context(place, person, None, deciding), status=status)
