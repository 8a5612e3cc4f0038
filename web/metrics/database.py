"""What lies in the database, counted when somebody looks, and not more often than it can bear."""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from engine import clock
from engine.archive.nightly import NAME
from engine.batches.progress import PENDING, RUNNING
from engine.database import reading
from engine.outbox import MAX_ATTEMPTS
from engine.tables import (
    batch,
    batch_item,
    inbox,
    incident,
    kept_message,
    nightly_work,
    outbox,
    process_instance,
    timer,
    timer_waits,
)

logger = logging.getLogger(__name__)

#: Figures are at least so old before they are counted again, in seconds.
SHORTEST_PAUSE = 15.0

#: Counting takes at most this share of the time, however large the tables become.
LARGEST_SHARE = 0.05

#: A timer that is due for longer waits for a clockwork that is late.
OVERDUE = timedelta(minutes=1)


class DatabaseCollector(Collector):
    """Counts rows; answers with the last figures while a pause lasts."""

    def __init__(self, database: Engine) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._figures: Sequence[Metric] = ()
        self._fresh_until = 0.0

    def collect(self) -> Iterable[Metric]:
        """Return the figures; ``sauro_database_up`` is 0 while the database does not answer."""
        with self._lock:
            began = time.monotonic()
            if began >= self._fresh_until:
                self._figures = self._counted(began)
                ended = time.monotonic()
                self._fresh_until = ended + max(SHORTEST_PAUSE, (ended - began) / LARGEST_SHARE)
            return self._figures

    def describe(self) -> Iterable[Metric]:
        """Say nothing before somebody looks, so that registering counts nothing."""
        return ()

    def _counted(self, began: float) -> Sequence[Metric]:
        try:
            with reading(self._database) as connection:
                figures = [*_queues(connection), *_instances(connection)]
        except SQLAlchemyError:
            logger.warning("the database could not be counted", exc_info=True)
            return [_gauge("sauro_database_up", "Whether the database answers.", 0)]
        return [
            _gauge("sauro_database_up", "Whether the database answers.", 1),
            _gauge(
                "sauro_database_counting_seconds",
                "How long counting these figures took.",
                time.monotonic() - began,
            ),
            *figures,
        ]


def _queues(connection: Connection) -> Iterator[Metric]:
    now = clock.now()

    def waiting_since(due: timedelta) -> int:
        query = select(func.count()).where(timer_waits, timer.c.due_at <= now - due)
        return connection.scalar(query) or 0

    yield _gauge("sauro_timers_due", "Timers that are due and have not fired.", waiting_since(timedelta()))
    yield _gauge(
        "sauro_timers_overdue",
        f"Timers that are due for more than {OVERDUE.total_seconds():g} s.",
        waiting_since(OVERDUE),
    )
    messages = GaugeMetricFamily(
        "sauro_outbox_messages",
        "Messages that have not left: waiting, or dead after too many failures.",
        labels=("state",),
    )
    for state, condition in (
        ("waiting", outbox.c.attempts < MAX_ATTEMPTS),
        ("dead", outbox.c.attempts >= MAX_ATTEMPTS),
    ):
        left = select(func.count()).where(outbox.c.delivered_at.is_(None), condition)
        messages.add_metric((state,), connection.scalar(left) or 0)
    yield messages
    kept = select(func.count()).where(kept_message.c.delivered_at.is_(None), kept_message.c.expires_at > now)
    yield _gauge("sauro_kept_messages", "Messages for which nobody waits yet.", connection.scalar(kept) or 0)
    tasks = select(func.count(inbox.c.task_id.distinct()))
    yield _gauge("sauro_open_user_tasks", "User tasks that wait for a person.", connection.scalar(tasks) or 0)
    items = (
        select(func.count())
        .select_from(batch_item)
        .join(batch, batch.c.id == batch_item.c.batch_id)
        .where(batch.c.status == RUNNING, batch_item.c.status == PENDING)
    )
    yield _gauge(
        "sauro_batch_items_pending",
        "Commands of running batches that wait for a worker.",
        connection.scalar(items) or 0,
    )
    night = connection.scalar(select(nightly_work.c.finished_at).where(nightly_work.c.name == NAME))
    yield _gauge(
        "sauro_nightly_work_finished_timestamp_seconds",
        "When the night's work was last done by any process; 0 for never.",
        0 if night is None else night.timestamp(),
    )


def _instances(connection: Connection) -> Iterator[Metric]:
    incidents = GaugeMetricFamily(
        "sauro_open_incidents", "Commands that failed and wait for an operator.", labels=("process",)
    )
    process_key = func.coalesce(process_instance.c.process_key, "none")
    for key, number in connection.execute(
        select(process_key, func.count())
        .select_from(incident)
        .outerjoin(process_instance, process_instance.c.id == incident.c.instance_id)
        .where(incident.c.resolved_at.is_(None))
        .group_by(process_key)
    ):
        incidents.add_metric((key,), number)
    yield incidents
    instances = GaugeMetricFamily(
        "sauro_instances", "Process instances, archived ones too.", labels=("process", "status")
    )
    for key, status, number in connection.execute(
        select(process_instance.c.process_key, process_instance.c.status, func.count()).group_by(
            process_instance.c.process_key, process_instance.c.status
        )
    ):
        instances.add_metric((key, status), number)
    yield instances


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)
