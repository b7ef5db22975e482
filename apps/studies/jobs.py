"""Background work of studies: what raters will see is rendered before they come."""

from celery import shared_task

from apps.core.database.locks import alone
from apps.core.rendering.cached import forget_old_renderings
from apps.studies.models import Study, StudyState

from .rendering import is_rendered, render_study
from .services.uploads import drop_old_uploads


@shared_task(name="studies.render_study")
def render_study_job(study_id: int) -> None:
    """Render a study's material ahead; what is rendered already stays. One at a time: the sweep asks again."""
    with alone(f"rendering:{study_id}") as mine:
        if mine:
            render_study(study_id)


@shared_task(name="studies.sweep")
def sweep() -> None:
    """Find open studies whose material is not rendered yet; drop what an earlier release rendered, and old uploads."""
    forget_old_renderings()
    drop_old_uploads()
    for study_id in Study.objects.filter(state=StudyState.OPEN).values_list("pk", flat=True):
        if not is_rendered(study_id):
            render_study_job.delay(study_id)
