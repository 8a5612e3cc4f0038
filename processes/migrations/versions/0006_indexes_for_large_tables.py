"""The inbox as a table of its own, and indexes over what still waits in place of indexes over everything."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby

import orjson
import sqlalchemy as sa
from alembic import op

import engine.database

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_INSTANT = engine.database.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "inbox",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("instance_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(length=100), nullable=False),
        sa.Column("element_id", sa.String(length=100), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_inbox_task_id")),
        sa.PrimaryKeyConstraint("task_id", "holder", name=op.f("pk_inbox")),
    )
    op.add_column("user_task", sa.Column("candidate_groups", sa.Text(), nullable=False, server_default="[]"))
    _carry_over(op.get_bind())
    op.create_index(op.f("ix_inbox_holder_due_at_task_id"), "inbox", ["holder", "due_at", "task_id"])
    op.create_index(
        op.f("ix_inbox_holder_rank_due_at_task_id"), "inbox", ["holder", "rank", "due_at", "task_id"]
    )
    op.drop_index(op.f("ix_user_task_candidate_task_id"), table_name="user_task_candidate")
    op.drop_table("user_task_candidate")
    op.drop_index(op.f("ix_user_task_status_due_at"), table_name="user_task")
    op.drop_index(op.f("ix_timer_status_due_at"), table_name="timer")
    _create_partial_index("timer", ["due_at", "id"], "status = 'waiting'")
    _create_partial_index("timer", ["claimed_until"], "status = 'waiting' AND claimed_until IS NOT NULL")
    op.drop_index(op.f("ix_outbox_delivered_at_available_at"), table_name="outbox")
    _create_partial_index("outbox", ["available_at", "id"], "delivered_at IS NULL")
    _create_partial_index("incident", ["created_at", "id"], "resolved_at IS NULL")


def downgrade() -> None:
    """Go back."""
    op.create_table(
        "user_task_candidate",
        sa.Column("group_key", sa.String(length=100), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_user_task_candidate_task_id")),
        sa.PrimaryKeyConstraint("group_key", "task_id", name=op.f("pk_user_task_candidate")),
    )
    _carry_back(op.get_bind())
    op.create_index(op.f("ix_user_task_candidate_task_id"), "user_task_candidate", ["task_id"])
    op.drop_table("inbox")
    with op.batch_alter_table("user_task") as altered:
        altered.drop_column("candidate_groups")
    op.create_index(op.f("ix_user_task_status_due_at"), "user_task", ["status", "due_at"])
    op.drop_index(op.f("ix_timer_due_at_id"), table_name="timer")
    op.drop_index(op.f("ix_timer_claimed_until"), table_name="timer")
    op.create_index(op.f("ix_timer_status_due_at"), "timer", ["status", "due_at"])
    op.drop_index(op.f("ix_outbox_available_at_id"), table_name="outbox")
    op.create_index(op.f("ix_outbox_delivered_at_available_at"), "outbox", ["delivered_at", "available_at"])
    op.drop_index(op.f("ix_incident_created_at_id"), table_name="incident")


def _create_partial_index(table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        op.f(f"ix_{table}_{'_'.join(columns)}"),
        table,
        columns,
        postgresql_where=sa.text(condition),
        sqlite_where=sa.text(condition),
    )


_tables = sa.MetaData()
_CANDIDATE = sa.Table(
    "user_task_candidate", _tables, sa.Column("group_key", sa.String), sa.Column("task_id", sa.Uuid)
)
_INSTANCE = sa.Table(
    "process_instance", _tables, sa.Column("id", sa.Uuid), sa.Column("process_key", sa.String)
)
_TASK = sa.Table(
    "user_task",
    _tables,
    sa.Column("id", sa.Uuid),
    sa.Column("instance_id", sa.Uuid),
    sa.Column("element_id", sa.String),
    sa.Column("status", sa.String),
    sa.Column("assignee", sa.String),
    sa.Column("priority", sa.Integer),
    sa.Column("due_at", _INSTANT),
    sa.Column("candidate_groups", sa.Text),
)
_INBOX = sa.Table(
    "inbox",
    _tables,
    sa.Column("task_id", sa.Uuid),
    sa.Column("holder", sa.String),
    sa.Column("instance_id", sa.Uuid),
    sa.Column("process_key", sa.String),
    sa.Column("element_id", sa.String),
    sa.Column("rank", sa.Integer),
    sa.Column("due_at", _INSTANT),
)


def _carry_over(connection: sa.Connection) -> None:
    """Write the candidates of each task into its row, and of the open ones into the inbox."""
    candidates = connection.execute(
        sa.select(_CANDIDATE).order_by(_CANDIDATE.c.task_id, _CANDIDATE.c.group_key)
    )
    groups = [
        {
            "b_id": task_id,
            "candidate_groups": orjson.dumps([each.group_key for each in rows]).decode(),
        }
        for task_id, rows in groupby(candidates, key=lambda row: row.task_id)
    ]
    if groups:
        connection.execute(sa.update(_TASK).where(_TASK.c.id == sa.bindparam("b_id")), groups)
    waiting = [
        {
            "task_id": task.id,
            "holder": holder,
            "instance_id": task.instance_id,
            "process_key": task.process_key,
            "element_id": task.element_id,
            "rank": -task.priority,
            "due_at": task.due_at or datetime.max.replace(tzinfo=UTC),
        }
        for task in connection.execute(
            sa.select(_TASK, _INSTANCE.c.process_key)
            .join(_INSTANCE, _INSTANCE.c.id == _TASK.c.instance_id)
            .where(_TASK.c.status == "open")
        )
        for holder in (
            [f"actor:{task.assignee}"]
            if task.assignee is not None
            else [f"group:{key}" for key in orjson.loads(task.candidate_groups)]
        )
    ]
    if waiting:
        connection.execute(sa.insert(_INBOX), waiting)


def _carry_back(connection: sa.Connection) -> None:
    candidates = [
        {"group_key": key, "task_id": task.id}
        for task in connection.execute(sa.select(_TASK.c.id, _TASK.c.candidate_groups))
        for key in orjson.loads(task.candidate_groups)
    ]
    if candidates:
        connection.execute(sa.insert(_CANDIDATE), candidates)
