"""Below `<workspace>/`: a new study, from a file to raters who rate."""

from django.urls import path

from . import views

urlpatterns = [
    path("new/", views.begin, name="new_study"),
    path("new/file", views.send_file, name="new_study_file"),
    path("new/sample", views.take_sample, name="new_study_sample"),
    path("new/<uuid:upload>/", views.preview, name="new_study_preview"),
    path("new/<uuid:upload>/settings", views.settings_page, name="new_study_settings"),
    path("new/<uuid:upload>/answer", views.planner_answer, name="new_study_answer"),
    path("new/<uuid:upload>/gold", views.send_gold, name="new_study_gold"),
    path("new/<uuid:upload>/gold/drop", views.drop_gold, name="new_study_drop_gold"),
    path("new/<uuid:upload>/make", views.make, name="new_study_make"),
    path("new/<uuid:upload>/forget", views.forget, name="new_study_forget"),
    path("new/progress/<uuid:job>", views.progress, name="new_study_progress"),
]
