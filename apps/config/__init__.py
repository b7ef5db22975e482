"""The assembly: settings, addresses, the Celery application, the demo."""

import os

from .celery import app as celery_app

# Numpy reads it when it is first imported. Matrices here are small: more threads would only wait for one another, and
# on busy cores for long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = ["celery_app"]
