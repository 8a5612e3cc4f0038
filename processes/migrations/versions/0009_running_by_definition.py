"""An index over the instances that have not ended, by their definition."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_RUNNING = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        op.f("ix_process_instance_definition_hash_started_at_id"),
        "process_instance",
        ["definition_hash", "started_at", "id"],
        postgresql_where=_RUNNING,
        sqlite_where=_RUNNING,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_process_instance_definition_hash_started_at_id"), table_name="process_instance")
