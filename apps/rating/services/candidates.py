"""The tasks of a study: made from its outputs, and found again as candidates of a round."""

from collections.abc import Iterable, Mapping

from apps.core.database.queries import n_changed, rows
from apps.rating.planning.candidates import Candidate
from apps.studies.models import ProtocolVersion, StudyItem
from apps.studies.services.protocol import rates_outputs

_PAIRS = """
    FROM studies_studyoutput x
    JOIN studies_studyoutput y ON y.study_id = x.study_id AND y.item_id = x.item_id AND y.sample = x.sample
         AND y.output_id > x.output_id AND y.system_id <> x.system_id
    JOIN studies_output ox ON ox.id = x.output_id
    JOIN studies_output oy ON oy.id = y.output_id
    WHERE x.study_id = %(study)s
"""
_IDENTICAL = "ox.text IS NOT DISTINCT FROM oy.text AND ox.messages IS NOT DISTINCT FROM oy.messages"

_MAKE_COMPARISONS = f"""
    INSERT INTO rating_task (study_id, kind, item_id, output_a_id, output_b_id, system_a_id, system_b_id)
    SELECT x.study_id, 'comparison', x.item_id, x.output_id, y.output_id, x.system_id, y.system_id
    {_PAIRS} AND NOT ({_IDENTICAL})
    ON CONFLICT (study_id, output_a_id, output_b_id) DO NOTHING
"""
_COUNT_IDENTICAL = f"SELECT count(*) {_PAIRS} AND {_IDENTICAL}"
# Asked of the outputs, not of tasks: those of new outputs are made when a round is planned.
_ANYTHING_TO_COMPARE = f"""
    SELECT EXISTS (SELECT {_PAIRS} AND NOT ({_IDENTICAL}) AND NOT EXISTS (
        SELECT FROM rating_task t JOIN rating_gold g ON g.task_id = t.id
        LEFT JOIN rating_goldretirement r ON r.gold_id = g.id
        WHERE t.study_id = x.study_id AND t.output_a_id = x.output_id AND t.output_b_id = y.output_id
          AND r.id IS NULL))
"""  # noqa: S608 - constant text
_MAKE_RUBRICS = """
    INSERT INTO rating_task (study_id, kind, item_id, output_a_id, system_a_id)
    SELECT x.study_id, 'rubric', x.item_id, x.output_id, x.system_id
    FROM studies_studyoutput x WHERE x.study_id = %(study)s
    ON CONFLICT (study_id, output_a_id, output_b_id) DO NOTHING
"""

# A task with active gold is never drawn as ordinary work: its answer would be production and gold at once.
WITH_ACTIVE_GOLD = """
    SELECT g.task_id FROM rating_gold g LEFT JOIN rating_goldretirement r ON r.gold_id = g.id
    WHERE g.study_id = %(study)s AND r.id IS NULL
"""
_CANDIDATES = f"""
    SELECT t.id, i.external_id, least(sa.name COLLATE "C", sb.name COLLATE "C"),
           greatest(sa.name COLLATE "C", sb.name COLLATE "C")
    FROM rating_task t
    JOIN studies_system sa ON sa.id = t.system_a_id
    LEFT JOIN studies_system sb ON sb.id = t.system_b_id
    JOIN studies_item i ON i.id = t.item_id
    JOIN studies_output ox ON ox.id = t.output_a_id
    LEFT JOIN studies_output oy ON oy.id = t.output_b_id
    WHERE t.study_id = %(study)s AND t.kind = ANY(%(kinds)s) AND t.id NOT IN ({WITH_ACTIVE_GOLD})
      AND (t.kind = 'rubric' OR NOT ({_IDENTICAL}))
    ORDER BY i.external_id COLLATE "C", 3, 4, t.id
"""  # noqa: S608 - constant text


def make_tasks(protocol: ProtocolVersion) -> int:
    """Make the tasks that the protocol asks for; how many pairs of equal texts were left out."""
    parameters = {"study": protocol.study_id}
    kinds = kinds_of(protocol)
    if "rubric" in kinds:
        n_changed(_MAKE_RUBRICS, parameters)
    if "comparison" not in kinds:
        return 0
    n_changed(_MAKE_COMPARISONS, parameters)
    return int(rows(_COUNT_IDENTICAL, parameters)[0][0])


def kinds_of(protocol: ProtocolVersion) -> list[str]:
    """With verdicts outputs are compared; with criteria about outputs they are rated, too."""
    return ["comparison"] * bool(protocol.verdicts) + ["rubric"] * rates_outputs(protocol)


def has_comparisons(study_id: int) -> bool:
    """Whether a round would find anything to compare: not gold, and not of two equal texts."""
    return bool(rows(_ANYTHING_TO_COMPARE, {"study": study_id})[0][0])


def candidates_of(study_id: int, kinds: Iterable[str], quotas: Mapping[str, int] | None = None) -> list[Candidate]:
    """The tasks that may be drawn, in an order that is the same in every database."""
    slices = _slices(study_id, quotas) if quotas else {}
    nothing: frozenset[str] = frozenset()
    # A rubric's least and greatest are both its one system.
    return [
        Candidate(task, (low,) if low == high else (low, high), item, slices.get(item, nothing))
        for task, item, low, high in rows(_CANDIDATES, {"study": study_id, "kinds": list(kinds)})
    ]


def _slices(study_id: int, quotas: Mapping[str, int]) -> dict[str, frozenset[str]]:
    """The slices with a quota that each item lies in."""
    wanted = {tuple(name.split("=", 1)): name for name in quotas}
    items = StudyItem.objects.filter(study=study_id).values_list("external_id", "item__slices")
    return {item: frozenset(wanted[entry] for entry in slices.items() if entry in wanted) for item, slices in items}
