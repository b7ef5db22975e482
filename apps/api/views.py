"""Version 1 of the API."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.accounts.access import signed_in
from apps.accounts.models import READS_RESULTS
from apps.analysis.filters import Filters
from apps.analysis.services import current_leaderboard
from apps.core.errors import NotFound
from apps.rating.rules import SWITCHABLE
from apps.rating.services import note_results_opened
from apps.studies.access import study_as_reader
from apps.studies.models import Study

from .serializers import LeaderboardSerializer


class LeaderboardView(APIView):
    """The leaderboard of a study as its facts are now."""

    @extend_schema(
        parameters=[
            OpenApiParameter("workspace", str, description="Needed only where two workspaces share the slug."),
            OpenApiParameter("slice", str, many=True, description="key=value; may be repeated."),
            OpenApiParameter("rater_group", str, description="Only people of this group; judges stay."),
            OpenApiParameter("without", str, many=True, enum=SWITCHABLE, description="Judgments to leave out."),
        ],
        responses=LeaderboardSerializer,
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        """The stored bytes of the frozen analysis: the same facts give the same bytes."""
        study = _study(request, slug)
        query = request.query_params
        filters = Filters.parse(query.getlist("slice"), query.get("rater_group"), query.getlist("without"))
        user = signed_in(request)
        note_results_opened(study=study, user=user)
        analysis = current_leaderboard(study=study, filters=filters, by=user.uuid)
        return HttpResponse(analysis.result, content_type="application/json")


def _study(request: Request, slug: str) -> Study:
    workspace = request.query_params.get("workspace")
    if workspace:
        return study_as_reader(request.user, workspace, slug)
    mine = Study.objects.filter(
        slug=slug,
        workspace__memberships__user=request.user.pk,
        workspace__memberships__role__in=READS_RESULTS,
    ).select_related("workspace")
    found = list(mine[:2])
    if len(found) > 1:
        raise NotFound(f"More than one of your workspaces has a study {slug!r}: add ?workspace=.")
    if not found:
        raise NotFound(f"There is no study {slug!r} for you.")
    return found[0]
