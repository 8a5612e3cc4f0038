"""Archives, legal holds, retention policies; archived entries may leave the journal."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database
from engine.tables import append_only_statements, archivable_statements

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TO_ARCHIVE = sa.text("ended_at IS NOT NULL AND archived_at IS NULL")
_UNARCHIVABLE = {"sqlite": ("no_update", "no_delete"), "postgresql": ("no_change", "no_truncate")}
_ARCHIVABLE = {
    "sqlite": ("no_update", "no_delete"),
    "postgresql": ("no_update", "no_delete", "no_truncate"),
}


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    op.add_column("process_instance", sa.Column("archived_at", instant, nullable=True))
    op.create_index(
        op.f("ix_process_instance_process_key_ended_at"),
        "process_instance",
        ["process_key", "ended_at"],
        sqlite_where=_TO_ARCHIVE,
        postgresql_where=_TO_ARCHIVE,
    )
    op.create_index(op.f("ix_outbox_instance_id"), "outbox", ["instance_id"])
    op.create_table(
        "archived_instance",
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("business_key", sa.String(length=200), nullable=False),
        sa.Column("definition_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("ended_at", instant, nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(length=64), nullable=False),
        sa.Column("archive_sha256", sa.String(length=64), nullable=False),
        sa.Column("archive_path", sa.String(length=200), nullable=False),
        sa.Column("archived_at", instant, nullable=False),
        sa.Column("archived_by", sa.String(length=100), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_archived_instance_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_archived_instance")),
    )
    op.create_index(op.f("ix_archived_instance_archive_sha256"), "archived_instance", ["archive_sha256"])
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.String(length=100), nullable=False),
        sa.Column("placed_at", instant, nullable=False),
        sa.Column("lifted_by", sa.String(length=100), nullable=True),
        sa.Column("lifted_at", instant, nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_table(
        "retention_policy",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("keep_for", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.Column("set_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_policy")),
    )
    op.create_index(op.f("ix_retention_policy_process_key"), "retention_policy", ["process_key"])
    op.create_table(
        "nightly_work",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_until", instant, nullable=True),
        sa.Column("finished_at", instant, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_nightly_work")),
    )
    dialect = op.get_bind().dialect.name
    for table in ("archived_instance", "retention_policy"):
        _execute(append_only_statements(table, dialect))
    _drop_triggers(_UNARCHIVABLE[dialect])
    _execute(archivable_statements(dialect))


def downgrade() -> None:
    """Go back; what was archived stays in its files and is known to nobody."""
    dialect = op.get_bind().dialect.name
    _drop_triggers(_ARCHIVABLE[dialect])
    _execute(append_only_statements("journal", dialect))
    for table in ("nightly_work", "retention_policy", "legal_hold", "archived_instance"):
        op.drop_table(table)
    op.drop_index("ix_outbox_instance_id", "outbox")
    op.drop_index(op.f("ix_process_instance_process_key_ended_at"), "process_instance")
    with op.batch_alter_table("process_instance") as altered:
        altered.drop_column("archived_at")


def _drop_triggers(names: Sequence[str]) -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON journal"
    for name in names:
        op.execute(f"DROP TRIGGER journal_{name}{on}")


def _execute(statements: Sequence[str]) -> None:
    for statement in statements:
        op.execute(sa.text(statement.replace(":", r"\:")))
