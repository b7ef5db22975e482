"""The API, version 1."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from . import views

app_name = "api"
urlpatterns = [
    path("studies/<slug:slug>/leaderboard", views.LeaderboardView.as_view(), name="leaderboard"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
]
