"""The addresses of the console."""

from django.urls import path

from . import views

app_name = "console"
_STUDY = "<slug:workspace>/<slug:study>/"
urlpatterns = [
    path(_STUDY, views.study_home, name="study"),
    path(f"{_STUDY}state/<slug:to>", views.change_study_state, name="state"),
    path(f"{_STUDY}replace", views.replace_set_aside, name="replace"),
    path(f"{_STUDY}enrol", views.enrol, name="enrol"),
    path(f"{_STUDY}leaderboard", views.leaderboard, name="leaderboard"),
    path(f"{_STUDY}leaderboard/compute", views.compute, name="compute"),
    path(f"{_STUDY}leaderboard/job/<uuid:job>", views.leaderboard_job, name="job"),
    path(f"{_STUDY}analyses/<uuid:analysis>", views.frozen_analysis, name="analysis"),
    path(f"{_STUDY}analyses/<uuid:analysis>.json", views.frozen_analysis_json, name="analysis_json"),
]
