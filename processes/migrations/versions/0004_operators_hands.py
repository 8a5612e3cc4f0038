"""Suspended instances, delegated tasks, and when a timer began to wait."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    op.add_column("process_instance", sa.Column("suspended_at", instant, nullable=True))
    op.add_column("user_task", sa.Column("owner", sa.String(length=100), nullable=True))
    op.add_column("timer", sa.Column("scheduled_at", instant, nullable=True))


def downgrade() -> None:
    """Go back."""
    for table, column in (
        ("timer", "scheduled_at"),
        ("user_task", "owner"),
        ("process_instance", "suspended_at"),
    ):
        with op.batch_alter_table(table) as altered:
            altered.drop_column(column)
