"""Below `<workspace>/<study>/`: the leaderboard."""

from django.urls import path

from . import views

urlpatterns = [
    path("leaderboard", views.leaderboard, name="leaderboard"),
    path("leaderboard/compute", views.compute, name="compute"),
    path("leaderboard/job/<uuid:job>", views.leaderboard_job, name="job"),
    path("analyses/<uuid:analysis>", views.frozen_analysis, name="analysis"),
    path("analyses/<uuid:analysis>.json", views.frozen_analysis_json, name="analysis_json"),
]
