"""A study large enough to be slow in: 100,000 open tasks, and as many earlier judgments as are wanted."""

import random
from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from apps.accounts.models import Role, User
from apps.accounts.services import create_workspace, give_role
from apps.accounts.sessions import SessionStore
from apps.core.embedded.address import SUPERUSER
from apps.rating.exchange.bundle import Bundle
from apps.rating.exchange.storing import import_bundle
from apps.rating.models import Enrolment
from apps.rating.services import enrol_rater, open_study
from apps.studies.material import ItemRow, OutputRow, StudyFile, SystemRow
from apps.studies.models import Study
from apps.studies.rendering import render_study

N_SYSTEMS = 5  # ten pairs an item
N_RATERS = 32
N_EARLIER_RATERS = 100
WORDS = (
    "plan", "refund", "month", "team", "customer", "account", "invoice", "change", "answer", "project", "yearly",
    "button", "setting", "policy", "support", "upgrade", "seat", "feature", "payment", "card", "transfer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class World:
    """The study, and a signed-in browser's cookie for each rater."""

    study: Study
    enrolments: list[Enrolment]
    sessions: list[str]


def build(*, n_tasks: int, n_earlier: int) -> World:
    """Everything stored and rendered, as it is when the first rater comes."""
    workspace = create_workspace(slug="bench", name="Bench")
    import_bundle(bundle=_bundle(n_tasks // 10), workspace=workspace, slug="bench", by=None)
    study = open_study(study=Study.objects.get(slug="bench"), by=None)
    users = [User.objects.create_user(f"r{n}@bench.example", None, name=f"Rater {n}") for n in range(N_EARLIER_RATERS)]
    for user in users:
        give_role(workspace=workspace, user=user, role=Role.RATER)
    enrolments = [enrol_rater(study=study, user=user, by=None) for user in users]
    if n_earlier:
        _store_history(study, n_tasks, n_earlier)
    render_study(study.pk)
    _settle()
    return World(study, enrolments[:N_RATERS], [_session_of(user) for user in users[:N_RATERS]])


def _bundle(n_items: int) -> Bundle:
    rng = random.Random(20)
    systems = [f"system-{n}" for n in range(N_SYSTEMS)]
    return Bundle(
        study=StudyFile(name="Bench", question="Which answer is better?", guideline="Be fair."),
        items=tuple(
            ItemRow(
                external_id=f"item-{n}",
                messages=({"role": "user", "content": _prose(rng, 30)},),
                slices={"topic": f"topic-{n % 7}"},
            )
            for n in range(n_items)
        ),
        systems=tuple(SystemRow(name=name) for name in systems),
        outputs=tuple(
            OutputRow(item=f"item-{n}", system=name, text=_answer(rng)) for n in range(n_items) for name in systems
        ),
    )


def _prose(rng: random.Random, n_words: int) -> str:
    return " ".join(rng.choices(WORDS, k=n_words)).capitalize() + "."


def _answer(rng: random.Random) -> str:
    """About a thousand characters of Markdown, with what answers have: a list, emphasis, code."""
    steps = "\n".join(f"{n}. Open `{rng.choice(WORDS)}` and **{rng.choice(WORDS)}** it." for n in (1, 2, 3))
    return f"{_prose(rng, 40)}\n\n{steps}\n\n{_prose(rng, 50)}\n\n{_prose(rng, 35)}"


# Earlier rounds: every task shown once a band, to a rater who has not had it. Foreign keys and triggers are off
# while a million rows of each table go in; the benchmark's own checks of integrity follow from serving on them.
_HISTORY = (
    """INSERT INTO rating_plan (study_id, number, method, settings, uniform_floor, seed, versions, n_candidates,
           candidates_sha256, n_identical, slice_quotas, pair_probabilities, size, created_at)
       SELECT study_id, 2, method, settings, uniform_floor, seed, versions, n_candidates, candidates_sha256, 0,
              slice_quotas, pair_probabilities, %(n_earlier)s, now() FROM rating_plan WHERE number = 1""",
    """INSERT INTO rating_band (study_id, number, size, drained_at)
       SELECT %(study)s, b, %(n_tasks)s, now() FROM generate_series(1000, 999 + %(n_bands)s) b""",
    """INSERT INTO rating_draw (study_id, plan_id, task_id, ordinal, purpose, p_pair, p_item, band, position)
       SELECT %(study)s, (SELECT id FROM rating_plan WHERE number = 2), t.id, b * %(n_tasks)s + t.place, 'base',
              .1, .0001, 1000 + b, t.place
       FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM rating_task) t,
            generate_series(0, %(n_bands)s - 1) b""",
    """INSERT INTO rating_assignment (study_id, public_id, draw_id, task_id, system_low, system_high, rater_id,
           showing, purpose, source, protocol_id, a_on_left, sample, leased_at, expires_at, shown_at, ended_at,
           outcome, shown_number, done_number)
       SELECT d.study_id, gen_random_uuid(), d.id, d.task_id, t.system_low, t.system_high, r.id, 0, 'base', 'served',
              (SELECT max(id) FROM studies_protocolversion), d.position %% 2 = 0, 0, s.at, s.at + interval '30 min',
              s.at, s.at + interval '20 s', 'judged', n.number, n.number
       FROM rating_draw d
       JOIN rating_task t ON t.id = d.task_id
       CROSS JOIN LATERAL (SELECT (d.position + d.band) %% %(n_raters)s AS who,
                                  ((d.band - 1000) * %(n_tasks)s + d.position) / %(n_raters)s + 1 AS number) n
       JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS who FROM rating_rater) r ON r.who = n.who
       CROSS JOIN LATERAL (SELECT now() - interval '90 days' + n.number * interval '10 min' AS at) s
       WHERE d.band >= 1000""",
    """INSERT INTO rating_judgment (study_id, assignment_id, revision, submission, verdict, flags, shown_ms,
           parse_status, metadata, study_state, judged_at, created_at)
       SELECT study_id, id, 1, gen_random_uuid(), (ARRAY['A', 'B', 'TIE', 'BOTH_BAD'])[1 + id %% 4], '{}', 20000,
              'given', '{}', 'open', ended_at, ended_at FROM rating_assignment""",
)


def _store_history(study: Study, n_tasks: int, n_earlier: int) -> None:
    parameters = {
        "study": study.pk,
        "n_tasks": n_tasks,
        "n_earlier": n_earlier,
        "n_bands": n_earlier // n_tasks,
        "n_raters": N_EARLIER_RATERS,
    }
    with superuser() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for statement in _HISTORY:
            admin.execute(statement, parameters)


def _settle() -> None:
    """What a night does: statistics, visibility, a checkpoint."""
    with superuser() as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


def superuser() -> "psycopg.Connection[tuple[object, ...]]":
    """A connection as the embedded server's superuser, who alone may switch triggers off."""
    given = connection.settings_dict
    return psycopg.connect(
        host=given["HOST"], port=given["PORT"], user=SUPERUSER, dbname=given["NAME"], autocommit=True
    )


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
