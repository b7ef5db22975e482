"""Below `<workspace>/<study>/`: the raters, each of them, and how far they agree."""

from django.urls import path

from . import views

urlpatterns = [
    path("raters", views.raters, name="raters"),
    path("raters/compute", views.compute, {"kind": "raters"}, name="raters_compute"),
    path("raters/job/<uuid:job>", views.figures_progress, {"kind": "raters"}, name="raters_job"),
    path("raters/<uuid:rater>", views.rater, name="rater"),
    path("raters/<uuid:rater>/standing", views.set_standing, name="rater_standing"),
    path("agreement", views.agreement, name="agreement"),
    path("agreement/compute", views.compute, {"kind": "agreement"}, name="agreement_compute"),
    path("agreement/job/<uuid:job>", views.figures_progress, {"kind": "agreement"}, name="agreement_job"),
]
