"""The addresses of the rating desk."""

from django.urls import path

from . import views

app_name = "workbench"
urlpatterns = [
    path("", views.own_page, name="own"),
    path("<slug:workspace>/<slug:study>/", views.desk, name="desk"),
    path("<slug:workspace>/<slug:study>/next", views.next_task, name="next"),
    path("<slug:workspace>/<slug:study>/answer", views.answer, name="answer"),
    path("<slug:workspace>/<slug:study>/skip", views.skip, name="skip"),
    path("<slug:workspace>/<slug:study>/beat", views.beat, name="beat"),
    path("<slug:workspace>/<slug:study>/leave", views.leave, name="leave"),
    path("<slug:workspace>/<slug:study>/recent", views.recent, name="recent"),
    path("<slug:workspace>/<slug:study>/guideline", views.guideline, name="guideline"),
]
