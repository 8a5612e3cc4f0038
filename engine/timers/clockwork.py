"""The clock that keeps running: APScheduler wakes for the next due timer and at a safety interval.

The only importer of APScheduler. Each wake-up fires what is due, delivers what waits in the outbox, and sets the
next wake-up: at the next due instant, or after the safety interval if that comes first (another process may have
scheduled an earlier timer meanwhile). Beside that it asks every few minutes for the night's work.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine import clock
from engine.archive.nightly import NightlyWork
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.messages.delivery import receivers as receivers_of_the_engine
from engine.outbox import Receiver, deliver_due
from engine.timers.due import fire_due, next_due_at, start_due

logger = logging.getLogger(__name__)

#: The longest sleep between two wake-ups, and so the longest lag of a timer set by another process.
SAFETY_INTERVAL = timedelta(seconds=10)

#: How often the clock asks whether the night's work is due.
NIGHTLY_INTERVAL = timedelta(minutes=10)

#: A clock that has done nothing for so long has stopped, or hangs.
ALIVE_WITHIN = 6 * SAFETY_INTERVAL

#: Timers and messages handled before the next look at the clock.
ROUND = 200


class Clockwork:
    """Fires timers and delivers messages until it is stopped."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        receivers: Mapping[str, Receiver],
        *,
        nightly: NightlyWork | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._nightly = nightly
        self._receivers = {**receivers_of_the_engine(dispatcher), **receivers}
        self._scheduler = BackgroundScheduler(timezone=clock.BUSINESS_ZONE)
        #: When a round last began or ended.
        self.last_round_at: datetime | None = None

    def start(self) -> None:
        """Begin at once, in a thread of its own."""
        self._scheduler.start()
        self._wake_at(clock.now())
        if self._nightly is not None:
            self._scheduler.add_job(
                self._night, trigger=IntervalTrigger(seconds=NIGHTLY_INTERVAL.total_seconds()), coalesce=True
            )

    def stop(self) -> None:
        """End after the round and the portion of the night's work that are under way."""
        if self._nightly is not None:
            self._nightly.stop()
        self._scheduler.shutdown(wait=True)

    def is_late(self) -> bool:
        """Tell whether no round began or ended for as long as several should have taken."""
        return self.last_round_at is None or clock.now() - self.last_round_at > ALIVE_WITHIN

    def tick(self) -> None:
        """Fire and deliver what is due now, and set the next wake-up."""
        more, failed = False, True
        self.last_round_at = clock.now()
        try:
            firing = fire_due(self._dispatcher, limit=ROUND)
            started = start_due(self._dispatcher, limit=ROUND)
            delivered = deliver_due(self._dispatcher.database, self._receivers, limit=ROUND)
            more = max(firing.fired + firing.failed, started, delivered) >= ROUND
            failed = False
        except Exception:  # the clock must outlive whatever goes wrong in one round
            logger.exception("clockwork round failed")
        finally:
            self._dispatcher.instruments.clockwork_round(failed=failed)
            self.last_round_at = clock.now()
            self._wake_at(clock.now() if more else self._next_wake())

    def _night(self) -> None:
        if self._nightly is None:
            return
        try:
            self._nightly.do_if_due()
        except Exception:  # what fails tonight is tried again when the claim has run out
            logger.exception("nightly work failed")

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
