"""Below `<workspace>/<study>/`: the leaderboard, and everything about one frozen analysis."""

from django.urls import path

from . import frozen_views, views

urlpatterns = [
    path("leaderboard", views.leaderboard, name="leaderboard"),
    path("leaderboard/compute", views.compute, name="compute"),
    path("leaderboard/job/<uuid:job>", views.leaderboard_job, name="job"),
    path("leaderboard/compare", frozen_views.compare, name="compare"),
    path("analyses/<uuid:analysis>", frozen_views.frozen_analysis, name="analysis"),
    path("analyses/<uuid:analysis>.json", frozen_views.frozen_analysis_json, name="analysis_json"),
    path("analyses/<uuid:analysis>/pairs", frozen_views.pairs, name="pairs"),
    path("analyses/<uuid:analysis>/pairs.csv", frozen_views.pairs_csv, name="pairs_csv"),
    path("analyses/<uuid:analysis>/slice", frozen_views.slice_of, name="slice"),
    path("analyses/<uuid:analysis>/history", frozen_views.history, name="history"),
    path("analyses/<uuid:analysis>/report", frozen_views.report, name="report"),
]
