"""What the pages of gates show."""

import json
from typing import Any

from django.urls import reverse

from apps.analysis.gate_material import output_criteria
from apps.analysis.gate_selectors import gates_of, n_judgments_before, newest_verdicts, verdicts_of
from apps.analysis.models import Analysis, Gate
from apps.analysis.selectors import n_newer_judgments
from apps.console.header import header_of
from apps.console.words import about, listed
from apps.core.jobs import UNDER_WAY
from apps.core.models import Job
from apps.studies.models import Criterion, Study, StudyState

from .rules import Row, rule_row, rule_words

WORDS = {"PASS": "Pass", "BLOCK": "Block", "UNDECIDED": "Undecided"}


def gates_context(study: Study, gates: list[Gate], *, may_run: bool) -> dict[str, Any]:
    """Every gate with its newest verdict."""
    newest = newest_verdicts(study)
    return {
        "study": header_of(study),
        "may_run": may_run,
        "gates": [_listed(study, gate, newest.get(gate.number)) for gate in gates],
    }


def gates_in_force(study: Study) -> list[Row]:
    """For other pages: the gates that are not retired, each with its newest verdict."""
    in_force = [gate for gate in gates_of(study) if not hasattr(gate, "retirement")]
    newest = newest_verdicts(study) if in_force else {}
    return [_listed(study, gate, newest.get(gate.number)) for gate in in_force]


def _listed(study: Study, gate: Gate, frozen: Analysis | None) -> Row:
    result = json.loads(frozen.result) if frozen else None
    return {
        **_names(gate),
        "url": reverse("console:gate", args=[study.workspace.slug, study.slug, gate.number]),
        "n_rules": len(gate.rules),
        "verdict": result["verdict"] if result else None,
        "verdict_words": WORDS[result["verdict"]] if result else "Not read yet",
        "sentence": sentence_of(result) if result else "",
        "read_at": frozen.created_at if frozen else None,
    }


def gate_context(study: Study, gate: Gate, *, may_run: bool, job: Job | None, errors: list[str]) -> dict[str, Any]:
    """One gate: its newest verdict with every rule, or its rules alone while it was never read."""
    frozen = verdicts_of(gate)
    criteria = output_criteria(study)
    address = [study.workspace.slug, study.slug, gate.number]
    is_waiting = not gate.is_watched and study.state in {StudyState.OPEN, StudyState.PAUSED}
    n_newer = n_newer_judgments(frozen[0]) if frozen else None
    is_spent = not gate.is_watched and bool(n_newer)
    return {
        "study": header_of(study),
        "gate": _names(gate) | {"n_before": n_judgments_before(gate), "is_watched": gate.is_watched},
        "url": reverse("console:gate", args=address),
        "verdict": _verdict(study, frozen[0], criteria) if frozen else None,
        "rules": [rule_words(rule, _name(gate.baseline), criteria) for rule in gate.rules],
        "n_newer": n_newer,
        "is_spent": is_spent,
        "earlier": [_earlier(study, one) for one in frozen[1:]],
        "is_waiting": is_waiting,
        "may_read": not (is_waiting or is_spent or hasattr(gate, "retirement")),
        "may_run": may_run,
        "errors": errors,
        "job": _job(job, address) if job else None,
        "is_reading": job is not None and job.state in UNDER_WAY,
    }


def verdict_context(study: Study, gate: Gate, frozen: Analysis) -> dict[str, Any]:
    """One frozen verdict."""
    return {
        "study": header_of(study),
        "gate": _names(gate) | {"n_before": n_judgments_before(gate), "is_watched": gate.is_watched},
        "gate_url": reverse("console:gate", args=[study.workspace.slug, study.slug, gate.number]),
        "verdict": _verdict(study, frozen, output_criteria(study)),
        "frozen": True,
    }


def sentence_of(result: Row) -> str:
    """What a verdict says, in a sentence that can be repeated."""
    n, rules = len(result["rules"]), result["rules"]
    holding = sum(rule["verdict"] == "PASS" for rule in rules)
    if result["verdict"] == "PASS":
        return f"{result['candidate']} may go: {'its rule is' if n == 1 else f'all {n} rules are'} shown to hold."
    if result["verdict"] == "BLOCK":
        broken = n - holding - sum(rule["verdict"] == "UNDECIDED" for rule in rules)
        return f"{result['candidate']} is blocked: {broken} of {n} rule{'s' if n > 1 else ''} shown to be broken."
    shown = f"{holding} of {n} rule{'s' if n > 1 else ''} shown to hold, none to be broken."
    return f"Nothing is decided yet: {shown}{_needed(result['needed'])}"


def _needed(needed: Row | None) -> str:
    if needed is None:
        return " No number of ratings can be named: a share lies on its bound."
    counts = {"n_comparisons": "comparisons", "n_outputs": "ratings of its outputs", "n_items": "items"}
    more = [f"{about(needed[name])} more {what}" for name, what in counts.items() if needed[name]]
    words = listed(more)
    if needed["towards"] == "UNDECIDED":
        return f" At least {words.replace('about ', '')} are needed before anything can be said."
    towards = "would pass it" if needed["towards"] == "PASS" else "would block it"
    return f" {words[:1].upper()}{words[1:]} {towards}, if the shares stay as they are."


def _verdict(study: Study, frozen: Analysis, criteria: dict[str, Criterion]) -> Row:
    result = json.loads(frozen.result)
    address = [study.workspace.slug, study.slug]
    reading = reverse("console:reading", args=address)
    return {
        "verdict": result["verdict"],
        "words": WORDS[result["verdict"]],
        "sentence": sentence_of(result),
        "rules": [rule_row(rule, result, criteria, reading) for rule in result["rules"]],
        "n_judgments": result["n_judgments"],
        "n_raters": result["n_raters"],
        "n_items": result["n_items"],
        "n_elsewhere": result["left_out"].get("other_systems", 0),
        "left_out": sum(n for reason, n in result["left_out"].items() if reason != "other_systems"),
        "error": f"{result['error'] * 100:g} %",
        "method": result["method"],
        "inputs_sha256": frozen.inputs_sha256,
        "read_at": frozen.created_at,
        "permalink": reverse("console:verdict", args=[*address, frozen.public_id]),
        "json_url": reverse("console:verdict_json", args=[*address, frozen.public_id]),
    }


def _earlier(study: Study, frozen: Analysis) -> Row:
    result = json.loads(frozen.result)
    return {
        "verdict": result["verdict"],
        "words": WORDS[result["verdict"]],
        "n_judgments": result["n_judgments"],
        "read_at": frozen.created_at,
        "url": reverse("console:verdict", args=[study.workspace.slug, study.slug, frozen.public_id]),
    }


def _names(gate: Gate) -> Row:
    retirement = getattr(gate, "retirement", None)
    return {
        "number": gate.number,
        "candidate": gate.candidate.name,
        "baseline": _name(gate.baseline),
        "set_at": gate.created_at,
        "retired": {"at": retirement.created_at, "reason": retirement.reason} if retirement else None,
    }


def _name(system: Any) -> str | None:
    return system.name if system else None


def _job(job: Job, address: list[Any]) -> Row:
    return {
        "state": job.state,
        "percent": job.percent,
        "message": job.message,
        "poll_url": reverse("console:gate_job", args=[*address, job.public_id]),
    }
