"""An assignment says whether its deadline had passed on receipt."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "assignment",
        sa.Column("deadline_passed_on_receipt", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
