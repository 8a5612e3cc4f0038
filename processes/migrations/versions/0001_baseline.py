"""The first schema: engine and domain."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database
from engine.tables import append_only_statements

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=True),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_fs_uniquifier")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_index(op.f("ix_account_unit_code"), "account", ["unit_code"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "definition",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("deployed_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_definition")),
        sa.UniqueConstraint("process_key", "version", name=op.f("uq_definition_process_key_version")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("number_no", sa.Text(), nullable=True),
        sa.Column("notation", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issued_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=True),
        sa.Column("signer_title", sa.Text(), nullable=True),
        sa.Column("signer_authority", sa.Text(), nullable=True),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("source_sha256", name=op.f("uq_document_source_sha256")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_failed_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("command_id", name=op.f("uq_incident_command_id")),
    )
    op.create_index(op.f("ix_incident_instance_id"), "incident", ["instance_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("group_key", sa.String(length=100), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("read_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("message_key", name=op.f("uq_notification_message_key")),
    )
    op.create_index(
        op.f("ix_notification_group_key_created_at"),
        "notification",
        ["group_key", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_notification_instance_id"), "notification", ["instance_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("message_key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("available_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_key", name=op.f("uq_outbox_message_key")),
    )
    op.create_index(
        op.f("ix_outbox_delivered_at_available_at"), "outbox", ["delivered_at", "available_at"], unique=False
    )
    op.create_table(
        "resource",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_resource")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("recipient", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_unit_code_valid_from")),
    )
    op.create_table(
        "directive",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("leads", sa.Text(), nullable=False),
        sa.Column("coordinating_units", sa.Text(), nullable=False),
        sa.Column("lead_text", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_directive_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directive")),
    )
    op.create_index(
        op.f("ix_directive_document_id_position"), "directive", ["document_id", "position"], unique=True
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("started_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_hash"], ["definition.hash"], name=op.f("fk_process_instance_definition_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(
        op.f("ix_process_instance_business_key"), "process_instance", ["business_key"], unique=False
    )
    op.create_index(
        op.f("ix_process_instance_process_key_status"),
        "process_instance",
        ["process_key", "status"],
        unique=False,
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["account.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "name", name=op.f("pk_user_role")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("directive_id", sa.Uuid(), nullable=False),
        sa.Column("lead_unit", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("deadline_on", sa.Date(), nullable=True),
        sa.Column("deadline_source", sa.String(length=16), nullable=False),
        sa.Column("acknowledged_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_default", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("classification", sa.Text(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("late_working_days", sa.Integer(), nullable=True),
        sa.Column("supplement_count", sa.Integer(), nullable=False),
        sa.Column("escalation_level", sa.Integer(), nullable=False),
        sa.Column("accountability_opened_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("accountability_decision", sa.String(length=40), nullable=True),
        sa.Column("commended_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("end_event", sa.String(length=100), nullable=True),
        sa.Column("updated_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["process_instance.id"], name=op.f("fk_assignment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        op.f("ix_assignment_document_id_directive_id"),
        "assignment",
        ["document_id", "directive_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assignment_lead_unit_status"), "assignment", ["lead_unit", "status"], unique=False
    )
    op.create_table(
        "journal",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_journal_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "sequence", name=op.f("pk_journal")),
        sa.UniqueConstraint("command_id", name=op.f("uq_journal_command_id")),
    )
    op.create_table(
        "message_subscription",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("message_name", sa.String(length=100), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_message_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_message_subscription")),
    )
    op.create_index(
        op.f("ix_message_subscription_instance_id"), "message_subscription", ["instance_id"], unique=False
    )
    op.create_index(
        op.f("ix_message_subscription_message_name_correlation_key"),
        "message_subscription",
        ["message_name", "correlation_key"],
        unique=False,
    )
    op.create_table(
        "timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_timer_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_instance_id"), "timer", ["instance_id"], unique=False)
    op.create_index(op.f("ix_timer_status_due_at"), "timer", ["status", "due_at"], unique=False)
    op.create_table(
        "user_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("assignee", sa.String(length=100), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("follow_up_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("form_id", sa.String(length=100), nullable=True),
        sa.Column("created_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ended_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.Column("completed_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_user_task_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
    )
    op.create_index(op.f("ix_user_task_instance_id"), "user_task", ["instance_id"], unique=False)
    op.create_index(op.f("ix_user_task_status_due_at"), "user_task", ["status", "due_at"], unique=False)
    op.create_table(
        "user_task_candidate",
        sa.Column("group_key", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_user_task_candidate_task_id")),
        sa.PrimaryKeyConstraint("group_key", "task_id", name=op.f("pk_user_task_candidate")),
    )
    op.create_index(op.f("ix_user_task_candidate_task_id"), "user_task_candidate", ["task_id"], unique=False)
    dialect = op.get_bind().dialect.name
    for table in ("journal", "definition", "resource"):
        for statement in append_only_statements(table, dialect):
            op.execute(sa.text(statement.replace(":", r"\:")))
