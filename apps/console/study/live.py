"""The part of a study's home that keeps itself up to date while people rate."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from apps.analysis.filters import Filters
from apps.analysis.models import Analysis
from apps.analysis.selectors import latest_analysis
from apps.analysis.services.leaderboards import KIND as LEADERBOARD
from apps.console.words import signed
from apps.rating.dispositions import MEANINGS, meaning_of
from apps.rating.selectors import systems_of
from apps.rating.selectors.figures import Figures, figures_of
from apps.rating.selectors.study import SystemRow
from apps.rating.selectors.study_changes import changes_since
from apps.rating.selectors.study_raters import RecentWork, n_at_work, recent_work, remarks_on
from apps.studies.models import ProtocolVersion, Study, StudyState

from .addresses import address_of, reading_of
from .happenings import analyses_in_words, changes_in_words, in_order, remarks_in_words
from .outlook import cost_figure, finish_figure
from .progress import progress_by_day, progress_by_pair, progress_by_slice

Row = dict[str, Any]


def live_context(study: Study, *, page: str | None) -> Row:
    """The fragment: figures, progress, what changed, who needs a look. `page` is that of the pairs."""
    return live_parts(study, figures_of(study), systems_of(study), page=page)


def live_parts(study: Study, figures: Figures, systems: list[SystemRow], *, page: str | None) -> Row:
    """The same from what the caller has read already."""
    now = timezone.now()
    work = recent_work(study, now)
    protocols = list(ProtocolVersion.objects.filter(study=study).order_by("number"))
    return {
        "live": _how_live(study, page),
        "now": now,
        "figures": _figures(study, figures, work, protocols, now),
        "behind": _behind(figures),
        "slices": progress_by_slice(study, figures, protocols[-1]),
        "pairs": progress_by_pair(study, figures, systems, page),
        "days": {**progress_by_day(figures, now.date()), "url": reading_of(study, sort="newest")},
        "changes": _changes(study, work, now),
        "remarks": _remarks(study, figures, work, now),
        "dispositions": _dispositions(study, figures),
    }


def _how_live(study: Study, page: str | None) -> Row:
    url = address_of(study, "study_live", {"pairs": page} if page else None)
    return {"url": url, "is_on": study.state == StudyState.OPEN}


def _figures(
    study: Study, figures: Figures, work: list[RecentWork], protocols: list[ProtocolVersion], now: datetime
) -> list[Row]:
    found = [
        _done(study, figures),
        _today(study, work, now),
        finish_figure(study, figures, now.date()),
        _agreement(study),
        cost_figure(study, figures, protocols),
    ]
    return [figure for figure in found if figure is not None]


def _done(study: Study, figures: Figures) -> Row:
    done, wanted = figures.total("filled"), figures.total("wanted")
    return {
        "label": "of what is wanted",
        "value": f"{done:,} of {wanted:,}",
        "hint": f"{_percent(done, wanted)} judged; {_others(figures)}",
        "url": reading_of(study),
        "progress": {"done": done, "wanted": wanted} if wanted else None,
    }


def _percent(done: int, wanted: int) -> str:
    """Never 100 before the last one."""
    return f"{100 * done // wanted} %" if wanted else "nothing"


def _others(figures: Figures) -> str:
    """Judgments beside the wanted ones: gold and retests, and what came with an import."""
    inserted = figures.total("here") - figures.total("filled")
    imported = figures.total("judged") - figures.total("here")
    return f"{inserted:,} gold, retests, training or late and {imported:,} imported come on top"


def _today(study: Study, work: list[RecentWork], now: datetime) -> Row:
    n_hour = sum(one.n_last_hour for one in work)
    return {
        "label": "judged today",
        "value": f"{sum(one.n_today for one in work):,}",
        "hint": f"{n_hour:,} in the last hour; {n_at_work(work, now)} at work now",
        "url": reading_of(study, sort="newest"),
    }


def _agreement(study: Study) -> Row | None:
    """One line from the newest frozen leaderboard of everything."""
    analysis = latest_analysis(study, Filters())
    if analysis is None:
        return None
    people = json.loads(analysis.result)["agreement"]["human_human"]
    url = reverse("console:analysis", args=[study.workspace.slug, study.slug, analysis.public_id])
    if people["alpha"] is None:
        return {"label": "agreement", "value": "–", "hint": "too few tasks were judged by two people", "url": url}
    interval = f"{_plain(people['alpha_low'])} … {_plain(people['alpha_high'])}"
    return {
        "label": "agreement of people, α",
        "value": _plain(people["alpha"]),
        "hint": f"{interval} (95 %), {people['n_pairs']:,} pairs of judgments",
        "url": url,
        "rows": {"url": reading_of(study, disagree="1"), "words": "read where they disagree"},
    }


def _plain(value: float | None) -> str:
    return signed(value).removeprefix("+")


def _behind(figures: Figures) -> str | None:
    if figures.is_counting:
        return "This study holds so much that it is being counted by a job. Its figures appear here within a minute."
    if figures.n_newer and figures.counted_at:
        return (
            f"Counted {figures.counted_at:%d %B, %H:%M} UTC; more than {figures.n_newer - 1:,} judgments came "
            "since and are being counted."
        )
    return None


def _changes(study: Study, work: list[RecentWork], now: datetime) -> list[Row]:
    since = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    address = [study.workspace.slug, study.slug]
    boards = Analysis.objects.filter(study=study, kind=LEADERBOARD, created_at__gte=since)
    newest = boards.values_list("created_at", "public_id")
    analyses = [(at, reverse("console:analysis", args=[*address, public_id])) for at, public_id in newest]
    told = changes_in_words(study, changes_since(study, since), work)
    return in_order([*told, *analyses_in_words(analyses)])


def _remarks(study: Study, figures: Figures, work: list[RecentWork], now: datetime) -> Row:
    waits = study.state == StudyState.OPEN and figures.total("filled") < figures.total("wanted")
    found = remarks_on(work, figures.of("rater"), now)
    kept = [remark for remark in found if waits or remark.kind != "silent"]
    return {"rows": remarks_in_words(study, kept, now), "url": address_of(study, "raters"), "n_raters": len(work)}


def _dispositions(study: Study, figures: Figures) -> Row:
    cells = figures.of("disposition")
    names = [name for name in MEANINGS if name in cells] + sorted(cells.keys() - MEANINGS.keys())
    return {
        "rows": [
            {
                "name": name,
                "n": cells[name]["n"],
                "meaning": meaning_of(name),
                "url": reading_of(study, disposition=name),
            }
            for name in names
        ],
        "as_of": figures.dispositions_as_of,
    }
