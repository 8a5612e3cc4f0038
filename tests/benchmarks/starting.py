"""Starting many instances at once."""

from collections.abc import Iterable

from tests.benchmarks.contenders import InMemory, Naive, Ours
from tests.benchmarks.figures import Figure, Setting, seconds

_BATCH = 500


def bulk_start(setting: Setting) -> Iterable[Figure]:
    """Measure instances started in transactions of five hundred."""
    count = setting.few(10_000, 1_000)
    ours, naive, memory = Ours(setting.sqlite()), Naive(setting.sqlite()), InMemory()
    for contender in (ours, naive, memory):
        contender.start(10)
    spent = [0.0, 0.0, 0.0]
    for _ in range(count // _BATCH):
        for number, contender in enumerate((ours, naive, memory)):
            spent[number] += seconds(lambda contender=contender: contender.start(_BATCH))
    rates = [count / total for total in spent]
    yield Figure(
        name="bulk-start",
        what=f"bulk start of {count:,} instances: ours / bare SpiffWorkflow in memory",
        reach=">= 0.6",
        measured=rates[0] / rates[2],
        unit="x",
        note="ours {:.0f}/s, naive {:.0f}/s, memory {:.0f}/s".format(*rates),
    )
