"""Every address of the console by its name, with sample arguments; an address without an entry stops the benchmark."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, resolve, reverse

from apps.accounts.models import User
from apps.analysis.models import Analysis, Gate
from apps.analysis.selectors import slice_values
from apps.console import urls
from apps.core.models import Job
from apps.rating.models import Enrolment, Task
from apps.studies.models import Item, Study, System
from apps.studies.templates import TEMPLATES


@dataclass(frozen=True, slots=True)
class Page:
    """An address to get: its name in the namespace, and where it leads."""

    name: str
    url: str
    also: tuple[str, ...] = field(default=())


def _newest_job(study: Study, kind: str) -> Any:
    return Job.objects.filter(kind=kind, subject=f"study:{study.pk}").latest("pk").public_id


def _a_slice(study: Study) -> dict[str, Any]:
    key, values = next(iter(slice_values(study).items()), ("", [""]))
    return {"key": key, "value": values[0]}


def _as_filter(chosen: dict[str, Any]) -> dict[str, Any]:
    return {f"slice.{chosen['key']}": chosen["value"]} if chosen["key"] else {}


def _upload(study: Study) -> Any:
    """A sample file that a manager has just sent."""
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.filter(memberships__workspace=study.workspace, memberships__role="manager")[0])
    address = reverse("console:new_study_sample", args=[study.workspace.slug])
    reply = client.post(address, {"sample": TEMPLATES[0].key})
    return resolve(urlsplit(reply["Location"]).path).kwargs["upload"]


# What an argument of an address stands for, by the argument's name.
SAMPLES: dict[str, Callable[[Study], Any]] = {
    "workspace": lambda study: study.workspace.slug,
    "study": lambda study: study.slug,
    "analysis": lambda study: Analysis.objects.filter(study=study, kind="leaderboard").latest("pk").public_id,
    "job": lambda study: _newest_job(study, "leaderboard"),
    "upload": _upload,
    "task": lambda study: Task.objects.filter(study=study).earliest("pk").pk,
    "item": lambda study: Item.objects.filter(studyitem__study=study).earliest("pk").pk,
    "system": lambda study: System.objects.filter(studyoutput__study=study).earliest("pk").pk,
    "rater": lambda study: Enrolment.objects.filter(study=study).earliest("pk").rater.uuid,
    "enrolment": lambda study: Enrolment.objects.filter(study=study).earliest("pk").pk,
    "to": lambda study: "paused",
    "number": lambda study: Gate.objects.filter(study=study).latest("pk").number,
    "figures": lambda study: Analysis.objects.filter(study=study, kind="raters").latest("pk").public_id,
    "verdict": lambda study: Analysis.objects.filter(study=study, kind="gate").latest("pk").public_id,
}
# Arguments that stand for something else at one address.
SPECIAL: dict[tuple[str, str], Callable[[Study], Any]] = {
    ("plot", "name"): lambda study: "strengths",
    ("plot", "form"): lambda study: "svg",
    ("raters_job", "job"): lambda study: _newest_job(study, "raters"),
    ("agreement_job", "job"): lambda study: _newest_job(study, "agreement"),
    ("gate_job", "job"): lambda study: _newest_job(study, "gate"),
}
# What is no page: files of any length, measured for themselves, and what there is only after somebody made it.
NOT_PAGES = {
    "download": "a file, streamed",
    "analysis_json": "a file for programs",
    "verdict_json": "a file for programs",
    "figures_stored": "a file for programs",
    "figures_table": "a file",
    "figures_rater_table": "a file",
    "rater_history": "a file",
    "pairs_csv": "a file",
    "bundle": "a file, packed by a worker",
    "reading_selection": "there once somebody has kept one",
    "new_study_progress": "there once somebody has made a study",
}
# What is asked for beside the plain address.
QUERIES: dict[str, Callable[[Study], dict[str, Any]]] = {
    "leaderboard": lambda study: _as_filter(_a_slice(study)),
    "files": lambda study: _as_filter(_a_slice(study)),
    "reading": lambda study: {"rater": SAMPLES["rater"](study), "disposition": "used"},
    "reading_task": lambda study: {"disposition": "used", "sort": "newest"},
}
# What an address cannot do without.
NEEDS: dict[str, Callable[[Study], dict[str, Any]]] = {
    "slice": _a_slice,
    "compare": lambda study: dict.fromkeys("ab", SAMPLES["analysis"](study)),
}


def names() -> dict[str, list[str]]:
    """Every name of the console's addresses with the names of its arguments."""
    return {pattern.name or str(pattern.pattern): arguments for pattern, arguments in _walk(urls.urlpatterns, [])}


def _walk(patterns: list[Any], before: list[str]) -> Iterator[tuple[URLPattern, list[str]]]:
    for entry in patterns:
        arguments = [*before, *entry.pattern.converters]
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, arguments)
        else:
            yield entry, arguments


def pages_of(study: Study) -> list[Page]:
    """All addresses that may be pages. Whether one only takes posts, its answer tells."""
    return [_page(name, arguments, study) for name, arguments in sorted(names().items()) if name not in NOT_PAGES]


def samples_of(name: str, arguments: list[str]) -> dict[str, Callable[[Study], Any] | None]:
    """What stands for each argument of an address; None where nobody has said."""
    return {one: SPECIAL.get((name, one)) or SAMPLES.get(one) for one in arguments}


def _page(name: str, arguments: list[str], study: Study) -> Page:
    samples = samples_of(name, arguments)
    missing = [one for one, sample in samples.items() if sample is None]
    if missing:
        raise LookupError(
            f"console:{name} takes {', '.join(missing)}: say in tests/benchmarks/console/pages.py what that stands for."
        )
    given = {one: sample(study) for one, sample in samples.items() if sample}
    try:
        url = reverse(f"console:{name}", kwargs=given)
    except NoReverseMatch as error:
        raise LookupError(f"console:{name} has a sample that does not fit: {error}.") from error
    needed = f"?{urlencode(NEEDS[name](study))}" if name in NEEDS else ""
    asked = QUERIES[name](study) if name in QUERIES else {}
    return Page(name, url + needed, (urlencode(asked),) if asked else ())
