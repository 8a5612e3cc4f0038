"""The life of units and groups, working hours, swapped days, and what was changed in all of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database
from engine.tables import append_only_statements

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TRAILS = ("unit_act", "unit_decision", "calendar_change")


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    identifier = engine.database.Identifier()
    op.add_column("unit", sa.Column("parent", sa.String(length=40), nullable=True))
    op.add_column("unit", sa.Column("identifier", sa.String(length=40), nullable=True))
    op.add_column("unit", sa.Column("identifier_old", sa.String(length=40), nullable=True))
    op.add_column("unit", sa.Column("replaced_by", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("former_unit", sa.String(length=40), nullable=True))
    op.create_table(
        "unit_group",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wordings", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("members", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_group")),
        sa.UniqueConstraint("code", "valid_from", name=op.f("uq_unit_group_code_valid_from")),
    )
    op.create_table(
        "unit_act",
        sa.Column("id", identifier, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("performed_by", sa.String(length=100), nullable=False),
        sa.Column("performed_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_act")),
    )
    op.create_index(op.f("ix_unit_act_performed_at"), "unit_act", ["performed_at"])
    op.create_table(
        "unit_decision",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("assignment_id", identifier, nullable=False),
        sa.Column("from_unit", sa.String(length=40), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("to_unit", sa.String(length=40), nullable=True),
        sa.Column("batch_id", identifier, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.Column("decided_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_decision")),
    )
    op.create_index(op.f("ix_unit_decision_assignment_id"), "unit_decision", ["assignment_id"])
    op.add_column("calendar_day", sa.Column("paired_with", sa.Date(), nullable=True))
    op.add_column(
        "calendar_day", sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(sa.text("UPDATE calendar_day SET provisional = true WHERE source LIKE 'dự kiến%'"))
    op.create_table(
        "working_hours",
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("valid_from", name=op.f("pk_working_hours")),
    )
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.Column("changed_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    op.create_index(op.f("ix_calendar_change_changed_at"), "calendar_change", ["changed_at"])
    dialect = op.get_bind().dialect.name
    for table in _TRAILS:
        for statement in append_only_statements(table, dialect):
            op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Go back."""
    for table in _TRAILS:
        op.drop_table(table)
    op.drop_table("working_hours")
    op.drop_column("calendar_day", "provisional")
    op.drop_column("calendar_day", "paired_with")
    op.drop_table("unit_group")
    op.drop_column("assignment", "former_unit")
    for column in ("replaced_by", "identifier_old", "identifier", "parent"):
        op.drop_column("unit", column)
