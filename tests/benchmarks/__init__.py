"""The README's figures, measured as ratios within one run; ``sauro bench`` and ``make bench`` print them."""

from tests.benchmarks.completions import aging, completions_postgresql, completions_sqlite
from tests.benchmarks.deciding import deciding
from tests.benchmarks.figures import Benchmark, Figure, Setting
from tests.benchmarks.firing import firing
from tests.benchmarks.issuing import issuing
from tests.benchmarks.memory import memory
from tests.benchmarks.pages import inbox_page
from tests.benchmarks.replaying import replaying
from tests.benchmarks.starting import bulk_start
from tests.benchmarks.storing import storage

BENCHMARKS = (
    Benchmark(name="completions-sqlite", measure=completions_sqlite),
    Benchmark(name="completions-postgresql", measure=completions_postgresql),
    Benchmark(name="aging", measure=aging),
    Benchmark(name="bulk-start", measure=bulk_start),
    Benchmark(name="timers", measure=firing),
    Benchmark(name="inbox", measure=inbox_page),
    Benchmark(name="storage", measure=storage),
    Benchmark(name="replay", measure=replaying),
    Benchmark(name="memory", measure=memory),
    Benchmark(name="issuing", measure=issuing),
    Benchmark(name="deciding", measure=deciding),
)

__all__ = ["BENCHMARKS", "Benchmark", "Figure", "Setting"]
