"""Completions of user tasks: ours, SpiffWorkflow used naively, and the bare commit, in turns."""

import statistics
from collections.abc import Iterable
from multiprocessing import get_context
from time import perf_counter
from typing import Any
from uuid import UUID

from engine.database import open_database
from tests.benchmarks.contenders import CommitFloor, InMemory, Naive, Ours
from tests.benchmarks.figures import Figure, Setting, address_of, seconds

INSTANCES = 40
ROUNDS = 14  # seven rounds of rework


def completions_sqlite(setting: Setting) -> Iterable[Figure]:
    """Measure completions of one process on SQLite."""
    ours, naive, memory = Ours(setting.sqlite()), Naive(setting.sqlite()), InMemory()
    floor = CommitFloor(setting.sqlite())
    mine, theirs, bare = ours.start(INSTANCES), naive.start(INSTANCES), memory.start(INSTANCES)
    spent = {"ours": 0.0, "naive": 0.0, "memory": 0.0, "floor": 0.0}
    for turn in range(ROUNDS):
        spent["ours"] += seconds(lambda: [ours.complete(instance) for instance in mine])
        spent["naive"] += seconds(lambda: [naive.complete(instance) for instance in theirs])
        spent["memory"] += seconds(lambda: [memory.complete(workflow) for workflow in bare])
        first = turn * INSTANCES
        spent["floor"] += seconds(lambda first=first: [floor.commit(first + n) for n in range(INSTANCES)])
    rates = {name: INSTANCES * ROUNDS / total for name, total in spent.items()}
    note = ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
    what = "completions on SQLite, 1 process"
    for name, other, reach in (
        ("completions-sqlite-naive", "naive", ">= 2.5"),
        ("completions-sqlite-floor", "floor", ">= 0.35"),
    ):
        label = "naive SpiffWorkflow" if other == "naive" else "bare commit"
        yield Figure(
            name=name,
            what=f"{what}: ours / {label}",
            reach=reach,
            measured=rates["ours"] / rates[other],
            unit="x",
            note=note,
        )


def completions_postgresql(setting: Setting) -> Iterable[Figure]:
    """Measure completions of one and of four worker processes on PostgreSQL."""
    rounds, turns = setting.few(10, 4), setting.few(3, 1)
    addresses = {Ours: address_of(setting.postgresql()), Naive: address_of(setting.postgresql())}
    taken: dict[str, list[float]] = {"naive": [], "one": [], "four": []}
    for _ in range(turns):
        for name, contender, workers in (("naive", Naive, 1), ("one", Ours, 1), ("four", Ours, 4)):
            taken[name].append(_rate(contender, addresses[contender], workers, rounds))
    rates = {name: statistics.median(found) for name, found in taken.items()}
    note = ", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items())
    for name, what, reach, measured in (
        (
            "completions-postgresql-1",
            "1 worker / naive SpiffWorkflow",
            ">= 2.5",
            rates["one"] / rates["naive"],
        ),
        ("completions-postgresql-4", "4 workers / 1 worker", ">= 1.6", rates["four"] / rates["one"]),
    ):
        yield Figure(
            name=name,
            what=f"completions on PostgreSQL: {what}",
            reach=reach,
            measured=measured,
            unit="x",
            note=note,
        )


def _rate(contender: type[Ours] | type[Naive], address: str, workers: int, rounds: int) -> float:
    """Return completions per second of worker processes that begin at the same moment."""
    processes = get_context("spawn")
    barrier, results = processes.Barrier(workers), processes.Queue()
    running = [
        processes.Process(target=_work, args=(contender, address, rounds, barrier, results))
        for _ in range(workers)
    ]
    for process in running:
        process.start()
    spans = [results.get(timeout=600) for _ in running]
    for process in running:
        process.join()
    taken = max(end for _, end in spans) - min(begin for begin, _ in spans)
    return workers * INSTANCES * rounds / taken


def _work(contender: type[Ours] | type[Naive], address: str, rounds: int, barrier: Any, results: Any) -> None:
    """Complete tasks of instances of one's own; put the span of time into the queue."""
    worker = contender(open_database(address))
    instances: list[UUID] = worker.start(INSTANCES)
    for instance in instances:  # everything is loaded and connected before the clock runs
        worker.complete(instance)
    barrier.wait()
    begun = perf_counter()
    for _ in range(rounds):
        for instance in instances:
            worker.complete(instance)
    results.put((begun, perf_counter()))
    worker.database.dispose()


def aging(setting: Setting) -> Iterable[Figure]:
    """Measure how much longer a step takes after rounds of rework than at first."""
    rounds = setting.few(1000, 50)
    ours = Ours(setting.sqlite())
    (old,) = ours.start(1)
    for _ in range(2 * rounds):
        ours.complete(old)
    young_steps, old_steps = [], []
    for _ in range(100):
        (young,) = ours.start(1)
        young_steps += [seconds(lambda young=young: ours.complete(young)) for _ in range(2)]
        old_steps += [seconds(lambda: ours.complete(old)) for _ in range(2)]
    first, last = statistics.median(young_steps), statistics.median(old_steps)
    yield Figure(
        name="aging",
        what=f"a step after {rounds:,} rework rounds / the first",
        reach="<= 1.1",
        measured=last / first,
        unit="x",
        note=f"first {first * 1e3:.2f} ms, last {last * 1e3:.2f} ms",
    )
