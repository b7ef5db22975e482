"""Gates that two people set, retire and read at once."""

import pytest

from apps.analysis.gate_selectors import gates_of, verdicts_of
from apps.analysis.models import Gate, GateRetirement
from apps.analysis.services import read_gate, retire_gate, set_gate
from apps.core.models import AuditEvent
from tests.analysis.gate_house import NEW, OLD, gated_study, margin
from tests.concurrency.threads_for_tests import together
from tests.studies_for_tests import Lab

pytestmark = pytest.mark.slow


def test_gates_set_at_once_have_numbers_of_their_own_and_are_retired_once(committed_lab: Lab) -> None:
    study = gated_study(committed_lab.workspace)

    def set_one() -> Gate:
        return set_gate(study=study, candidate=NEW, baseline=OLD, rules=[margin(0.05)], is_watched=True, by=None)

    together(*(set_one for _ in range(4)))
    assert [gate.number for gate in gates_of(study)] == [4, 3, 2, 1]
    gate = gates_of(study)[0]
    together(*(lambda: retire_gate(gate=gate, reason="a test", by=None) for _ in range(3)))
    assert GateRetirement.objects.count() == AuditEvent.objects.filter(verb="gate retired").count() == 1


def test_a_gate_read_by_several_at_once_has_one_verdict(committed_lab: Lab) -> None:
    study = gated_study(committed_lab.workspace)
    gate = set_gate(study=study, candidate=NEW, baseline=OLD, rules=[margin(0.05)], is_watched=False, by=None)
    together(*(lambda: read_gate(gate=gate, by=None) for _ in range(3)))
    assert len(verdicts_of(gate)) == 1
