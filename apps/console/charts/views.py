"""Plots of frozen analyses, at addresses that stay."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from apps.analysis.selectors import analysis_named
from apps.console.access import results_of

from .look import Look
from .plots import drawn, plot_named

YEAR = 31_536_000


@login_required
@require_safe
def plot(request: HttpRequest, workspace: str, study: str, analysis: str, name: str, form: str) -> HttpResponse:
    """One plot, as SVG or PNG. Whoever may read results keeps it for a year: what it shows never changes."""
    wanted = plot_named(name)
    frozen = analysis_named(results_of(request, workspace, study), analysis)
    look = Look("dark" if request.GET.get("theme") == "dark" else "light", request.GET.get("narrow") == "1")
    content, content_type = drawn(wanted, frozen, look, form)
    reply = HttpResponse(content, content_type=content_type)
    if wanted.stays:
        patch_cache_control(reply, private=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(reply, private=True, max_age=60)
    if request.GET.get("download"):
        reply["Content-Disposition"] = f'attachment; filename="{study}-{name}.{form}"'
    return reply
