"""Firing many timers that are due."""

from collections.abc import Iterable
from datetime import UTC, datetime

import time_machine

from engine.timers.due import fire_due
from tests.benchmarks.contenders import Naive, Ours
from tests.benchmarks.figures import Figure, Setting, seconds
from tests.benchmarks.model import TIMED, TIMED_NAIVE

_BATCH = 500

#: When the timers of the model are due, and some.
_LATER = datetime(2127, 1, 1, tzinfo=UTC)


def firing(setting: Setting) -> Iterable[Figure]:
    """Measure timers that are due at the same time, in instances of their own."""
    count = setting.few(10_000, 1_000)
    ours, naive = Ours(setting.sqlite(), TIMED), Naive(setting.sqlite(), TIMED_NAIVE)
    waiting = [naive.start(_BATCH) for _ in range(count // _BATCH)]
    for _ in waiting:
        ours.start(_BATCH)
    spent = [0.0, 0.0]
    with time_machine.travel(_LATER):
        for instances in waiting:
            spent[0] += seconds(lambda: _fire(ours))
            spent[1] += seconds(lambda instances=instances: [naive.fire(each) for each in instances])
        assert fire_due(ours.dispatcher).fired == 0
    rates = [count / total for total in spent]
    yield Figure(
        name="timers",
        what=f"firing {count:,} due timers: ours / naive SpiffWorkflow",
        reach=">= 2.5",
        measured=rates[0] / rates[1],
        unit="x",
        note="ours {:.0f}/s, naive {:.0f}/s".format(*rates),
    )


def _fire(ours: Ours) -> None:
    assert fire_due(ours.dispatcher, limit=_BATCH).fired == _BATCH
