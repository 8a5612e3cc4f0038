"""The clock that keeps running: APScheduler wakes for the next due timer and at a safety interval.

The only importer of APScheduler. Each wake-up fires what is due, delivers what waits in the outbox, goes on with
batches for a while, and sets the next wake-up: at the next due instant, or after the safety interval if that comes
first (another process may have scheduled an earlier timer meanwhile). Wake-ups are instants of the machine's
clock; one that steps back is noticed within the safety interval, too, which is counted by a clock that cannot.
Beside that it asks every few minutes for the night's work.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine import clock, outbox
from engine.archive.nightly import NightlyWork
from engine.batches.run import run_batches
from engine.database import reading
from engine.dispatch import Dispatcher
from engine.messages.delivery import receivers as receivers_of_the_engine
from engine.outbox import Receiver
from engine.timers import due

logger = logging.getLogger(__name__)

#: The longest sleep between two wake-ups, and so the longest lag of a timer set by another process.
SAFETY_INTERVAL = timedelta(seconds=10)

#: How often the clock asks whether the night's work is due.
NIGHTLY_INTERVAL = timedelta(minutes=10)

#: A clock that has done nothing for so long has stopped, or hangs.
ALIVE_WITHIN = 6 * SAFETY_INTERVAL

#: Timers and messages handled before the next look at the clock.
ROUND = 200

#: Commands of batches given in between; few, so that they hold up no timer.
BATCH_ROUND = 40


class Clockwork:
    """Fires timers, delivers messages and runs batches until it is stopped.

    Args:
        nightly: what is to be done every night, if anything.
        claim: for how long what it takes is left to it; longer than the work on :data:`ROUND` of them. Without it,
            timers and messages have claims of their own.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        receivers: Mapping[str, Receiver],
        *,
        nightly: NightlyWork | None = None,
        claim: timedelta | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._nightly = nightly
        self._timer_claim = claim or due.CLAIM
        self._message_claim = claim or outbox.CLAIM
        self._receivers = {**receivers_of_the_engine(dispatcher), **receivers}
        self._scheduler = BackgroundScheduler(timezone=clock.BUSINESS_ZONE)
        self._stopped = threading.Event()
        #: When a round last began or ended.
        self.last_round_at: datetime | None = None

    def start(self) -> None:
        """Begin at once, in a thread of its own."""
        self._scheduler.start()
        self._wake_at(clock.now())
        threading.Thread(target=self._watch, name="clockwork watch", daemon=True).start()
        if self._nightly is not None:
            self._scheduler.add_job(
                self._night, trigger=IntervalTrigger(seconds=NIGHTLY_INTERVAL.total_seconds()), coalesce=True
            )

    def stop(self) -> None:
        """End after the round and the portion of the night's work that are under way."""
        if self._nightly is not None:
            self._nightly.stop()
        self._stopped.set()
        self._scheduler.pause()
        self._scheduler.get_jobs()  # waits until what was due is handed out; a shutdown meanwhile would disturb it
        self._scheduler.shutdown(wait=True)

    def is_late(self) -> bool:
        """Tell whether no round began or ended for as long as several should have taken."""
        return self.last_round_at is None or clock.now() - self.last_round_at > ALIVE_WITHIN

    def tick(self) -> None:
        """Fire and deliver what is due now, go on with batches, and set the next wake-up."""
        self.last_round_at = clock.now()
        more = [_outlived(act) for act in (self._fire, self._start, self._deliver, self._batches)]
        self.last_round_at = clock.now()
        self._dispatcher.instruments.clockwork_round(failed=None in more)
        self._wake_at(clock.now() if any(more) else self._next_wake())

    def _fire(self) -> bool:
        firing = due.fire_due(self._dispatcher, limit=ROUND, claim=self._timer_claim)
        return firing.fired + firing.failed >= ROUND

    def _start(self) -> bool:
        return due.start_due(self._dispatcher, limit=ROUND) >= ROUND

    def _deliver(self) -> bool:
        database = self._dispatcher.database
        return outbox.deliver_due(database, self._receivers, limit=ROUND, claim=self._message_claim) >= ROUND

    def _batches(self) -> bool:
        return run_batches(self._dispatcher, limit=BATCH_ROUND).treated >= BATCH_ROUND

    def _watch(self) -> None:
        """Wake at once when the clock has stepped back: the wake-ups that were set lie too far ahead."""
        last = clock.now()
        while not self._stopped.wait(SAFETY_INTERVAL.total_seconds()):
            now = clock.now()
            if now < last:
                logger.warning("the clock has stepped back", extra={"seconds": (last - now).total_seconds()})
                self._wake_at(now)
            last = now

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
                due_at = due.next_due_at(connection)
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


def _outlived(act: Callable[[], bool]) -> bool | None:
    """Do one part of a round and say whether there is more; what goes wrong (``None``) ends no other part."""
    try:
        return act()
    except Exception:  # the clock must outlive whatever goes wrong in one round
        logger.exception("clockwork round failed")
        return None
