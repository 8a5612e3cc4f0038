"""``python -m tests.benchmarks``: prints the README's figures as ratios measured in one run."""

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from tests.benchmarks.contenders import CommitFloor, InMemory, Naive, Ours
from tests.benchmarks.deciding import condition_ratio, slowest_attack_seconds, table_microseconds

INSTANCES = 40
ROUNDS = 14  # seven rounds of rework
BULK = 400


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes."""
    begun = perf_counter()
    act()
    return perf_counter() - begun


def line(name: str, value: float, unit: str, wanted: str, holds: bool) -> bool:
    """Print one figure and return whether it is what it must be."""
    print(f"{name:<58} {value:>9.2f} {unit:<6} {wanted:<10} {'ok' if holds else 'MISSED'}")  # noqa: T201
    return holds


def completions_per_second(folder: Path) -> dict[str, float]:
    """Measure completions, the contenders taking turns so that the machine treats them alike."""
    ours, naive, memory, floor = Ours.in_folder(folder), Naive(folder), InMemory(), CommitFloor(folder)
    mine, theirs, bare = ours.start(INSTANCES), naive.start(INSTANCES), memory.start(INSTANCES)
    spent = {"ours": 0.0, "naive": 0.0, "memory": 0.0, "floor": 0.0}
    for turn in range(ROUNDS):
        spent["ours"] += seconds(lambda: [ours.complete(instance) for instance in mine])
        spent["naive"] += seconds(lambda: [naive.complete(instance) for instance in theirs])
        spent["memory"] += seconds(lambda: [memory.complete(workflow) for workflow in bare])
        first = turn * INSTANCES
        spent["floor"] += seconds(lambda first=first: [floor.commit(first + n) for n in range(INSTANCES)])
    return {name: INSTANCES * ROUNDS / total for name, total in spent.items()}


def bulk_start(folder: Path) -> tuple[float, float]:
    """Return instances started per second in transactions of a hundred: ours, naive."""
    ours, naive = Ours.in_folder(folder), Naive(folder)
    spent = [0.0, 0.0]
    for _ in range(BULK // 100):
        spent[0] += seconds(lambda: ours.start(100))
        spent[1] += seconds(lambda: naive.start(100))
    return BULK / spent[0], BULK / spent[1]


def aging(folder: Path) -> float:
    """Return how much longer a step takes after fifty rounds of rework than at first (medians)."""
    ours = Ours.in_folder(folder)
    (old,) = ours.start(1)
    for _ in range(100):
        ours.complete(old)
    young_steps, old_steps = [], []
    for _ in range(60):
        (young,) = ours.start(1)
        young_steps += [seconds(lambda young=young: ours.complete(young)) for _ in range(2)]
        old_steps += [seconds(lambda: ours.complete(old)) for _ in range(2)]
    return statistics.median(old_steps) / statistics.median(young_steps)


def issue_seconds(folder: Path) -> tuple[int, float]:
    """Return how many instances the sample letter makes and how long issuing them takes."""
    from tests.benchmarks.issuing import issue_sample_letter

    return issue_sample_letter(folder)


def main() -> int:
    """Measure everything, print it, and say whether all figures hold."""
    held = []
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / str(number) for number in range(4)]
        for folder in folders:
            folder.mkdir()
        rates = completions_per_second(folders[0])
        for contender, rate in rates.items():
            print(f"  {contender:<10} {rate:>8.0f} completions per second")  # noqa: T201
        ratio = rates["ours"] / rates["naive"]
        held.append(line("completions per second, ours / naive", ratio, "x", ">= 2", ratio >= 2))
        line("completions per second, ours / in memory", rates["ours"] / rates["memory"], "x", "", True)
        line("completions per second, ours / commit floor", rates["ours"] / rates["floor"], "x", "", True)
        ours, naive = bulk_start(folders[1])
        held.append(line("bulk start, ours / naive", ours / naive, "x", ">= 1", ours >= naive))
        aged = aging(folders[2])
        held.append(line("a step after 50 rework rounds / the first", aged, "x", "<= 1.1", aged <= 1.1))
        count, taken = issue_seconds(folders[3])
        held.append(line(f"{count} instances issued", taken, "s", "<= 3", taken <= 3))
    ratio = condition_ratio()
    held.append(line("a condition over 20 variables / eval in Python", ratio, "x", "<= 3", ratio <= 3))
    taken = table_microseconds()
    held.append(line("a decision table of 10 rules", taken, "µs", "<= 100", taken <= 100))
    count, taken = slowest_attack_seconds()
    held.append(line(f"the slowest of {count} attack expressions", taken, "s", "<= 1", taken <= 1))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
