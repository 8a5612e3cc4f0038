"""Executing journals again, every byte checked."""

from collections.abc import Iterable

from engine.database import reading
from engine.history.verify import verify_all
from tests.benchmarks.contenders import Ours
from tests.benchmarks.figures import Figure, Setting, seconds


def replaying(setting: Setting) -> Iterable[Figure]:
    """Measure commands verified per second."""
    ours = Ours(setting.sqlite())
    for instance in ours.start(setting.few(200, 40)):
        for _ in range(14):
            ours.complete(instance)
    entries = 0

    def verify() -> None:
        nonlocal entries
        with reading(ours.database) as connection:
            for outcome in verify_all(connection, ours.dispatcher.definitions):
                assert outcome.difference is None
                entries += outcome.entries

    taken = seconds(verify)
    yield Figure(
        name="replay",
        what="replay and verify",
        reach=">= 1000",
        measured=entries / taken,
        unit="cmd/s",
        note=f"{entries} commands with about a kilobyte of form values each",
    )
