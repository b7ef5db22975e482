"""Frozen figures of raters and of agreement: for ever at their address, their tables as files, and the earlier ones."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.console.access import results_of
from apps.console.header import header_of
from apps.core.errors import NotFound
from apps.quality.selectors import all_figures, enrolled_rater, figures_named, listed, standing_history

from .page import KIND
from .place import Place
from .rater_page import rater_context
from .table_files import figures_file, figures_of_rater, history_file, rater_file
from .views import CONTEXTS, PAGES

ON_A_PAGE = 50


@never_cache
@login_required
@require_safe
def figures(request: HttpRequest, workspace: str, study: str, figures: UUID) -> HttpResponse:
    """Exactly these figures, whatever was judged or computed since; only names and standings are those of now."""
    place = _place(request, workspace, study, figures)
    wanted = {name: request.GET.get(name, "") for name in ("sort", "page")}
    return render(request, PAGES[place.kind], CONTEXTS[place.kind](place, None, **wanted))


@login_required
@require_safe
def stored(request: HttpRequest, workspace: str, study: str, figures: UUID) -> HttpResponse:
    """The stored bytes."""
    found = results_of(request, workspace, study)
    return HttpResponse(figures_named(found, figures).result, content_type="application/json")


@login_required
@require_safe
def table(request: HttpRequest, workspace: str, study: str, figures: UUID, table: str, ending: str) -> HttpResponse:
    """One table of them; `?question=` leaves the rows of one question."""
    found = results_of(request, workspace, study)
    frozen = figures_named(found, figures)
    return figures_file(found.slug, frozen, table, ending, question=request.GET.get("question", ""))


@never_cache
@login_required
@require_safe
def figures_rater(request: HttpRequest, workspace: str, study: str, figures: UUID, rater: UUID) -> HttpResponse:
    """One rater in exactly these figures."""
    place = _place(request, workspace, study, figures)
    person = enrolled_rater(place.study, rater)
    if place.kind != KIND or place.frozen is None or figures_of_rater(place.frozen, person.rater) is None:
        raise NotFound("This rater is not in these figures. Open her page for the newest ones.")
    return render(request, "console/raters/rater.html", rater_context(place, person, None, None))


@login_required
@require_safe
def rater_table(
    request: HttpRequest, workspace: str, study: str, figures: UUID, rater: UUID, table: str, ending: str
) -> HttpResponse:
    """One table of one rater in these figures."""
    found = results_of(request, workspace, study)
    return rater_file(found.slug, figures_named(found, figures), str(rater), table, ending)


@never_cache
@login_required
@require_safe
def rater_history(request: HttpRequest, workspace: str, study: str, rater: UUID, ending: str) -> HttpResponse:
    """Every change of one rater's standing, as it is now."""
    found = results_of(request, workspace, study)
    person = enrolled_rater(found, rater)
    return history_file(found.slug, person.rater, standing_history(found, rater), ending)


@never_cache
@login_required
@require_safe
def earlier(request: HttpRequest, workspace: str, study: str, kind: str) -> HttpResponse:
    """Every frozen result of a kind, the newest first, each with the address where it stays."""
    found = results_of(request, workspace, study)
    page = Paginator(all_figures(found, kind), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"row": row, "url": reverse("console:figures", args=[workspace, study, row.public_id])} for row in listed(page)
    ]
    newest = reverse(f"console:{kind}", args=[workspace, study])
    context = {"study": header_of(found), "kind": kind, "rows": rows, "page": page, "newest_url": newest}
    return render(request, "console/raters/earlier.html", context)


def _place(request: HttpRequest, workspace: str, study: str, figures: UUID) -> Place:
    found = results_of(request, workspace, study)
    frozen = figures_named(found, figures)
    return Place(found, frozen.kind, frozen, is_permanent=True)
