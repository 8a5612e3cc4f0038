"""All that one process measures; made once, shared by its clockwork and its pages."""

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from sqlalchemy import Engine

from engine.definitions.versions import DefinitionCache
from web.metrics.database import DatabaseCollector
from web.metrics.instruments import PrometheusInstruments
from web.metrics.process import HoldingsCollector

#: What a scraper is told it gets.
CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """The figures of one process. Several in one process do not know of each other."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self.instruments = PrometheusInstruments(self._registry)
        self._caches: list[DefinitionCache] = []
        self._watched: Engine | None = None

    def watch(self, database: Engine, definitions: DefinitionCache) -> None:
        """Count what lies in a database, its connections, and parsed definitions; one database a process."""
        if definitions not in self._caches:
            self._caches.append(definitions)
        if self._watched is None:
            self._watched = database
            self._registry.register(DatabaseCollector(database))
            self._registry.register(HoldingsCollector(database, self._caches))

    def text(self) -> bytes:
        """Return all figures in Prometheus's text format."""
        return generate_latest(self._registry)
