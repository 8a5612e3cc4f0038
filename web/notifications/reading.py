"""Reads and marks what groups were told."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from processes.notifications.tables import Notification


def count_unread(session: Session, groups: Collection[str]) -> int:
    """Return how many assignments have notices of the groups that nobody has marked as read."""
    if not groups:
        return 0
    query = select(func.count(func.distinct(Notification.instance_id))).where(
        Notification.group_key.in_(groups), Notification.read_at.is_(None)
    )
    return session.scalar(query) or 0


def counts(session: Session, groups: Collection[str]) -> dict[str, int]:
    """Return how many notices the groups have, by template; one told to several of them counts once."""
    told = (
        select(Notification.template, Notification.instance_id, Notification.created_at)
        .where(Notification.group_key.in_(groups))
        .distinct()
        .subquery()
    )
    rows = session.execute(select(told.c.template, func.count().label("told")).group_by(told.c.template))
    return {row.template: row.told for row in rows}


def newest(
    session: Session,
    groups: Collection[str],
    *,
    templates: Collection[str] | None = None,
    limit: int,
    offset: int = 0,
) -> list[Notification]:
    """Return the groups' notifications, the newest first.

    Args:
        templates: only these; ``None`` for all.
    """
    query = select(Notification).where(Notification.group_key.in_(groups))
    if templates is not None:
        query = query.where(Notification.template.in_(templates))
    query = query.order_by(Notification.created_at.desc(), Notification.id.desc())
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
