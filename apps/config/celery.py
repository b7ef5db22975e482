"""The Celery application and its schedule. Without CELERY_BROKER_URL it queues in the same PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings")

app = Celery("touchstone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["apps.core", "apps.analysis", "apps.quality", "apps.rating", "apps.studies"], related_name="jobs"
)
app.autodiscover_tasks(["apps.analysis"], related_name="reading_jobs")
app.autodiscover_tasks(["apps.analysis"], related_name="gate_jobs")
app.autodiscover_tasks(["apps.rating"], related_name="new_study_jobs")


@celeryd_init.connect
@beat_init.connect
def have_the_database(**_: Any) -> None:
    """A worker or beat started by hand asks its queue before any model: the embedded server must run by then."""
    from django.conf import settings

    from apps.core.embedded import ensure_server

    if "EMBEDDED_VAR" in settings.DATABASES["default"]:
        settings.VAR.mkdir(parents=True, exist_ok=True)  # beat keeps its schedule there
        ensure_server(settings.VAR)
