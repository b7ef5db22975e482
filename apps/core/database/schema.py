"""Migration operations for the invariants that Django's own constraints cannot express."""

from collections.abc import Sequence

from django.db.migrations import RunSQL

REFUSE_CHANGE = "touchstone_refuse_change"


def create_refusal() -> RunSQL:
    """The one trigger function that says no; every append-only table calls it."""
    return RunSQL(
        f"""
        CREATE FUNCTION {REFUSE_CHANGE}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation',
                      HINT = 'Facts are never changed; store a new one that supersedes it.';
        END $$
        """,
        f"DROP FUNCTION {REFUSE_CHANGE}()",
    )


def append_only(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on `table`, whoever asks."""
    return RunSQL(
        [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {REFUSE_CHANGE}()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {REFUSE_CHANGE}()",
        ],
        [f"DROP TRIGGER {table}_append_only ON {table}", f"DROP TRIGGER {table}_no_truncate ON {table}"],
    )


def belongs_together(table: str, columns: Sequence[str], target: str, target_columns: Sequence[str]) -> RunSQL:
    """A composite foreign key: `columns` of `table` must occur together in `target`.

    It is what keeps a task from joining an item of one study with an output of another. The target columns
    need a unique constraint of their own. A null among `columns` switches the check off for that row.
    """
    name = f"{table}_{'_'.join(c.removesuffix('_id') for c in columns)}_fk"[:63]
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
        f"REFERENCES {target} ({', '.join(target_columns)}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
