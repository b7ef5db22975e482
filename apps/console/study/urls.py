"""Below `<workspace>/<study>/`: the study's home."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.study_home, name="study"),
    path("live", views.study_live, name="study_live"),
    path("state/<slug:to>", views.change_study_state, name="state"),
    path("replace", views.replace_set_aside, name="replace"),
    path("enrol", views.enrol, name="enrol"),
]
