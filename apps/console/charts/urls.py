"""Below `<workspace>/<study>/`: the plots of an analysis."""

from django.urls import path

from . import views

urlpatterns = [
    path("analyses/<uuid:analysis>/plots/<slug:name>.<slug:form>", views.plot, name="plot"),
]
