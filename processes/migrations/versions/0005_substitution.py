"""Who substitutes whom and when, and on whose behalf a user task was completed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    op.add_column("user_task", sa.Column("completed_on_behalf_of", sa.String(length=100), nullable=True))
    op.create_table(
        "substitution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("substitute_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.Column("ended_at", instant, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["account.id"], name=op.f("fk_substitution_person_id")),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["account.id"], name=op.f("fk_substitution_substitute_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_person_id"), "substitution", ["person_id"])
    op.create_index(op.f("ix_substitution_substitute_id"), "substitution", ["substitute_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("substitution")
    with op.batch_alter_table("user_task") as altered:
        altered.drop_column("completed_on_behalf_of")
