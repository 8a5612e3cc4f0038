"""The calendar's tables: days that are not what their weekday says, working hours, and every change of both."""

from datetime import date, datetime, time

from sqlalchemy import Date, Index, Integer, String, Text, Time, false
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import UtcDateTime
from engine.tables import keep_append_only, metadata
from processes.database import Base


class CalendarDay(Base):
    """A day off or a make-up workday, with where it is known from.

    Attributes:
        paired_with: the other day of a swap, a day off and its make-up workday.
        provisional: it is expected, not decided.
    """

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200))
    paired_with: Mapped[date | None] = mapped_column(Date)
    provisional: Mapped[bool] = mapped_column(default=False, server_default=false())


class WorkingHoursRow(Base):
    """When offices open and close from a day on, in Vietnam."""

    __tablename__ = "working_hours"

    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    opens_at: Mapped[time] = mapped_column(Time)
    closes_at: Mapped[time] = mapped_column(Time)
    source: Mapped[str] = mapped_column(String(200))


class CalendarChangeRow(Base):
    """One change of the calendar, with its days, or its hours, before and after as JSON.

    Attributes:
        kind: ``load``, ``set``, ``remove`` or ``hours``.
    """

    __tablename__ = "calendar_change"
    __table_args__ = (Index(None, "changed_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(String(100))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


keep_append_only(metadata.tables[CalendarChangeRow.__tablename__])
