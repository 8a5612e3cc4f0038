"""The memory of a worker over many steps."""

import gc
import os
from collections.abc import Iterable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from engine.database import open_database
from engine.outbox import deliver_due
from engine.timers.due import fire_due
from tests.benchmarks.contenders import Ours
from tests.benchmarks.figures import Figure, Setting, Unavailable, address_of

_STATM = Path("/proc/self/statm")
_BATCH, _ROUNDS = 50, 19


def memory(setting: Setting) -> Iterable[Figure]:
    """Measure a process that starts, completes and looks for timers, after a tenth of its steps and at the end."""
    if not _STATM.exists():
        raise Unavailable("the system does not tell a process's memory in /proc")
    steps = setting.few(100_000, 20_000)
    processes = get_context("spawn")
    results = processes.Queue()
    process = processes.Process(target=_live, args=(address_of(setting.sqlite()), steps, results))
    process.start()
    early, late = results.get(timeout=3600)
    process.join()
    yield Figure(
        name="memory",
        what=f"memory of a worker after {steps:,} steps, grown since a tenth of them",
        reach="<= 5",
        measured=100 * (late / early - 1),
        unit="%",
        note=f"{early / 2**20:.1f} MB, then {late / 2**20:.1f} MB",
    )


def _live(address: str, steps: int, results: Any) -> None:
    ours = Ours(open_database(address))
    done, early = 0, 0
    while done < steps:
        instances = ours.start(_BATCH)
        for _ in range(_ROUNDS):
            for instance in instances:
                ours.complete(instance)
        ours.forget(instances)
        fire_due(ours.dispatcher)
        deliver_due(ours.database, {})
        done += _BATCH * (1 + _ROUNDS)
        if not early and done >= steps / 10:
            early = _resident()
    results.put((early, _resident()))


def _resident() -> int:
    gc.collect()
    return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
