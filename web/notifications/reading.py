"""Reads and marks what groups were told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from processes.notifications.tables import Notification


def count_unread(session: Session, groups: Collection[str]) -> int:
    """Return how many notifications of the groups nobody has marked as read."""
    if not groups:
        return 0
    query = select(func.count()).where(Notification.group_key.in_(groups), Notification.read_at.is_(None))
    return session.scalar(query) or 0


def newest(session: Session, groups: Collection[str], *, limit: int, offset: int = 0) -> list[Notification]:
    """Return the groups' notifications, the newest first."""
    query = (
        select(Notification)
        .where(Notification.group_key.in_(groups))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def mark_read(database: Engine, groups: Collection[str], *, up_to: int, at: datetime) -> None:
    """Mark the groups' notifications as read, up to the newest one that the person had on the screen."""
    with database.begin() as connection:
        connection.execute(
            update(Notification)
            .where(
                Notification.group_key.in_(groups), Notification.id <= up_to, Notification.read_at.is_(None)
            )
            .values(read_at=at)
        )
