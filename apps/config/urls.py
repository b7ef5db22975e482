"""The addresses of the whole product."""

from django.urls import include, path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health", views.health, name="health"),
    path("demo/sign-in", views.demo_sign_in, name="demo_sign_in"),
    path("accounts/", include("allauth.account.urls")),
    path("rate/", include("apps.workbench.urls")),
    path("studies/", include("apps.console.urls")),
    path("api/v1/", include("apps.api.urls")),
]
