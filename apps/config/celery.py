"""The Celery application and its schedule. Without CELERY_BROKER_URL it queues in the same PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "apps.config.settings")

app = Celery("touchstone")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["apps.analysis"], related_name="jobs")
