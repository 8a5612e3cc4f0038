"""What this process holds: connections and parsed definitions."""

from collections.abc import Iterable, Sequence

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, QueuePool

from engine.definitions.versions import DefinitionCache


class HoldingsCollector(Collector):
    """Looks at the connection pool and the parsed definitions of one process.

    Args:
        caches: the parsed definitions; a process may have several.
    """

    def __init__(self, database: Engine, caches: Sequence[DefinitionCache]) -> None:
        self._database = database
        self._caches = caches

    def collect(self) -> Iterable[Metric]:
        """Return the figures as they are now."""
        pool = self._database.pool
        connections = GaugeMetricFamily(
            "sauro_pool_connections",
            "Database connections: kept, in use, and beyond those kept.",
            labels=("state",),
        )
        if isinstance(pool, QueuePool):
            connections.add_metric(("size",), pool.size())
            connections.add_metric(("checked_out",), pool.checkedout())
            connections.add_metric(("overflow",), max(0, pool.overflow()))
        yield connections
        yield GaugeMetricFamily(
            "sauro_definitions_cached",
            "Parsed process definitions.",
            value=sum(len(cache) for cache in self._caches),
        )
        requests = CounterMetricFamily(
            "sauro_definition_cache_requests",
            "How often a definition was there, and how often it had to be parsed.",
            labels=("result",),
        )
        requests.add_metric(("hit",), sum(cache.hits for cache in self._caches))
        requests.add_metric(("miss",), sum(cache.misses for cache in self._caches))
        yield requests
