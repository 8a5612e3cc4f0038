"""Files kept by digest; documents drafted, approved and issued in rounds, with a trail of every change."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

import engine.database
from engine.tables import append_only_statements

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_READING_FUNCTION = "sauro_refuse_reading"


def upgrade() -> None:
    """Go forward."""
    instant = engine.database.UtcDateTime(timezone=True)
    identifier = engine.database.Identifier()
    op.create_table(
        "document_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_document_file")),
    )
    op.execute(
        "INSERT INTO document_file (sha256, filename, media_type, size, content, received_at) "
        "SELECT source_sha256, filename, "
        f"CASE WHEN lower(filename) LIKE '%.docx' THEN '{_DOCX}' ELSE 'text/plain' END, "
        "length(source), source, created_at FROM document"
    )
    _document()
    op.create_table(
        "document_attachment",
        sa.Column("document_id", identifier, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_document_attachment_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["document_file.sha256"], name=op.f("fk_document_attachment_sha256")
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("pk_document_attachment")),
    )
    _directive()
    op.create_table(
        "awaited_document",
        sa.Column("directive_id", identifier, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("linked_id", identifier, nullable=True),
        sa.Column("linked_at", instant, nullable=True),
        sa.Column("linked_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["linked_id"], ["document.id"], name=op.f("fk_awaited_document_linked_id")),
        sa.PrimaryKeyConstraint("directive_id", "position", name=op.f("pk_awaited_document")),
    )
    op.create_index(op.f("ix_awaited_document_linked_id"), "awaited_document", ["linked_id"])
    op.create_table(
        "document_issue",
        sa.Column("document_id", identifier, nullable=False),
        sa.Column("round_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number_no", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", instant, nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("approval", sa.String(length=16), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("undone_at", instant, nullable=True),
        sa.Column("undone_by", sa.String(length=200), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.Column("batch_id", identifier, nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_issue_document_id")),
        sa.PrimaryKeyConstraint("document_id", "round_no", name=op.f("pk_document_issue")),
    )
    op.create_table(
        "document_trail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document_id", identifier, nullable=False),
        sa.Column("directive_id", identifier, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_trail_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_trail")),
    )
    op.create_index(
        op.f("ix_document_trail_document_id_version"), "document_trail", ["document_id", "version"]
    )
    op.add_column("assignment", sa.Column("baseline_deadline_on", sa.Date(), nullable=True))
    op.execute("UPDATE assignment SET baseline_deadline_on = deadline_on")
    op.add_column("assignment", sa.Column("issue_round", sa.Integer(), nullable=False, server_default="1"))
    dialect = op.get_bind().dialect.name
    for statement in append_only_statements("document_trail", dialect) + _reading_statements(dialect):
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    """Go back; what was set, the trail and the rounds are lost."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER directive_reading_no_update" + ("" if sqlite else " ON directive"))
    if not sqlite:
        op.execute(f"DROP FUNCTION {_READING_FUNCTION}()")
    op.drop_column("assignment", "issue_round")
    op.drop_column("assignment", "baseline_deadline_on")
    for table in ("document_trail", "document_issue", "awaited_document", "document_attachment"):
        op.drop_table(table)
    for name in reversed(_DIRECTIVE_COLUMNS):
        op.drop_column("directive", name)
    empty = "x''" if sqlite else "'\\x'::bytea"
    op.add_column(
        "document", sa.Column("source", sa.LargeBinary(), nullable=False, server_default=sa.text(empty))
    )
    op.execute(
        "UPDATE document SET source = "
        "(SELECT content FROM document_file WHERE document_file.sha256 = document.source_sha256)"
    )
    for name in reversed(_DOCUMENT_COLUMNS):
        op.drop_column("document", name)
    op.drop_table("document_file")


_DOCUMENT_COLUMNS = (
    "source_text",
    "doc_type",
    "state",
    "version",
    "created_by",
    "edited_by",
    "submitted_by",
    "approved_by",
    "issue_round",
    "approval_round",
    "no_directive_reason",
)
_DIRECTIVE_COLUMNS = (
    "products",
    "nature",
    "evidence",
    "origin",
    "origin_ids",
    "parent_id",
    "rank",
    "state",
    "set_summary",
    "set_leads",
    "set_coordinating",
    "set_deadline",
    "set_reporting_period",
    "set_product",
    "set_criterion",
    "set_nature",
    "set_person",
    "set_awaits_all",
    "overrides",
)


_READ_COLUMNS = (
    "document_id, ordinal, position, text, leads, coordinating_units, lead_text, deadline, products, nature, "
    "evidence, origin, origin_ids"
)


def _reading_statements(dialect: str) -> list[str]:
    refusal = "what was read of a directive does not change"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER directive_reading_no_update BEFORE UPDATE OF {_READ_COLUMNS} ON directive "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {_READING_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE TRIGGER directive_reading_no_update BEFORE UPDATE OF {_READ_COLUMNS} ON directive "
        f"FOR EACH ROW EXECUTE FUNCTION {_READING_FUNCTION}()",
    ]


def _document() -> None:
    actor = sa.String(length=200)
    for column in (
        sa.Column("source_text", sa.LargeBinary(), nullable=True),
        sa.Column("doc_type", sa.String(length=40), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False, server_default="draft"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("created_by", actor, nullable=True),
        sa.Column("edited_by", actor, nullable=True),
        sa.Column("submitted_by", actor, nullable=True),
        sa.Column("approved_by", actor, nullable=True),
        sa.Column("issue_round", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("approval_round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("no_directive_reason", sa.Text(), nullable=True),
    ):
        op.add_column("document", column)
    op.execute("UPDATE document SET state = 'issued' WHERE issued_at IS NOT NULL")
    op.drop_column("document", "source")


def _directive() -> None:
    identifier = engine.database.Identifier()
    for column in (
        sa.Column("products", sa.Text(), nullable=True),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False, server_default="read"),
        sa.Column("origin_ids", sa.Text(), nullable=True),
        sa.Column("parent_id", identifier, nullable=True),
        sa.Column("rank", sa.String(length=100), nullable=False, server_default="0"),
        sa.Column("state", sa.String(length=16), nullable=False, server_default="active"),
        sa.Column("set_summary", sa.String(length=300), nullable=True),
        sa.Column("set_leads", sa.Text(), nullable=True),
        sa.Column("set_coordinating", sa.Text(), nullable=True),
        sa.Column("set_deadline", sa.Text(), nullable=True),
        sa.Column("set_reporting_period", sa.String(length=16), nullable=True),
        sa.Column("set_product", sa.Text(), nullable=True),
        sa.Column("set_criterion", sa.Text(), nullable=True),
        sa.Column("set_nature", sa.String(length=16), nullable=True),
        sa.Column("set_person", sa.Text(), nullable=True),
        sa.Column("set_awaits_all", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("overrides", sa.Text(), nullable=True),
    ):
        op.add_column("directive", column)
    padded = (
        "printf('%06d', position)"
        if op.get_bind().dialect.name == "sqlite"
        else "lpad(position::text, 6, '0')"
    )
    op.execute(sa.text(f"UPDATE directive SET rank = {padded}".replace(":", r"\:")))
