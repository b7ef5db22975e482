"""A study large enough for a console to be slow in: 100 systems, a million judgments by 200 people."""

import random
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import Role, User, Workspace
from apps.accounts.services import create_workspace, give_role
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment, Plan
from apps.rating.services import enrol_rater
from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study
from apps.studies.services import change_state
from apps.studies.services.protocol import current_protocol
from tests.benchmarks.serving.world import WORDS, superuser

N_RATERS = 200
MANAGER = "manager@bench.example"
PER_TASK = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How large the study is to be."""

    n_judgments: int = 1_000_000
    n_systems: int = 100

    @property
    def n_tasks(self) -> int:
        """Each is judged by four raters."""
        return self.n_judgments // PER_TASK

    @property
    def n_items(self) -> int:
        """About twice the tasks that are taken could be made of them."""
        return max(4, 2 * self.n_tasks // (self.n_systems * (self.n_systems - 1) // 2) + 1)


def build(size: Size, workspace: Workspace) -> Study:
    """The study, open, with its history; statistics of the tables fresh."""
    import_bundle(bundle=_bundle(size), workspace=workspace, slug="generated", by=None)
    study = Study.objects.get(slug="generated")
    change_state(study_id=study.pk, to="open", by=None)
    for number in range(N_RATERS):
        user = User.objects.create_user(f"r{number}@bench.example", None, name=f"Rater {number}")
        give_role(workspace=workspace, user=user, role=Role.RATER)
        enrol_rater(study=study, user=user, by=None, group=f"group-{number % 4}")
    _store_history(study, size)
    settle()
    return study


def settle() -> None:
    """What a night does."""
    with superuser() as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


def bench_workspace() -> tuple[Workspace, User]:
    """A workspace and its manager."""
    workspace = create_workspace(slug="bench", name="Bench")
    manager = User.objects.create_user(MANAGER, None, name="Manager")
    give_role(workspace=workspace, user=manager, role=Role.MANAGER)
    return workspace, manager


def _bundle(size: Size) -> Bundle:
    rng = random.Random(5)
    systems = [f"system-{n:03}" for n in range(size.n_systems)]
    return Bundle(
        study=StudyFile(name="Generated", question="Which answer is better?", baseline=systems[0]),
        items=tuple(
            ItemRow(
                external_id=f"item-{n}",
                messages=({"role": "user", "content": _prose(rng, 30)},),
                slices={"topic": f"topic-{n % 7}", "locale": "de" if n % 3 else "en"},
            )
            for n in range(size.n_items)
        ),
        systems=tuple(SystemRow(name=name, family=f"family-{n % 9}") for n, name in enumerate(systems)),
        outputs=tuple(
            OutputRow(
                item=f"item-{n}",
                system=name,
                text=_prose(rng, 60 + place % 40),
                latency_ms=200.0 + 10 * place,
                tokens=80 + place,
            )
            for n in range(size.n_items)
            for place, name in enumerate(systems)
        ),
    )


def _prose(rng: random.Random, n_words: int) -> str:
    return " ".join(rng.choices(WORDS, k=n_words)).capitalize() + "."


# Foreign keys and triggers are off while a million rows go in. A system's strength falls with its number; verdicts
# follow the logistic model with a little for the left side, ties and both-bad taken out before.
_HISTORY = (
    "SELECT setseed(0.5)",
    "ANALYZE studies_studyoutput",
    """INSERT INTO rating_task (study_id, kind, item_id, output_a_id, output_b_id, system_a_id, system_b_id)
       SELECT %(study)s, 'comparison', x.item_id, x.output_id, y.output_id, x.system_id, y.system_id
       FROM studies_studyoutput x
       JOIN studies_studyoutput y ON y.study_id = x.study_id AND y.item_id = x.item_id AND y.output_id > x.output_id
       WHERE x.study_id = %(study)s ORDER BY hashint8(x.output_id * 1000003 + y.output_id) LIMIT %(n_tasks)s""",
    """INSERT INTO rating_band (study_id, number, size, drained_at)
       SELECT %(study)s, b, %(n_tasks)s, now() FROM generate_series(0, %(per_task)s - 1) b""",
    """INSERT INTO rating_draw (study_id, plan_id, task_id, ordinal, purpose, p_pair, p_item, band, position)
       SELECT %(study)s, %(plan)s, t.id, b * %(n_tasks)s + t.place, CASE WHEN b = 0 THEN 'base' ELSE 'overlap' END,
              .0002, .01, b, t.place
       FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM rating_task WHERE study_id = %(study)s) t,
            generate_series(0, %(per_task)s - 1) b""",
    "ANALYZE rating_task, rating_draw",
    """INSERT INTO rating_assignment (study_id, public_id, draw_id, task_id, system_low, system_high, rater_id,
           showing, purpose, source, protocol_id, a_on_left, sample, leased_at, expires_at, shown_at, ended_at,
           outcome, shown_number, done_number)
       SELECT d.study_id, gen_random_uuid(), d.id, d.task_id, t.system_low, t.system_high,
              (%(raters)s::bigint[])[1 + n.who], 0, d.purpose, 'served', %(protocol)s, random() < .5, 0,
              s.at, s.at + interval '30 min', s.at, s.at + n.took, 'judged', n.number, n.number
       FROM rating_draw d
       JOIN rating_task t ON t.id = d.task_id
       CROSS JOIN LATERAL (SELECT (d.position + 53 * d.band) %% %(n_raters)s AS who,
                                  (d.band * %(n_tasks)s + d.position) / %(n_raters)s + 1 AS number,
                                  (8 + 24 * random()) * interval '1 s' AS took) n
       CROSS JOIN LATERAL (SELECT now() - interval '60 days' + n.number * %(gap)s * interval '1 s' AS at) s
       WHERE d.study_id = %(study)s""",
    "ANALYZE rating_assignment",
    """INSERT INTO rating_judgment (study_id, assignment_id, revision, submission, verdict, flags, shown_ms,
           parse_status, metadata, study_state, judged_at, created_at)
       SELECT a.study_id, a.id, 1, gen_random_uuid(),
              CASE WHEN chance.bad < .05 THEN 'BOTH_BAD' WHEN chance.bad < .2 THEN 'TIE'
                   WHEN chance.better < 1 / (1 + exp(.04 * (sa.place - sb.place) + CASE WHEN a.a_on_left THEN -.1
                                                                                       ELSE .1 END)) THEN 'A'
                   ELSE 'B' END,
              CASE WHEN chance.bad > .99 THEN ARRAY['identified'] ELSE '{}' END,
              1000 * extract(epoch FROM a.ended_at - a.shown_at), 'given', '{}', 'open', a.ended_at, a.ended_at
       FROM rating_assignment a
       JOIN rating_task t ON t.id = a.task_id
       JOIN (SELECT id, right(name, 3)::int AS place FROM studies_system) sa ON sa.id = t.system_a_id
       JOIN (SELECT id, right(name, 3)::int AS place FROM studies_system) sb ON sb.id = t.system_b_id
       CROSS JOIN LATERAL (SELECT random() + 0 * a.id AS bad, random() + 0 * a.id AS better) chance
       WHERE a.study_id = %(study)s ORDER BY a.ended_at""",
)


def _store_history(study: Study, size: Size) -> None:
    rounds = size.n_judgments // N_RATERS
    parameters: dict[str, Any] = {
        "study": study.pk,
        "plan": _plan(study, size).pk,
        "n_tasks": size.n_tasks,
        "per_task": PER_TASK,
        "n_raters": N_RATERS,
        "raters": list(Enrolment.objects.filter(study=study).order_by("pk").values_list("rater", flat=True)),
        "protocol": current_protocol(study).pk,
        "gap": 59 * 24 * 3600 // (rounds + 1),
    }
    with superuser() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute("SET LOCAL work_mem = '256MB'")
        for statement in _HISTORY:
            admin.execute(statement, parameters if "%(" in statement else None)


def _plan(study: Study, size: Size) -> Plan:
    return Plan.objects.create(
        study=study,
        number=1,
        method="balanced",
        uniform_floor=1.0,
        seed=5,
        n_candidates=size.n_tasks,
        candidates_sha256="0" * 64,
        size=size.n_tasks * PER_TASK,
    )
