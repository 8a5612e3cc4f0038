"""Retention policies: how long the instances of a process are kept after their end.

Without a policy an instance is kept for ever. A policy is never changed: a new one is set, and the newest rules.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from engine import clock
from engine.actors import Actor
from engine.archive.holds import RetentionRefused, require_manager, require_reason
from engine.definitions.versions import newest
from engine.spiff.schedule import parse_duration
from engine.tables import retention_policy


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How long a process's instances are kept.

    Attributes:
        keep_for: an ISO 8601 duration after the end; ``None`` for ever.
    """

    id: int
    process_key: str
    keep_for: str | None
    reason: str
    set_by: str
    set_at: datetime

    def ended_before(self, now: datetime) -> datetime | None:
        """Return the latest end whose time has passed at ``now``; ``None`` if none ever passes."""
        return None if self.keep_for is None else parse_duration(self.keep_for).after(now, times=-1)


def set_policy(
    connection: Connection, process_key: str, keep_for: str | None, *, reason: str, actor: Actor
) -> None:
    """Say how long a process's instances are kept after their end; ``None`` for ever.

    Raises:
        NotAuthorised: the actor may not manage retention.
        NotFound: the process was never deployed.
        RetentionRefused: the duration is none, or empty; the reason is empty.
    """
    require_manager(actor)
    newest(connection, process_key)
    connection.execute(
        insert(retention_policy).values(
            process_key=process_key,
            keep_for=None if keep_for is None else _duration(keep_for),
            reason=require_reason(reason),
            set_by=actor.key,
            set_at=clock.now(),
        )
    )


def policies(connection: Connection, *, earlier: bool = False) -> list[RetentionPolicy]:
    """Return the policy of each process that has one, or all that were ever set, by process and age."""
    query = select(retention_policy).order_by(retention_policy.c.process_key, retention_policy.c.id)
    if not earlier:
        newest_ids = select(func.max(retention_policy.c.id)).group_by(retention_policy.c.process_key)
        query = query.where(retention_policy.c.id.in_(newest_ids))
    return [RetentionPolicy(**row._mapping) for row in connection.execute(query)]


def _duration(text: str) -> str:
    try:
        if text.strip().startswith("P") and parse_duration(text):
            return text.strip()
    except ValueError:
        pass
    raise RetentionRefused(f"Expected an ISO 8601 duration such as P5Y, P18M or P400D, but got '{text}'")
