"""Below `<workspace>/<study>/`: the gates of a study, each with its verdicts."""

from django.urls import path

from . import views

urlpatterns = [
    path("gates/", views.gates, name="gates"),
    path("gates/new", views.new_gate, name="new_gate"),
    path("gates/<int:number>/", views.gate, name="gate"),
    path("gates/<int:number>/read", views.read, name="read_gate"),
    path("gates/<int:number>/job/<uuid:job>", views.gate_job, name="gate_job"),
    path("gates/<int:number>/retire", views.retire, name="retire_gate"),
    path("gates/verdicts/<uuid:verdict>", views.verdict, name="verdict"),
    path("gates/verdicts/<uuid:verdict>.json", views.verdict_json, name="verdict_json"),
]
