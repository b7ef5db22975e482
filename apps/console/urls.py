"""The addresses of the console: each page has a room of its own."""

from django.urls import include, path

app_name = "console"
_ROOMS = ("study", "board", "reading", "raters", "charts", "files", "gates")
urlpatterns = [path("<slug:workspace>/", include("apps.console.new_study.urls"))]
urlpatterns += [path("<slug:workspace>/<slug:study>/", include(f"apps.console.{room}.urls")) for room in _ROOMS]
# What belongs to no single study.
_WORKSPACE_ROOMS = ("jobs",)
urlpatterns += [path("<slug:workspace>/", include(f"apps.console.{room}.urls")) for room in _WORKSPACE_ROOMS]
