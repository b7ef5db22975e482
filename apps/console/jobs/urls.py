"""Below `<workspace>/`: background work."""

from django.urls import path

from . import views

urlpatterns = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<uuid:job>", views.job_page, name="job_page"),
    path("jobs/<uuid:job>/again", views.start_job_again, name="job_again"),
]
