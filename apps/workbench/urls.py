"""The addresses of the rating desk."""

from django.urls import path

from . import views

app_name = "workbench"
urlpatterns = [
    path("<slug:workspace>/<slug:study>/", views.desk, name="desk"),
    path("<slug:workspace>/<slug:study>/answer", views.answer, name="answer"),
    path("<slug:workspace>/<slug:study>/skip", views.skip, name="skip"),
    path("<slug:workspace>/<slug:study>/guideline", views.guideline, name="guideline"),
]
