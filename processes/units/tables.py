"""The registry's tables: units and groups by period, and what was done to them, which nothing changes any more."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Identifier, UtcDateTime
from engine.tables import keep_append_only, metadata
from processes.database import Base


class UnitRow(Base):
    """A unit as it is called in one period; ``aliases`` and ``replaced_by`` are separated by ``;``.

    Attributes:
        parent: code of the unit above.
        identifier: organisation identifier, ``H19.15``; ``identifier_old``: the form before, ``000.00.15.H19``.
        replaced_by: codes of the units that took over when the unit ended.
    """

    __tablename__ = "unit"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(20))
    group: Mapped[str] = mapped_column("group_name", Text)
    short_name: Mapped[str] = mapped_column(Text)
    aliases: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    parent: Mapped[str | None] = mapped_column(String(40))
    identifier: Mapped[str | None] = mapped_column(String(40))
    identifier_old: Mapped[str | None] = mapped_column(String(40))
    replaced_by: Mapped[str | None] = mapped_column(Text)


class UnitGroupRow(Base):
    """A group that the office defines, in one period.

    Attributes:
        wordings: how letters name it, one a line.
        kinds: kinds of unit that belong to it, separated by ``;``; empty for a group by list.
        members: codes of units that belong to it, separated by ``;``.
    """

    __tablename__ = "unit_group"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    wordings: Mapped[str] = mapped_column(Text)
    kinds: Mapped[str] = mapped_column(Text)
    members: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class UnitActRow(Base):
    """One change of the registry: a merger, a rename, a file that was loaded, a group.

    Attributes:
        kind: a :class:`processes.units.acts.ActKind` value, ``load`` or ``group``.
        effective_on: the first day on which it holds.
        source: the legal source, or the file; ``reason``: why.
        detail: rows before and after, as JSON.
    """

    __tablename__ = "unit_act"
    __table_args__ = (Index(None, "performed_at"),)

    id: Mapped[UUID] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    effective_on: Mapped[date] = mapped_column(Date)
    source: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    performed_by: Mapped[str] = mapped_column(String(100))
    performed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UnitDecisionRow(Base):
    """What a coordinator decided about an open assignment whose unit has ended; the newest one holds.

    Attributes:
        choice: a :class:`processes.directives.succession.Choice` value.
        to_unit: code of the successor that takes it over.
        batch_id: the batch that carries it out.
    """

    __tablename__ = "unit_decision"
    __table_args__ = (Index(None, "assignment_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    assignment_id: Mapped[UUID] = mapped_column(Identifier)
    from_unit: Mapped[str] = mapped_column(String(40))
    choice: Mapped[str] = mapped_column(String(16))
    to_unit: Mapped[str | None] = mapped_column(String(40))
    batch_id: Mapped[UUID | None] = mapped_column(Identifier)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(100))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)


for _name in (UnitActRow.__tablename__, UnitDecisionRow.__tablename__):
    keep_append_only(metadata.tables[_name])
