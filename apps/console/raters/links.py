"""The way from a number about raters to the judgments behind it."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.urls import reverse

from apps.studies.models import Study

Urls = dict[str, str]
# What is scored elsewhere, or not at all: ordinary work is the rest.
NO_WORK = ("training", "gold", "retest", "withdrawn")


def judgments_url(study: Study, *, rater: str | None = None, disposition: str | None = None) -> str:
    """Where judgments are read: of one rater or of all, of one disposition or of any."""
    wanted = {"rater": rater, "disposition": disposition}
    query = urlencode({name: value for name, value in wanted.items() if value})
    return f"{reverse('console:reading', args=[study.workspace.slug, study.slug])}?{query}"


def rater_urls(study: Study, rater: str, dispositions: Iterable[str]) -> Urls:
    """Where one rater's judgments are read by the numbers of her page; of the dispositions that she has.

    The reading room knows one disposition at a time: ordinary work of several is read among all of hers.
    """
    known = list(dispositions)
    work = [name for name in known if name not in NO_WORK]
    urls = {"judgments": judgments_url(study, rater=rater)}
    if work:
        urls["work"] = judgments_url(study, rater=rater, disposition=work[0] if len(work) == 1 else None)
    return urls | {
        name: judgments_url(study, rater=rater, disposition=name) for name in ("gold", "retest") if name in known
    }
