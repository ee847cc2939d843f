"""Let the database itself refuse what the model refuses.

An event is never updated, and never deleted before it is 184 days old, by whatever program. SQLite drops
triggers with the table when a later migration rebuilds it: such a migration has to run `refuse_changes` again.
"""

from django.db import migrations

DAYS = 184

SQLITE = [
    """
    CREATE TRIGGER audit_event_is_never_changed BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'An audit event is never changed.'); END
    """,
    f"""
    CREATE TRIGGER audit_event_is_kept BEFORE DELETE ON audit_event
    WHEN OLD.at > strftime('%Y-%m-%d %H:%M:%f', 'now', '-{DAYS} days')
    BEGIN SELECT RAISE(ABORT, 'An audit event is kept for at least {DAYS} days.'); END
    """,
]
POSTGRESQL = [
    f"""
    CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'An audit event is never changed.';
        END IF;
        IF OLD.at > now() - interval '{DAYS} days' THEN
            RAISE EXCEPTION 'An audit event is kept for at least {DAYS} days.';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_refuse BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse()
    """,
]
GONE = {
    "sqlite": ["DROP TRIGGER audit_event_is_never_changed", "DROP TRIGGER audit_event_is_kept"],
    "postgresql": ["DROP TRIGGER audit_event_refuse ON audit_event", "DROP FUNCTION audit_event_refuse()"],
}


def refuse_changes(apps, schema_editor):
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def allow_changes(apps, schema_editor):
    for statement in GONE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_events"),
    ]

    operations = [
        migrations.RunPython(refuse_changes, allow_changes),
    ]
