"""The read table of assignments: one row per process instance, rebuilt from journals if it is lost."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Index, Integer, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Identifier, UtcDateTime
from processes.database import Base


class Assignment(Base):
    """A directive given to a lead unit.

    Attributes:
        id: the assignment's and its process instance's identifier.
        lead_unit: the unit that answers for it now; ``former_unit`` the one it was issued to, if that is another.
        status: a :class:`processes.assignments.status.Lifecycle` value.
        baseline_deadline_on: the deadline it was issued with, or that it got when it stopped waiting; it stays
            when the deadline is amended.
        deadline_source: ``document`` (theo văn bản) or ``set`` (ấn định).
        deadline_passed_on_receipt: the document's own deadline was over when it was issued (DOMAIN §6).
        submitted_at: the submission that now stands; a supplement request takes it away.
        outcome: what the classification (DOMAIN D1) leads to.
        escalation_level: the highest level reached, 0 for none.
        issue_round: the round of its document in which it was issued.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index(None, "document_id", "directive_id"),
        Index(None, "lead_unit", "status"),
    )

    id: Mapped[UUID] = mapped_column(Identifier, ForeignKey("process_instance.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(Identifier)
    directive_id: Mapped[UUID] = mapped_column(Identifier)
    lead_unit: Mapped[str] = mapped_column(String(40))
    former_unit: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(24))
    issued_on: Mapped[date] = mapped_column(Date)
    deadline_on: Mapped[date | None] = mapped_column(Date)
    baseline_deadline_on: Mapped[date | None] = mapped_column(Date)
    deadline_source: Mapped[str] = mapped_column(String(16))
    deadline_passed_on_receipt: Mapped[bool] = mapped_column(default=False, server_default=false())
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by_default: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    classification: Mapped[str | None] = mapped_column(Text)
    points: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(24))
    late_working_days: Mapped[int | None] = mapped_column(Integer)
    supplement_count: Mapped[int] = mapped_column(Integer, default=0)
    escalation_level: Mapped[int] = mapped_column(Integer, default=0)
    accountability_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accountability_decision: Mapped[str | None] = mapped_column(String(40))
    commended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_event: Mapped[str | None] = mapped_column(String(100))
    issue_round: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
