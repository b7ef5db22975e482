"""Every state of the desk, made by hand from the server's own classes, so that templates are tested without a study."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from apps.core.rendering import to_html
from apps.workbench.earlier_answers import StandingAnswer
from apps.workbench.tasks import KEYS, LABELS, LETTERS, TaskPage
from apps.workbench.training import Feedback

NOW = datetime(2026, 11, 21, 14, 2, 7, tzinfo=UTC)
DESK = "/rate/lab/trial/"
NAMES = ("answer", "next", "skip", "beat", "leave", "recent", "guideline")
URLS = {"desk": DESK, **{name: f"{DESK}{name}" for name in NAMES}}
STUDY = {
    "name": "Trial",
    "slug": "trial",
    "workspace_slug": "lab",
    "question": "Which would you send?",
    "guideline_html": to_html("True first."),
    "guideline_version": 3,
    "invented": False,
    "compares": True,
}
PROGRESS = SimpleNamespace(
    n_done=34, target=60, percent=57, n_today=12, seconds_per_task=42.0, minutes_left=18, last_saved_at=NOW
)
CHOICES = [{"value": c, "label": LABELS[c], "key": KEYS[c], "letter": LETTERS[c]} for c in KEYS]
RECENT = [
    {
        "url": f"{DESK}?change={uuid4()}",
        "public_id": uuid4(),
        "item_excerpt": "Can I get <b>my money</b> back?",
        "said": "A is better",
        "at": NOW,
        "has_comment": True,
        "flags": ["Unsafe"],
        "n_changes": 1,
    }
]


def anchors(*labels: str, example: str = "") -> list[dict[str, Any]]:
    return [
        {"value": str(n), "label": label, "example": example, "key": str(n), "chosen": False}
        for n, label in enumerate(labels, start=1)
    ]


CRITERIA = [
    {
        "kind": "scale",
        "rows": [
            {
                "key": "true",
                "question": "Is it true?",
                "anchors": anchors("No", "Mostly", "Yes", example="Names 14 days"),
            }
        ],
    },
    {
        "kind": "checklist",
        "rows": [
            {"key": "short", "question": "Is it short?", "anchors": anchors("Yes", "No")},
            {"key": "kind", "question": "Is it kind?", "anchors": anchors("Yes", "No")},
        ],
    },
]


def listed(*labels: str) -> list[dict[str, Any]]:
    return [
        {"value": label.lower(), "label": label, "key": str(n), "chosen": False} for n, label in enumerate(labels, 1)
    ]


def task(**changes: Any) -> TaskPage:
    """A comparison, changed as the state wants it."""
    given: dict[str, Any] = {
        "public_id": uuid4(),
        "submission": uuid4(),
        "kind": "comparison",
        "question": "Which would you send?",
        "turns": [{"role": "User", "html": to_html("May I?")}],
        "context_html": to_html("14 days."),
        "reference_html": to_html("Yes."),
        "slices": ["refunds"],
        "left_html": to_html("You may."),
        "right_html": to_html("You may not."),
        "choices": CHOICES,
        "criteria": [],
        "flags": listed("Identified", "Unsafe", "Broken"),
        "skip_reasons": listed("Broken", "Topic"),
        "expires_at": NOW + timedelta(minutes=30),
        "training": False,
        **changes,
    }
    return TaskPage(**given)


def rubric(**changes: Any) -> TaskPage:
    return task(
        kind="rubric", question="How good is it?", choices=[], right_html=to_html(""), criteria=CRITERIA, **changes
    )


def changed(**changes: Any) -> TaskPage:
    return task(chosen="left", supersedes=uuid4(), comment="<script>x</script>", **changes)


def feedback(*, right: bool, of: TaskPage | None = None, **changes: Any) -> Feedback:
    given: dict[str, Any] = {
        "task": of or task(training=True, chosen="left"),
        "right": right,
        "given_label": "A is better",
        "gold_label": "A is better" if right else "Tie",
        "rationale_html": to_html("B invents a period."),
        "criteria": [],
        "n_done": 3,
        "n_all": 8,
        "result": None,
        **changes,
    }
    return Feedback(**given)


def standing(**changes: Any) -> StandingAnswer:
    given: dict[str, Any] = {
        "public_id": uuid4(),
        "item_excerpt": "Can I get <b>my money</b> back?",
        "said": "A is better",
        "criteria": [{"question": "Which is truer?", "label": "B"}, {"question": "Was it close?", "label": "No"}],
        "flags": ["Unsafe"],
        "comment": "<script>x</script>",
        "at": NOW,
        "change_url": f"{DESK}?change={uuid4()}",
        "why_not": "",
        **changes,
    }
    return StandingAnswer(**given)


def result(*, passed: bool) -> dict[str, Any]:
    return {"passed": passed, "n_right": 7 if passed else 4, "n_all": 8, "needed": 6}


def nothing(**changes: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{"sentence": "3 tasks are with other raters.", "come_back_at": NOW, "qualification": None, **changes}
    )


EXPLAINED = [
    {"question": "Is it true?", "given_label": "No", "gold_label": "Yes", "right": False},
    {"question": "Is it short?", "given_label": "Yes", "gold_label": "Yes", "right": True},
]
TURNS = [{"role": role, "html": to_html("Hello")} for role in ("Instructions", "User", "Assistant", "User")]
STATES: dict[str, dict[str, Any]] = {
    "comparison": {"task": task()},
    "conversation": {"task": task(turns=TURNS, context_html=to_html(""))},
    "empty output": {"task": task(right_html=to_html(""), reference_html=to_html(""))},
    "criteria": {"task": task(criteria=CRITERIA)},
    "rubric": {"task": rubric(), "study": {**STUDY, "compares": False}},
    "change": {"task": changed(), "notice": "That answer stands."},
    "another stands": {"task": task(), "stands": standing()},
    "another rubric stands": {
        "task": rubric(),
        "stands": standing(said="", change_url="", why_not="It is closed."),
        "study": {**STUDY, "compares": False},
    },
    "change with criteria": {"task": changed(criteria=CRITERIA)},
    "training": {"task": task(training=True)},
    "break": {"task": task(), "is_break": True},
    "no target": {"task": task(), "progress": SimpleNamespace(**{**vars(PROGRESS), "target": None, "percent": 0})},
    "right": {"feedback": feedback(right=True)},
    "not right": {"feedback": feedback(right=False)},
    "rubric explained": {"feedback": feedback(right=False, of=rubric(training=True), criteria=EXPLAINED)},
    "qualified": {"feedback": feedback(right=True, result=result(passed=True))},
    "nothing": {"empty": nothing()},
    "not qualified": {"empty": nothing(come_back_at=None, qualification=result(passed=False))},
}
CARD = {
    "workspace_slug": "lab",
    "study_slug": "trial",
    "study_name": "Trial",
    "desk_url": DESK,
    "urls": URLS,
    "n_done": 34,
    "n_today": 12,
    "target": 60,
    "percent": 57,
    "seconds_per_task": 42.4,
    "minutes_left": 18,
    "state": "open",
    "standing": "active",
    "can_rate": True,
    "why_not": "",
    "qualification": None,
    "recent": RECENT,
}


def context(**changes: Any) -> dict[str, Any]:
    return {
        "study": STUDY,
        "urls": URLS,
        "outbox_key": "touchstone.0123",
        "beat_seconds": 300,
        "login_url": "/accounts/login/",
        "progress": PROGRESS,
        "is_break": False,
        **changes,
    }


def rendered(template: str, **changes: Any) -> str:
    request = RequestFactory().get(DESK)
    request.user = AnonymousUser()
    return render_to_string(template, context(**changes), request=request)


def desk(state: str) -> str:
    return rendered("workbench/desk.html", **STATES[state])


def reply(**changes: Any) -> str:
    return rendered("workbench/desk.html#reply", **changes)
