"""Decides which process does the night's work: one of them, once a night, whenever it is there to do it.

Every process asks every few minutes. The first after the hour claims the work for a time and renews the claim as
it goes; if it ends before the work does, the claim runs out and another goes on. A night that nobody was there for
is made up for as soon as somebody is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Engine, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine import clock
from engine.ids import new_id
from engine.tables import nightly_work

logger = logging.getLogger(__name__)

#: When the night's work begins, in the business time zone.
HOUR = time(2, 0)

#: How long a claim lasts without being renewed; longer than any portion takes.
CLAIM = timedelta(minutes=30)

NAME = "retention"


def last_night(now: datetime) -> datetime:
    """Return the latest instant at or before ``now`` at which a night's work begins."""
    local = now.astimezone(clock.BUSINESS_ZONE)
    begin = local.replace(hour=HOUR.hour, minute=HOUR.minute, second=0, microsecond=0)
    return clock.require_aware(begin if begin <= local else begin - timedelta(days=1))


@dataclass(slots=True, kw_only=True)
class NightlyWork:
    """Work for one process of many.

    Attributes:
        work: does it in portions; asks before each whether to go on.
    """

    database: Engine
    work: Callable[[Callable[[], bool]], None]
    _id: UUID = field(default_factory=new_id)
    _stopped: bool = False

    def stop(self) -> None:
        """End after the portion that is under way; another process goes on, or this one when it is back."""
        self._stopped = True

    def do_if_due(self) -> bool:
        """Do the night's work if nobody has; return whether it was done to its end."""
        if not self._claim():
            return False
        logger.info("nightly work begins")
        self.work(self._go_on)
        done = not self._stopped
        ending = {"finished_at": clock.now()} if done else {}
        with self.database.begin() as connection:
            ended = connection.execute(
                update(nightly_work)
                .where(nightly_work.c.name == NAME, nightly_work.c.claimed_by == self._id)
                .values(claimed_by=None, claimed_until=None, **ending)
            )
        logger.info("nightly work ends", extra={"done": done})
        return done and bool(ended.rowcount)

    def _claim(self) -> bool:
        now = clock.now()
        with self.database.begin() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            connection.execute(dialect.insert(nightly_work).values(name=NAME).on_conflict_do_nothing())
            row = connection.execute(
                select(nightly_work).where(nightly_work.c.name == NAME).with_for_update()
            ).one()
            done = row.finished_at is not None and row.finished_at >= last_night(now)
            taken = row.claimed_until is not None and row.claimed_until > now and row.claimed_by != self._id
            if done or taken:
                return False
            connection.execute(
                update(nightly_work)
                .where(nightly_work.c.name == NAME)
                .values(claimed_by=self._id, claimed_until=now + CLAIM)
            )
        return True

    def _go_on(self) -> bool:
        """Renew the claim; return whether it is still ours and nobody asked to stop."""
        if self._stopped:
            return False
        with self.database.begin() as connection:
            renewed = connection.execute(
                update(nightly_work)
                .where(nightly_work.c.name == NAME, nightly_work.c.claimed_by == self._id)
                .values(claimed_until=clock.now() + CLAIM)
            )
        return bool(renewed.rowcount)
