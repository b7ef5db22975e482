"""Shaped reads about results."""

from django.core.exceptions import ValidationError

from apps.core.database.queries import rows
from apps.core.errors import NotFound
from apps.core.models import Job, JobState
from apps.rating.models import Enrolment, Judgment, RaterKind, RuleSet
from apps.studies.models import Study

from .filters import Filters
from .models import Analysis
from .services.leaderboards import KIND

JOB_KIND = "leaderboard"


def latest_analysis(study: Study, filters: Filters) -> Analysis | None:
    """The newest frozen leaderboard of the study through these filters: that of the latest cut."""
    return (
        Analysis.objects.select_related("cut")
        .filter(study=study, kind=KIND, settings__filters=filters.as_settings())
        .order_by("-cut__last_judgment", "-pk")
        .first()
    )


def analysis_named(study: Study, public_id: str) -> Analysis:
    """One frozen leaderboard of the study."""
    found = Analysis.objects.select_related("cut").filter(study=study, kind=KIND, public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such analysis in this study. Open the leaderboard for the newest one.")
    return found


def n_newer_judgments(analysis: Analysis) -> int:
    """How many judgments were stored after the analysis looked."""
    return Judgment.objects.filter(study=analysis.study_id, pk__gt=analysis.cut.last_judgment).count()


def job_subject(study: Study) -> str:
    """How jobs about a study's leaderboard are filed."""
    return f"study:{study.pk}"


def running_leaderboard_job(study: Study, filters: Filters) -> Job | None:
    """The job that is computing this leaderboard, if one is."""
    return (
        Job.objects.filter(
            kind=JOB_KIND,
            subject=job_subject(study),
            state__in=[JobState.QUEUED, JobState.RUNNING],
            arguments__filters=filters.as_settings(),
        )
        .order_by("-pk")
        .first()
    )


def leaderboard_job_of(study: Study, public_id: str) -> Job:
    """A leaderboard job of this study."""
    try:
        found = Job.objects.filter(kind=JOB_KIND, subject=job_subject(study), public_id=public_id).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotFound("There is no such job in this study.")
    return found


_SLICES = """
    SELECT DISTINCT pair.key, pair.value
    FROM studies_studyitem si
    JOIN studies_item i ON i.id = si.item_id
    CROSS JOIN LATERAL jsonb_each_text(i.slices) pair
    WHERE si.study_id = %(study)s
"""


def slice_values(study: Study) -> dict[str, list[str]]:
    """The slices of the study's items: key to values, in order. The database reads the items: there may be many."""
    found: dict[str, list[str]] = {}
    for key, value in sorted(rows(_SLICES, {"study": study.pk})):
        found.setdefault(key, []).append(value)
    return found


def rater_groups(study: Study) -> list[str]:
    """The groups of people in the study, in order."""
    groups = Enrolment.objects.filter(study=study, rater__kind=RaterKind.HUMAN).exclude(group="")
    return sorted(set(groups.values_list("group", flat=True)))


def rules_of(study: Study) -> frozenset[str]:
    """The names of the exclusion rules that the study applies to every board."""
    rule_set = RuleSet.objects.filter(study=study).order_by("-version").first()
    return frozenset(rule["name"] for rule in rule_set.rules) if rule_set else frozenset()
