"""Batches of commands, and incidents by what caused them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    op.create_table(
        "batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("command", sa.String(length=100), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_status_created_at"), "batch", ["status", "created_at"])
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("claimed_until", instant, nullable=True),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("instance_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_item_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_batch_item")),
    )
    op.create_index(
        op.f("ix_batch_item_batch_id_status_position"), "batch_item", ["batch_id", "status", "position"]
    )
    op.add_column("incident", sa.Column("definition_hash", sa.String(length=64), nullable=True))
    op.add_column("incident", sa.Column("error", sa.String(length=100), nullable=True))
    op.add_column("incident", sa.Column("cause", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_incident_cause"), "incident", ["cause"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_incident_cause"), "incident")
    for column in ("cause", "error", "definition_hash"):
        with op.batch_alter_table("incident") as altered:
            altered.drop_column(column)
    op.drop_table("batch_item")
    op.drop_table("batch")
