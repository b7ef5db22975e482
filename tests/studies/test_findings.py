"""What the scanner finds is stored once, with the import or by the command, and told in words."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.services import create_workspace
from apps.core.models import AuditEvent
from apps.rating.exchange.storing import import_bundle
from apps.studies.identification import SCANNER_VERSION
from apps.studies.models import Output, OutputFinding, Study
from apps.studies.selectors import SelfNaming, n_self_naming_outputs, self_naming_outputs
from apps.studies.services.findings import ScanSummary, scan_outputs
from tests.studies_for_tests import SYSTEMS, Lab, OutputRow, bundle_of

NAMING = ("I am ChatGPT. Yes, I am ChatGPT.", "I was made by Google.", "I am Zebra, hello.", "As Claude, I try.")


def bundle(texts: tuple[str, ...] = NAMING, **more: Any) -> Any:
    """A study in which the first system says these texts."""
    plain = bundle_of(max(4, len(texts)))
    said = {f"item-{n}": text for n, text in enumerate(texts)}
    outputs = tuple(
        OutputRow(item=row.item, system=row.system, text=said[row.item])
        if row.system == SYSTEMS[0] and row.item in said
        else row
        for row in plain.outputs
    )
    return bundle_of(max(4, len(texts)), **more) if not texts else _with(plain, outputs)


def _with(plain: Any, outputs: tuple[OutputRow, ...]) -> Any:
    from dataclasses import replace

    return replace(plain, outputs=outputs)


@pytest.fixture
def naming(db: None) -> Study:
    """A study of twelve outputs, four of which say which system they are."""
    import_bundle(bundle=bundle(), workspace=create_workspace(slug="lab", name="Lab"), slug="s", by=None)
    return Study.objects.select_related("workspace").get(slug="s")


def rows() -> list[tuple[str, str, int, int]]:
    found = OutputFinding.objects.order_by("output", "start").values_list("output__text", "kind", "start", "end")
    return [(text[start:end], kind, start, end) for text, kind, start, end in found]


FOUND = [
    ("ChatGPT", "name", 5, 12),
    ("ChatGPT", "name", 24, 31),
    ("Google", "maker", 14, 20),
    ("Zebra", "system", 5, 10),
    ("Claude", "name", 3, 9),
]


def test_an_import_stores_what_it_finds(naming: Study) -> None:
    assert rows() == FOUND
    assert set(OutputFinding.objects.values_list("scanner_version", flat=True)) == {SCANNER_VERSION}
    assert n_self_naming_outputs(naming) == 4
    first, second = self_naming_outputs(naming, limit=2)
    assert first == SelfNaming("item-0", SYSTEMS[0], 0, "I am ChatGPT. Yes, I am ChatGPT.")
    assert second.excerpt == "I was made by Google."


def test_a_refused_import_leaves_no_finding(naming: Study) -> None:
    from apps.core.errors import Refused

    before = OutputFinding.objects.count()
    changed = bundle(("I am Vicuna.", *NAMING[1:]))
    with pytest.raises(Refused):
        import_bundle(bundle=changed, workspace=naming.workspace, slug="s", by=None)
    assert OutputFinding.objects.count() == before


def test_outputs_used_again_are_not_scanned_again(naming: Study) -> None:
    import_bundle(bundle=bundle(), workspace=naming.workspace, slug="again", by=None)
    assert rows() == FOUND
    assert n_self_naming_outputs(Study.objects.get(slug="again")) == 4


def test_only_what_the_system_said_in_a_conversation_counts(db: None) -> None:
    plain = bundle_of(4)
    talk = ({"role": "user", "content": "I am ChatGPT."}, {"role": "assistant", "content": "Hello, I am Vicuna."})
    outputs = (OutputRow(item="item-0", system=SYSTEMS[0], messages=talk), *plain.outputs[1:])
    workspace = create_workspace(slug="lab", name="Lab")
    import_bundle(bundle=_with(plain, outputs), workspace=workspace, slug="s", by=None)
    finding = OutputFinding.objects.get()
    assert (finding.kind, finding.start, finding.end) == ("name", 12, 18)


def test_scanning_again_adds_what_is_missing_and_nothing_twice(lab: Lab) -> None:
    output = Output.objects.order_by("pk")[0]
    later = Output.objects.create(
        workspace_id=output.workspace_id, item_id=output.item_id, system_id=output.system_id, sample=9,
        content_hash="x", text="I am ChatGPT.",
    )  # fmt: skip
    assert scan_outputs(workspace=lab.workspace, study=lab.study) == ScanSummary(12, 0), "it is in no study"
    assert scan_outputs(workspace=lab.workspace) == ScanSummary(13, 1)
    assert scan_outputs(workspace=lab.workspace) == ScanSummary(13, 0)
    assert OutputFinding.objects.get().output == later
    assert AuditEvent.objects.filter(verb="outputs scanned").count() == 3


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_scans_a_study_a_workspace_or_all(lab: Lab) -> None:
    create_workspace(slug="other", name="Other")
    words = "scanned 12 outputs, found 0 new places that name a system."
    assert run("scan_outputs", "--study", "trial") == f"trial: {words}\n"
    assert run("scan_outputs", "--workspace", "lab") == f"lab: {words}\n"
    assert run("scan_outputs").splitlines() == [f"lab: {words}", f"other: {words.replace('12', '0')}"]
    with pytest.raises(CommandError, match="There is no study 'none'"):
        run("scan_outputs", "--study", "none")
