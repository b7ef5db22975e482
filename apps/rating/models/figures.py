"""Counts of a study, kept so that a page need not count a million rows again."""

from django.db import models
from django.utils import timezone

from apps.studies.models import Study

from .cuts import Cut


class StudyFigures(models.Model):
    """The counts of a study as of a cut (apps.rating.counting). Derived: any row may be deleted at any time.

    A page shows them with what is newer counted on top. They are advanced from cut to cut by a job, never inside a
    submission.
    """

    study = models.OneToOneField(Study, models.CASCADE, related_name="figures")
    cut = models.ForeignKey(Cut, models.PROTECT, related_name="+")
    last_plan = models.PositiveIntegerField(help_text="The highest round whose draws are counted.")
    n_judged = models.PositiveIntegerField(help_text="Showings judged, by people and judges, here and elsewhere.")
    n_filled = models.PositiveIntegerField(help_text="Draws that are judged.")
    counts = models.JSONField()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "study figures"

    def __str__(self) -> str:
        return f"figures of {self.study}"
