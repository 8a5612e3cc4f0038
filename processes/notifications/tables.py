"""What a group of people was told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Identifier, UtcDateTime
from processes.database import Base


class Notification(Base):
    """One message to one candidate group, e.g. ``head:SNV``.

    Attributes:
        template: names the sentence; the interface fills it with ``params`` (JSON) in the reader's language.
        message_key: the same for a repeat of the same message.
    """

    __tablename__ = "notification"
    __table_args__ = (Index(None, "group_key", "created_at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    group_key: Mapped[str] = mapped_column(String(100))
    template: Mapped[str] = mapped_column(String(60))
    params: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[UUID] = mapped_column(Identifier, index=True)
    message_key: Mapped[str] = mapped_column(String(200), unique=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
