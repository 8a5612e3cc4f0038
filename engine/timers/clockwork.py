"""The clock that keeps running: APScheduler wakes for the next due timer and at a safety interval.

The only importer of APScheduler. Each wake-up fires what is due, delivers what waits in the outbox, goes on with
batches for a while, and sets the next wake-up: at the next due instant, or after the safety interval if that comes
first (another process may have scheduled an earlier timer meanwhile).
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from engine import clock
from engine.batches.run import run_batches
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.messages.delivery import receivers as receivers_of_the_engine
from engine.outbox import Receiver, deliver_due
from engine.timers.due import fire_due, next_due_at, start_due

logger = logging.getLogger(__name__)

#: The longest sleep between two wake-ups, and so the longest lag of a timer set by another process.
SAFETY_INTERVAL = timedelta(seconds=10)

#: Timers and messages handled before the next look at the clock.
ROUND = 200

#: Commands of batches given in between; few, so that they hold up no timer.
BATCH_ROUND = 40


class Clockwork:
    """Fires timers, delivers messages and runs batches until it is stopped."""

    def __init__(self, dispatcher: Dispatcher, receivers: Mapping[str, Receiver]) -> None:
        self._dispatcher = dispatcher
        self._receivers = {**receivers_of_the_engine(dispatcher), **receivers}
        self._scheduler = BackgroundScheduler(timezone=clock.BUSINESS_ZONE)

    def start(self) -> None:
        """Begin at once, in a thread of its own."""
        self._scheduler.start()
        self._wake_at(clock.now())

    def stop(self) -> None:
        """End after the round that is under way."""
        self._scheduler.shutdown(wait=True)

    def tick(self) -> None:
        """Fire and deliver what is due now, go on with batches, and set the next wake-up."""
        more = False
        try:
            firing = fire_due(self._dispatcher, limit=ROUND)
            started = start_due(self._dispatcher, limit=ROUND)
            delivered = deliver_due(self._dispatcher.database, self._receivers, limit=ROUND)
            batches = run_batches(self._dispatcher, limit=BATCH_ROUND)
            more = (
                max(firing.fired + firing.failed, started, delivered) >= ROUND
                or batches.treated >= BATCH_ROUND
            )
        except Exception:  # the clock must outlive whatever goes wrong in one round
            logger.exception("clockwork round failed")
        finally:
            self._wake_at(clock.now() if more else self._next_wake())

    def _next_wake(self) -> datetime:
        latest = clock.now() + SAFETY_INTERVAL
        try:
            with reading(self._dispatcher.database) as connection:
                due_at = next_due_at(connection)
        except Exception:  # the database may be away for a while
            logger.exception("clockwork cannot read the next due timer")
            return latest
        return latest if due_at is None else min(latest, max(due_at, clock.now() + timedelta(seconds=0.2)))

    def _wake_at(self, instant: datetime) -> None:
        if self._scheduler.running:
            self._scheduler.add_job(
                self.tick,
                trigger=DateTrigger(run_date=instant),
                id=f"tick:{clock.to_text(instant)}",
                replace_existing=True,
                misfire_grace_time=None,
                coalesce=True,
            )
