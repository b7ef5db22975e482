"""Setting gates, ending them, and reading them: a verdict is frozen like every result."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.analysis.gate_inputs import GateInputs
from apps.analysis.gate_material import Material, material_of
from apps.analysis.gate_result import gate_result
from apps.analysis.gate_rules import GATE, GateRule, RuleKind, check_gate_rules
from apps.analysis.leaderboard import CONFIDENCE_LEVEL
from apps.analysis.models import Analysis, Gate, GateRetirement
from apps.core import audit
from apps.core.database.locks import lock
from apps.core.errors import Refused
from apps.rating.models import Cut
from apps.rating.services import take_cut
from apps.studies.models import ProtocolVersion, Study, StudyState, Verdict
from apps.studies.services.protocol import current_protocol

from .freezing import Freezing, analysis_at, versions_of

# Its number rises whenever the same judgments would give another verdict.
METHOD = "all rules hold, none broken (Berger, Holm), two-way cluster-robust exact shares (Korn & Graubard), 1"
LIBRARIES = ("numpy", "scipy")
LONGEST_REASON = 500


@transaction.atomic
def set_gate(
    *,
    study: Study,
    candidate: str,
    baseline: str | None,
    rules: Sequence[GateRule],
    is_watched: bool,
    by: UUID | None,
) -> Gate:
    """Write a gate down. How many judgments each rule will see is noted from the plan, not from the results."""
    lock(f"gates:{study.pk}")
    material = material_of(study)
    systems = {system.name: system for system in material.systems}
    for name in (candidate, baseline):
        if name is not None and name not in systems:
            raise Refused(f"There is no system {name!r} in this study. Choose from: {', '.join(systems)}.")
    _check_pair(candidate, baseline, rules, material)
    if Verdict.BOTH_BAD not in material.verdicts and any(rule.kind == RuleKind.BOTH_BAD for rule in rules):
        raise Refused("Nobody can say both bad in this study, so a floor on it would always hold. Leave it out.")
    check_gate_rules(list(rules), criteria=material.criteria, slice_sizes=material.slice_groups)
    replication = current_protocol(study).replication
    planned = [replace(rule, planned_n=replication * material.n_items_of(rule.slice)) for rule in rules]
    gate = Gate.objects.create(
        study=study,
        number=Gate.objects.filter(study=study).count() + 1,
        candidate=systems[candidate],
        baseline=systems[baseline] if baseline else None,
        rules=[rule.as_stored() for rule in planned],
        is_watched=is_watched,
        cut=take_cut(study_id=study.pk),
        created_by=by,
    )
    audit.record("gate set", f"study:{study.slug}", by=by, workspace_id=study.workspace_id, gate=gate.number)
    return gate


def _check_pair(candidate: str, baseline: str | None, rules: Sequence[GateRule], material: Material) -> None:
    if candidate == baseline:
        raise Refused("A system cannot be its own baseline. Choose another one.")
    margins = [rule for rule in rules if rule.kind == RuleKind.MARGIN]
    if margins and baseline is None:
        raise Refused("A margin says how much may be lost to a baseline. Choose the baseline.")
    if margins and not material.compares:
        raise Refused("This study compares nothing, so nothing can be lost to a baseline. Set floors instead.")


@transaction.atomic
def retire_gate(*, gate: Gate, reason: str, by: UUID | None) -> GateRetirement:
    """Read this gate no more; its verdicts stay. Retiring it twice changes nothing."""
    reason = reason.replace("\x00", "").strip()
    if not reason:
        raise Refused("Say why the gate is retired: whoever reads its verdicts later will ask.")
    if len(reason) > LONGEST_REASON:
        raise Refused(f"The reason is {len(reason)} characters long. Shorten it to {LONGEST_REASON}.")
    lock(f"gates:{gate.study_id}")
    retirement, created = GateRetirement.objects.get_or_create(
        gate=gate, defaults={"study_id": gate.study_id, "reason": reason, "by": by}
    )
    if created:
        subject = f"study:{gate.study.slug}"
        audit.record("gate retired", subject, by=by, workspace_id=gate.study.workspace_id, gate=gate.number)
    return retirement


def read_gate(*, gate: Gate, by: UUID | None) -> Analysis:
    """The verdict of the facts as they are now; computed only if they moved since it was frozen.

    Refused for a retired gate, and for one that is read once while judgments come in, or when it was read on fewer:
    whoever looks early, and goes on if she does not like it, decides by luck.
    """
    if not gate.is_watched and Study.objects.get(pk=gate.study_id).state in {StudyState.OPEN, StudyState.PAUSED}:
        raise Refused("This gate is read once, when the study is closed. Close the study first.")
    cut = take_cut(study_id=gate.study_id)
    _check_may_be_read(gate, cut)
    protocol = ProtocolVersion.objects.get(study=gate.study_id, number=cut.protocol_number)
    settings, versions = _settings(gate, protocol), versions_of(METHOD, LIBRARIES)
    found = analysis_at(gate.study, cut, GATE, settings, versions)
    if found is not None:
        return found
    rules = [GateRule.from_stored(rule) for rule in gate.rules]
    inputs = GateInputs(gate, rules, cut, protocol.major)
    freezing = Freezing(gate.study, cut, GATE, settings, versions, inputs.sha256(), besides=inputs.left_out())
    return freezing.found() or _store(gate, freezing, _result(gate, rules, inputs, freezing), by=by)


@transaction.atomic
def _store(gate: Gate, freezing: Freezing, result: dict[str, Any], *, by: UUID | None) -> Analysis:
    """Freeze the verdict, unless the gate was retired, or read on fewer judgments, while it was computed."""
    lock(f"gates:{gate.study_id}")
    _check_may_be_read(gate, freezing.cut)
    return freezing.store(result, by=by)


def _check_may_be_read(gate: Gate, cut: Cut) -> None:
    if GateRetirement.objects.filter(gate=gate).exists():
        raise Refused("This gate is retired. Set a new one.")
    read = Analysis.objects.filter(study=gate.study_id, kind=GATE, settings__gate=gate.number)
    if not gate.is_watched and read.filter(cut__last_judgment__lt=cut.last_judgment).exists():
        raise Refused(
            "This gate is read once, and it has been: judgments have come in since. Its verdict stays. For another "
            "look, retire it and set one that is read at any time."
        )


def _result(gate: Gate, rules: list[GateRule], inputs: GateInputs, freezing: Freezing) -> dict[str, Any]:
    names = ("gate", "candidate", "baseline", "is_watched", "confidence_level")
    return {
        **gate_result(inputs.rows(), rules, is_watched=gate.is_watched, level=CONFIDENCE_LEVEL),
        **{name: freezing.settings[name] for name in names},
        "left_out": freezing.besides,
        "inputs_sha256": freezing.inputs_sha256,
        "method": METHOD,
    }


def _settings(gate: Gate, protocol: ProtocolVersion) -> dict[str, Any]:
    return {
        "gate": gate.number,
        "candidate": gate.candidate.name,
        "baseline": gate.baseline.name if gate.baseline else None,
        "rules": gate.rules,
        "is_watched": gate.is_watched,
        "confidence_level": CONFIDENCE_LEVEL,
        "protocol_major": protocol.major,
    }
