"""The addresses of the console: each page has a room of its own."""

from django.urls import include, path

app_name = "console"
_ROOMS = ("study", "board")
urlpatterns = [path("<slug:workspace>/<slug:study>/", include(f"apps.console.{room}.urls")) for room in _ROOMS]
