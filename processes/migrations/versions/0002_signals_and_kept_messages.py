"""Signals that elements wait for, and messages for which nobody waits yet."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
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


def downgrade() -> None:
    """Go back."""
    op.drop_table("signal_subscription")
    op.drop_table("kept_message")
