"""Below `<workspace>/<study>/`: the raters, each of them, how far they agree, and what was frozen of either."""

from django.urls import path

from . import deciding_views, frozen_views, views

_FIGURES = "figures/<uuid:figures>"
_RATER = "raters/<uuid:rater>"
urlpatterns = [
    path("raters", views.raters, name="raters"),
    path("raters/compute", views.compute, {"kind": "raters"}, name="raters_compute"),
    path("raters/job/<uuid:job>", views.figures_progress, {"kind": "raters"}, name="raters_job"),
    path("raters/earlier", frozen_views.earlier, {"kind": "raters"}, name="raters_earlier"),
    path(_RATER, views.rater, name="rater"),
    path(f"{_RATER}/standing", deciding_views.set_standing, name="rater_standing"),
    path(f"{_RATER}/standing.<slug:ending>", frozen_views.rater_history, name="rater_history"),
    path(f"{_RATER}/terms", deciding_views.set_terms, name="rater_terms"),
    path("agreement", views.agreement, name="agreement"),
    path("agreement/compute", views.compute, {"kind": "agreement"}, name="agreement_compute"),
    path("agreement/job/<uuid:job>", views.figures_progress, {"kind": "agreement"}, name="agreement_job"),
    path("agreement/earlier", frozen_views.earlier, {"kind": "agreement"}, name="agreement_earlier"),
    path(_FIGURES, frozen_views.figures, name="figures"),
    path(f"{_FIGURES}.json", frozen_views.stored, name="figures_stored"),
    path(f"{_FIGURES}/<slug:table>.<slug:ending>", frozen_views.table, name="figures_table"),
    path(f"{_FIGURES}/{_RATER}", frozen_views.figures_rater, name="figures_rater"),
    path(f"{_FIGURES}/{_RATER}/<slug:table>.<slug:ending>", frozen_views.rater_table, name="figures_rater_table"),
]
