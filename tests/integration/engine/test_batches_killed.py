"""A worker that is killed in the middle of a batch: another takes over, nothing is lost, nothing doubled."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, select

from engine import clock
from engine.actors import SYSTEM
from engine.batches.create import NewBatch, create_batch
from engine.batches.progress import find_batch
from engine.batches.run import run_batches
from engine.commands import CancelInstance
from engine.database import reading
from engine.history.journal import read_journal
from engine.history.verify import verify_all
from engine.ids import new_id
from engine.instances.selection import InstanceFilter
from engine.tables import process_instance
from tests.integration.engine.office import Office

SUBJECTS = 120
#: A worker that has not come so far after these seconds is a failure of the test.
LIMIT = 60


def killed_after(url: str, rounds: int) -> None:
    """Run a worker and kill it in the round after so many."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.engine.batch_worker", url],
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        try:
            for _ in range(rounds):
                assert worker.stdout.readline() == "round\n"
        finally:
            worker.kill()
        worker.wait(LIMIT)


@pytest.mark.parametrize("rounds", [1, 3])
def test_a_killed_worker_loses_and_doubles_nothing(
    office: Office, database: Engine, database_url: str, rounds: int
) -> None:
    ids: list[UUID] = [office.start() for _ in range(SUBJECTS)]
    made = create_batch(
        database,
        NewBatch(
            batch_id=new_id(),
            command=CancelInstance.tag,
            actor=SYSTEM,
            reason="wound up",
            subjects=InstanceFilter(process_key="approval"),
        ),
    )
    killed_after(database_url, rounds)
    with reading(database) as connection:
        begun = find_batch(connection, made.id).counts
    assert begun["done"] >= 7 * rounds
    assert begun["pending"] > 0
    with clock.frozen_at(clock.now() + timedelta(minutes=2)):  # what the dead one had claimed is free by then
        while run_batches(office.dispatcher).treated:
            pass
    with reading(database) as connection:
        ended = find_batch(connection, made.id)
        statuses = Counter(connection.scalars(select(process_instance.c.status)))
        commands = {tuple(entry.command for entry in read_journal(connection, each)) for each in ids}
        assert all(each.difference is None for each in verify_all(connection, office.dispatcher.definitions))
    assert (ended.status, ended.counts["done"], ended.counts["refused"]) == ("done", SUBJECTS, 0)
    assert statuses == {"cancelled": SUBJECTS}
    assert commands == {("start_instance.v1", "cancel_instance.v1")}
