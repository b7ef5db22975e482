"""What a stored study holds, as the reader of files asks it."""

from apps.studies.material import CriterionRow
from apps.studies.models import Study, StudyItem, StudyOutput
from apps.studies.services.protocol import criteria_of, current_protocol

from .known import Known


def known_of(study: Study | None) -> Known:
    """The items, outputs, systems and answers of the study; nothing for a study that is yet to be."""
    if study is None:
        return Known()
    protocol = current_protocol(study)
    outputs = frozenset(
        StudyOutput.objects.filter(study=study).values_list("item__external_id", "system__name", "sample")
    )
    return Known(
        items=frozenset(StudyItem.objects.filter(study=study).values_list("external_id", flat=True)),
        outputs=outputs,
        systems=frozenset(system for _, system, _ in outputs),
        verdicts=tuple(protocol.verdicts),
        criteria=tuple(CriterionRow.from_dict(criterion) for criterion in criteria_of(protocol)),
    )
