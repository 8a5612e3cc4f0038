"""What the engine tells, as counters and histograms. Labels are tags, codes and keys of models, never persons."""

import threading
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from math import ceil

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from engine import clock

#: From a step in memory to one that waited for another writer.
STEP_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

#: From at once to an outage of a day.
LAG_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400)

#: Timers fired last, by which the present lag is judged.
RECENT = 1_000

_QUANTILES = (0.5, 0.95, 1.0)


class PrometheusInstruments(Collector):
    """Counts commands, timers and rounds of the clockwork in one process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._commands = Counter(
            "sauro_commands",
            "Commands by outcome: applied, repeated, refused, failed.",
            ("command", "outcome"),
            registry=registry,
        )
        self._refusals = Counter(
            "sauro_command_refusals", "Refused commands by reason.", ("command", "code"), registry=registry
        )
        self._steps = Histogram(
            "sauro_command_seconds",
            "From the question to the commit; the commands of a batch share its time equally.",
            ("command",),
            buckets=STEP_BUCKETS,
            registry=registry,
        )
        self._lags = Histogram(
            "sauro_timer_lag_seconds",
            "From the due time of a timer to its firing by this process.",
            buckets=LAG_BUCKETS,
            registry=registry,
        )
        self._rounds = Counter(
            "sauro_clockwork_rounds",
            "Rounds of the clockwork in this process by outcome: done, failed.",
            ("outcome",),
            registry=registry,
        )
        self._last_round = Gauge(
            "sauro_clockwork_last_round_timestamp_seconds",
            "When the clockwork in this process last finished a round.",
            registry=registry,
        )
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._lock = threading.Lock()
        registry.register(self)

    def command_applied(self, tag: str, seconds: float, *, repeated: bool) -> None:
        """Count a command that was answered."""
        self._commands.labels(tag, "repeated" if repeated else "applied").inc()
        self._steps.labels(tag).observe(seconds)

    def command_refused(self, tag: str, code: str) -> None:
        """Count a command that was refused."""
        self._commands.labels(tag, "refused").inc()
        self._refusals.labels(tag, code).inc()

    def command_failed(self, tag: str) -> None:
        """Count a command that left an incident."""
        self._commands.labels(tag, "failed").inc()

    def timer_fired(self, lag: timedelta) -> None:
        """Observe the lag of a timer."""
        self._lags.observe(lag.total_seconds())
        with self._lock:
            self._recent.append(lag.total_seconds())

    def clockwork_round(self, *, failed: bool) -> None:
        """Count a round of the clockwork."""
        self._rounds.labels("failed" if failed else "done").inc()
        self._last_round.set(clock.now().timestamp())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give the lag of the timers fired last; nothing before one has fired."""
        with self._lock:
            lags = sorted(self._recent)
        family = GaugeMetricFamily(
            "sauro_timer_lag_recent_seconds",
            f"Lag of the last {RECENT} timers that this process fired.",
            labels=("quantile",),
        )
        for quantile in _QUANTILES if lags else ():
            family.add_metric((f"{quantile:g}",), lags[ceil(quantile * len(lags)) - 1])
        yield family
