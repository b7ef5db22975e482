"""Below `<workspace>/<study>/`: every table as a file, and the study as an archive."""

from django.urls import path

from . import views

urlpatterns = [
    path("files", views.files, name="files"),
    path("files/bundle", views.pack_bundle, name="pack_bundle"),
    path("files/bundle/<uuid:job>.zip", views.bundle, name="bundle"),
    path("files/<slug:table>.<slug:ending>", views.download, name="download"),
]
