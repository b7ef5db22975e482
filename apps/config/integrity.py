"""What no database constraint can hold, verified over everything that is stored."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from apps.analysis.canonical import sha256
from apps.analysis.models import Analysis
from apps.rating.dispositions import counts_at
from apps.rating.models import StudyFigures
from apps.rating.selectors import showing_counts
from apps.rating.services import take_cut
from apps.rating.services.figures import misstated
from apps.studies.material import ItemRow, OutputRow
from apps.studies.models import Item, Output, Study

Violations = Iterable[str]


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: what must hold, and the sentences that say where it does not."""

    name: str
    violations: Callable[[], Violations]


def _each(query: str, sentence: str) -> Callable[[], Iterator[str]]:
    """A check whose query returns the rows that must not be; the sentence is filled from each row."""

    def violations() -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute(query)
            for row in cursor.fetchall():
                yield sentence.format(*row)

    return violations


def _items() -> Iterator[str]:
    for item in Item.objects.iterator(1000):
        row = ItemRow(
            external_id=item.external_id,
            group=item.group,
            messages=tuple(item.messages),
            context=item.context,
            reference=item.reference,
            slices=item.slices,
            metadata=item.metadata,
        )
        if row.content_hash() != item.content_hash:
            yield f"item {item.pk} ({item.external_id}) does not match its content hash"


def _outputs() -> Iterator[str]:
    for output in Output.objects.iterator(1000):
        messages: Any = None if output.messages is None else tuple(output.messages)
        if OutputRow(item="", system="", text=output.text, messages=messages).content_hash() != output.content_hash:
            yield f"output {output.pk} does not match its content hash"


def _results() -> Iterator[str]:
    for analysis in Analysis.objects.iterator(100):
        if sha256(analysis.result) != analysis.result_sha256:
            yield f"analysis {analysis.public_id} does not match the hash of its result"


_JUDGMENTS = """
    SELECT count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM rating_judgment n WHERE n.supersedes_id = j.id)) FROM rating_judgment j WHERE j.study_id = %s
"""


def _reconciles() -> Iterator[str]:
    """leased = the sum of what became of it; judgments = superseded + current; current = sum of dispositions."""
    for study in Study.objects.order_by("pk"):
        with connection.cursor() as cursor:
            cursor.execute(_JUDGMENTS, [study.pk])
            n_judgments, n_superseded = cursor.fetchone()
        current = sum(counts_at(take_cut(study_id=study.pk)).values())
        if n_judgments != n_superseded + current:
            yield (
                f"study {study.slug}: {n_judgments} judgments are not {n_superseded} superseded and {current} current"
            )
        counts = showing_counts(study)
        parts = counts.open + counts.judged + counts.late + counts.skipped + counts.expired + counts.released
        if counts.leased != parts:
            yield f"study {study.slug}: {counts.leased} leased showings are not the {parts} of its parts"


def _figures() -> Iterator[str]:
    for stored in StudyFigures.objects.select_related("cut", "study").order_by("pk").iterator(10):
        for sentence in misstated(stored):
            yield f"study {stored.study.slug}: {sentence} (delete the row of rating_studyfigures: it is made again)"


CHECKS = (
    Check(
        "standings equal their last change",
        _each(
            """SELECT e.id, e.standing, coalesce(c.standing, 'none') FROM rating_enrolment e LEFT JOIN LATERAL (
                   SELECT standing FROM rating_standingchange s
                   WHERE s.study_id = e.study_id AND s.rater_id = e.rater_id ORDER BY id DESC LIMIT 1) c ON true
               WHERE c.standing IS DISTINCT FROM e.standing""",
            "enrolment {0} is {1}, but its last change says {2}",
        ),
    ),
    Check("items match their content hashes", _items),
    Check("outputs match their content hashes", _outputs),
    Check(
        "judged showings have judgments, and only they",
        _each(
            """SELECT a.id, coalesce(a.outcome, 'open') FROM rating_assignment a
               WHERE (coalesce(a.outcome, '') IN ('judged', 'late'))
                  <> EXISTS (SELECT FROM rating_judgment j WHERE j.assignment_id = a.id)""",
            "assignment {0} is {1}, which does not fit its judgments",
        ),
    ),
    Check(
        "a rater holds two leases at most",
        _each(
            """SELECT study_id, rater_id, count(*) FROM rating_assignment WHERE outcome IS NULL
               GROUP BY 1, 2 HAVING count(*) > 2""",
            "in study {0} rater {1} holds {2} leases",
        ),
    ),
    Check(
        "numbers of showings and answers have no gaps",
        _each(
            """SELECT study_id, rater_id, count(shown_number), coalesce(max(shown_number), 0),
                      count(done_number), coalesce(max(done_number), 0)
               FROM rating_assignment WHERE source = 'served' GROUP BY 1, 2
               HAVING count(shown_number) <> coalesce(max(shown_number), 0)
                   OR count(done_number) <> coalesce(max(done_number), 0)
                   OR min(shown_number) < 1 OR min(done_number) < 1""",
            "in study {0} rater {1} has {2} showings numbered up to {3}, and {4} answers numbered up to {5}",
        ),
    ),
    Check(
        "plans have as many draws as they say",
        _each(
            """SELECT p.id, p.size, count(d.id) FROM rating_plan p LEFT JOIN rating_draw d ON d.plan_id = p.id
               GROUP BY 1, 2 HAVING p.size <> count(d.id)""",
            "plan {0} says {1} draws and has {2}",
        ),
    ),
    Check(
        "pair probabilities add to 1 and are those of the draws",
        _each(
            """SELECT p.id FROM rating_plan p, LATERAL (
                   SELECT sum(value::float) AS total FROM jsonb_each_text(p.pair_probabilities)) s
               WHERE abs(s.total - 1) > 1e-6
               UNION
               SELECT DISTINCT d.plan_id FROM rating_draw d JOIN rating_plan p ON p.id = d.plan_id
               JOIN rating_task t ON t.id = d.task_id
               JOIN studies_system a ON a.id = t.system_a_id LEFT JOIN studies_system b ON b.id = t.system_b_id
               WHERE d.band IS NOT NULL AND d.purpose <> 'replacement' AND (abs(d.p_pair - (p.pair_probabilities ->>
                     CASE WHEN b.id IS NULL THEN a.name ELSE least(a.name COLLATE "C", b.name COLLATE "C")
                     || '|' || greatest(a.name COLLATE "C", b.name COLLATE "C") END)::float) < 1e-9) IS NOT TRUE""",
            "plan {0} has pair probabilities that do not fit its draws",
        ),
    ),
    Check(
        "replacements have task and probabilities of what they replace",
        _each(
            """SELECT d.id FROM rating_draw d JOIN rating_plan p ON p.id = d.plan_id
               LEFT JOIN rating_draw o ON o.id = (p.settings -> 'replaces' ->> d.ordinal::int)::bigint
                    AND o.task_id = d.task_id AND o.p_pair = d.p_pair AND o.p_item = d.p_item
               WHERE d.purpose = 'replacement' AND o.id IS NULL""",
            "draw {0} replaces no draw of its task with its probabilities",
        ),
    ),
    Check(
        "what was chosen by results names the cut it saw",
        _each(
            """SELECT p.study_id, p.number FROM rating_plan p WHERE p.method = 'adaptive' AND (p.cut_id IS NULL
                   OR EXISTS (SELECT FROM jsonb_each_text(p.pair_probabilities) e
                              WHERE e.value::float < p.uniform_floor / (
                                  SELECT count(*) FROM jsonb_object_keys(p.pair_probabilities)) - 1e-12))""",
            "round {1} of study {0} is adaptive and has no cut, or draws a pair below its floor",
        ),
    ),
    Check(
        "positions are dense in their band",
        _each(
            """SELECT b.study_id, b.number, b.size, count(d.id), coalesce(max(d.position), -1)
               FROM rating_band b LEFT JOIN rating_draw d ON d.study_id = b.study_id AND d.band = b.number
               GROUP BY 1, 2, 3 HAVING b.size <> count(d.id) OR coalesce(max(d.position), -1) <> b.size - 1""",
            "study {0} band {1} says {2} positions, has {3} draws up to position {4}",
        ),
    ),
    Check(
        "drained bands are all judged",
        _each(
            """SELECT b.study_id, b.number FROM rating_band b WHERE b.drained_at IS NOT NULL AND EXISTS (
                   SELECT FROM rating_draw d WHERE d.study_id = b.study_id AND d.band = b.number AND NOT EXISTS (
                       SELECT FROM rating_assignment a WHERE a.draw_id = d.id AND a.outcome = 'judged'))""",
            "study {0} band {1} is marked drained and is not",
        ),
    ),
    Check(
        "no task that was gold when it was planned has base draws",
        _each(
            """SELECT d.task_id, d.plan_id FROM rating_draw d JOIN rating_plan p ON p.id = d.plan_id
               JOIN rating_gold g ON g.task_id = d.task_id AND g.created_at < p.created_at
               LEFT JOIN rating_goldretirement r ON r.gold_id = g.id AND r.created_at < p.created_at
               WHERE d.purpose IN ('base', 'overlap', 'newcomer', 'replacement') AND r.id IS NULL""",
            "task {0} had gold and was drawn as ordinary work in plan {1}",
        ),
    ),
    Check("every n reconciles", _reconciles),
    Check("stored figures are what the rows give", _figures),
    Check("results match their hashes", _results),
)
