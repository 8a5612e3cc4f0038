"""Signals that elements wait for, messages for which nobody waits yet, and what starts processes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "process_instance",
        sa.Column("effective_at", engine.database.UtcDateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "kept_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_name", sa.String(length=100), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("published_by", sa.String(length=100), nullable=False),
        sa.Column("published_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_message")),
    )
    op.create_index(
        op.f("ix_kept_message_message_name_correlation_key"),
        "kept_message",
        ["message_name", "correlation_key"],
        unique=False,
    )
    op.create_table(
        "signal_subscription",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("signal_name", sa.String(length=100), nullable=False),
        sa.Column("since", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_signal_subscription_instance_id")
        ),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_signal_subscription")),
    )
    op.create_index(
        op.f("ix_signal_subscription_instance_id"), "signal_subscription", ["instance_id"], unique=False
    )
    op.create_index(
        op.f("ix_signal_subscription_signal_name"), "signal_subscription", ["signal_name"], unique=False
    )

    op.create_table(
        "start_subscription",
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_hash"], ["definition.hash"], name=op.f("fk_start_subscription_definition_hash")
        ),
        sa.PrimaryKeyConstraint("process_key", "element_id", name=op.f("pk_start_subscription")),
    )
    op.create_index(
        op.f("ix_start_subscription_kind_name"), "start_subscription", ["kind", "name"], unique=False
    )
    op.create_table(
        "start_timer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("due_at", engine.database.UtcDateTime(timezone=True), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=True),
        sa.Column("ended_at", engine.database.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["definition_hash"], ["definition.hash"], name=op.f("fk_start_timer_definition_hash")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_timer")),
    )
    op.create_index(op.f("ix_start_timer_process_key_status"), "start_timer", ["process_key", "status"])
    op.create_index(op.f("ix_start_timer_status_due_at"), "start_timer", ["status", "due_at"])


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("process_instance") as table:
        table.drop_column("effective_at")
    op.drop_table("start_timer")
    op.drop_table("start_subscription")
    op.drop_table("signal_subscription")
    op.drop_table("kept_message")
