"""Below `<workspace>/<study>/`: the reading room."""

from django.urls import path

from . import views

urlpatterns = [
    path("read", views.reading, name="reading"),
    path("read/selections", views.save, name="reading_save"),
    path("read/selections/<uuid:selection>", views.selection, name="reading_selection"),
    path("read/<int:task>", views.reading_task, name="reading_task"),
    path("read/<int:task>/mark", views.mark, name="reading_mark"),
]
