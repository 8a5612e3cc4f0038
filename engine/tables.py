"""The engine's tables.

``journal``, ``definition``, ``resource``, ``archived_instance`` and ``retention_policy`` are append-only: triggers
refuse update and delete on both databases. Entries of the journal may go once ``archived_instance`` names the file
that holds them. The other tables hold the present (``process_instance``) or can be rebuilt from the journal.
"""

from sqlalchemy import (
    DDL,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    literal_column,
    text,
)

from engine.database import Digest, Identifier, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def partial_index(*columns: str, where: str) -> Index:
    """Return an index over the rows that still wait for something, few among all that have ever been.

    Both databases use it only where a query states the condition with constants, not with parameters.
    """
    return Index(None, *columns, postgresql_where=text(where), sqlite_where=text(where))


#: One file of a model (``kind`` is bpmn, dmn or form), stored once under its SHA-256.
resource = Table(
    "resource",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

#: A deployed process definition: ``hash`` covers ``manifest``, which names its resources by SHA-256.
definition = Table(
    "definition",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("process_key", String(100), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("deployed_at", UtcDateTime, nullable=False),
    Column("deployed_by", String(100), nullable=False),
    UniqueConstraint("process_key", "version"),
)

#: An instance; its row stays when its history is archived, with an empty state.
process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("definition_hash", String(64), ForeignKey("definition.hash"), nullable=False),
    Column("process_key", String(100), nullable=False),
    Column("business_key", String(200), nullable=False),
    Column("status", String(16), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("effective_at", UtcDateTime),
    Column("suspended_at", UtcDateTime),
    Column("archived_at", UtcDateTime),
    Column("state", LargeBinary, nullable=False),
    Column("state_digest", String(64), nullable=False),
    Column("head_hash", String(64), nullable=False),
    Index(None, "process_key", "status"),
    Index(None, "business_key"),
    partial_index("definition_hash", "started_at", "id", where="ended_at IS NULL"),
    partial_index("process_key", "ended_at", where="ended_at IS NOT NULL AND archived_at IS NULL"),
)

#: The evidence: ``document`` is the canonical JSON of the entry, packed; ``entry_hash`` its SHA-256, unpacked.
journal = Table(
    "journal",
    metadata,
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("command_id", Identifier, nullable=False, unique=True),
    Column("document", LargeBinary, nullable=False),
    Column("entry_hash", Digest, nullable=False),
)

#: A user task; ``owner`` is whom a delegate returns it to, ``completed_on_behalf_of`` whom the one who completed
#: it substituted.
user_task = Table(
    "user_task",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("status", String(16), nullable=False),
    Column("assignee", String(100)),
    Column("candidate_groups", Text, nullable=False, server_default="[]"),
    Column("owner", String(100)),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("follow_up_at", UtcDateTime),
    Column("form_id", String(100)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("completed_by", String(100)),
    Column("completed_on_behalf_of", String(100)),
    Index(None, "instance_id"),
)

#: Who may work on an open user task: a row for its assignee, or for each candidate group, as ``actor:KEY`` or
#: ``group:KEY``. The indexes are the orders in which a work list is read; ``due_at`` is the end of time where a
#: task has no due date, ``rank`` is less the more pressing a task is.
inbox = Table(
    "inbox",
    metadata,
    Column("task_id", Identifier, ForeignKey("user_task.id"), primary_key=True),
    Column("holder", String(120), primary_key=True),
    Column("instance_id", Identifier, nullable=False),
    Column("process_key", String(100), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Index(None, "holder", "due_at", "task_id"),
    Index(None, "holder", "rank", "due_at", "task_id"),
)

#: A timer; ``scheduled_at`` is when it began to wait (absent in rows of early versions), ``ended_at`` when it
#: really fired, so that the lag is the time from ``due_at`` to it.
timer = Table(
    "timer",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("scheduled_at", UtcDateTime),
    Column("claimed_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    partial_index("due_at", "id", where="status = 'waiting'"),
    partial_index("claimed_until", where="status = 'waiting' AND claimed_until IS NOT NULL"),
    Index(None, "instance_id"),
)

#: The condition of the index over waiting timers.
timer_waits = timer.c.status == literal_column("'waiting'")

message_subscription = Table(
    "message_subscription",
    metadata,
    Column("task_id", Identifier, primary_key=True),
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("message_name", String(100), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Index(None, "message_name", "correlation_key"),
    Index(None, "instance_id"),
)

#: An element that waits for a signal since an instant.
signal_subscription = Table(
    "signal_subscription",
    metadata,
    Column("task_id", Identifier, primary_key=True),
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("signal_name", String(100), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Index(None, "signal_name"),
    Index(None, "instance_id"),
)

#: A message or signal that starts the newest version of a process; ``kind`` is message or signal.
start_subscription = Table(
    "start_subscription",
    metadata,
    Column("process_key", String(100), primary_key=True),
    Column("element_id", String(100), primary_key=True),
    Column("definition_hash", String(64), ForeignKey("definition.hash"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(100), nullable=False),
    Index(None, "kind", "name"),
)

#: A timer that starts the newest version of a process; ``cycle`` is JSON, absent for one that fires once.
start_timer = Table(
    "start_timer",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("process_key", String(100), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("definition_hash", String(64), ForeignKey("definition.hash"), nullable=False),
    Column("status", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("cycle", Text),
    Column("ended_at", UtcDateTime),
    Index(None, "status", "due_at"),
    Index(None, "process_key", "status"),
)

#: A message for which nobody waited; ``id`` is its own, ``variables`` canonical JSON.
kept_message = Table(
    "kept_message",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("message_name", String(100), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("variables", Text, nullable=False),
    Column("published_by", String(100), nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Index(None, "message_name", "correlation_key"),
)

#: A command that failed on our side; ``command`` is its JSON, so that it can be retried. ``cause`` is the digest
#: of what failed, ``error`` the class of the error beneath (both absent in rows of early versions).
incident = Table(
    "incident",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("instance_id", Identifier, nullable=False),
    Column("command_id", Identifier, nullable=False, unique=True),
    Column("command", Text, nullable=False),
    Column("element_id", String(100)),
    Column("message", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_failed_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", String(100)),
    Column("definition_hash", String(64)),
    Column("error", String(100)),
    Column("cause", String(64)),
    Index(None, "instance_id"),
    Index(None, "cause"),
    partial_index("created_at", "id", where="resolved_at IS NULL"),
)

#: Messages that leave after commit; ``message_key`` makes a repeat recognisable to the receiver.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("instance_id", Identifier, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("message_key", String(200), nullable=False, unique=True),
    Column("payload", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("available_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("last_error", Text),
    partial_index("available_at", "id", where="delivered_at IS NULL"),
    Index(None, "instance_id"),
)

#: Where the history of an instance lies that is no longer in the journal; ``archive_path`` is within the archive's
#: folder, ``policy`` the time it was kept for after its end (ISO 8601).
archived_instance = Table(
    "archived_instance",
    metadata,
    Column("instance_id", Identifier, ForeignKey("process_instance.id"), primary_key=True),
    Column("process_key", String(100), nullable=False),
    Column("business_key", String(200), nullable=False),
    Column("definition_hash", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("head_hash", String(64), nullable=False),
    Column("archive_sha256", String(64), nullable=False),
    Column("archive_path", String(200), nullable=False),
    Column("archived_at", UtcDateTime, nullable=False),
    Column("archived_by", String(100), nullable=False),
    Column("policy", String(40), nullable=False),
    Index(None, "archive_sha256"),
)

#: What must not be archived or thrown away while it stands; ``scope`` says what ``subject`` names.
legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("scope", String(16), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", String(100), nullable=False),
    Column("placed_at", UtcDateTime, nullable=False),
    Column("lifted_by", String(100)),
    Column("lifted_at", UtcDateTime),
    Column("lift_reason", Text),
)

#: How long instances of a process are kept after their end (ISO 8601; absent: for ever); the newest row rules.
retention_policy = Table(
    "retention_policy",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("process_key", String(100), nullable=False),
    Column("keep_for", String(40)),
    Column("reason", Text, nullable=False),
    Column("set_by", String(100), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Index(None, "process_key"),
)

#: Work that one process does for all of them, once a night.
nightly_work = Table(
    "nightly_work",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("claimed_by", Identifier),
    Column("claimed_until", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

#: One kind of command for many subjects; ``parameters`` is its payload without the subject, ``request`` the
#: SHA-256 of everything that was asked for.
batch = Table(
    "batch",
    metadata,
    Column("id", Identifier, primary_key=True),
    Column("command", String(100), nullable=False),
    Column("parameters", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("request", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "status", "created_at"),
)

#: One subject of a batch, and what its command came to.
batch_item = Table(
    "batch_item",
    metadata,
    Column("batch_id", Identifier, ForeignKey("batch.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("subject", Identifier, nullable=False),
    Column("status", String(16), nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("code", String(100)),
    Column("detail", Text),
    Column("instance_id", Identifier),
    Column("ended_at", UtcDateTime),
    Index(None, "batch_id", "status", "position"),
)

#: Tables that only ever get rows; the domain adds its own by :func:`keep_append_only`.
APPEND_ONLY: list[Table] = []


def append_only_triggers(table_name: str, dialect: str) -> list[str]:
    """Return the names of the triggers that :func:`append_only_statements` makes."""
    verbs = ("update", "delete") if dialect == "sqlite" else ("change", "truncate")
    return [f"{table_name}_no_{verb}" for verb in verbs]


def append_only_statements(table_name: str, dialect: str) -> list[str]:
    """Return the DDL that makes a table refuse update, delete and truncation."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table_name}_no_{verb.lower()} BEFORE {verb} ON {table_name} "
            f"BEGIN SELECT RAISE(ABORT, '{table_name} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        "CREATE OR REPLACE FUNCTION sauro_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table_name}_no_change BEFORE UPDATE OR DELETE ON {table_name} "
        "FOR EACH ROW EXECUTE FUNCTION sauro_refuse_change()",
        f"CREATE TRIGGER {table_name}_no_truncate BEFORE TRUNCATE ON {table_name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION sauro_refuse_change()",
    ]


def archivable_triggers(dialect: str) -> list[str]:
    """Return the names of the triggers that :func:`archivable_statements` makes."""
    verbs = ("update", "delete") if dialect == "sqlite" else ("update", "delete", "truncate")
    return [f"journal_no_{verb}" for verb in verbs]


def archivable_statements(dialect: str) -> list[str]:
    """Return the DDL that makes the journal refuse any change but the deletion of archived entries.

    The function on PostgreSQL looks in the journal's own schema, whatever the search path says.
    """
    refusal = "journal is append-only"
    if dialect == "sqlite":
        return [
            "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
            "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal WHEN NOT EXISTS "
            "(SELECT 1 FROM archived_instance WHERE archived_instance.instance_id = OLD.instance_id) "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END",
        ]
    return [
        "CREATE OR REPLACE FUNCTION sauro_refuse_unarchived() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ DECLARE archived boolean; BEGIN "
        "EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.archived_instance WHERE instance_id = $1)', "
        "TG_TABLE_SCHEMA) INTO archived USING OLD.instance_id; "
        f"IF NOT archived THEN RAISE EXCEPTION '{refusal}'; END IF; RETURN OLD; END $$",
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal "
        "FOR EACH ROW EXECUTE FUNCTION sauro_refuse_change()",
        "CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal "
        "FOR EACH ROW EXECUTE FUNCTION sauro_refuse_unarchived()",
        "CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal "
        "FOR EACH STATEMENT EXECUTE FUNCTION sauro_refuse_change()",
    ]


def _protect(table: Table, dialect: str, statements: list[str]) -> None:
    for statement in statements:
        ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # as the library has it
        event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


def keep_append_only(table: Table) -> None:
    """Let the database refuse update, delete and truncation of a table from its creation on."""
    APPEND_ONLY.append(table)
    for dialect in ("sqlite", "postgresql"):
        _protect(table, dialect, append_only_statements(table.name, dialect))


for _table in (definition, resource, archived_instance, retention_policy):
    keep_append_only(_table)
for _dialect in ("sqlite", "postgresql"):
    _protect(journal, _dialect, archivable_statements(_dialect))
